package import Causality
import Foundation
import GRDB
import Records
package import SyncProtocol

/// Loading a snapshot: the space is usable from the first chunk on, and claims nothing before the last.
extension StoreTransaction {
    /// Begins to load a snapshot whose signature was checked into a space of which nothing is held. What is saved
    /// from here on depends on the snapshot's place, and its bases name what was loaded. Where another process of the
    /// device has taken something of the space meanwhile, nothing is done.
    /// - Returns: whether the space has this snapshot, loading or loaded.
    /// - Throws: `snapshot.wrong` where it is of another space.
    package func beginFilling(_ name: String, with manifest: SnapshotManifest, signature: [UInt8]) throws -> Bool {
        let space = try space(name)
        guard manifest.space == name else { throw ProtocolError(.snapshotWrong) }
        guard space.position == .start, space.fill == .none else {
            return try floorManifest(of: space)?.name == manifest.name
        }
        try seal(in: space)
        try db.cachedStatement(sql: "INSERT INTO floor (space, manifest, signature, digest) VALUES (?, ?, ?, ?)")
            .execute(arguments: [
                space.id, Data(manifest.bytes), Data(signature), Data(manifest.settledRefusals.bytes),
            ])
        try update(space.id) { state in
            state.position = manifest.position
            state.floor = manifest.position.index
            state.fill = Safeguard.floorAfterLastChunk.isOn ? .filling : .none
            state.digest.add(manifest.settledRefusals)
        }
        return true
    }

    /// Loads the next chunk; with the last, the floor is claimed, if all that was loaded comes to the digest that the hub
    /// signed. A chunk that is not the next, of this snapshot or another, is passed over: another process has come
    /// further meanwhile.
    /// - Parameter snapshot: the name of the snapshot that the chunk is of.
    /// - Returns: how many changes came.
    /// - Throws: `snapshot.wrong`; the caller then lets go of what was loaded, ``stopFilling(_:)``.
    package func load(
        chunk bytes: [UInt8], _ number: UInt64, of snapshot: [UInt8], by hub: ReplicaID, into name: String
    ) throws -> Int {
        let space = try space(name)
        guard space.fill == .filling, let manifest = try floorManifest(of: space), manifest.name == snapshot else {
            return 0
        }
        let loaded = try loadedChunks(of: space)
        guard number == loaded else { return 0 }
        guard loaded < manifest.chunks.count,
            SnapshotManifest.hash(ofChunk: bytes) == manifest.chunks[Int(loaded)]
        else { throw ProtocolError(.snapshotWrong) }
        let context = SnapshotContext(hub: hub, position: manifest.position.index, time: manifest.time)
        let chunk = try SnapshotChunk(packed: bytes, context) { try replica(named: $0, atFloorOf: space) }
        for head in chunk.heads { try insert(head, in: space) }
        var digest = try fillingDigest(of: space)
        for change in chunk.changes { try load(change, in: space, &digest) }
        try db.cachedStatement(sql: "UPDATE floor SET loaded = ?, digest = ? WHERE space = ?")
            .execute(arguments: [Int64(loaded) + 1, Data(digest.bytes), space.id])
        if loaded + 1 == UInt64(manifest.chunks.count) { try claim(manifest, digest, in: space) }
        return chunk.changes.count
    }

    private func fillingDigest(of space: SpaceState) throws -> StateDigest {
        let bytes = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT digest FROM floor WHERE space = ?"), arguments: [space.id])
        return try bytes.flatMap { StateDigest(bytes: Array($0)) }.orDamaged("digest")
    }

    private func insert(_ head: SnapshotHead, in space: SpaceState) throws {
        let replica = head.replica
        // A hub gives no snapshot of a space in which it holds the device's own work: that is received entry by entry.
        guard replica != identity.replica, try floorHead(of: replica, in: space) == nil,
            try self.replica(named: head.received, atFloorOf: space) == nil
        else { throw ProtocolError(.snapshotWrong) }
        let row = try ensureReplica(replica, publicKey: head.publicKey)
        try db.cachedStatement(
            sql: "INSERT INTO floor_head (space, replica, sequence, hash, received) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [
            space.id, row, Int64(head.head.sequence), Data(head.head.hash.bytes), Int64(head.received),
        ])
    }

    private func load(_ change: SnapshotChange, in space: SpaceState, _ digest: inout StateDigest) throws {
        guard try isBelowFloor(change.dot, in: space), try self.change(change.dot, in: space.id) == nil else {
            throw ProtocolError(.snapshotWrong)
        }
        let (stored, record) = try append(change, in: space)
        let payload = change.logged.payload
        let commitment = Payload.commitment(of: payload)
        var added = StateDigest.empty
        if change.decision == .refused {
            added.insert(StateDigest.element(refused: change.dot, commitment: commitment))
        }
        let element = VersionElement(record: record.name, dot: change.dot, commitment: commitment)
        var deletes = false
        for (operation, remainder) in zip(Payload.scan(payload) ?? [], change.remainders) where remainder != .nothing {
            let place = RegisterPlace(record.id, payload, operation)
            try insertVersion(of: stored, at: place, payload[operation.value])
            if remainder == .standing {
                added.insert(element.hash(of: place))
            } else {
                try setStanding(false, change.dot, at: place)
            }
            deletes = deletes || place.isDeletion
        }
        if deletes { try flag(record.id, .hasDeletion, .set) }
        digest.add(added)
        try update(space.id) { $0.digest.add(added) }
        touch(record.id, mayBeCase: true)
    }

    private func append(
        _ change: SnapshotChange, in space: SpaceState
    ) throws -> (change: StoredChange, record: RecordRow) {
        let row = try requireReplica(change.replica)
        let decision = try Decision(rawValue: Int64(change.decision.rawValue)).orDamaged("decision")
        let appended = try append(
            change.logged, of: change.replica, row: row, in: space, depends: change.depends,
            link: Hash256(prefix: change.linkPrefix), recordPrefix: change.recordPrefix,
            mark: ReceiptMark(index: change.received, time: change.receivedAt, decision: decision))
        let isWhole = !change.remainders.contains(.nothing)
        if !isWhole || decision == .refused {
            var details = ByteWriter()
            details.details(change.details)
            try db.cachedStatement(
                sql: """
                    UPDATE change SET left = ?, code = ?, details = ? WHERE space = ? AND replica = ? AND sequence = ?
                    """
            ).execute(arguments: [
                isWhole ? nil : Data(change.remainders.map { $0 == .nothing ? 0 : 1 }), change.code,
                Data(details.bytes), space.id, row, Int64(change.logged.sequence),
            ])
        }
        return appended
    }

    /// The floor counts as known from here on.
    private func claim(_ manifest: SnapshotManifest, _ digest: StateDigest, in space: SpaceState) throws {
        guard digest == manifest.digest else { throw ProtocolError(.snapshotWrong) }
        try db.cachedStatement(
            sql: """
                INSERT INTO head (space, replica, sequence, hash)
                SELECT space, replica, sequence, hash FROM floor_head WHERE space = ?
                """
        ).execute(arguments: [space.id])
        try update(space.id) { $0.fill = .none }
    }
}
