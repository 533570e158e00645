import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// The city's devices, by unit and how they stand, those that somebody should look after first.
struct DevicesModel {
    let units: [Shell.Option]
    let standing: String
    let bars: [BoardModel.Bar]
    let found: String
    let rows: [DeviceRow]
    let hasRows: Bool
    let mayManage: Bool
    let pager: Pager?
}

extension Console {
    func devices(_ request: Request) async throws -> Response {
        let query = request.uri.queryParameters
        let chosen = request.chosen("unit")
        let standing = query.get("standing").flatMap { DeviceStanding(rawValue: String($0)) }
        let page = Pager.page(of: request)
        return try await show(request, .readDesk) { [hub] store, names, visitor, _ in
            let language = names.language
            let unit = try visitor.unit(chosen, for: .readDesk)
            let board = try DeviceBoard(hub, store)
            let all = board.entries.filter { (unit ?? $0.device.unit) == $0.device.unit }
            let counts = Dictionary(grouping: all, by: \.standing).mapValues(\.count)
            let shown = Self.sorted(all.filter { standing == nil || $0.standing == standing }, names)
            let unitQuery = unit.map { "unit=\($0.percentEncoded)&" } ?? ""
            let standingQuery = standing.map { "standing=\($0.rawValue)&" } ?? ""
            let rows = shown.dropFirst(page * Pager.size).prefix(Pager.size).map {
                DeviceRow($0, on: board, now: store.now, names)
            }
            let model = DevicesModel(
                units: Self.units(board, chosen: unit, visitor.scope(of: .readDesk), names),
                standing: standing?.rawValue ?? "",
                bars: Self.bars(counts, standing, unitQuery, language),
                found: Catalogue.text(
                    "devices.count", language, ["count": VietnameseFormat.number(String(shown.count))]),
                rows: Array(rows), hasRows: !rows.isEmpty, mayManage: visitor.may(.runDevices),
                pager: Pager(
                    path: "/devices?\(unitQuery)\(standingQuery)", page: page, count: shown.count, language))
            return Page("devices", title: Catalogue.text("devices.title", language), model)
        }
    }

    private static func sorted(_ entries: [DeviceBoard.Entry], _ names: NameBook) -> [DeviceBoard.Entry] {
        let order = Dictionary(uniqueKeysWithValues: DeviceStanding.allCases.enumerated().map { ($1, $0) })
        let units = Set(entries.map(\.device.unit)).sorted(byName: names.unit)
        let places = Dictionary(uniqueKeysWithValues: units.enumerated().map { ($1, $0) })
        let ranked = entries.map {
            (rank: order[$0.standing] ?? 0, place: places[$0.device.unit] ?? 0, entry: $0)
        }
        return ranked.sorted { a, b in
            if (a.rank, a.place) != (b.rank, b.place) { return (a.rank, a.place) < (b.rank, b.place) }
            return a.entry.device.replica.word < b.entry.device.replica.word
        }.map(\.entry)
    }

    /// The units that have devices, each with how many.
    private static func units(
        _ board: DeviceBoard, chosen: String?, _ scope: Rights.Scope, _ names: NameBook
    ) -> [Shell.Option] {
        let counts = Dictionary(grouping: board.entries, by: \.device.unit).mapValues(\.count)
        let labelled = counts.filter { scope.contains(unit: $0.key) }.map {
            (value: $0, label: names.unit($0), count: $1)
        }
        .sorted(byName: \.label)
        let all = Shell.Option("", Catalogue.text("cases.all-units", names.language), isSelected: chosen == nil)
        return (scope == .everywhere ? [all] : [])
            + labelled.map { Shell.Option($0.value, "\($0.label) (\($0.count))", isSelected: $0.value == chosen) }
    }

    private static func bars(
        _ counts: [DeviceStanding: Int], _ chosen: DeviceStanding?, _ query: String, _ language: Language
    ) -> [BoardModel.Bar] {
        let most = max(1, counts.values.max() ?? 1)
        return DeviceStanding.allCases.filter { counts[$0] != nil || $0 == chosen }.map { standing in
            let count = counts[standing] ?? 0
            let isHere = standing == chosen
            return BoardModel.Bar(
                barLabel: "\(DeviceRow.sign(standing)) \(DeviceRow.label(standing, language))",
                barHref: "/devices?\(query)" + (isHere ? "" : "standing=\(standing.rawValue)"),
                barCount: VietnameseFormat.number(String(count)), barShare: String(count * 100 / most),
                barKey: standing.rawValue, isHere: isHere)
        }
    }
}
