package import Causality
import Foundation
import GRDB
import Records
package import SyncProtocol

/// What is looked up while batches of a space are written and read.
extension StoreTransaction {
    /// - Parameters:
    ///   - known: the index up to which the receiver holds the space's log.
    ///   - floor: the index below which it holds nothing of it.
    ///   - clock: the device's clock as its request states it, in seconds since 1970.
    package func writing(
        for device: ReplicaID, hub: ReplicaID, in space: SpaceState, known: UInt64, floor: UInt64 = 0, clock: Int64
    ) -> BatchWriting {
        BatchWriting(
            device: device, hub: hub, clock: clock,
            keyFields: { try self.form($0)?.keyFields.map(\.name) ?? [] },
            receipt: { replica in
                let first =
                    try self.change(Dot(replica, 1), in: space.id)?.received
                    ?? self.floorHead(of: replica, in: space)?.received
                return first.flatMap { $0 <= known ? $0 : nil }
            },
            change: { try self.firstReceived(of: .keyed($0), in: space, after: floor, known: known) })
    }

    package func reading(for device: ReplicaID, hub: ReplicaID, in space: SpaceState, clock: Int64) -> BatchReading {
        BatchReading(
            device: device, hub: hub, clock: clock,
            received: { index in
                let bytes = try Data.fetchOne(
                    self.db.cachedStatement(sql: "SELECT entry FROM log WHERE space = ? AND position = ?"),
                    arguments: [space.id, Int64(clamping: index)])
                if bytes == nil { return try self.replica(named: index, atFloorOf: space) }
                guard let bytes, case .receipt(let receipt) = try LogEntry(bytes: Array(bytes)) else { return nil }
                return receipt.replica
            },
            record: { dot in try self.change(dot, in: space.id).map { try self.recordName($0.record) } })
    }

    private func firstReceived(
        of name: RecordID, in space: SpaceState, after floor: UInt64, known: UInt64
    ) throws -> Dot? {
        guard let record = try recordRow(name, in: space.id) else { return nil }
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT replica, sequence FROM change WHERE record = ? AND received > ? AND received <= ?
                    ORDER BY received LIMIT 1
                    """), arguments: [record, Int64(clamping: floor), Int64(clamping: known)])
        return try row.map { Dot(try replica($0.at("replica")), try $0.natural("sequence")) }
    }
}
