import Causality
import Foundation
import GRDB
import Records
import SyncProtocol

/// Letting go of a snapshot, loading or loaded. Everything but what was made here goes, under whatever name it was; the log
/// brings it back from its beginning.
extension StoreTransaction {
    /// Lets go of a snapshot that was not what the hub signed, or that the hub no longer has.
    package func stopFilling(_ name: String) throws {
        let space = try space(name)
        guard space.fill == .filling || space.position == .start else { return }
        try letGo(of: space)
    }

    /// Lets go of a snapshot, loading or loaded.
    package func letGoOfFloor(_ name: String) throws {
        let space = try space(name)
        guard space.floor > 0 else { return }
        try letGo(of: space)
    }

    private func letGo(of space: SpaceState) throws {
        // What is open depends on the snapshot's place.
        try seal(in: space)
        try bringUpToDate()
        let records = try Int64.fetchAll(db, sql: "SELECT id FROM record WHERE space = ?", arguments: [space.id])
        for record in records {
            try db.cachedStatement(sql: "DELETE FROM version WHERE record = ?").execute(arguments: [record])
        }
        for (replica, _) in try heads(in: space) { try keepOnlyOwn(of: replica, in: space) }
        // Of what a snapshot brought there need not be a head.
        try db.execute(
            sql: """
                DELETE FROM change WHERE space = ?1 AND NOT EXISTS (
                    SELECT 1 FROM head WHERE head.space = ?1 AND head.replica = change.replica
                    AND head.sequence >= change.sequence)
                """, arguments: [space.id])
        try db.execute(
            sql: """
                UPDATE change SET received = NULL, received_at = NULL, decision = 0, code = '', details = NULL, disposed = NULL
                WHERE space = ?
                """, arguments: [space.id])
        // What the hub is known to have back it tells again.
        for table in ["lost", "lost_root"] {
            try db.execute(sql: "UPDATE \(table) SET told = 0 WHERE space = ?", arguments: [space.id])
        }
        lostLines = [:]
        if space.floor > 0, try !segments(dependingAfter: space.floor - 1, in: space).isEmpty {
            try keepFloorAsRoot(in: space)
        }
        for table in ["log", "checkpoint", "floor_head", "floor"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE space = ?", arguments: [space.id])
        }
        try update(space.id) { state in
            state.position = .start
            state.floor = 0
            state.digest = .empty
            state.fill = .declined
            state.epochs = EpochStarts()
        }
        for record in records {
            try flag(record, [.hasCase, .hasDeletion], .clear)
            try db.cachedStatement(sql: "DELETE FROM conflict WHERE record = ?").execute(arguments: [record])
            try forgetIfEmpty(record)
            try rebuild(record)
        }
    }

    /// Lets go of the changes of a replica that were not made here. A segment goes whole or stays whole.
    private func keepOnlyOwn(of replica: ReplicaID, in space: SpaceState) throws {
        let row = try requireReplica(replica)
        let place: StatementArguments = [space.id, row]
        let made =
            try Int64.fetchOne(
                db, sql: "SELECT made FROM head WHERE space = ? AND replica = ?", arguments: place) ?? 0
        let end = try Int64.fetchOne(
            db, sql: "SELECT max(last) FROM segment WHERE space = ? AND replica = ? AND first <= ?",
            arguments: place + [made])
        guard made > 0, let end, let link = try link(of: replica, at: end.natural(), in: space) else {
            for table in ["segment", "change", "head"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE space = ? AND replica = ?", arguments: place)
            }
            return
        }
        for (table, column) in [("segment", "first"), ("change", "sequence")] {
            try db.execute(
                sql: "DELETE FROM \(table) WHERE space = ? AND replica = ? AND \(column) > ?", arguments: place + [end])
        }
        try setHead(Head(sequence: try end.natural(), hash: link), of: row, in: space.id)
    }

    func forgetIfEmpty(_ record: Int64) throws {
        let isEmpty = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT NOT EXISTS (SELECT 1 FROM change WHERE record = ?)"), arguments: [record])
        guard isEmpty == true else { return }
        touched[record] = nil
        try db.cachedStatement(sql: "DELETE FROM conflict WHERE record = ?").execute(arguments: [record])
        try db.cachedStatement(sql: "DELETE FROM search WHERE rowid = ?").execute(arguments: [record])
        try db.cachedStatement(sql: "DELETE FROM search_due WHERE record = ?").execute(arguments: [record])
        try db.cachedStatement(sql: "DELETE FROM record WHERE id = ?").execute(arguments: [record])
    }
}
