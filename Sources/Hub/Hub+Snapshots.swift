import Causality
import Foundation
import GRDB
import RecordStore
import Records
import SyncProtocol
import Synchronization

/// Snapshots: made when a device needs one, kept for the next, served chunk by chunk.
extension Hub {
    /// What snapshots an answer serves: the ones that the device is loading, and new ones where it holds nothing of a space
    /// whose log is mostly history.
    /// - Parameter refusals: notes which snapshots are here no longer.
    func snapshots(
        for asked: HubExchange.Asked, _ refusals: inout [Int: String]
    ) throws -> [Int: SnapshotService] {
        guard asked.device.revoked == nil else { return [:] }
        var services: [Int: SnapshotService] = [:]
        for (number, name) in asked.device.spaces.enumerated() {
            guard let known = asked.known[number] else { continue }
            if case .filling(let snapshot, let loaded) = known.floor {
                guard let kept = try keptSnapshot(snapshot, of: name), kept.manifest.position == known.position,
                    loaded < UInt64(kept.manifest.chunks.count)
                else {
                    refusals[number] = ProtocolError.Code.snapshotGone.rawValue
                    continue
                }
                services[number] = SnapshotService(snapshot: kept, isBegun: true, next: Int(loaded))
            } else if known.position == .start, known.floor == .none, asked.device.former == nil,
                let snapshot = try snapshot(of: name, for: asked.device.replica)
            {
                services[number] = SnapshotService(snapshot: snapshot, isBegun: false, next: 0)
            }
        }
        return services
    }

    private func keptSnapshot(_ name: [UInt8], of space: String) throws -> HubSnapshot? {
        try store.read { store in
            try Self.snapshot(
                in: store, "space = ? AND name = ?", [try store.space(space).id, Data(name)])
        }
    }

    private static func snapshot(
        in store: StoreTransaction, _ condition: String, _ arguments: StatementArguments
    ) throws -> HubSnapshot? { try snapshots(in: store, condition, arguments).first }

    /// The newest first.
    private static func snapshots(
        in store: StoreTransaction, _ condition: String, _ arguments: StatementArguments
    ) throws -> [HubSnapshot] {
        let rows = try Row.fetchAll(
            store.db.cachedStatement(
                sql: """
                    SELECT space, manifest, signature FROM snapshot WHERE \(condition) ORDER BY logged DESC, made DESC
                    """), arguments: arguments)
        return try rows.map { row in
            HubSnapshot(
                space: try row.at(0), manifest: try SnapshotManifest(bytes: Array(row.at(1) as Data)),
                signature: Array(try row.at(2) as Data))
        }
    }

    /// The snapshot to give to a device that holds nothing of the space; `nil` where the log serves it as well, and where the
    /// hub holds work of the device itself, which is received entry by entry. A device that was another before has such.
    private func snapshot(of name: String, for device: ReplicaID) throws -> HubSnapshot? {
        let isNew = try store.read { store in
            let space = try store.space(name)
            // A space that nobody has written to is new to its devices every day, and they are not to wait for each other.
            return try space.position.index > 0 && store.head(of: device, in: space).sequence == 0
        }
        guard isNew else { return nil }
        return try currentSnapshot(of: name)
    }

    /// Makes the snapshots that are due, so that no device has to wait for one.
    /// - Parameter isForCopy: whether a copy of the hub is made right after, so that it holds them.
    package func makeDueSnapshots(isForCopy: Bool = false) throws {
        for space in try store.read({ try $0.allSpaces().map(\.name) }) {
            _ = try currentSnapshot(of: space, isForCopy: isForCopy)
        }
    }

    /// One makes it while the others wait: many devices are new on the same day.
    private func currentSnapshot(of name: String, isForCopy: Bool = false) throws -> HubSnapshot? {
        try snapshotMaking.withLock { counted -> HubSnapshot? in
            let (kept, isWorthMaking) = try store.read { store -> (HubSnapshot?, Bool) in
                // A snapshot tells neither of branches nor of what was lost; such a space is served by its log.
                let space = try store.space(name)
                if space.isTangled { return (nil, false) }
                if !isForCopy, let promised = try promisedIndex(in: space, store) {
                    return (try latestSnapshot(in: space, upTo: promised, store), false)
                }
                return try choose(in: space, &counted, store)
            }
            return isWorthMaking ? try makeSnapshot(of: name) : kept
        }
    }

    private func latestSnapshot(
        in space: SpaceState, upTo index: UInt64, _ store: StoreTransaction
    ) throws -> HubSnapshot? {
        try Self.snapshots(in: store, "space = ?", [space.id]).first { $0.manifest.position.index <= index }
    }

    /// - Parameter counted: how many changes each space's log had when there was too little history in it.
    private func choose(
        in space: SpaceState, _ counted: inout [String: Int], _ store: StoreTransaction
    ) throws -> (kept: HubSnapshot?, isWorthMaking: Bool) {
        let logged = try store.loggedChanges(in: space)
        guard logged >= snapshotPolicy.leastChanges else { return (nil, false) }
        if let kept = try Self.snapshot(in: store, "space = ?", [space.id]) {
            let then = try Int.fetchOne(
                store.db, sql: "SELECT logged FROM snapshot WHERE space = ? AND name = ?",
                arguments: [space.id, Data(kept.manifest.name)])
            let beyond = logged - (then ?? 0)
            if Double(beyond) <= snapshotPolicy.staleness * Double(kept.manifest.changes) { return (kept, false) }
        }
        // Counting what is left reads the whole state.
        if let last = counted[space.name], Double(logged - last) <= snapshotPolicy.staleness * Double(last) {
            return (nil, false)
        }
        let isMostlyHistory = Double(logged) >= snapshotPolicy.leastRatio * Double(try store.leftChanges(in: space))
        counted[space.name] = isMostlyHistory ? nil : logged
        return (nil, isMostlyHistory)
    }

    /// Makes a snapshot of the space as it is now, from one unchanging view of it, while others go on writing.
    private func makeSnapshot(of name: String) throws -> HubSnapshot {
        let made = try store.read { store in
            var maker = SnapshotMaker(store, try store.space(name), hub: replica, snapshotPolicy)
            return try maker.make()
        }
        let manifest = made.manifest
        let signature = anchor.sign(tag: SnapshotManifest.tag, manifest.bytes)
        let now = store.world.now()
        let key = Data(manifest.name)
        return try store.write { store in
            let space = try store.space(name).id
            let db = store.db
            for table in ["snapshot_chunk", "snapshot"] {
                try db.execute(
                    sql: """
                        DELETE FROM \(table) WHERE space = ?1 AND name IN (
                            SELECT old.name FROM snapshot AS old JOIN snapshot AS newer ON newer.space = old.space
                            WHERE old.space = ?1 AND old.logged < newer.logged AND newer.made < ?2)
                        """, arguments: [space, now - snapshotPolicy.keep])
            }
            try db.execute(
                sql:
                    "INSERT OR REPLACE INTO snapshot (space, name, manifest, signature, logged, made) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [space, key, Data(manifest.bytes), Data(signature), made.logged, now])
            for (number, bytes) in made.chunks.enumerated() {
                try db.cachedStatement(
                    sql: "INSERT OR REPLACE INTO snapshot_chunk (space, name, number, bytes) VALUES (?, ?, ?, ?)"
                ).execute(arguments: [space, key, number, Data(bytes)])
            }
            return HubSnapshot(space: space, manifest: manifest, signature: signature)
        }
    }
}
