import Records
import Testing

/// How tasks stand, by tables. Today is 15 July 2026 everywhere.
@Suite struct TaskStatusTests {
    private static func day(_ text: String) -> CalendarDate { CalendarDate(iso: "2026-\(text)")! }
    private static let today = day("07-15")
    private typealias Report = TaskFacts.Report

    @Test(arguments: [
        (TaskFacts(due: nil), TaskStatus.notStarted),
        (TaskFacts(due: day("12-31")), .notStarted),
        (TaskFacts(due: day("07-23")), .notStarted),
        // Seven days before it is soon, begun or not.
        (TaskFacts(due: day("07-22")), .dueSoon),
        (TaskFacts(due: day("07-22"), reports: [Report(.progress, on: day("07-01"), percent: 80)]), .dueSoon),
        // The due day itself is in time to its end.
        (TaskFacts(due: day("07-15")), .dueSoon),
        (TaskFacts(due: day("07-14")), .overdue),
        (TaskFacts(due: day("07-14"), reports: [Report(.progress, on: day("07-14"), percent: 99)]), .overdue),
        (TaskFacts(due: day("12-31"), reports: [Report(.progress, on: day("07-01"))]), .inProgress),
        (TaskFacts(due: nil, reports: [Report(.progress, on: day("07-01"))]), .inProgress),
        (TaskFacts(due: day("07-10"), reports: [Report(.completion, on: day("07-10"))]), .doneOnTime),
        (TaskFacts(due: day("07-10"), reports: [Report(.completion, on: day("07-11"))]), .doneLate),
        (TaskFacts(due: nil, reports: [Report(.completion, on: day("07-11"))]), .doneOnTime),
        // The first completion counts, in whatever order reports arrive.
        (
            TaskFacts(
                due: day("07-10"),
                reports: [Report(.completion, on: day("07-12")), Report(.completion, on: day("07-09"))]),
            .doneOnTime
        ),
        // More time counts where it was asked for in time and granted.
        (
            TaskFacts(
                due: day("07-10"), grantedDue: day("07-30"), reports: [Report(.extensionAsked, on: day("07-10"))]),
            .inProgress
        ),
        (
            TaskFacts(
                due: day("07-10"), grantedDue: day("07-30"), reports: [Report(.extensionAsked, on: day("07-11"))]),
            .overdue
        ),
        (TaskFacts(due: day("07-10"), reports: [Report(.extensionAsked, on: day("07-01"))]), .overdue),
        (TaskFacts(due: day("07-10"), grantedDue: day("07-30")), .overdue),
        (
            TaskFacts(
                due: day("07-10"), grantedDue: day("07-12"),
                reports: [Report(.extensionAsked, on: day("07-01")), Report(.completion, on: day("07-12"))]),
            .doneOnTime
        ),
        // A day that was granted before the old one takes nothing away.
        (
            TaskFacts(
                due: day("07-20"), grantedDue: day("07-01"), reports: [Report(.extensionAsked, on: day("06-01"))]),
            .dueSoon
        ),
        // A result that was not accepted is no completion; a later one is.
        (
            TaskFacts(
                due: day("07-10"), standing: .notAccepted, standingOn: day("07-12"),
                reports: [Report(.completion, on: day("07-09"))]), .overdue
        ),
        (
            TaskFacts(
                due: day("07-10"), standing: .notAccepted, standingOn: day("07-12"),
                reports: [Report(.completion, on: day("07-09")), Report(.completion, on: day("07-14"))]), .doneLate
        ),
        (
            TaskFacts(due: day("07-30"), standing: .notAccepted, reports: [Report(.completion, on: day("07-09"))]),
            .inProgress
        ),
        // What was taken back, given away or lies still is nobody's fault.
        (TaskFacts(due: day("07-01"), standing: .withdrawn), .resting),
        (TaskFacts(due: day("07-01"), standing: .paused), .resting),
        (
            TaskFacts(due: day("07-01"), standing: .transferred, reports: [Report(.completion, on: day("06-30"))]),
            .resting
        ),
        // Handing it back is asking; it runs until somebody decides.
        (TaskFacts(due: day("07-14"), reports: [Report(.handedBack, on: day("07-02"))]), .overdue),
    ])
    func aTaskStands(facts: TaskFacts, status: TaskStatus) { #expect(facts.status(today: Self.today) == status) }

    @Test func percentagesNeverSayDoneBeforeItIs() {
        #expect(TaskFacts(due: nil, reports: [Report(.progress, on: Self.today, percent: 100)]).percent == 99)
        #expect(TaskFacts(due: nil, reports: [Report(.progress, on: Self.today, percent: -5)]).percent == 0)
        #expect(TaskFacts(due: nil, reports: [Report(.completion, on: Self.today)]).percent == 100)
    }
}
