import Foundation
import GRDB
import SyncProtocol

/// The hub's signed words for where its logs end. They prove that the entries below are its own, also when it has lost them.
extension StoreTransaction {
    /// Between two of these many entries one checkpoint is kept, and always the latest.
    private static let spacing: Int64 = 256

    /// Keeps a checkpoint whose signature was checked.
    package func keep(checkpoint ends: [UInt8], signature: [UInt8], of space: SpaceState, at index: UInt64) throws {
        let index = Int64(index)
        let latest = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT max(position) FROM checkpoint WHERE space = ?"), arguments: [space.id])
        // An answer that was overtaken ends at an earlier place.
        guard index > latest ?? 0 else { return }
        try db.cachedStatement(
            sql: "DELETE FROM checkpoint WHERE space = ? AND position >= ?"
        ).execute(arguments: [space.id, index / Self.spacing * Self.spacing])
        try db.cachedStatement(
            sql: "INSERT INTO checkpoint (space, position, ends, signature) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [space.id, index, Data(ends), Data(signature)])
    }
}
