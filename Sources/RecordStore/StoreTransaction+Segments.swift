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

    func insertSegment(_ segment: Segment, of replica: Int64, in space: Int64) throws {
        try insertSegment(
            replica: replica, first: segment.first, last: segment.last, previous: segment.previous,
            dependency: segment.dependency, signature: segment.signature, continues: segment.continues, in: space)
    }

    func insertSegment(
        replica: Int64, first: UInt64, last: UInt64, previous: Hash256, dependency: Dependency, signature: [UInt8]?,
        continues: Bool = false, in space: Int64
    ) throws {
        var writer = ByteWriter()
        dependency.write(to: &writer)
        try db.cachedStatement(
            sql: """
                INSERT INTO segment (space, replica, first, last, previous, dependency, signature, continues)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            space, replica, Int64(first), Int64(last), Data(previous.bytes), Data(writer.bytes),
            signature.map { Data($0) }, continues,
        ])
    }

    /// Lets go of segments that a larger one proves too.
    func dropSegments(within segment: Segment, of replica: ReplicaID, in space: SpaceState) throws {
        try db.cachedStatement(
            sql: """
                DELETE FROM segment WHERE space = ? AND replica = ? AND first >= ? AND last <= ?
                AND signature IS NOT NULL
                """
        ).execute(arguments: [space.id, try requireReplica(replica), Int64(segment.first), Int64(segment.last)])
    }

    /// Whether a segment is held that has the change of `replica` with a sequence.
    func hasSegment(of replica: ReplicaID, at sequence: UInt64, in space: SpaceState) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM segment
                    WHERE space = ?1 AND replica = ?2 AND first <= ?3 AND last >= ?3 AND signature IS NOT NULL)
                    """), arguments: [space.id, try requireReplica(replica), Int64(sequence)]) ?? false
    }

    /// The run that own changes go into: the last segment, where it has no signature yet.
    func openRun(in space: SpaceState) throws -> (first: UInt64, last: UInt64)? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT first, last, signature IS NULL FROM segment WHERE space = ? AND replica = ?
                    ORDER BY first DESC LIMIT 1
                    """), arguments: [space.id, try requireReplica(identity.replica)])
        return try row.flatMap { row in
            guard try row.at(2) else { return nil }
            let range = try row.range(0, 1)
            return (range.lowerBound, range.upperBound)
        }
    }

    func extend(_ run: (first: UInt64, last: UInt64), to last: UInt64, in space: SpaceState) throws {
        try db.cachedStatement(
            sql: "UPDATE segment SET last = ? WHERE space = ? AND replica = ? AND first = ?"
        ).execute(arguments: [Int64(last), space.id, try requireReplica(identity.replica), Int64(run.first)])
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
        // An open run ends at the replica's head.
        guard head.sequence == run.last else { throw StoreError(.damaged, ["code": "head"]) }
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
                        SELECT last, previous, dependency, signature, continues FROM segment
                        WHERE space = ? AND replica = ? AND first = ? AND signature IS NOT NULL
                        """), arguments: [space.id, id, Int64(first)])
        else { return nil }
        let last = try row.natural("last")
        guard 0 < first, first <= last else { throw StoreError(.damaged, ["code": "range"]) }
        var reader = ByteReader(try row.bytes("dependency"))
        let changes = try changes(of: id, in: space.id, first...last)
        return Segment(
            space: space.name, replica: try signer(of: replica, in: space), previous: try row.hash("previous"),
            dependency: try Dependency(from: &reader),
            changes: try changes.map {
                LoggedChange(sequence: $0.dot.sequence, header: try header(of: $0), payload: $0.payload)
            },
            signature: try row.bytes("signature"), continues: try row.at("continues"))
    }

    package func header(of change: StoredChange) throws -> ChangeHeader {
        ChangeHeader(
            form: change.form,
            target: change.creates ? .creates : .record(try change.named ?? recordName(change.record)),
            author: change.author, time: change.time, base: change.ownBase)
    }

    /// A closed segment that the hub's log holds no receipt for, all or in part.
    package struct Unreceived: Hashable, Sendable {
        /// The name under which it is held.
        package let replica: ReplicaID
        package let first: UInt64
    }

    /// The closed segments that the hub's log holds no receipt for, of any replica, each after what it depends on.
    package func unreceivedSegments(in space: SpaceState) throws -> [Unreceived] {
        // By the index of what is open: nearly everything has been received.
        let open = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT replica, min(sequence) FROM change
                    WHERE decision <> 1 AND decision = 0 AND space = ? AND received IS NULL GROUP BY replica
                    """), arguments: [space.id])
        var found: [(serial: Int64, segment: Unreceived)] = []
        for row in open {
            let name = try replica(row.at(0))
            found += try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT serial, first FROM segment
                        WHERE space = ?1 AND replica = ?2 AND first >= coalesce((
                            SELECT first FROM segment WHERE space = ?1 AND replica = ?2 AND first <= ?3
                            ORDER BY first DESC LIMIT 1), 0)
                        AND last >= ?3 AND signature IS NOT NULL AND (
                            SELECT received FROM change
                            WHERE space = ?1 AND replica = ?2 AND sequence = segment.last) IS NULL
                        """), arguments: [space.id, try row.at(0) as Int64, try row.at(1) as Int64]
            ).map { (try $0.at(0), Unreceived(replica: name, first: try $0.natural(1))) }
        }
        return found.sorted { $0.serial < $1.serial }.map(\.segment)
    }
}
