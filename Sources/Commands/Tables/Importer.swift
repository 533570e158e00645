import RecordStore
import Records
import Tables
import Wording

/// What came of the rows of a file.
struct ImportReport {
    struct Rejected {
        let row: Int
        let error: any CodedError

        /// What is wrong, in the form's own words where it has some.
        func words(in language: Language) -> ReportedError {
            var details = error.details
            if language == .en, let message = details["message_en"] { details["message"] = message }
            return ReportedError(code: error.code, details: details)
        }
    }

    var accepted = 0
    var new = 0
    var unchanged = 0
    /// Rows of which a person is to be asked, since somebody else has said otherwise meanwhile.
    var conflicts = 0
    /// Rows that are wrong.
    var wrongRows = 0
    /// Everything that is wrong, of which the first are in ``rejected``.
    var problems = 0
    var rejected: [Rejected] = []

    mutating func reject(_ row: Int, _ errors: [any CodedError]) {
        wrongRows += 1
        problems += errors.count
        rejected += errors.prefix(TableLimits.listedRows - rejected.count).map { Rejected(row: row, error: $0) }
    }
}

/// Takes a file's rows in, twice: once to check all of them without keeping anybody from writing, once to save them in one
/// transaction. The second time everything is checked again, since file and store may have changed; so a crash at any
/// moment leaves all rows or none.
struct Importer {
    let keeper: any RecordKeeper
    let file: TableFile
    let kind: TableKind
    let settings: ImportSettings
    /// Whether right rows are saved where others are wrong.
    let skipsWrong: Bool

    /// So many rows, or so many bytes of values, become one segment: they travel together.
    private static let batchRows = 1000
    private static let batchBytes = 64 * 1024

    func check() throws -> ImportReport { try keeper.store.read { try run(in: $0, saves: false) } }

    /// - Returns: what was saved; nothing where a row is wrong and wrong ones are not to be skipped.
    func save() throws -> ImportReport {
        do {
            return try keeper.store.write { store in
                let report = try run(in: store, saves: true)
                guard skipsWrong || report.wrongRows == 0 else { throw Undone(report: report) }
                return report
            }
        } catch let undone as Undone {
            return undone.report
        }
    }

    private struct Undone: Error {
        let report: ImportReport
    }

    private func run(in store: StoreTransaction, saves: Bool) throws -> ImportReport {
        var report = ImportReport()
        var planner = try RowPlanner(settings, in: store)
        var batch: [Draft] = []
        var bytes = 0
        func flush() throws {
            if !batch.isEmpty { _ = try keeper.capture(batch, in: store) }
            batch = []
            bytes = 0
        }
        do {
            var reader = try TableReader(kind, of: planner.form, try file.chunks())
            while let row = try reader.next() {
                switch try planner.plan(row) {
                case .unchanged: report.unchanged += 1
                case .wrong(let errors): report.reject(row.line, errors)
                case .save(let draft, let isNew, let isContested):
                    report.accepted += 1
                    report.new += isNew ? 1 : 0
                    report.conflicts += isContested ? 1 : 0
                    guard saves, skipsWrong || report.wrongRows == 0 else { continue }
                    let size = draft.estimatedBytes
                    if batch.count == Self.batchRows || bytes + size > Self.batchBytes { try flush() }
                    batch.append(draft)
                    bytes += size
                }
            }
        } catch let failure as TableFailure {
            // A file that cannot be read to its end is wrong as a whole.
            report.reject(failure.line, [failure.cause])
            guard !saves, !skipsWrong else { throw failure.cause }
        }
        try flush()
        return report
    }
}

extension Draft {
    /// About what the draft takes of a segment, and rather more than less.
    fileprivate var estimatedBytes: Int {
        edits.reduce(256) { sum, edit in
            guard case .set(let value) = edit.edit else { return sum + 256 }
            if case .items(let items) = value {
                return sum + items.reduce(0) { $0 + 2 * ($1.utf8.count + edit.field.utf8.count + 16) }
            }
            return sum + edit.field.utf8.count + value.canonicalBytes.count + 16
        }
    }
}
