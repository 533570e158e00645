import Causality
import Foundation
import GRDB
import RecordStore
import Records
import SyncProtocol

/// A snapshot as the hub keeps it, to be given to any number of devices.
struct HubSnapshot: Sendable {
    let space: Int64
    let manifest: SnapshotManifest
    let signature: [UInt8]

    var part: SnapshotPart.Contents { .manifest(manifest.bytes, signature: signature) }

    func chunk(_ number: Int, _ store: StoreTransaction) throws -> [UInt8] {
        let bytes = try Data.fetchOne(
            store.db.cachedStatement(
                sql: "SELECT bytes FROM snapshot_chunk WHERE space = ? AND name = ? AND number = ?"),
            arguments: [space, Data(manifest.name), number])
        guard let bytes else { throw StoreError(.damaged, ["code": "snapshot_chunk"]) }
        return Array(bytes)
    }
}

/// Which part of a snapshot an answer is at.
struct SnapshotService: Sendable {
    let snapshot: HubSnapshot
    /// Whether the device has the manifest.
    var isBegun: Bool
    /// The number of the next chunk.
    var next: Int

    var isDone: Bool { isBegun && next == snapshot.manifest.chunks.count }
}

/// When a device is given a snapshot, and how it is cut.
package struct SnapshotPolicy: Sendable {
    /// A log of fewer changes is as quickly read.
    package var leastChanges = 2000
    /// A snapshot is given where the log has so many changes for each that is left in the state. Below that, the log costs
    /// little more, and brings the history with it.
    package var leastRatio = 2.0
    /// How many changes beyond a snapshot's place, as a part of those it holds, make a new one worth its while.
    package var staleness = 0.25
    /// About so many canonical bytes go into a chunk.
    package var chunkAim = 256 * 1024
    /// A chunk that packs larger is cut in two.
    package var packedAim = 60 * 1024
    /// How long a snapshot is kept for devices that are loading it, in milliseconds.
    package var keep: Int64 = 30 * 86_400_000

    package init() {}
}
