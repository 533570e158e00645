import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// The city's inspections, by unit, checklist, severity and how they stand.
struct BoardModel {
    struct Bar {
        let barLabel: String
        let barHref: String
        let barCount: String
        /// Of the longest, in hundredths.
        let barShare: String
        let barKey: String
        let isHere: Bool
    }

    let units: [Shell.Option]
    let forms: [Shell.Option]
    let severities: [Shell.Option]
    let status: String
    let bars: [Bar]
    let found: String
    let rows: [InspectionRow]
    let hasRows: Bool
    let pager: Pager?
}

extension Console {
    func inspections(_ request: Request) async throws -> Response {
        let (asked, form, severity) = (request.chosen("unit"), request.chosen("form"), request.chosen("severity"))
        let status = request.chosen("status").flatMap { InspectionStatus(rawValue: $0) }
        let page = Pager.page(of: request)
        return try await show(request, .readRecords) { [boards] store, names, visitor, _ in
            let language = names.language
            let today = store.today
            let unit = try visitor.unit(asked, for: .readRecords)
            let space = unit.map(SpaceName.general)
            if let space { try visitor.require(.readRecords, in: space) }
            let all = try boards.inspections.entries(in: store) {
                (space == nil || $0 == space) && visitor.may(.readRecords, in: $0)
            }
            .filter { (form == nil || $0.form == form) && (severity == nil || $0.severities.contains(severity ?? "")) }
            .map { (inspection: $0, status: $0.facts.status(today: today)) }
            let counts = Dictionary(grouping: all, by: \.status).mapValues(\.count)
            let shown = all.filter { status == nil || $0.status == status }
                .map {
                    (
                        place: InspectionRow.Place($0.status, $0.inspection.facts, on: $0.inspection.on, today: today),
                        inspection: $0.inspection, status: $0.status
                    )
                }
                .sorted { $0.place < $1.place }
            let query = [("unit", unit), ("form", form), ("severity", severity)].compactMap { name, value in
                value.map { "\(name)=\($0.percentEncoded)&" }
            }.joined()
            let rows = try shown.dropFirst(page * Pager.size).prefix(Pager.size).map {
                InspectionRow(try $0.inspection.inspection(store), $0.status, today: today, isOfAll: true, names)
            }
            let statusQuery = status.map { "status=\($0.rawValue)&" } ?? ""
            let model = BoardModel(
                units: try Self.units(store, names, chosen: unit, visitor.scope(of: .readRecords)),
                forms: Self.options(
                    try store.checklists().map { ($0.form, $0.title[language]) }, chosen: form,
                    all: Catalogue.text("cases.all-forms", language)),
                severities: Self.options(
                    InspectionScore.Severity.allCases.map {
                        ($0.rawValue, Catalogue.text("severity.\($0.rawValue)", language))
                    }, chosen: severity, all: Catalogue.text("board.all-severities", language)),
                status: status?.rawValue ?? "", bars: Self.bars(counts, status, query, language),
                found: Catalogue.text(
                    "board.count", language, ["count": VietnameseFormat.number(String(shown.count))]),
                rows: Array(rows), hasRows: !rows.isEmpty,
                pager: Pager(path: "/inspections?\(query)\(statusQuery)", page: page, count: shown.count, language))
            return Page("board", title: Catalogue.text("agent.inspections", language), model)
        }
    }

    private static func options(
        _ choices: [(value: String, label: String)], chosen: String?, all: String?
    ) -> [Shell.Option] {
        (all.map { [Shell.Option("", $0, isSelected: chosen == nil)] } ?? [])
            + choices.map { Shell.Option($0.value, $0.label, isSelected: $0.value == chosen) }
    }

    /// The units that have work here.
    private static func units(
        _ store: StoreTransaction, _ names: NameBook, chosen: String?, _ scope: Rights.Scope
    ) throws -> [Shell.Option] {
        let codes = Set(try store.allSpaces().compactMap { SpaceName.unit(of: $0.name) })
        let labelled = codes.filter { scope.contains(unit: $0) }.map { (value: $0, label: names.unit($0)) }
            .sorted(byName: \.label)
        return options(
            labelled, chosen: chosen,
            all: scope == .everywhere ? Catalogue.text("cases.all-units", names.language) : nil)
    }

    private static func bars(
        _ counts: [InspectionStatus: Int], _ chosen: InspectionStatus?, _ query: String, _ language: Language
    ) -> [BoardModel.Bar] {
        let most = max(1, counts.values.max() ?? 1)
        return InspectionStatus.allCases.filter { counts[$0] != nil }.map { status in
            let count = counts[status] ?? 0
            let isHere = status == chosen
            return BoardModel.Bar(
                barLabel: Catalogue.text("inspection.status.\(status.rawValue)", language),
                barHref: "/inspections?\(query)" + (isHere ? "" : "status=\(status.rawValue)"),
                barCount: VietnameseFormat.number(String(count)), barShare: String(max(1, count * 100 / most)),
                barKey: status.rawValue, isHere: isHere)
        }
    }
}
