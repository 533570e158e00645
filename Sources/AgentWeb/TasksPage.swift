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

    struct Task {
        let taskCode: String
        let taskWork: String
        let taskHref: String
        let taskStatus: String
        let taskStatusLabel: String
        let taskDue: String
        let taskDocument: String?
        let taskUrgency: String?
        let percent: Int64
        let lastReport: String?
        let lastReportHref: String?
        let ways: [Way]
    }

    struct Way {
        let wayLabel: String
        let wayHref: String
    }

    let filters: [Filter]
    let tasks: [Task]
    let hasTasks: Bool
    let filling: String?
}

extension AgentSite {
    /// In the order in which people should look at them.
    private static let order: [TaskStatus] = [
        .overdue, .dueSoon, .notStarted, .inProgress, .doneLate, .doneOnTime, .resting,
    ]

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
            let shown = all.filter { chosen == nil ? $0.1.isOpen : $0.1 == chosen }.sorted { a, b in
                let (first, second) = (Self.order.firstIndex(of: a.1) ?? 0, Self.order.firstIndex(of: b.1) ?? 0)
                if first != second { return first < second }
                return (a.0.facts.effectiveDue?.days ?? .max, a.0.code) < (
                    b.0.facts.effectiveDue?.days ?? .max, b.0.code
                )
            }
            let form = try? store.latestForm(TaskForm.task)
            let model = TasksModel(
                filters: [filter(nil)] + Self.order.filter { counts[$0] != nil }.map(filter),
                tasks: shown.map { task, status in Self.model(task, status, form, mayWrite, today: today, names) },
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

    private static func model(
        _ task: AssignedTask, _ status: TaskStatus, _ form: FormDefinition?, _ mayWrite: Bool, today: CalendarDate,
        _ names: NameBook
    ) -> TasksModel.Task {
        let language = names.language
        func way(_ kind: TaskFacts.Kind) -> TasksModel.Way {
            TasksModel.Way(
                wayLabel: Catalogue.text("task.way.\(kind.rawValue)", language),
                wayHref: "/forms/\(TaskForm.report)/new?v.task=\(task.code.percentEncoded)&v.kind=\(kind.rawValue)")
        }
        let urgency = form?.field("urgency").flatMap { field -> String? in
            guard let value = task.view.fields["urgency"], value != .null, value != .text("thuong") else { return nil }
            return ValueText.shown(value, field, language)
        }
        let latest = task.reports.first
        let kind = latest.flatMap { $0.fields["kind"]?.plainText } ?? TaskFacts.Kind.progress.rawValue
        return TasksModel.Task(
            taskCode: task.code, taskWork: task.text("work") ?? task.text("subject") ?? task.code,
            taskHref: "/records/\(task.view.word)", taskStatus: status.rawValue,
            taskStatusLabel: Catalogue.text("task.\(status.rawValue)", language),
            taskDue: due(task.facts, status, today: today, language), taskDocument: task.text("document"),
            taskUrgency: urgency, percent: task.facts.percent,
            lastReport: latest.map { report in
                let words = ["text", "why", "result"].lazy.compactMap { report.fields[$0]?.plainText }.first {
                    !$0.isEmpty
                }
                let kind = Catalogue.text("task.way.\(kind)", language)
                return words.map { "\(kind): \(String($0.prefix(160)))" } ?? kind
            }, lastReportHref: latest.map { "/records/\($0.word)" },
            ways: mayWrite && status.isOpen
                ? [way(.progress), way(.completion), way(.extensionAsked), way(.handedBack)] : [])
    }

    private static func due(
        _ facts: TaskFacts, _ status: TaskStatus, today: CalendarDate, _ language: Language
    ) -> String {
        guard let due = facts.effectiveDue else { return Catalogue.text("task.no-due", language) }
        let days = due.days - today.days
        let key =
            !status.isOpen ? "task.due" : days < 0 ? "task.due.late" : days == 0 ? "task.due.today" : "task.due.left"
        let granted = due == facts.due ? "" : " " + Catalogue.text("task.due.granted", language)
        return Catalogue.text(
            key, language, ["date": VietnameseFormat.date(due), "days": String(abs(days))]) + granted
    }
}
