import Agent
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// The unit's inspections: how each stands, and what is due next.
struct InspectionsModel {
    struct Filter {
        let filterLabel: String
        let filterHref: String
        let filterCount: String
        let isHere: Bool
    }

    struct New {
        let newLabel: String
        let newHref: String
    }

    let filters: [Filter]
    let rows: [InspectionRow]
    let hasRows: Bool
    let filling: String?
    let ways: [New]
    let facilitiesHref: String?
    let pager: Pager?
}

extension AgentSite {
    func inspections(_ request: Request) async throws -> Response {
        let chosen = request.uri.queryParameters.get("status").map { String($0) }
        let status = chosen.flatMap { InspectionStatus(rawValue: $0) }
        let page = Pager.page(of: request)
        return try await show(request) { store, names in
            let language = names.language
            let today = store.today
            let all = InspectionRow.sorted(try store.inspections(in: device.space), today: today)
            let counts = Dictionary(grouping: all, by: \.status).mapValues(\.count)
            func filter(_ label: String, _ href: String, _ count: Int, _ isHere: Bool) -> InspectionsModel.Filter {
                InspectionsModel.Filter(
                    filterLabel: Catalogue.text(label, language), filterHref: href, filterCount: String(count),
                    isHere: isHere)
            }
            let shown = all.filter { inspection in
                status.map { $0 == inspection.status } ?? (chosen == "all" || inspection.status.isOpen)
            }
            let filters =
                [filter("inspection.open", "/inspections", all.count { $0.status.isOpen }, chosen == nil)]
                + InspectionStatus.allCases.filter { counts[$0] != nil }.map {
                    filter(
                        "inspection.status.\($0.rawValue)", "/inspections?status=\($0.rawValue)", counts[$0] ?? 0,
                        status == $0)
                } + [filter("inspection.all", "/inspections?status=all", all.count, chosen == "all")]
            let ways =
                try who(request, store).mayWrite
                ? try store.checklists().filter { $0.writers == .unit }.map {
                    InspectionsModel.New(newLabel: $0.title[language], newHref: "/forms/\($0.form)/new")
                } : []
            let rows = shown.dropFirst(page * Pager.size).prefix(Pager.size).map {
                InspectionRow($0.inspection, $0.status, today: today, names)
            }
            let hasRegister = (try? store.latestForm(InspectionForm.facility)) != nil
            let model = InspectionsModel(
                filters: filters, rows: rows, hasRows: !rows.isEmpty, filling: try FillingNote.text(store, language),
                ways: ways, facilitiesHref: hasRegister ? "/forms/\(InspectionForm.facility)" : nil,
                pager: Pager(
                    path: "/inspections?\(chosen.map { "status=\($0.percentEncoded)&" } ?? "")", page: page,
                    count: shown.count, language))
            return Page("inspections", title: Catalogue.text("agent.inspections", language), model)
        }
    }
}
