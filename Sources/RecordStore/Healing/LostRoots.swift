import Causality
import Foundation
import GRDB
import Records
import SyncProtocol

/// Places of lost lines that nobody has shown the way to. What was made there is read as if nothing before it had been seen:
/// it may show a case too many, and is never lost.
extension StoreTransaction {
    func isRoot(_ position: LogPosition, by knowledge: LostKnowledge, in space: SpaceState) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql:
                    "SELECT EXISTS (SELECT 1 FROM lost_root WHERE space = ? AND hash = ? AND position = ? AND told >= ?)"
            ),
            arguments: [space.id, Data(position.hash.bytes), Int64(position.index), knowledge == .told]) ?? false
    }

    /// Whether an unknown place must be one of a line that was lost: it is of an epoch that has ended.
    func mayBeRoot(_ position: LogPosition, in space: SpaceState) throws -> Bool {
        try max(1, position.epoch) < self.space(space.id).position.epoch
    }

    func keepRoot(_ position: LogPosition, told isTold: Bool, in space: SpaceState) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO lost_root (space, hash, epoch, position, told) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (space, hash) DO UPDATE SET told = max(told, excluded.told)
                """
        ).execute(arguments: [
            space.id, Data(position.hash.bytes), Int64(position.epoch), Int64(position.index), isTold,
        ])
    }

    /// Keeps the place of a snapshot that is let go of, with the hub's signature: own work may depend on it, and the hub may
    /// have lost it.
    func keepFloorAsRoot(in space: SpaceState) throws {
        guard let manifest = try floorManifest(of: space) else { return }
        try keep(LostPart(root: manifest.position), told: false, in: space)
        try db.execute(
            sql: """
                UPDATE lost_root SET (manifest, signature) = (SELECT manifest, signature FROM floor WHERE space = ?1)
                WHERE space = ?1 AND hash = ?2
                """, arguments: [space.id, Data(manifest.position.hash.bytes)])
    }

    /// Roots that the hub is not known to have noted, with its own signature over them.
    func rootEvidence(in space: SpaceState) throws -> [LostEvidence] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT epoch, position, hash, manifest, signature FROM lost_root
                WHERE space = ? AND told = 0 AND signature IS NOT NULL ORDER BY position, hash
                """, arguments: [space.id]
        ).map { row in
            let position = LogPosition(
                epoch: try row.natural(0), index: try row.natural(1), hash: try row.hash("hash"))
            return LostEvidence(
                part: LostPart(root: position), ends: try row.bytes("manifest"), signature: try row.bytes("signature"))
        }
    }

    /// The entry before a root has been shown: the root is none any more, and what was read by it is read anew.
    func connect(_ root: LogPosition, in space: SpaceState) throws {
        try db.execute(
            sql: "DELETE FROM lost_root WHERE space = ? AND hash = ?", arguments: [space.id, Data(root.hash.bytes)])
        let segments = try segments(dependingAfter: root.index - 1, in: space).filter {
            try !isOnLog($0.dependency.position, in: space)
        }
        var touched: Set<Int64> = []
        for segment in segments { touched.formUnion(try records(of: segment, in: space)) }
        for segment in segments { try readAnew(segment, in: space) }
        for record in touched.sorted() { try rebuild(record) }
    }

    /// What the hub's log goes through is not lost.
    func forgetRootsOnLog(in space: SpaceState) throws {
        try db.cachedStatement(
            sql: """
                DELETE FROM lost_root WHERE space = ? AND told = 0 AND EXISTS (
                    SELECT 1 FROM log WHERE log.space = lost_root.space AND log.position = lost_root.position
                    AND log.hash = lost_root.hash)
                """
        ).execute(arguments: [space.id])
    }
}
