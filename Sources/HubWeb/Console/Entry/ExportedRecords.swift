package import RecordStore
package import Records
import Tables

/// A form's records on their way into a file, piece by piece: however many there are, no more than a piece of them is in memory,
/// and nobody else waits for the store while a slow line takes them. Each record is as it stands when its turn comes.
package struct ExportedRecords: Sendable {
    package enum Kind: String, Sendable {
        case csv
        /// CSV as spreadsheets in Vietnam take it.
        case spreadsheet = "excel"
        case jsonLines = "jsonl"

        var mediaType: String { self == .jsonLines ? "application/x-ndjson" : "text/csv; charset=utf-8" }
        var ending: String { self == .jsonLines ? "jsonl" : "csv" }
    }

    /// Records that are read at once.
    package static let mostRecords = 200

    private let kind: Kind
    private let writer: TableWriter
    private let rows: [Int64]
    private let mayRead: @Sendable (String) -> Bool
    private var next = 0
    private var isBegun = false

    /// How many records are looked at.
    var count: Int { rows.count }

    /// - Parameter mayRead: whether whoever asks reads the records of a space.
    package init(
        _ filter: RecordFilter, of form: FormDefinition, as kind: Kind, _ store: StoreTransaction,
        mayRead: @escaping @Sendable (String) -> Bool
    ) throws {
        self.kind = kind
        self.mayRead = mayRead
        writer = TableWriter(form, style: kind == .spreadsheet ? .spreadsheet : .machine, showsDeleted: false)
        rows = try store.recordRows(filter)
    }

    /// The next piece; `nil` at the end. Empty where nothing of it is for the visitor.
    package mutating func nextPiece(_ store: ReplicaStore) throws -> [UInt8]? {
        guard isBegun else {
            isBegun = true
            return kind == .jsonLines ? [] : writer.heading
        }
        guard next < rows.count else { return nil }
        let turn = rows[next..<min(next + Self.mostRecords, rows.count)]
        next = turn.endIndex
        return try store.read { store in
            var bytes: [UInt8] = []
            for row in turn {
                let view = try store.view(ofRow: row)
                guard !view.deleted, mayRead(view.space) else { continue }
                let base = try store.baseToken(record: view.id, in: store.space(view.space)).text
                let line = WrittenRow(
                    word: view.word, space: view.space, state: view.state.rawValue, fields: view.fields,
                    conflicts: view.conflicts, isDeleted: view.deleted, base: base)
                bytes += kind == .jsonLines ? writer.object(line) : writer.line(line)
            }
            return bytes
        }
    }
}
