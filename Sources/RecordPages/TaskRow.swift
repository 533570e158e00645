package import RecordStore
package import Records
import WebPages
import Wording

/// A task as a line of a list: how it stands, until when, and what was reported last.
package struct TaskRow {
    package struct Way {
        let wayLabel: String
        let wayHref: String

        package init(wayLabel: String, wayHref: String) {
            self.wayLabel = wayLabel
            self.wayHref = wayHref
        }
    }

    let taskCode: String
    let taskWork: String
    let taskHref: String
    let taskStatus: String
    let taskStatusLabel: String
    let taskDue: String
    let taskDocument: String?
    /// Whose it is; `nil` on a page of one unit.
    let taskUnit: String?
    let taskUrgency: String?
    let percent: Int64
    let lastReport: String?
    let lastReportHref: String?
    let ways: [Way]

    /// In the order in which people should look at them.
    package static let order: [TaskStatus] = [
        .overdue, .dueSoon, .notStarted, .inProgress, .doneLate, .doneOnTime, .resting,
    ]

    package struct Place: Comparable {
        private let status: Int
        private let due: Int32
        private let code: String

        package init(_ status: TaskStatus, _ facts: TaskFacts, code: String) {
            self.status = order.firstIndex(of: status) ?? 0
            due = facts.effectiveDue?.days ?? .max
            self.code = code
        }

        package static func < (a: Place, b: Place) -> Bool {
            (a.status, a.due, a.code) < (b.status, b.due, b.code)
        }
    }

    /// - Parameter isOfAll: whether the list is of several units.
    package init(
        _ task: AssignedTask, _ status: TaskStatus, _ form: FormDefinition?, ways: [Way], isOfAll: Bool = false,
        today: CalendarDate, _ names: NameBook
    ) {
        let language = names.language
        let latest = task.reports.first
        let kind = latest.flatMap { $0.fields["kind"]?.plainText } ?? TaskFacts.Kind.progress.rawValue
        taskCode = task.code
        taskWork = task.text("work") ?? task.text("subject") ?? task.code
        taskHref = "/records/\(task.view.word)"
        taskStatus = status.rawValue
        taskStatusLabel = Catalogue.text("task.\(status.rawValue)", language)
        taskDue = Self.due(task.facts, status, today: today, language)
        taskDocument = task.text("document")
        taskUnit = isOfAll ? names.space(task.view.space) : nil
        taskUrgency = form?.field("urgency").flatMap { field -> String? in
            guard let value = task.view.fields["urgency"], value != .null, value != .text("thuong") else { return nil }
            return ValueText.shown(value, field, language)
        }
        percent = task.facts.percent
        lastReport = latest.map { report in
            let words = ["text", "why", "result"].lazy.compactMap { report.fields[$0]?.plainText }.first {
                !$0.isEmpty
            }
            let kind = Catalogue.text("task.way.\(kind)", language)
            return words.map { "\(kind): \(String($0.prefix(160)))" } ?? kind
        }
        lastReportHref = latest.map { "/records/\($0.word)" }
        self.ways = ways
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
