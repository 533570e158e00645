import Agent
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// The unit's tasks: how each stands, until when, and what to report.
struct TasksModel {
    struct Filter {
        let filterLabel: String
        let filterHref: String
        let filterCount: String
        let isHere: Bool
    }

    let filters: [Filter]
    let tasks: [TaskRow]
    let hasTasks: Bool
    let filling: String?
}

extension AgentSite {
    func tasks(_ request: Request) async throws -> Response {
        let chosen = request.uri.queryParameters.get("status").flatMap { TaskStatus(rawValue: String($0)) }
        return try await show(request) { store, names in
            let language = names.language
            let today = store.today
            let mayWrite = try who(request, store).mayWrite
            let all = try store.tasks(in: device.space).map { ($0, $0.facts.status(today: today)) }
            let counts = Dictionary(grouping: all, by: \.1).mapValues(\.count)
            func filter(_ status: TaskStatus?) -> TasksModel.Filter {
                let count = status.map { counts[$0] ?? 0 } ?? all.count { $0.1.isOpen }
                return TasksModel.Filter(
                    filterLabel: Catalogue.text(status.map { "task.\($0.rawValue)" } ?? "task.open", language),
                    filterHref: status.map { "/tasks?status=\($0.rawValue)" } ?? "/tasks", filterCount: String(count),
                    isHere: status == chosen)
            }
            let shown = all.filter { chosen == nil ? $0.1.isOpen : $0.1 == chosen }
                .map { (place: TaskRow.Place($0.1, $0.0.facts, code: $0.0.code), task: $0) }
                .sorted { $0.place < $1.place }.map(\.task)
            let form = try? store.latestForm(TaskForm.task)
            let model = TasksModel(
                filters: [filter(nil)] + TaskRow.order.filter { counts[$0] != nil }.map(filter),
                tasks: shown.map { task, status in
                    TaskRow(task, status, form, ways: Self.ways(task, status, mayWrite, language), today: today, names)
                },
                hasTasks: !shown.isEmpty, filling: try FillingNote.text(store, language))
            return Page("tasks", title: Catalogue.text("agent.tasks", language), model)
        }
    }

    /// How many of the unit's tasks are late or soon will be.
    func pressingTasks(_ store: StoreTransaction) throws -> Int {
        let today = store.today
        return try store.tasks(in: device.space).count {
            [.overdue, .dueSoon].contains($0.facts.status(today: today))
        }
    }

    /// What the unit may report of a task that is open.
    private static func ways(
        _ task: AssignedTask, _ status: TaskStatus, _ mayWrite: Bool, _ language: Language
    ) -> [TaskRow.Way] {
        guard mayWrite, status.isOpen else { return [] }
        return [TaskFacts.Kind.progress, .completion, .extensionAsked, .handedBack].map { kind in
            TaskRow.Way(
                wayLabel: Catalogue.text("task.way.\(kind.rawValue)", language),
                wayHref: "/forms/\(TaskForm.report)/new?v.task=\(task.code.percentEncoded)&v.kind=\(kind.rawValue)")
        }
    }
}
