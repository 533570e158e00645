import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// The city's tasks: which are late, whose, and what was reported.
struct TaskBoardModel {
    struct Filter {
        let filterLabel: String
        let filterHref: String
        let filterCount: String
        let isHere: Bool
    }

    let units: [Shell.Option]
    let leads: [Shell.Option]
    let hasLeads: Bool
    let status: String
    let filters: [Filter]
    let newHref: String?
    let found: String
    let tasks: [TaskRow]
    let hasTasks: Bool
    let pager: Pager?
}

extension Console {
    func tasks(_ request: Request) async throws -> Response {
        let (asked, lead) = (request.chosen("unit"), request.chosen("lead"))
        let chosen = request.chosen("status").flatMap { TaskStatus(rawValue: $0) }
        let page = Pager.page(of: request)
        return try await show(request, .readRecords) { [self] store, names, visitor, _ in
            let language = names.language
            let today = store.today
            let unit = try visitor.space(asked, for: .readRecords)
            let readable = try boards.tasks.entries(in: store) { visitor.may(.readRecords, in: $0) }
            let all = readable.filter { (unit == nil || $0.space == unit) && (lead == nil || $0.lead == lead) }
                .map { (task: $0, status: $0.facts.status(today: today)) }
            let shown = all.filter { chosen == nil ? $0.status.isOpen : $0.status == chosen }
                .map {
                    (
                        place: TaskRow.Place($0.status, $0.task.facts, code: $0.task.code), task: $0.task,
                        status: $0.status
                    )
                }
                .sorted { $0.place < $1.place }
            let query = [("unit", unit), ("lead", lead)].compactMap { name, value in
                value.map { "\(name)=\($0.percentEncoded)&" }
            }.joined()
            let form = try? store.latestForm(TaskForm.task)
            let rows = try shown.dropFirst(page * Pager.size).prefix(Pager.size).map { _, entry, status in
                let task = try entry.task(store)
                return TaskRow(
                    task, status, form, ways: ways(task, visitor, language), isOfAll: true, today: today, names)
            }
            let leads = Self.taskOptions(
                Set(readable.compactMap(\.lead)), chosen: lead, all: "tasks.all-leads", language, names.unit
            )
            let model = TaskBoardModel(
                units: Self.taskOptions(
                    Set(readable.map(\.space)), chosen: unit, all: "cases.all-units", language, names.space),
                leads: leads, hasLeads: leads.count > 2, status: chosen?.rawValue ?? "",
                filters: Self.filters(all.map(\.status), chosen, query, language),
                newHref: visitor.may(.assign)
                    ? "/tasks/new" + (unit.map { "?unit=\($0.percentEncoded)" } ?? "") : nil,
                found: Catalogue.text(
                    "tasks.count", language, ["count": VietnameseFormat.number(String(shown.count))]),
                tasks: Array(rows), hasTasks: !rows.isEmpty,
                pager: Pager(
                    path: "/tasks?\(query)\(chosen.map { "status=\($0.rawValue)&" } ?? "")", page: page,
                    count: shown.count, language))
            return Page("taskboard", title: Catalogue.text("agent.tasks", language), model)
        }
    }

    /// Changing it, its date too, and giving it to another unit.
    private func ways(_ task: AssignedTask, _ visitor: Visitor, _ language: Language) -> [TaskRow.Way] {
        guard visitor.may(.assign, in: task.view.space) else { return [] }
        return [
            TaskRow.Way(
                wayLabel: Catalogue.text("tasks.change", language), wayHref: "/records/\(task.view.word)/edit"),
            TaskRow.Way(
                wayLabel: Catalogue.text("tasks.give-too", language), wayHref: "/tasks/new?from=\(task.view.word)"),
        ]
    }

    private static func filters(
        _ statuses: [TaskStatus], _ chosen: TaskStatus?, _ query: String, _ language: Language
    ) -> [TaskBoardModel.Filter] {
        let counts = Dictionary(grouping: statuses, by: { $0 }).mapValues(\.count)
        let kinds: [TaskStatus?] = [nil] + TaskRow.order.filter { counts[$0] != nil || $0 == chosen }
        return kinds.map { status in
            let count = status.map { counts[$0] ?? 0 } ?? statuses.count { $0.isOpen }
            return TaskBoardModel.Filter(
                filterLabel: Catalogue.text(status.map { "task.\($0.rawValue)" } ?? "task.open", language),
                filterHref: "/tasks?\(query)" + (status.map { "status=\($0.rawValue)" } ?? ""),
                filterCount: VietnameseFormat.number(String(count)), isHere: status == chosen)
        }
    }

    private static func taskOptions(
        _ values: Set<String>, chosen: String?, all: String, _ language: Language, _ label: (String) -> String
    ) -> [Shell.Option] {
        let labelled = values.union(chosen.map { [$0] } ?? []).map { (value: $0, label: label($0)) }
        return [Shell.Option("", Catalogue.text(all, language), isSelected: chosen == nil)]
            + labelled.sorted(byName: \.label)
            .map { Shell.Option($0.value, $0.label, isSelected: $0.value == chosen) }
    }
}
