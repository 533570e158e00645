package import Causality
import Foundation
import GRDB
package import Records
package import SyncProtocol

/// What became of a change.
package enum Decision: Int64, Sendable {
    case undecided, accepted, refused
}

/// A change as the store keeps it.
package struct StoredChange: Sendable {
    package let space: Int64
    package let replicaRow: Int64
    package let dot: Dot
    package let record: Int64
    package let creates: Bool
    package let form: FormReference
    package let author: String
    package let time: HybridTime
    /// The index of the hub's log that the change was made at.
    package let depends: UInt64
    package let ownBase: Base?
    package let payload: [UInt8]
    package let link: Hash256
    package let received: UInt64?
    /// The hub's clock at receipt, in milliseconds since 1970.
    package let receivedAt: Int64?
    package let decision: Decision
    package let code: String
    package let details: [String: String]
    package let disposed: Disposition?
    /// For a change from a snapshot, whether something was left of each operation then; `nil` where all of them count.
    let left: [Bool]?
    /// The base as it is read here, where names or lines differ from what its author knew.
    let reads: Base?
    /// The record as the change states it, where it goes by another name here.
    let named: RecordID?

    /// What the author had seen.
    package var base: Base { reads ?? .of(dot, own: ownBase, depends: depends) }

    package var dotWord: String { DotWord(dot, hashPrefix: link.prefix).text }
}

extension Base {
    /// The base of a change: its own, or the default one.
    static func of(_ dot: Dot, own: Base?, depends: UInt64) -> Base {
        own ?? Base(position: depends, vector: VersionVector([dot.replica: dot.sequence - 1]))
    }
}

extension StoreTransaction {
    static let changeColumnNames = [
        "space", "replica", "sequence", "record", "creates", "form", "form_version", "author", "time", "depends",
        "base",
        "payload", "link", "received", "received_at", "decision", "code", "details", "disposed", "left", "reads",
        "named",
    ]
    static let changeColumns = changeColumnNames.joined(separator: ", ")

    /// The change in a row that begins with ``changeColumns``. Numbers, since names would be looked up for each row.
    func storedChange(_ row: Row) throws -> StoredChange {
        func decoded<T>(_ column: Int, _ read: (inout ByteReader) throws -> T) throws -> T? {
            try (row.at(column) as Data?).map { data in
                var reader = ByteReader(Array(data))
                return try read(&reader)
            }
        }
        let disposed = try row.at(18) as Data?
        return StoredChange(
            space: try row.at(0), replicaRow: try row.at(1), dot: Dot(try replica(row.at(1)), try row.natural(2)),
            record: try row.at(3), creates: try row.at(4) as Int64 == 1,
            form: FormReference(try row.at(5), version: try row.natural(6)), author: try row.at(7),
            time: HybridTime(rawValue: UInt64(bitPattern: try row.at(8))), depends: try row.natural(9),
            ownBase: try decoded(10, Base.init(from:)), payload: Array(try row.at(11) as Data),
            link: try Hash256(bytes: row.at(12) as Data).orDamaged("link"),
            received: try (row.at(13) as Int64?)?.natural(),
            receivedAt: try row.at(14), decision: try Decision(rawValue: row.at(15)).orDamaged("decision"),
            code: try row.at(16), details: try decoded(17) { try $0.details() } ?? [:],
            disposed: try disposed.flatMap { data in
                guard case .disposition(let disposition) = try LogEntry(bytes: Array(data)) else { return nil }
                return disposition
            }, left: try (row.at(19) as Data?)?.map { $0 == 1 }, reads: try decoded(20, Base.init(from:)),
            named: try (row.at(21) as Data?).flatMap { RecordID(bytes: Array($0)) })
    }

    package func change(_ dot: Dot, in space: Int64) throws -> StoredChange? {
        guard let replica = try replicaRow(dot.replica) else { return nil }
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT \(Self.changeColumns) FROM change WHERE space = ? AND replica = ? AND sequence = ?"),
            arguments: [space, replica, Int64(dot.sequence)])
        return try row.map(storedChange)
    }

    /// The chain's value before a sequence that is held here.
    package func link(of replica: ReplicaID, before sequence: UInt64, in space: SpaceState) throws -> Hash256 {
        try link(of: replica, at: sequence - 1, in: space).orDamaged("chain")
    }

    /// The changes of a record, oldest receipt first and those without one last.
    package func changes(ofRecord record: Int64) throws -> [StoredChange] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.changeColumns) FROM change WHERE record = ?
                    ORDER BY received IS NULL, received, replica, sequence
                    """), arguments: [record]
        ).map(storedChange)
    }

    func changes(of replica: Int64, in space: Int64, _ range: ClosedRange<UInt64>) throws -> [StoredChange] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.changeColumns) FROM change
                    WHERE space = ? AND replica = ? AND sequence BETWEEN ? AND ? ORDER BY sequence
                    """), arguments: [space, replica, Int64(range.lowerBound), Int64(range.upperBound)]
        ).map(storedChange)
    }

    /// What the hub's log says of a change, where it is known when the change is stored.
    struct ReceiptMark {
        let index: UInt64
        let time: Int64
        let decision: Decision
    }

    /// Appends a change to its replica's log, with the chain's value after it.
    /// - Parameter reading: how what it says is read; `nil` where it is as it is stated.
    func append(
        _ logged: LoggedChange, of replica: ReplicaID, row: Int64, in space: SpaceState, depends: UInt64, link: Hash256,
        _ reading: SegmentReading? = nil, mark: ReceiptMark? = nil
    ) throws -> (change: StoredChange, record: RecordRow) {
        let prefix = logged.header.target == .creates ? link.prefix : 0
        return try append(
            logged, of: replica, row: row, in: space, depends: depends, link: link, recordPrefix: prefix, reading,
            mark: mark)
    }

    /// - Parameter recordPrefix: the first bits of the chain where the record was created, should it be new here.
    func append(
        _ logged: LoggedChange, of replica: ReplicaID, row: Int64, in space: SpaceState, depends: UInt64, link: Hash256,
        recordPrefix: UInt32, _ reading: SegmentReading? = nil, mark: ReceiptMark?
    ) throws -> (change: StoredChange, record: RecordRow) {
        let dot = Dot(replica, logged.sequence)
        let header = logged.header
        let creates = header.target == .creates
        var named: RecordID?
        let name: RecordID
        switch header.target {
        case .creates: name = .created(dot)
        case .record(.created(let stated)):
            name = .created(try reading.map { try self.dot(stated, $0, in: space) ?? stated } ?? stated)
            if name != .created(stated) { named = .created(stated) }
        case .record(let id): name = id
        }
        let reads = try reading.flatMap { try readBase(header.base, at: logged.sequence, $0, in: space) }
        let record = try ensureRecord(name, form: header.form.form, prefix: recordPrefix, in: space.id)
        let decision = mark?.decision ?? .undecided
        let insert = try prepared(.insertChange)
        insert.bind(1, space.id)
        insert.bind(2, row)
        insert.bind(3, Int64(logged.sequence))
        insert.bind(4, record.id)
        insert.bind(5, creates ? 1 : 0)
        insert.bind(6, text: header.form.form.utf8)
        insert.bind(7, Int64(bitPattern: header.form.version))
        insert.bind(8, text: header.author.utf8)
        insert.bind(9, Int64(bitPattern: header.time.rawValue))
        insert.bind(10, Int64(depends))
        if let base = header.base { insert.bind(11, blob: base.canonicalBytes) } else { insert.bind(11, nil) }
        insert.bind(12, blob: logged.payload)
        insert.bind(13, blob: link.bytes)
        insert.bind(14, mark.map { Int64($0.index) })
        insert.bind(15, mark?.time)
        insert.bind(16, decision.rawValue)
        if let reads { insert.bind(17, blob: reads.canonicalBytes) } else { insert.bind(17, nil) }
        if let named { insert.bind(18, blob: named.bytes) } else { insert.bind(18, nil) }
        try insert.run()
        let change = StoredChange(
            space: space.id, replicaRow: row, dot: dot, record: record.id, creates: creates, form: header.form,
            author: header.author, time: header.time, depends: depends, ownBase: header.base, payload: logged.payload,
            link: link, received: mark?.index, receivedAt: mark?.time, decision: decision, code: "", details: [:],
            disposed: nil, left: nil, reads: reads, named: named)
        return (change, record)
    }

    /// A record as the merge finds it.
    struct RecordRow {
        let id: Int64
        let name: RecordID
        let isNew: Bool
        let flags: RecordFlags
    }

    private func ensureRecord(_ name: RecordID, form: String, prefix: UInt32, in space: Int64) throws -> RecordRow {
        let bytes = name.bytes
        let find = try prepared(.findRecord)
        find.bind(1, space)
        find.bind(2, blob: bytes)
        if try find.step() {
            defer { find.reset() }
            return RecordRow(
                id: find.integer(0), name: name, isNew: false, flags: RecordFlags(rawValue: find.integer(1)))
        }
        let insert = try prepared(.insertRecord)
        insert.bind(1, space)
        insert.bind(2, blob: bytes)
        insert.bind(3, text: form.utf8)
        insert.bind(4, Int64(prefix))
        guard try insert.step() else { throw StoreError(.damaged, ["code": "record"]) }
        let id = insert.integer(0)
        _ = try insert.step()
        return RecordRow(id: id, name: name, isNew: true, flags: [])
    }

    enum FlagChange { case set, clear }

    func flag(_ record: Int64, _ flag: RecordFlags, _ change: FlagChange) throws {
        let update = try prepared(.flagRecord)
        update.bind(1, change == .set ? flag.rawValue : 0)
        update.bind(2, change == .clear ? flag.rawValue : 0)
        update.bind(3, record)
        try update.run()
    }

    package func recordRow(_ name: RecordID, in space: Int64) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM record WHERE space = ? AND name = ?"),
            arguments: [space, Data(name.bytes)])
    }

    func recordName(_ record: Int64) throws -> RecordID {
        let bytes = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT name FROM record WHERE id = ?"), arguments: [record])
        return try bytes.flatMap { RecordID(bytes: Array($0)) }.orDamaged("record")
    }
}

/// What the merge must know of a record before it looks at its versions.
struct RecordFlags: OptionSet {
    let rawValue: Int64

    static let hasCase = RecordFlags(rawValue: 1)
    /// Something wrote the register of deletion.
    static let hasDeletion = RecordFlags(rawValue: 2)
}
