import Hub
import RecordStore
import Records
import Synchronization

/// A task, as much of it as orders and counts it.
struct TaskEntry: Sendable {
    let row: Int64
    let space: String
    let code: String
    let lead: String?
    let facts: TaskFacts
    /// The record of the latest report.
    let latest: Int64?

    init(_ task: AssignedTask) {
        row = task.view.row
        space = task.view.space
        code = task.code
        lead = task.text("lead")
        facts = task.facts
        latest = task.reports.first?.row
    }

    /// The task with its latest report.
    func task(_ store: StoreTransaction) throws -> AssignedTask {
        AssignedTask(
            view: try store.view(ofRow: row), facts: facts,
            reports: try latest.map { [try store.view(ofRow: $0)] } ?? [])
    }
}

/// An inspection, as much of it as orders, chooses and counts it.
struct InspectionEntry: Sendable {
    let row: Int64
    let form: String
    let severities: Set<String>
    /// The day of it, as 2026-11-28.
    let on: String
    let facts: InspectionFacts

    init(_ inspection: Inspection) {
        row = inspection.view.row
        form = inspection.form.form
        severities = Set(inspection.findings.map(\.severity))
        on = inspection.view.fields["inspected_on"]?.plainText ?? ""
        facts = inspection.facts
    }

    func inspection(_ store: StoreTransaction) throws -> Inspection {
        try store.inspection(try store.view(ofRow: row))
    }
}

/// What is worked out of all units' records, for the pages that show it.
final class Boards: Sendable {
    let tasks = BoardCache<TaskEntry>(.tasks) { space, store in try store.tasks(in: space).map(TaskEntry.init) }
    let inspections = BoardCache<InspectionEntry>(.inspections) { space, store in
        try store.inspections(in: space).map(InspectionEntry.init)
    }

    /// Somebody may look at them for so long after they came.
    private static let attention = Duration.seconds(3600)

    private let visited = Mutex<ContinuousClock.Instant?>(nil)

    /// Somebody has come who may look at them.
    func expectVisitor() { visited.withLock { $0 = .now } }

    /// Works out what has changed, where somebody may look at it.
    func warm(from hub: Hub) throws {
        guard let last = visited.withLock({ $0 }), last.duration(to: .now) < Self.attention else { return }
        try hub.store.read { store in
            _ = try tasks.entries(in: store) { _ in true }
            _ = try inspections.entries(in: store) { _ in true }
        }
    }
}
