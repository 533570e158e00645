package import Causality
import Foundation
import GRDB
import Records
package import SyncProtocol

/// Going on as a new replica, and what a store knows of the ones that it was before.
extension StoreTransaction {
    private static let formerSetting = "replica.former"
    private static let successionSetting = "replica.succession"
    private static let formerKeysSetting = "replica.former-keys"

    /// Goes on under a new key from here. Nothing that was sealed is made anew; what waits is offered as it is.
    package func goOnAsNew() throws {
        mustGoOnAsNew = false
        for space in try allSpaces() { try seal(in: space) }
        guard let next = ReplicaIdentity(rawKey: world.random(32)) else { throw StoreError(.keyWrong) }
        let succession = Succession.Step(from: identity, to: next)
        try setSetting(Self.formerKeysSetting, try (setting(Self.formerKeysSetting) ?? []) + identity.rawKey)
        try setSetting(Self.formerSetting, try (setting(Self.formerSetting) ?? []) + identity.replica.bytes)
        try setSetting(Self.successionSetting, try (setting(Self.successionSetting) ?? []) + succession.bytes)
        try StoredIdentity.keep(next, in: db)
        identity = next
        _ = try ensureReplica(next.replica, publicKey: next.publicKey)
    }

    /// The key of that name, where this store writes with it or did before. Nothing new is written with a former one: it signs the
    /// beginning of what it signed whole.
    func ownKey(_ replica: ReplicaID) throws -> ReplicaIdentity? {
        if replica == identity.replica { return identity }
        let bytes = try setting(Self.formerKeysSetting) ?? []
        return stride(from: 0, to: bytes.count, by: 32).lazy.compactMap { start in
            ReplicaIdentity(rawKey: Array(bytes[start..<min(start + 32, bytes.count)]))
        }.first { $0.replica == replica }
    }

    /// The replicas that this store was before, the first one first.
    package func formerReplicas() throws -> [ReplicaID] {
        let bytes = try setting(Self.formerSetting) ?? []
        return stride(from: 0, to: bytes.count, by: ReplicaID.byteCount).compactMap {
            ReplicaID(bytes: bytes[$0..<min($0 + ReplicaID.byteCount, bytes.count)])
        }
    }

    /// The steps from the replica that the hub knows to the one that writes now.
    package func succession() throws -> [Succession.Step] {
        try Succession.steps(setting(Self.successionSetting) ?? [])
    }

    /// The hub knows the replica that writes now.
    package func endSuccession() throws { try setSetting(Self.successionSetting, nil) }

    func noteMade(_ sequence: UInt64, in space: SpaceState) throws {
        try db.cachedStatement(sql: "UPDATE head SET made = ? WHERE space = ? AND replica = ?").execute(arguments: [
            Int64(sequence), space.id, try requireReplica(identity.replica),
        ])
    }

    /// Whether the change was saved in this store, under whatever name.
    package func wasMadeHere(_ change: StoredChange, in space: Int64) throws -> Bool {
        let made = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT made FROM head WHERE space = ? AND replica = ?"),
            arguments: [space, change.replicaRow])
        return Int64(change.dot.sequence) <= made ?? 0
    }

    /// Whether changes of other replicas may be here that the hub's log holds no receipt for.
    func dependsOnOthers(in space: SpaceState) throws -> Bool {
        if try self.space(space.id).isTangled { return true }
        return try setting(Self.formerSetting) != nil
    }

    /// The heads of what is held of other replicas and was not received.
    func unreceivedHeads(in space: SpaceState) throws -> [ReplicaID: Head] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT replica, max(sequence) FROM change
                    WHERE decision <> 1 AND decision = 0 AND space = ? AND received IS NULL AND replica <> ?
                    GROUP BY replica ORDER BY replica DESC LIMIT ?
                    """), arguments: [space.id, try requireReplica(identity.replica), RecordLimits.baseReplicas])
        var heads: [ReplicaID: Head] = [:]
        for row in rows {
            let dot = Dot(try replica(row.at(0)), try row.natural(1))
            heads[dot.replica] = Head(
                sequence: dot.sequence, hash: try change(dot, in: space.id).orDamaged("change").link)
        }
        return heads
    }

    /// What the open run depends on.
    func stated(by run: (first: UInt64, last: UInt64), in space: SpaceState) throws -> Dependency {
        let bytes = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT dependency FROM segment WHERE space = ? AND replica = ? AND first = ?"),
            arguments: [space.id, try requireReplica(identity.replica), Int64(run.first)])
        var reader = ByteReader(Array(try bytes.orDamaged("dependency")))
        return try Dependency(from: &reader)
    }
}
