import Causality
import RecordStore
import Records
import SyncProtocol

/// Cuts the state of a space into chunks.
struct SnapshotMaker {
    /// A snapshot before it is signed and stored.
    struct Made {
        let manifest: SnapshotManifest
        let chunks: [[UInt8]]
        /// How many changes the log had.
        let logged: Int
    }

    private let store: StoreTransaction
    private let space: SpaceState
    private let hub: ReplicaID
    private let policy: SnapshotPolicy
    private let context: SnapshotContext
    private var receipts: [ReplicaID: UInt64] = [:]
    private var chunks: [[UInt8]] = []
    private var changes = 0

    init(_ store: StoreTransaction, _ space: SpaceState, hub: ReplicaID, _ policy: SnapshotPolicy) {
        self.store = store
        self.space = space
        self.hub = hub
        self.policy = policy
        context = SnapshotContext(hub: hub, position: space.position.index, time: store.now / 1000)
    }

    /// Heads first, since the changes name replicas by them; then the records, the newest first.
    mutating func make() throws -> Made {
        let heads = try store.snapshotHeads(in: space)
        for head in heads { receipts[head.replica] = head.received }
        var rest = heads[...]
        while !rest.isEmpty {
            try add(SnapshotChunk(heads: Array(rest.prefix(Self.headsOfChunk))))
            rest = rest.dropFirst(Self.headsOfChunk)
        }
        var pending: [SnapshotChange] = []
        var size = 0
        for record in try store.snapshotRecords(in: space) {
            for change in try store.snapshotChanges(ofRecord: record, in: space) {
                pending.append(change)
                size += change.logged.payload.count + ProtocolLimits.changeRoom
            }
            guard size >= policy.chunkAim else { continue }
            try add(pending)
            (pending, size) = ([], 0)
        }
        try add(pending)
        let manifest = SnapshotManifest(
            space: space.name, position: space.position, digest: space.digest,
            settledRefusals: try store.settledRefusals(in: space), time: context.time, changes: UInt64(changes),
            chunks: chunks.map(SnapshotManifest.hash))
        return Made(manifest: manifest, chunks: chunks, logged: try store.loggedChanges(in: space))
    }

    /// A head is 64 bytes that do not compress.
    private static let headsOfChunk = 512

    private mutating func add(_ changes: [SnapshotChange]) throws {
        guard !changes.isEmpty else { return }
        let packed = try packed(SnapshotChunk(changes: changes))
        guard packed.count > policy.packedAim, changes.count > 1 else {
            chunks.append(packed)
            self.changes += changes.count
            return
        }
        let middle = changes.count / 2
        try add(Array(changes[..<middle]))
        try add(Array(changes[middle...]))
    }

    private mutating func add(_ chunk: SnapshotChunk) throws { chunks.append(try packed(chunk)) }

    private func packed(_ chunk: SnapshotChunk) throws -> [UInt8] {
        let receipts = receipts
        let store = store
        return try chunk.packed(
            context, keyFields: { try store.form($0)?.keyFields.map(\.name) ?? [] }, receipt: { receipts[$0] })
    }
}
