import Causality
package import Records

/// One task of a unit with the reports on it.
package struct AssignedTask: Sendable {
    /// The record of the task.
    package let view: RecordView
    package let facts: TaskFacts
    /// The unit's reports, the newest first.
    package let reports: [RecordView]

    /// - Parameter reports: so many of them as are to be shown.
    package init(view: RecordView, facts: TaskFacts, reports: [RecordView]) {
        (self.view, self.facts, self.reports) = (view, facts, reports)
    }

    package var code: String { view.fields["task"]?.plainText ?? "" }
    package func text(_ field: String) -> String? {
        guard case .text(let text)? = view.fields[field] else { return nil }
        return text
    }
}

extension StoreTransaction {
    /// The tasks in a space, and what was reported on each. Refused reports count for nothing.
    package func tasks(in space: String) throws -> [AssignedTask] {
        let most = TaskForm.most
        let tasks = try records(RecordFilter(form: TaskForm.task, space: space), limit: most)
        let updates = try records(RecordFilter(form: TaskForm.report, space: space), limit: most * 10)
        func name(_ view: RecordView) -> String { view.fields["task"]?.plainText ?? "" }
        let byTask = Dictionary(grouping: updates.filter { $0.state != .refused && !$0.deleted }, by: name)
        return tasks.map { view in
            let reports = byTask[name(view)] ?? []
            return AssignedTask(view: view, facts: facts(view, reports), reports: reports)
        }
    }

    private func facts(_ view: RecordView, _ reports: [RecordView]) -> TaskFacts {
        func date(_ field: String) -> CalendarDate? {
            if case .date(let date)? = view.fields[field] { date } else { nil }
        }
        var standing: TaskFacts.Standing?
        if case .text(let word)? = view.fields["standing"] { standing = TaskFacts.Standing(rawValue: word) }
        return TaskFacts(
            due: date("due"), grantedDue: date("granted_due"), standing: standing, standingOn: date("standing_on"),
            reports: reports.map(report))
    }

    private func report(_ view: RecordView) -> TaskFacts.Report {
        var kind = TaskFacts.Kind.progress
        if case .text(let word)? = view.fields["kind"] {
            kind = TaskFacts.Kind(rawValue: word) ?? .progress
        } else if view.fields["state"] == .text(TaskFacts.Kind.completion.rawValue) {
            // Reports made by the form's first version.
            kind = .completion
        }
        let made = view.versions.values.joined().map(\.time.milliseconds).min() ?? 0
        var on = CalendarDate.inVietnam(milliseconds: made)
        if case .date(let date)? = view.fields["on_date"] { on = date }
        var percent: Int64?
        if case .integer(let number)? = view.fields["percent"] { percent = number }
        return TaskFacts.Report(kind, on: on, percent: percent)
    }
}

/// The forms of tasks.
package enum TaskForm {
    package static let task = "task"
    package static let report = "task_update"
    /// Tasks of one unit that a page looks at.
    static let most = 2000
}
