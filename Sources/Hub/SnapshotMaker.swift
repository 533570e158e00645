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
        var pending: [[SnapshotChange]] = []
        var size = 0
        for record in try store.snapshotRecords(in: space) {
            let changes = try store.snapshotChanges(ofRecord: record, in: space)
            guard !changes.isEmpty else { continue }
            pending.append(changes)
            size += Self.room(of: changes)
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

    /// What changes may come to beside what is read of their columns.
    private static let mostRoom = ProtocolLimits.frameBytes * 3 / 4

    private static func room(of changes: [SnapshotChange]) -> Int {
        changes.reduce(0) { sum, change in
            let refusal = change.details.reduce(change.code.utf8.count) { $0 + $1.key.utf8.count + $1.value.utf8.count }
            return sum + change.logged.payload.count + ProtocolLimits.changeRoom + refusal
        }
    }

    /// Adds records. One that is half loaded would look as nobody wrote it, so it is cut only where it cannot go whole.
    private mutating func add(_ records: [[SnapshotChange]]) throws {
        guard !records.isEmpty else { return }
        let changes = Array(records.joined())
        let isWithinRoom = Self.room(of: changes) <= Self.mostRoom
        let packed = isWithinRoom ? try packed(SnapshotChunk(changes: changes)) : []
        let most = records.count > 1 ? policy.packedAim : ProtocolLimits.chunkBytes
        if isWithinRoom && packed.count <= most || changes.count == 1 {
            chunks.append(isWithinRoom ? packed : try self.packed(SnapshotChunk(changes: changes)))
            self.changes += changes.count
        } else if records.count > 1 {
            let middle = records.count / 2
            try add(Array(records[..<middle]))
            try add(Array(records[middle...]))
        } else {
            let middle = changes.count / 2
            try add([Array(changes[..<middle])])
            try add([Array(changes[middle...])])
        }
    }

    private mutating func add(_ chunk: SnapshotChunk) throws { chunks.append(try packed(chunk)) }

    private func packed(_ chunk: SnapshotChunk) throws -> [UInt8] {
        let receipts = receipts
        let store = store
        return try chunk.packed(
            context, keyFields: { try store.form($0)?.keyFields.map(\.name) ?? [] }, receipt: { receipts[$0] })
    }
}
