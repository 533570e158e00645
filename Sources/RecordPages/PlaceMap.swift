import Foundation
package import RecordStore
import Records
import WebPages
import Wording

/// Where something is, drawn among the middles of the nearest wards and communes: no map is fetched from anywhere.
package struct PlaceMap {
    package struct Dot {
        let x: String
        let y: String
        let dotLabel: String
        let isLeft: Bool
        let labelX: String
        let labelY: String
    }

    /// Where one place is, or several that lie too near to each other to be told apart.
    package struct Pin {
        let x: String
        let y: String
        let labelX: String
        let labelY: String
        let pinNumbers: String
    }

    package struct Entry {
        let pinText: String
        let pinPlace: String
        let pinRadius: String?
    }

    let dots: [Dot]
    let pins: [Pin]
    let entries: [Entry]
    let scaleWidth: String
    let scaleLabel: String

    private static let width = 600.0
    private static let height = 360.0
    private static let margin = 40.0
    /// Steps between pins that can be told apart.
    private static let nearest = 18.0
    /// Middles of units for somebody to find their way by.
    private static let landmarks = 6

    /// - Parameter places: what is there, and where.
    /// - Returns: `nil` for no place.
    init?(_ places: [(text: String, place: Place)], in store: StoreTransaction, _ names: NameBook) throws {
        guard let first = places.first?.place else { return nil }
        let middles = try Self.middles(store).map {
            (name: $0.name, place: $0.place, distance: $0.place.distance(to: first))
        }
        .sorted { $0.distance < $1.distance }.prefix(Self.landmarks)
        let all = places.map(\.place) + middles.map(\.place)
        let frame = Frame(all)
        dots = middles.map { middle in
            let (x, y) = frame.point(middle.place)
            let isLeft = x > Self.width * 0.6
            return Dot(
                x: Self.text(x), y: Self.text(y), dotLabel: middle.name, isLeft: isLeft,
                labelX: Self.text(isLeft ? x - 9 : x + 9), labelY: Self.text(y + 5))
        }
        var marks: [(x: Double, y: Double, numbers: [String])] = []
        for (index, entry) in places.enumerated() {
            let (x, y) = frame.point(entry.place)
            if let near = marks.firstIndex(where: { hypot($0.x - x, $0.y - y) < Self.nearest }) {
                marks[near].numbers.append(String(index + 1))
            } else {
                marks.append((x, y, [String(index + 1)]))
            }
        }
        pins = marks.map { mark in
            Pin(
                x: Self.text(mark.x), y: Self.text(mark.y), labelX: Self.text(mark.x), labelY: Self.text(mark.y - 12),
                pinNumbers: mark.numbers.joined(separator: ", "))
        }
        entries = places.map { entry in
            let coordinates = String(
                format: "%.5f, %.5f", locale: Locale(identifier: "en_US_POSIX"), entry.place.latitude,
                entry.place.longitude)
            let radius = entry.place.accuracy.map { "±\($0) m" } ?? entry.place.note
            return Entry(
                pinText: entry.text, pinPlace: coordinates,
                pinRadius: radius.isEmpty ? nil : radius)
        }
        let kilometres = frame.roundKilometres
        scaleWidth = Self.text(kilometres * 1000 / frame.metresPerUnit)
        scaleLabel = VietnameseFormat.number(kilometres < 1 ? String(kilometres) : String(Int(kilometres))) + " km"
    }

    private static func text(_ number: Double) -> String { String(Int(number.rounded())) }

    private static func middles(_ store: StoreTransaction) throws -> [(name: String, place: Place)] {
        try store.records(RecordFilter(form: BuiltInForm.unit.form), limit: 1000).compactMap { unit in
            guard let lat = unit.fields["lat"]?.plainText, let lon = unit.fields["lon"]?.plainText,
                let place = Place("\(lat), \(lon)")
            else { return nil }
            return (unit.fields["name_vi"]?.plainText ?? "", place)
        }
    }

    /// What part of the world the drawing shows. So near to each other, a degree is as long everywhere in it.
    private struct Frame {
        private let middle: (latitude: Double, longitude: Double)
        private let shrink: Double
        /// Metres of one step of the drawing.
        let metresPerUnit: Double

        init(_ places: [Place]) {
            let latitudes = places.map(\.latitude)
            let longitudes = places.map(\.longitude)
            middle = (
                ((latitudes.min() ?? 0) + (latitudes.max() ?? 0)) / 2,
                ((longitudes.min() ?? 0) + (longitudes.max() ?? 0)) / 2
            )
            shrink = cos(middle.latitude * .pi / 180)
            let metresPerDegree = 111_320.0
            let across = ((longitudes.max() ?? 0) - (longitudes.min() ?? 0)) * shrink * metresPerDegree
            let along = ((latitudes.max() ?? 0) - (latitudes.min() ?? 0)) * metresPerDegree
            let fitted = max(
                across / (PlaceMap.width - 2 * PlaceMap.margin), along / (PlaceMap.height - 2 * PlaceMap.margin))
            // One point alone is shown with a kilometre around it.
            metresPerUnit = max(fitted, 2000 / PlaceMap.width)
        }

        func point(_ place: Place) -> (x: Double, y: Double) {
            let metresPerDegree = 111_320.0
            return (
                PlaceMap.width / 2 + (place.longitude - middle.longitude) * shrink * metresPerDegree / metresPerUnit,
                PlaceMap.height / 2 - (place.latitude - middle.latitude) * metresPerDegree / metresPerUnit
            )
        }

        /// A length for the scale that is a fifth of the drawing or less.
        var roundKilometres: Double {
            let most = PlaceMap.width / 5 * metresPerUnit / 1000
            return [50, 20, 10, 5, 2, 1, 0.5, 0.2].first { $0 <= most } ?? 0.1
        }
    }
}

extension PlaceMap {
    /// Of an inspection and its findings; `nil` where nothing of it has a place.
    package init?(of view: RecordView, in store: StoreTransaction, _ names: NameBook) throws {
        guard let form = try? store.latestForm(view.form) else { return nil }
        var places = Self.places(view, form, names)
        if form.group == InspectionForm.group {
            let finding = try? store.latestForm(InspectionForm.finding)
            for entry in try store.inspection(view).findings {
                places += finding.map { Self.places(entry.view, $0, names) } ?? []
            }
        }
        try self.init(places, in: store, names)
    }

    private static func places(
        _ view: RecordView, _ form: FormDefinition, _ names: NameBook
    ) -> [(text: String, place: Place)] {
        form.fields.filter { $0.appearance == .place }.compactMap { field in
            guard case .text(let text)? = view.fields[field.name], let place = Place(text) else { return nil }
            let summary = RecordSummary(view, form, names.language)
            return ("\(summary.recordName) – \(field.label[names.language])", place)
        }
    }
}
