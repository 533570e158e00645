import Causality
import Records

/// A record that was closed in one unit and goes on in another under another word. The hub writes it down in both units, as records of
/// the form `@move`.
package struct Move: Sendable {
    /// The record's word here.
    package let record: String
    /// The other unit, and the record's word there.
    package let unit: String
    package let word: String
    /// Whether it went there, and did not come from there.
    package let isAway: Bool
    package let by: String
    package let reason: String
    /// In milliseconds since 1970.
    package let at: Int64
    /// Up to where in the log of this space somebody has looked at what came after it went.
    package let seen: UInt64
    /// The move's own record.
    package let row: Int64

    /// Reads a record of the form `@move`.
    init?(_ view: RecordView) {
        func text(_ name: String) -> String { view.fields[name]?.plainText ?? "" }
        guard !text("record").isEmpty, !text("word").isEmpty, let version = view.versions["word"]?.first else {
            return nil
        }
        record = text("record")
        unit = text("unit")
        word = text("word")
        isAway = text("way") == Self.away
        by = text("by")
        reason = text("reason")
        at = version.time.milliseconds
        seen = max(UInt64(text("seen")) ?? 0, version.received ?? 0)
        row = view.row
    }

    private static let away = "to"
    private static let back = "from"

    /// What the hub writes of a move.
    package static func fields(
        of record: String, isAway: Bool, unit: String, word: String, by person: String, reason: String
    ) -> [(field: String, value: String)] {
        [
            ("record", record), ("way", isAway ? away : back), ("unit", unit), ("word", word), ("by", person),
            ("reason", reason),
        ]
    }
}

extension StoreTransaction {
    /// Where a record went, or came from; `nil` for one that is where it always was.
    package func move(of view: RecordView) throws -> Move? {
        let key = NaturalKey(form: BuiltInForm.move.form, values: ["record": .text(view.word)])
        return try record(keyed: key, in: view.space).flatMap { Move($0) }
    }

    /// Records that went to another unit and were written to here since, and nobody has looked at that; the latest moves first.
    /// - Parameters:
    ///   - space: the space's name; `nil` for any.
    ///   - most: so many moves are looked through.
    package func lateEdits(in space: String? = nil, most: Int = 200) throws -> [(move: Move, changes: [StoredChange])] {
        try records(RecordFilter(form: BuiltInForm.move.form, space: space), limit: most).compactMap { view in
            guard let move = Move(view), move.isAway, let row = try? locate(move.record).row else { return nil }
            let late = try changes(ofRecord: row).filter { ($0.received ?? 0) > move.seen }
            return late.isEmpty ? nil : (move, late)
        }
    }
}
