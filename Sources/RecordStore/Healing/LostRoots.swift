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
        try position.index > 0 && max(1, position.epoch) < self.space(space.id).position.epoch
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
                WHERE space = ? AND told = 0 AND signature IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM lost WHERE lost.space = lost_root.space AND lost.hash = lost_root.hash AND lost.told = 1)
                ORDER BY position, hash
                """, arguments: [space.id]
        ).map { row in
            let position = LogPosition(
                epoch: try row.natural(0), index: try row.natural(1), hash: try row.hash("hash"))
            return LostEvidence(
                part: LostPart(root: position), ends: try row.bytes("manifest"), signature: try row.bytes("signature"))
        }
    }

    /// The segments whose line is known back to a place that lost entries lead to now.
    func segments(behind part: LostPart, in space: SpaceState) throws -> [SegmentRow] {
        let roots = try part.places.filter { place in
            try isRoot(LogPosition(epoch: 0, index: place.index, hash: place.hash), by: .told, in: space)
        }
        guard let least = roots.map(\.index).min() else { return [] }
        return try segments(onLinesTo: Set(roots.map(\.hash)), from: least, in: space)
    }

    /// The segments that depend on a lost line whose known part begins at one of some places.
    /// - Parameter least: the least index of these.
    func segments(onLinesTo ends: Set<Hash256>, from least: UInt64, in space: SpaceState) throws -> [SegmentRow] {
        try segments(dependingAfter: least - 1, in: space).filter { segment in
            let depends = segment.dependency.position
            guard try !isOnLog(depends, in: space) else { return false }
            return try lostLine(to: depends, by: .told, in: space).end.map(ends.contains) ?? false
        }
    }

    /// Reads the bases of segments anew, and makes the versions of their records by them.
    func readAnew(_ segments: [SegmentRow], in space: SpaceState) throws {
        var touched: Set<Int64> = []
        for segment in segments {
            try readAnew(segment, in: space)
            touched.formUnion(try records(of: segment, in: space))
        }
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
