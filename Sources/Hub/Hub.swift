package import Causality
import Foundation
import GRDB
package import RecordStore
import Records
package import SyncProtocol
import Synchronization

/// The city's hub: takes segments in, notes receipts and verdicts in its log of each space, and gives every device what
/// it lacks. Synchronous; a server calls it from threads of its own.
package final class Hub: Sendable {
    package let store: ReplicaStore
    /// The key by which devices know the hub. It signs what the hub says; what it writes itself is signed by a key of the
    /// epoch, the same one in the first.
    package let anchor: ReplicaIdentity
    let sessions = HubSessions()
    let snapshotPolicy: SnapshotPolicy
    let snapshotMaking = Mutex<[String: Int]>([:])
    package let blobs: any BlobStore
    /// How much of the disk is left for what people write: no photo is taken in below it.
    let attachmentReserve: Int64

    /// Opens the hub's database at `path`.
    /// - Parameter blobs: where attachments lie; `nil`: in a folder beside the database.
    package init(
        path: String, identity: ReplicaIdentity, world: World, snapshots: SnapshotPolicy = .init(),
        blobs: (any BlobStore)? = nil, attachmentReserve: Int64 = 1 << 30
    ) throws {
        snapshotPolicy = snapshots
        self.attachmentReserve = attachmentReserve
        self.blobs = blobs ?? BlobFolder(beside: path)
        anchor = identity
        // Devices wait for the hub's writer all day, and hardly anybody searches there.
        store = try ReplicaStore(
            path: path, identity: identity, world: world,
            tables: HubTables.all + [FormDraft.table, EntryTables.attached], concurrentReads: true,
            defersSearch: true)
        try store.write { store in
            let known = try store.setting(Self.anchorSetting)
            guard known == nil || known == identity.publicKey else { throw StoreError(.keyWrong) }
            if known == nil { try store.setSetting(Self.anchorSetting, identity.publicKey) }
            try store.ensureSpace(SpaceName.catalogue)
            try store.completeCases()
            try Board.watch(store)
        }
    }

    static let anchorSetting = "hub.anchor"

    package var replica: ReplicaID { anchor.replica }

    /// Saves drafts as the hub's own changes. They are received as they are made.
    package func capture(_ drafts: [Draft]) throws -> [Captured] {
        try store.write { store in try capture(drafts, in: store) }
    }

    /// Saves drafts as a part of a transaction.
    package func capture(_ drafts: [Draft], in store: StoreTransaction) throws -> [Captured] {
        let captured = try store.capture(drafts)
        for name in Set(captured.map(\.space)).sorted() { try receiveOwn(in: store.space(name), store) }
        if captured.contains(where: { $0.space == SpaceName.catalogue }) {
            try store.refreshForms()
            try Board.watch(store)
            try judgeWaiting(store)
        }
        return captured
    }

    func receiveOwn(in space: SpaceState, _ store: StoreTransaction) throws {
        try store.seal(in: space)
        for own in try store.unreceivedSegments(in: space) {
            guard let segment = try store.segment(of: own.replica, first: own.first, in: space) else { continue }
            let end = try store.change(Dot(own.replica, segment.last), in: space.id)?.link
            let receipt = Receipt(
                replica: own.replica, first: own.first, last: segment.last, end: end ?? .zero, time: receiptTime,
                waiting: [])
            try store.record(.receipt(receipt), in: space)
        }
    }
}
