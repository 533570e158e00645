import Causality
import Foundation
import GRDB
import Records
import SyncProtocol

/// Giving a branch its own name: the hub noted another history under the name that it had here.
extension StoreTransaction {
    /// Moves all that is held of `replica` above a sequence to the name of a branch, with what others say of it.
    /// - Returns: the branch's name.
    @discardableResult func rename(
        _ replica: ReplicaID, above sequence: UInt64, in space: SpaceState
    ) throws -> ReplicaID {
        let link = try link(of: replica, at: sequence + 1, in: space).orDamaged("link of a branch")
        let branch = try ensureBranch(from: replica, after: sequence, link: link, in: space)
        try move(replica, above: sequence, to: branch, in: space)
        return branch
    }

    /// Moves what is held of a branch back under its parent's name, which the hub uses for it.
    func unname(_ branch: ReplicaID, into parent: ReplicaID, above sequence: UInt64, in space: SpaceState) throws {
        try move(branch, above: sequence, to: parent, in: space)
    }

    private func move(
        _ old: ReplicaID, above sequence: UInt64, to new: ReplicaID, in space: SpaceState
    ) throws {
        let (from, to) = (try requireReplica(old), try requireReplica(new))
        let moved: StatementArguments = [space.id, from, Int64(sequence)]
        var touched = Set(
            try Int64.fetchAll(
                db, sql: "SELECT DISTINCT record FROM change WHERE space = ? AND replica = ? AND sequence > ?",
                arguments: moved))
        let speaking = try changesNaming(old, above: sequence, in: space)
        touched.formUnion(speaking.map(\.record))
        for record in touched { try self.record(record, in: space.id, leaves: true) }
        for record in touched {
            try db.cachedStatement(sql: "DELETE FROM version WHERE record = ?").execute(arguments: [record])
        }
        try keepSignedNames(of: from, above: sequence, in: space)
        try cutSegment(of: from, at: sequence, in: space)
        for table in ["change", "segment"] {
            let place = table == "change" ? "sequence" : "first"
            try db.execute(
                sql: "UPDATE \(table) SET replica = ? WHERE space = ? AND replica = ? AND \(place) > ?",
                arguments: [to] + moved)
        }
        for change in speaking {
            try setReads(change.base.renamed(old, above: sequence, to: new), of: change, in: space)
        }
        try readAnew(new, above: sequence, in: space)
        try moveHead(from, to, above: sequence, in: space)
        try renameRecords(old, above: sequence, to: new, in: space)
        for record in touched {
            try rebuildAfterLeaving(record, in: space)
        }
    }

    /// Puts the record's refusals back into the digest and makes its versions anew.
    private func rebuildAfterLeaving(_ record: Int64, in space: SpaceState) throws {
        // There are no versions now, so only refusals come back.
        try self.record(record, in: space.id, leaves: false)
        try rebuild(record)
    }

    /// Changes of others whose base names what is moved.
    private func changesNaming(_ replica: ReplicaID, above sequence: UInt64, in space: SpaceState) throws
        -> [StoredChange]
    {
        try Row.fetchAll(
            db,
            sql: """
                SELECT \(Self.changeColumns) FROM change WHERE space = ? AND (base IS NOT NULL OR reads IS NOT NULL)
                """, arguments: [space.id]
        ).map(storedChange).filter { change in
            change.dot.replica != replica
                && (change.base.vector[replica] > sequence
                    || change.base.dots.contains { $0.replica == replica && $0.sequence > sequence })
        }
    }

    private func setReads(_ base: Base, of change: StoredChange, in space: SpaceState) throws {
        var base = base
        base.vector = try expanded(base.vector, in: space)
        try db.cachedStatement(
            sql: "UPDATE change SET reads = ? WHERE space = ? AND replica = ? AND sequence = ?"
        ).execute(arguments: [Data(base.canonicalBytes), space.id, change.replicaRow, Int64(change.dot.sequence)])
    }

    /// The bases of moved changes, under the new name.
    private func readAnew(_ replica: ReplicaID, above sequence: UInt64, in space: SpaceState) throws {
        let row = try requireReplica(replica)
        let segments = try Row.fetchAll(
            db,
            sql:
                "SELECT first, last, dependency FROM segment WHERE space = ? AND replica = ? AND last > ? ORDER BY first",
            arguments: [space.id, row, Int64(sequence)])
        for segment in segments {
            var bytes = ByteReader(try segment.bytes("dependency"))
            let range = try segment.range(0, 1)
            try readAnew(
                SegmentRow(replica: row, range: range, dependency: try Dependency(from: &bytes)), above: sequence,
                in: space)
        }
    }

    private func moveHead(_ from: Int64, _ to: Int64, above sequence: UInt64, in space: SpaceState) throws {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT sequence, hash, made FROM head WHERE space = ? AND replica = ?",
                arguments: [space.id, from])
        else { return }
        let made: Int64 = try row.at(2)
        let known = try Int64.fetchOne(
            db, sql: "SELECT made FROM head WHERE space = ? AND replica = ?", arguments: [space.id, to])
        try setHead(
            Head(sequence: try row.natural(0), hash: try row.hash("hash")), of: to, in: space.id)
        try db.execute(
            sql: "UPDATE head SET made = ? WHERE space = ? AND replica = ?",
            arguments: [max(known ?? 0, made > Int64(sequence) ? made : 0), space.id, to])
        let name = try replica(from)
        let start = try start(of: name, in: space)
        if sequence > start.sequence {
            try setHead(
                Head(sequence: sequence, hash: try link(of: name, at: sequence, in: space).orDamaged("link")), of: from,
                in: space.id)
            try db.execute(
                sql: "UPDATE head SET made = min(made, ?) WHERE space = ? AND replica = ?",
                arguments: [Int64(sequence), space.id, from])
        } else {
            try db.execute(sql: "DELETE FROM head WHERE space = ? AND replica = ?", arguments: [space.id, from])
        }
    }

    /// Changes keep the record names that were signed where the record gets another.
    private func keepSignedNames(of replica: Int64, above sequence: UInt64, in space: SpaceState) throws {
        try db.execute(
            sql: """
                UPDATE change SET named = (SELECT name FROM record WHERE record.id = change.record)
                WHERE space = ?1 AND named IS NULL AND creates = 0 AND record IN (
                    SELECT record FROM change WHERE space = ?1 AND replica = ?2 AND sequence > ?3 AND creates = 1)
                """, arguments: [space.id, replica, Int64(sequence)])
    }

    private func renameRecords(
        _ old: ReplicaID, above sequence: UInt64, to new: ReplicaID, in space: SpaceState
    ) throws {
        let made = try Row.fetchAll(
            db,
            sql: "SELECT record, sequence FROM change WHERE space = ? AND replica = ? AND sequence > ? AND creates = 1",
            arguments: [space.id, try requireReplica(new), Int64(sequence)])
        for row in made {
            let dot = Dot(new, try row.natural(1))
            guard case .created = try recordName(row.at(0)) else { continue }
            try db.cachedStatement(sql: "UPDATE record SET name = ? WHERE id = ?").execute(arguments: [
                Data(RecordID.created(dot).bytes), try row.at(0) as Int64,
            ])
        }
    }
}

extension Base {
    /// The base with all that `old` has above a sequence under another name.
    fileprivate func renamed(_ old: ReplicaID, above sequence: UInt64, to new: ReplicaID) -> Base {
        var renamed = Base(position: position, vector: vector)
        if vector[old] > sequence {
            renamed.vector[new] = max(renamed.vector[new], vector[old])
            renamed.vector[old] = sequence
        }
        for dot in dots {
            renamed.insert(dot.replica == old && dot.sequence > sequence ? Dot(new, dot.sequence) : dot)
        }
        return renamed
    }
}
