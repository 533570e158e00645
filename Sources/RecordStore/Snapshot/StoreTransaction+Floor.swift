package import Causality
import Foundation
import GRDB
package import SyncProtocol

/// The floor of a space: what its state rests on below the part of the hub's log that is held.
extension StoreTransaction {
    /// The manifest of the snapshot that the space's floor comes from, or that is loading.
    package func floorManifest(of space: SpaceState) throws -> SnapshotManifest? {
        let bytes = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT manifest FROM floor WHERE space = ?"), arguments: [space.id])
        return try bytes.map { try SnapshotManifest(bytes: Array($0)) }
    }

    /// How far the space's snapshot is loaded; `nil` where none is loading.
    package func filling(of space: SpaceState) throws -> (loaded: Int, chunks: Int)? {
        guard space.fill == .filling, let manifest = try floorManifest(of: space) else { return nil }
        return (Int(try loadedChunks(of: space)), manifest.chunks.count)
    }

    /// How many chunks of the space's snapshot are loaded.
    func loadedChunks(of space: SpaceState) throws -> UInt64 {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT loaded FROM floor WHERE space = ?"), arguments: [space.id])?.natural() ?? 0
    }

    /// What a request says of the space's floor.
    package func floor(of space: SpaceState) throws -> Knowledge.Floor {
        switch space.fill {
        case .none:
            if space.floor > 0 { return .claimed(space.floor) }
            // What is held under a former name would be in a snapshot's way.
            guard try space.position.index == 0 && !formerReplicas().isEmpty else { return .none }
            return try heads(in: space).isEmpty ? .none : .declined
        case .declined: return space.position.index == 0 ? .declined : .none
        case .filling:
            let manifest = try floorManifest(of: space).orDamaged("floor")
            return .filling(name: manifest.name, loaded: try loadedChunks(of: space))
        }
    }

    /// How far a replica's log went at the floor, and the index of its first receipt; `nil` where it had none.
    package func floorHead(of replica: ReplicaID, in space: SpaceState) throws -> (head: Head, received: UInt64)? {
        guard space.floor > 0, let id = try replicaRow(replica) else { return nil }
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT sequence, hash, received FROM floor_head WHERE space = ? AND replica = ?"),
            arguments: [space.id, id])
        return try row.map { row in
            (
                Head(sequence: try row.natural("sequence"), hash: try row.hash("hash")),
                try row.natural("received")
            )
        }
    }

    func isBelowFloor(_ dot: Dot, in space: SpaceState) throws -> Bool {
        try floorHead(of: dot.replica, in: space).map { dot.sequence <= $0.head.sequence } ?? false
    }

    /// The replica whose first receipt stood at an index at or below the floor.
    func replica(named received: UInt64, atFloorOf space: SpaceState) throws -> ReplicaID? {
        guard space.floor > 0 else { return nil }
        let id = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT replica FROM floor_head WHERE space = ? AND received = ?"),
            arguments: [space.id, Int64(clamping: received)])
        return try id.map { try replica($0) }
    }

    /// Whether changes of a record came by a snapshot, so that earlier ones may be at the hub only.
    package func isCut(_ changes: [StoredChange], in space: SpaceState) -> Bool {
        changes.contains { change in change.received.map { $0 <= space.floor } ?? false }
    }

    /// Whether changes of the replica are held beyond the floor, each verified with its segment.
    package func isHeld(_ replica: ReplicaID, upTo head: Head, in space: SpaceState) throws -> Bool {
        try floorHead(of: replica, in: space).map { $0.head.sequence < head.sequence } ?? true
    }
}
