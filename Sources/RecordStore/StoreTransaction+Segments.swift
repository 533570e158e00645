package import Causality
import Foundation
import GRDB
import Records
package import SyncProtocol

/// The replica's own open run, and the segments it is closed into.
extension StoreTransaction {
    /// Bytes after which an open run is closed, so that a segment stays well below its limit.
    static let runBytes = ProtocolLimits.segmentBytes / 2
    static let runChanges = 2000

    func insertSegment(
        replica: Int64, first: UInt64, last: UInt64, previous: Hash256, dependency: Dependency, signature: [UInt8]?,
        in space: Int64
    ) throws {
        var writer = ByteWriter()
        dependency.write(to: &writer)
        try db.cachedStatement(
            sql: """
                INSERT INTO segment (space, replica, first, last, previous, dependency, signature)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            space, replica, Int64(first), Int64(last), Data(previous.bytes), Data(writer.bytes),
            signature.map { Data($0) },
        ])
    }

    /// The run that own changes go into: a segment without a signature.
    func openRun(in space: SpaceState) throws -> (first: UInt64, last: UInt64)? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT first, last FROM segment WHERE space = ? AND replica = ? AND signature IS NULL"),
            arguments: [space.id, try requireReplica(identity.replica)])
        return row.map { (UInt64($0["first"] as Int64), UInt64($0["last"] as Int64)) }
    }

    func extendRun(to last: UInt64, in space: SpaceState) throws {
        try db.cachedStatement(
            sql: "UPDATE segment SET last = ? WHERE space = ? AND replica = ? AND signature IS NULL"
        ).execute(arguments: [Int64(last), space.id, try requireReplica(identity.replica)])
    }

    /// The canonical size of the open run.
    func runSize(_ run: (first: UInt64, last: UInt64), in space: SpaceState) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT sum(length(payload) + length(form) + length(author) + coalesce(length(base), 0) + 64) FROM change
                    WHERE space = ? AND replica = ? AND sequence BETWEEN ? AND ?
                    """),
            arguments: [space.id, try requireReplica(identity.replica), Int64(run.first), Int64(run.last)]) ?? 0
    }

    /// Closes and signs the replica's open run in the space, if there is one. Done before anything is sent and before
    /// anything remote is taken in.
    package func seal(in space: SpaceState) throws {
        guard let run = try openRun(in: space) else { return }
        let head = try head(of: identity.replica, in: space)
        precondition(head.sequence == run.last, "an open run ends at the replica's head")
        let signature = identity.sign(
            tag: Chain.segmentTag, Chain.signedBytes(space: space.name, replica: identity.replica, head: head))
        try db.cachedStatement(sql: "UPDATE segment SET signature = ? WHERE space = ? AND replica = ? AND first = ?")
            .execute(arguments: [Data(signature), space.id, try requireReplica(identity.replica), Int64(run.first)])
    }

    /// The closed segment of `replica` that begins at `first`.
    package func segment(of replica: ReplicaID, first: UInt64, in space: SpaceState) throws -> Segment? {
        guard let id = try replicaRow(replica),
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT last, previous, dependency, signature FROM segment
                        WHERE space = ? AND replica = ? AND first = ? AND signature IS NOT NULL
                        """), arguments: [space.id, id, Int64(first)])
        else { return nil }
        let last = UInt64(row["last"] as Int64)
        var reader = ByteReader(row.bytes("dependency"))
        let changes = try changes(of: id, in: space.id, first...last)
        return Segment(
            space: space.name, replica: replica, previous: try row.hash("previous"),
            dependency: try Dependency(from: &reader),
            changes: try changes.map {
                LoggedChange(sequence: $0.dot.sequence, header: try header(of: $0), payload: $0.payload)
            },
            signature: row.bytes("signature"))
    }

    package func header(of change: StoredChange) throws -> ChangeHeader {
        ChangeHeader(
            form: change.form, target: change.creates ? .creates : .record(try recordName(change.record)),
            author: change.author, time: change.time, base: change.ownBase)
    }

    /// The firsts of the own closed segments that the hub's log holds no receipt for, in order.
    package func unreceivedSegments(in space: SpaceState) throws -> [UInt64] {
        let id = try requireReplica(identity.replica)
        return try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT first FROM segment WHERE space = ?1 AND replica = ?2 AND signature IS NOT NULL AND (
                        SELECT received FROM change WHERE space = ?1 AND replica = ?2 AND sequence = segment.first
                    ) IS NULL ORDER BY first
                    """), arguments: [space.id, id]
        ).map { UInt64($0) }
    }
}
