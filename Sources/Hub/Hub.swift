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
    let sessions = HubSessions()
    let snapshotPolicy: SnapshotPolicy
    let snapshotMaking = Mutex<[String: Int]>([:])
    /// The incarnation of the hub's log. It changes when the hub is restored.
    package static let firstEpoch: UInt64 = 1

    /// Opens the hub's database at `path`.
    package init(path: String, identity: ReplicaIdentity, world: World, snapshots: SnapshotPolicy = .init()) throws {
        snapshotPolicy = snapshots
        // Devices wait for the hub's writer all day, and hardly anybody searches there.
        store = try ReplicaStore(
            path: path, identity: identity, world: world, tables: HubTables.all, concurrentReads: true,
            defersSearch: true)
        try store.write { try $0.ensureSpace(SpaceName.catalogue) }
    }

    package var replica: ReplicaID { store.identity.replica }

    /// Saves drafts as the hub's own changes. They are received as they are made.
    package func capture(_ drafts: [Draft]) throws -> [Captured] {
        try store.write { store in try capture(drafts, in: store) }
    }

    func capture(_ drafts: [Draft], in store: StoreTransaction) throws -> [Captured] {
        let captured = try store.capture(drafts)
        for name in Set(captured.map(\.space)).sorted() { try receiveOwn(in: store.space(name), store) }
        if captured.contains(where: { $0.space == SpaceName.catalogue }) {
            try store.refreshForms()
            try judgeWaiting(store)
        }
        return captured
    }

    func receiveOwn(in space: SpaceState, _ store: StoreTransaction) throws {
        try store.seal(in: space)
        for first in try store.unreceivedSegments(in: space) {
            guard let segment = try store.segment(of: replica, first: first, in: space) else { continue }
            let end = try store.change(Dot(replica, segment.last), in: space.id)?.link
            let receipt = Receipt(
                replica: replica, first: first, last: segment.last, end: end ?? .zero,
                time: receiptTime,
                waiting: [])
            _ = try store.record(.receipt(receipt), in: space, epoch: Self.firstEpoch)
        }
    }
}
