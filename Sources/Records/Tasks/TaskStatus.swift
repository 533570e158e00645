/// How a task stands: worked out of dates and reports, never typed.
package enum TaskStatus: String, CaseIterable, Sendable {
    case overdue
    case dueSoon = "due-soon"
    case notStarted = "not-started"
    case inProgress = "in-progress"
    case doneOnTime = "done-on-time"
    case doneLate = "done-late"
    /// Whoever gave it has taken it back, given it to others, or lets it rest: its date does not run.
    case resting

    /// From so many days before the due date on it is soon; people are reminded 7, 3 and 1 day before.
    package static let soonDays: Int32 = 7

    package var isOpen: Bool {
        switch self {
        case .overdue, .dueSoon, .notStarted, .inProgress: true
        case .doneOnTime, .doneLate, .resting: false
        }
    }
}

/// What is known of a task.
package struct TaskFacts: Sendable {
    package enum Standing: String, Sendable {
        case notAccepted = "tra_lai"
        case paused = "tam_dung"
        case transferred = "chuyen_don_vi"
        case withdrawn = "thu_hoi"
    }

    package enum Kind: String, Sendable {
        case progress = "tien_do"
        case extensionAsked = "gia_han"
        case handedBack = "tra_lai"
        case completion = "hoan_thanh"
    }

    /// One report of the unit.
    package struct Report: Sendable {
        package let kind: Kind
        package let on: CalendarDate
        package let percent: Int64?

        package init(_ kind: Kind, on: CalendarDate, percent: Int64? = nil) {
            self.kind = kind
            self.on = on
            self.percent = percent
        }
    }

    /// The last day on which it is in time; `nil`: it has none.
    package var due: CalendarDate?
    /// The later day that whoever gave it has granted.
    package var grantedDue: CalendarDate?
    package var standing: Standing?
    package var standingOn: CalendarDate?
    package var reports: [Report]

    package init(
        due: CalendarDate?, grantedDue: CalendarDate? = nil, standing: Standing? = nil, standingOn: CalendarDate? = nil,
        reports: [Report] = []
    ) {
        self.due = due
        self.grantedDue = grantedDue
        self.standing = standing
        self.standingOn = standingOn
        self.reports = reports
    }

    /// The day that counts. What was granted counts only where it was asked for before the old day was over.
    package var effectiveDue: CalendarDate? {
        guard let due, let grantedDue, grantedDue > due else { return due }
        return reports.contains { $0.kind == .extensionAsked && $0.on <= due } ? grantedDue : due
    }

    /// When it was done: the first completion after the latest time that a result was not accepted.
    package var doneOn: CalendarDate? {
        let completions = reports.filter { $0.kind == .completion }.map(\.on)
        guard standing == .notAccepted else { return completions.min() }
        // Without its date nobody can say which completion the decision was about: all of them.
        guard let standingOn else { return nil }
        return completions.filter { $0 > standingOn }.min()
    }

    /// The highest percentage of the reports; a completed task's is 100.
    package var percent: Int64 {
        doneOn == nil ? min(99, max(0, reports.compactMap(\.percent).max() ?? 0)) : 100
    }

    package func status(today: CalendarDate) -> TaskStatus {
        if standing != nil, standing != .notAccepted { return .resting }
        let due = effectiveDue
        if let doneOn { return due.map { doneOn > $0 } ?? false ? .doneLate : .doneOnTime }
        guard let due else { return reports.isEmpty ? .notStarted : .inProgress }
        if today > due { return .overdue }
        if due.days - today.days <= TaskStatus.soonDays { return .dueSoon }
        return reports.isEmpty ? .notStarted : .inProgress
    }
}
