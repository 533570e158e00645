import Causality
import Foundation
import GRDB
import RecordStore
import Records
import SyncProtocol

/// Devices that are shut out, or not expected any more. Both stand in the log of their spaces, so that a hub that is put back
/// from a copy hears of it from whoever has it.
extension Hub {
    /// From now on nothing that the device sends counts, by whatever name. What it sends is stored and shown as refused.
    /// - Parameter actor: who shuts it out; empty for a command on the hub's own machine.
    package func revoke(_ word: String, reason: String, by actor: String = "") throws {
        guard !reason.isEmpty else { throw HubError(.reasonMissing) }
        try store.write { store in
            let device = try device(word, store)
            try require(.runDevices, of: actor, in: SpaceName.general(device.unit), store)
            try AuditLog.add(.deviceRevoked, by: actor, to: word, unit: device.unit, ["reason": reason], in: store)
            for replica in try Self.lineage(of: device.replica, store) {
                try seal(replica, .revoked, reason: reason, store)
            }
        }
    }

    /// The device is not expected any more: it was scrapped, or goes on under another name. Should it come all the same, what
    /// it brings is taken in as anybody's.
    package func retire(_ word: String, by actor: String = "") throws {
        try store.write { store in
            let device = try device(word, store)
            try require(.runDevices, of: actor, in: SpaceName.general(device.unit), store)
            try AuditLog.add(.deviceRetired, by: actor, to: word, unit: device.unit, in: store)
            try seal(device.replica, .retired, reason: "", store)
        }
    }

    private func device(_ word: String, _ store: StoreTransaction) throws -> Device {
        guard let replica = ReplicaID(word: word), let device = try Self.device(replica, store) else {
            throw HubError(.deviceUnknown)
        }
        return device
    }

    /// The device's names: those that it was before, whose keys old copies of it hold, and those that it has gone on under
    /// since. What else went on from a former name is another machine, such as the one that it was cloned from.
    static func lineage(of replica: ReplicaID, _ store: StoreTransaction) throws -> [ReplicaID] {
        try Data.fetchAll(
            store.db.cachedStatement(
                sql: """
                    WITH RECURSIVE before (name) AS (
                        SELECT ?1 UNION SELECT former FROM device JOIN before ON replica = name WHERE former IS NOT NULL
                    ), since (name) AS (
                        SELECT ?1 UNION SELECT replica FROM device JOIN since ON former = name
                    ) SELECT name FROM before UNION SELECT name FROM since
                    """), arguments: [data(replica)]
        ).compactMap { ReplicaID(bytes: $0) }
    }

    private func seal(_ replica: ReplicaID, _ cause: Seal.Cause, reason: String, _ store: StoreTransaction) throws {
        guard let device = try Self.device(replica, store) else { return }
        let now = store.now
        guard try mark(replica, cause, at: now, reason: reason, store) else { return }
        for name in device.spaces where try store.hasSpace(name) {
            let space = try store.space(name)
            let head = try store.head(of: replica, in: space)
            try store.record(
                .seal(Seal(replica: replica, head: head, cause: cause, time: now / 1000 * 1000)), in: space)
        }
    }

    /// What was revoked or retired before the hub was put back is so again.
    func renew(_ seal: Seal, _ store: StoreTransaction) throws {
        let names = seal.cause == .revoked ? try Self.lineage(of: seal.replica, store) : [seal.replica]
        for replica in names { _ = try mark(replica, seal.cause, at: seal.time, reason: "", store) }
    }

    /// - Returns: whether it was not so before.
    private func mark(
        _ replica: ReplicaID, _ cause: Seal.Cause, at time: Int64, reason: String, _ store: StoreTransaction
    ) throws -> Bool {
        let sql =
            switch cause {
            case .revoked: "UPDATE device SET revoked = ?1, reason = ?2 WHERE replica = ?3 AND revoked IS NULL"
            case .retired: "UPDATE device SET retired = ?1 WHERE ?2 = '' AND replica = ?3 AND retired IS NULL"
            }
        try store.db.cachedStatement(sql: sql).execute(arguments: [time, reason, Self.data(replica)])
        return store.db.changesCount > 0
    }
}
