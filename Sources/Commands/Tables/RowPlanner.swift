import Causality
import RecordStore
import Records
import Tables
import Wording

/// What whoever imports has said about all rows.
struct ImportSettings: Sendable {
    var form: String
    /// Where new records go, unless a row says it.
    var space: String?
    var author = ""
    var reason: String?
    var decimal: DecimalSign?
    /// Whether a word that is not known here makes a new record, and is not an error.
    var takesUnknownAsNew = false
    /// Whether rows that do not say what they were exported with write over what stands now.
    var overCurrent = false
}

/// What a row comes to.
enum RowOutcome {
    /// - Parameter isContested: whether a person is to be asked, once it is saved.
    case save(Draft, isNew: Bool, isContested: Bool)
    case unchanged
    case wrong([any CodedError])
}

/// Turns rows into drafts, within one transaction.
struct RowPlanner {
    private struct Name: Hashable {
        let space: String
        let record: RecordID
    }

    let form: FormDefinition
    private let settings: ImportSettings
    private let store: StoreTransaction
    /// The line of each record that a row was right about, so that none is written twice.
    private var lines: [Name: Int] = [:]
    private var twins: RecordTwins

    init(_ settings: ImportSettings, in store: StoreTransaction) throws {
        self.settings = settings
        self.store = store
        form = try store.latestForm(settings.form)
        twins = RecordTwins(of: form)
    }

    /// - Throws: only what is wrong with the store; what is wrong with the row is in the outcome.
    mutating func plan(_ row: TableRow) throws -> RowOutcome {
        if let problem = row.problem { return .wrong([problem]) }
        do {
            let outcome = try outcome(row)
            if case .save(let draft, _, _) = outcome { try store.check(draft) }
            return outcome
        } catch let problems as RowProblems {
            return .wrong(problems.errors)
        } catch let error as any CodedError where Self.isOfTheRow(error) {
            return .wrong([error])
        }
    }

    private static func isOfTheRow(_ error: any CodedError) -> Bool {
        guard let error = error as? StoreError else { return true }
        return [.spaceUnknown, .recordUnknown, .recordDeleted].contains(error.kind)
    }

    private mutating func outcome(_ row: TableRow) throws -> RowOutcome {
        let known = try record(row)
        if let known { return try edit(known, row) }
        if row.own[.deleted] == "true" { return .unchanged }
        let values = try row.values(settings.decimal)
        let space = try space(row)
        let key = form.naturalKey(Dictionary(values, uniquingKeysWith: { first, _ in first }))
        if let key {
            try note(RecordID.keyed(key), space, row)
            if let known = try store.record(keyed: key, in: space), !known.versions.isEmpty {
                return try edit(known, row, isNoted: true)
            }
        }
        let filled = values.filter { $0.1 != .null }
        // Without a key, only equal values tell a record that an earlier run of the same file made.
        if key == nil, !filled.isEmpty, try twins.take(filled, space, in: store) { return .unchanged }
        return .save(
            Draft(
                .new(form: form.form, space: space), edits: filled.map { ($0.0, .set($0.1)) }, author: settings.author,
                reason: settings.reason), isNew: true, isContested: false)
    }

    /// The record that the row names, if it names one that is known.
    private func record(_ row: TableRow) throws -> RecordView? {
        guard let word = row.own[.record], !word.isEmpty else { return nil }
        do {
            let view = try store.view(ofRow: try store.locate(word).row)
            guard view.form == form.form else { throw ImportError(.otherForm, ["form": view.form]) }
            if let space = row.own[.space], !space.isEmpty, space != view.space {
                throw ImportError(.otherSpace, ["space": view.space])
            }
            return view
        } catch let error as StoreError where error.kind == .recordUnknown {
            guard settings.takesUnknownAsNew else { throw ImportError(.recordUnknown) }
            return nil
        }
    }

    private func space(_ row: TableRow) throws -> String {
        let said = row.own[.space].flatMap { $0.isEmpty ? nil : $0 }
        guard let name = said ?? settings.space else { throw ImportError(.spaceMissing) }
        return try store.space(name).name
    }

    private mutating func note(_ record: RecordID, _ space: String, _ row: TableRow) throws {
        if let line = lines[Name(space: space, record: record)] { throw ImportError(.twice, ["row": String(line)]) }
        lines[Name(space: space, record: record)] = row.line
    }

    private mutating func edit(_ view: RecordView, _ row: TableRow, isNoted: Bool = false) throws -> RowOutcome {
        if !isNoted { try note(view.id, view.space, row) }
        return try RowEdit(view: view, row: row, form: form, settings: settings, store: store).outcome()
    }
}
