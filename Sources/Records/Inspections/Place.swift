import Foundation

/// A point on the map and how it was come by, as a text that people can read and type: `10.04521, 105.74690 ±12 m` as a device
/// measured it, or `10.04521, 105.74690; why it was set by hand`. Degrees of WGS 84, north and east; metres of the radius within
/// which the device took itself to be.
package struct Place: Hashable, Sendable {
    package let latitude: Double
    package let longitude: Double
    /// In metres; `nil` where no device measured it.
    package let accuracy: Int?
    /// Why it was set by hand; empty for no reason.
    package let note: String

    /// Whether a device measured it, or whoever set it said why.
    package var isExplained: Bool { accuracy != nil || !note.isEmpty }

    /// - Returns: `nil` for what is no such text, and for places that are not on Earth.
    package init?(_ text: String) {
        let halves = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let measured = halves[0].split(separator: "±", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = measured[0].split(separator: ",", omittingEmptySubsequences: false)
        guard numbers.count == 2, let latitude = Self.degrees(numbers[0], most: 90),
            let longitude = Self.degrees(numbers[1], most: 180)
        else { return nil }
        self.latitude = latitude
        self.longitude = longitude
        if measured.count == 2 {
            var radius = measured[1].trimmingCharacters(in: .whitespaces)
            if radius.hasSuffix("m") { radius = String(radius.dropLast()).trimmingCharacters(in: .whitespaces) }
            guard !radius.isEmpty, radius.count <= 6, radius.allSatisfy({ $0.isASCII && $0.isNumber }),
                let metres = Int(radius)
            else { return nil }
            accuracy = metres
        } else {
            accuracy = nil
        }
        note = halves.count == 2 ? halves[1].trimmingCharacters(in: .whitespaces) : ""
    }

    private static func degrees(_ text: Substring, most: Double) -> Double? {
        let text = text.trimmingCharacters(in: .whitespaces)
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
        guard !text.isEmpty, text.count <= 16, isPlain, let value = Double(text), abs(value) <= most else { return nil }
        return value
    }

    /// Metres to another place, along the sphere.
    package func distance(to other: Place) -> Double {
        let radius = 6_371_000.0
        func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }
        let across = sin(radians(other.latitude - latitude) / 2)
        let along = sin(radians(other.longitude - longitude) / 2)
        let chord = across * across + cos(radians(latitude)) * cos(radians(other.latitude)) * along * along
        return 2 * radius * asin(min(1, chord.squareRoot()))
    }
}
