import Causality
import Foundation
import GRDB
package import Records
package import SyncProtocol

/// What a snapshot of a space is made from.
extension StoreTransaction {
    /// The records of the space, the newest first: what people work on comes before what is old.
    package func snapshotRecords(in space: SpaceState) throws -> [Int64] {
        try Int64.fetchAll(db, sql: "SELECT id FROM record WHERE space = ? ORDER BY id DESC", arguments: [space.id])
    }

    /// The changes of a record of which something is left, in the order of their receipts.
    package func snapshotChanges(ofRecord record: Int64, in space: SpaceState) throws -> [SnapshotChange] {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT name, prefix FROM record WHERE id = ?"), arguments: [record])
        guard let row, let name = RecordID(bytes: try row.bytes("name")) else {
            throw StoreError(.damaged, ["code": "record"])
        }
        let prefix = UInt32(truncatingIfNeeded: try row.at("prefix") as Int64)
        let left = try remainders(ofRecord: record)
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.changeColumns) FROM change WHERE record = ?1 AND received IS NOT NULL AND (
                        decision = 0 OR (decision = 2 AND disposed IS NULL) OR EXISTS (
                            SELECT 1 FROM version WHERE version.record = ?1 AND version.replica = change.replica
                            AND version.sequence = change.sequence))
                    ORDER BY received, replica, sequence
                    """), arguments: [record]
        ).map { row in
            let change = try storedChange(row)
            return SnapshotChange(
                replica: change.dot.replica,
                logged: LoggedChange(
                    sequence: change.dot.sequence,
                    header: ChangeHeader(
                        form: change.form, target: change.creates ? .creates : .record(name), author: change.author,
                        // As it is read here: the snapshot does not tell what else a segment depended on.
                        time: change.time, base: change.reads ?? change.ownBase), payload: change.payload),
                depends: change.depends, received: change.received ?? 0, receivedAt: change.receivedAt ?? 0,
                decision: try SnapshotChange.Decision(rawValue: UInt64(change.decision.rawValue)).orDamaged("decision"),
                code: change.code, details: change.details, linkPrefix: change.link.prefix, recordPrefix: prefix,
                remainders: (Payload.scan(change.payload) ?? []).map { operation in
                    left[LeftVersion(change.dot, change.payload, operation)] ?? .nothing
                })
        }
    }

    /// One operation of one change.
    private struct LeftVersion: Hashable {
        let dot: Dot
        let field: [UInt8]
        let item: [UInt8]

        init(dot: Dot, field: [UInt8], item: [UInt8]) {
            self.dot = dot
            self.field = field
            self.item = item
        }

        init(_ dot: Dot, _ payload: [UInt8], _ operation: ScannedOperation) {
            self.init(dot: dot, field: Array(payload[operation.field]), item: Array(payload[operation.item]))
        }
    }

    private func remainders(ofRecord record: Int64) throws -> [LeftVersion: SnapshotChange.Remainder] {
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT replica, sequence, field, item, standing FROM version WHERE record = ?"),
            arguments: [record])
        var remainders: [LeftVersion: SnapshotChange.Remainder] = [:]
        while let row = try rows.next() {
            let dot = Dot(try replica(row.at(0)), try row.natural(1))
            let version = LeftVersion(
                dot: dot, field: Array((try row.at(2) as String).utf8), item: Array((try row.at(3) as String).utf8))
            remainders[version] = try row.at(4) as Int64 == 1 ? .standing : .covered
        }
        return remainders
    }

    /// The heads of all replicas of the space, each with the index of its first receipt, which names it in a snapshot.
    package func snapshotHeads(in space: SpaceState) throws -> [SnapshotHead] {
        try heads(in: space).map { replica, head in
            SnapshotHead(
                publicKey: try publicKey(of: replica).orDamaged("replica"), head: head,
                received: try change(Dot(replica, 1), in: space.id)?.received.orDamaged("received")
                    ?? floorHead(of: replica, in: space).orDamaged("head").received)
        }
    }

    /// What the refusals that a person has dealt with add to the digest.
    package func settledRefusals(in space: SpaceState) throws -> StateDigest {
        var digest = StateDigest.empty
        let settled = try Row.fetchAll(
            db,
            sql: """
                SELECT replica, sequence, payload FROM change
                WHERE space = ? AND decision = 2 AND disposed IS NOT NULL
                """, arguments: [space.id])
        for row in settled {
            digest.insert(
                StateDigest.element(
                    refused: Dot(try replica(row.at(0)), try row.natural(1)),
                    commitment: Payload.commitment(of: try row.bytes("payload"))))
        }
        return digest
    }

    /// How many changes the space's log has.
    package func loggedChanges(in space: SpaceState) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT coalesce(sum(sequence), 0) FROM head WHERE space = ?", arguments: [space.id]) ?? 0
    }

    /// Of how many changes something is left in the state.
    package func leftChanges(in space: SpaceState) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM (SELECT DISTINCT version.replica, version.sequence
                FROM record JOIN version ON version.record = record.id WHERE record.space = ?)
                """, arguments: [space.id]) ?? 0
    }
}
