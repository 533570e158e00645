import Causality
import Foundation
import GRDB
import Records
import SyncProtocol

/// Merging: the store loads the versions of one register, asks ``Register``, and writes what it says.
extension StoreTransaction {
    /// Merges a change that was just appended. It comes in causal order.
    func merge(_ change: StoredChange, decision: Decision) throws {
        guard decision != .refused else {
            try noteRefusal(change)
            return
        }
        // Contents that this version cannot read stand in the log and are shown by nobody until they can be read.
        guard let payload = try? Payload(canonical: change.payload) else { return }
        let base = change.base
        let name = try recordName(change.record)
        let commitment = Payload.commitment(of: change.payload)
        for operation in payload.operations {
            var register = try register(operation.register, of: change.record)
            let effects = register.take(
                change.dot, base: base, received: change.received, accepted: decision == .accepted)
            try apply(effects, operation.register, change, name)
            try db.cachedStatement(
                sql: """
                    INSERT INTO version (record, field, item, replica, sequence, value, received, standing)
                    VALUES (?, ?, ?, ?, ?, ?, ?, 1)
                    """
            ).execute(arguments: [
                change.record, operation.register.field, operation.register.item ?? "", change.replicaRow,
                Int64(change.dot.sequence), Data(operation.value.canonicalBytes), change.received.map { Int64($0) },
            ])
            try count(name, operation.register, change.dot, commitment, into: change.space)
        }
        touched.insert(change.record)
    }

    /// Notes that the hub's log holds a receipt for the change, and whether that accepts it.
    func receive(_ change: StoredChange, at position: UInt64, time: Int64, accepted: Bool) throws {
        try db.cachedStatement(
            sql: """
                UPDATE change SET received = ?, received_at = ?, decision = ?
                WHERE space = ? AND replica = ? AND sequence = ?
                """
        ).execute(arguments: [
            Int64(position), time, (accepted ? Decision.accepted : .undecided).rawValue, change.space,
            change.replicaRow,
            Int64(change.dot.sequence),
        ])
        guard let payload = try? Payload(canonical: change.payload) else { return }
        for operation in payload.operations {
            try db.cachedStatement(
                sql: """
                    UPDATE version SET received = ?
                    WHERE record = ? AND field = ? AND item = ? AND replica = ? AND sequence = ?
                    """
            ).execute(arguments: [
                Int64(position), change.record, operation.register.field, operation.register.item ?? "",
                change.replicaRow,
                Int64(change.dot.sequence),
            ])
        }
        if accepted { try supersede(change, payload) }
        touched.insert(change.record)
    }

    /// A change that waited is accepted.
    func accept(_ change: StoredChange) throws {
        try setDecision(.accepted, of: change)
        if let payload = try? Payload(canonical: change.payload) { try supersede(change, payload) }
        touched.insert(change.record)
    }

    /// A change that waited is refused: its versions go, and what only it had covered stands again.
    func refuse(_ change: StoredChange, code: String, details: [String: String]) throws {
        try setDecision(.refused, of: change, code: code, details: details)
        try noteRefusal(change)
        touched.insert(change.record)
        guard let payload = try? Payload(canonical: change.payload) else { return }
        let name = try recordName(change.record)
        let others = try changes(ofRecord: change.record).filter { $0.dot != change.dot && $0.decision != .refused }
        for operation in payload.operations {
            let writers = others.filter { other in
                (try? Payload(canonical: other.payload))?.operations.contains { $0.register == operation.register }
                    ?? false
            }
            var register = try register(operation.register, of: change.record)
            let effects = register.refuse(change.dot, base: change.base, others: writers.map { ($0.dot, $0.base) })
            try apply(effects, operation.register, change, name)
        }
    }

    private func supersede(_ change: StoredChange, _ payload: Payload) throws {
        let name = try recordName(change.record)
        for operation in payload.operations {
            var register = try register(operation.register, of: change.record)
            guard register.versions.count > 1 else { continue }
            try apply(register.accept(change.dot, base: change.base), operation.register, change, name)
        }
    }

    private func setDecision(
        _ decision: Decision, of change: StoredChange, code: String = "", details: [String: String] = [:]
    ) throws {
        var writer = ByteWriter()
        writer.details(details)
        try db.execute(
            sql:
                "UPDATE change SET decision = ?, code = ?, details = ? WHERE space = ? AND replica = ? AND sequence = ?",
            arguments: [
                decision.rawValue, code, Data(writer.bytes), change.space, change.replicaRow,
                Int64(change.dot.sequence),
            ])
    }

    private func register(_ key: RegisterKey, of record: Int64) throws -> Register {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql:
                    "SELECT replica, sequence, received, standing FROM version WHERE record = ? AND field = ? AND item = ?"
            ),
            arguments: [record, key.field, key.item ?? ""])
        return Register(
            try rows.map { row in
                Register.Version(
                    dot: Dot(try replica(row["replica"]), UInt64(row["sequence"] as Int64)),
                    received: (row["received"] as Int64?).map { UInt64($0) }, standing: (row["standing"] as Int64) == 1)
            })
    }

    private func apply(_ effects: Register.Effects, _ key: RegisterKey, _ change: StoredChange, _ name: RecordID) throws
    {
        for dot in effects.covered {
            try setStanding(false, dot, key, change.record)
            try uncount(name, key, dot, in: change.space)
        }
        for dot in effects.uncovered {
            try setStanding(true, dot, key, change.record)
            try count(name, key, dot, try commitment(of: dot, in: change.space), into: change.space)
        }
        for (dot, wasStanding) in effects.dropped {
            try db.cachedStatement(
                sql: "DELETE FROM version WHERE record = ? AND field = ? AND item = ? AND replica = ? AND sequence = ?"
            ).execute(arguments: [
                change.record, key.field, key.item ?? "", try requireReplica(dot.replica), Int64(dot.sequence),
            ])
            if wasStanding { try uncount(name, key, dot, in: change.space) }
        }
    }

    private func setStanding(_ standing: Bool, _ dot: Dot, _ key: RegisterKey, _ record: Int64) throws {
        try db.cachedStatement(
            sql: """
                UPDATE version SET standing = ?
                WHERE record = ? AND field = ? AND item = ? AND replica = ? AND sequence = ?
                """
        ).execute(arguments: [
            standing ? 1 : 0, record, key.field, key.item ?? "", try requireReplica(dot.replica), Int64(dot.sequence),
        ])
    }

    // MARK: The state digest

    private func commitment(of dot: Dot, in space: Int64) throws -> Hash256 {
        let payload = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT payload FROM change WHERE space = ? AND replica = ? AND sequence = ?"),
            arguments: [space, try requireReplica(dot.replica), Int64(dot.sequence)])
        return Payload.commitment(of: Array(try payload.orDamaged("payload")))
    }

    private func count(_ name: RecordID, _ key: RegisterKey, _ dot: Dot, _ commitment: Hash256, into space: Int64)
        throws
    {
        let element = StateDigest.element(record: name, register: key, dot: dot, commitment: commitment)
        try update(space) { $0.digest.insert(element) }
    }

    private func uncount(_ name: RecordID, _ key: RegisterKey, _ dot: Dot, in space: Int64) throws {
        let element = StateDigest.element(
            record: name, register: key, dot: dot, commitment: try commitment(of: dot, in: space))
        try update(space) { $0.digest.remove(element) }
    }

    private func noteRefusal(_ change: StoredChange) throws {
        let element = StateDigest.element(refused: change.dot, commitment: Payload.commitment(of: change.payload))
        try update(change.space) { $0.digest.insert(element) }
    }
}
