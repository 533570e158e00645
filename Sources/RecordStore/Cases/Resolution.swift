package import Causality
import Foundation
import GRDB
package import Records
import SyncProtocol

/// A conflict that the hub settled: what stood against what, and what was decided.
package struct Resolution: Sendable {
    /// One register that several versions stood in.
    package struct Field: Sendable {
        package let register: RegisterKey
        /// What stands since.
        package let decided: Value
        /// What stood, by the changes that wrote it. Of a deletion, an edit that did not know of it stands for the record's staying.
        package let versions: [(change: StoredChange, value: Value)]

        /// The versions that were not kept.
        package var overruled: [(change: StoredChange, value: Value)] { versions.filter { $0.value != decided } }
    }

    package let change: StoredChange
    package let reason: String?
    package let fields: [Field]
}

extension StoreTransaction {
    /// What a change of the hub settled.
    /// - Parameter all: all of the record's changes, where they are at hand.
    /// - Returns: `nil` for one that settled nothing: no two versions stood when it was made that somebody had to decide about.
    package func resolution(_ settlement: StoredChange, among all: [StoredChange]? = nil) throws -> Resolution? {
        guard let payload = try? Payload(canonical: settlement.payload), let reason = payload.reason,
            // What repeats somebody's change is no decision.
            payload.quotes == nil
        else { return nil }
        let others = try (all ?? changes(ofRecord: settlement.record)).filter {
            $0.dot != settlement.dot && $0.decision != .refused
                && settlement.base.covers($0.dot, received: $0.received)
        }
        guard others.count > 1 else { return nil }
        let form = try? latestForm(settlement.form.form)
        let written = others.map { (change: $0, operations: $0.operations) }
        let fields = payload.operations.compactMap { operation -> Resolution.Field? in
            let register = operation.register
            // Of other policies, merge itself decides.
            let policy = form?.field(register.field)?.policy ?? .ask
            guard register.item == nil, policy == .ask || policy == .forward else { return nil }
            var standing = Self.standing(
                written.compactMap { change, operations in
                    operations.first { $0.register == register }.map { (change: change, value: $0.value) }
                })
            if register == .deleted {
                let deletions = standing.filter { $0.value == .flag(true) }
                standing += Self.standing(
                    written.filter { edit in
                        !edit.operations.contains { $0.register == register }
                            && deletions.contains { Self.areApart(edit.change, $0.change) }
                    }.map { (change: $0.change, value: .flag(false)) })
            }
            guard Set(standing.map(\.value)).count > 1 else { return nil }
            return Resolution.Field(register: register, decided: operation.value, versions: standing)
        }
        return fields.isEmpty ? nil : Resolution(change: settlement, reason: reason, fields: fields)
    }

    /// Those of the versions that none of the others had seen.
    private static func standing(
        _ versions: [(change: StoredChange, value: Value)]
    ) -> [(change: StoredChange, value: Value)] {
        versions.filter { version in
            !versions.contains { $0.change.dot != version.change.dot && has($0.change, seen: version.change) }
        }
    }

    private static func has(_ change: StoredChange, seen other: StoredChange) -> Bool {
        change.base.covers(other.dot, received: other.received)
    }

    /// Whether neither had seen the other.
    private static func areApart(_ one: StoredChange, _ other: StoredChange) -> Bool {
        !has(one, seen: other) && !has(other, seen: one)
    }

    /// What the hub settled in a space, the newest first.
    /// - Parameters:
    ///   - hub: the names that the hub has written under.
    ///   - latest: how many of its latest changes there are looked through, of each name.
    package func resolutions(of hub: Set<ReplicaID>, in name: String, latest: UInt64) throws -> [Resolution] {
        guard latest > 0, try hasSpace(name) else { return [] }
        let space = try space(name)
        return try hub.sorted().flatMap { replica -> [Resolution] in
            guard let row = try replicaRow(replica) else { return [] }
            let last = try head(of: replica, in: space).sequence
            guard last > 0 else { return [] }
            let changes = try changes(of: row, in: space.id, (last > latest ? last - latest + 1 : 1)...last)
            return try changes.reversed().compactMap { try resolution($0) }
        }.sorted { $0.change.time > $1.change.time }
    }

    /// The names that a hub has written under: its key's own, and those that it went on under after it was put back.
    /// - Parameter candidates: those that are asked about; `nil` for all that are known here.
    package func hubWriters(key: [UInt8], among candidates: Set<ReplicaID>? = nil) throws -> Set<ReplicaID> {
        let own = ReplicaID(publicKey: key)
        let certificates: [[UInt8]] =
            try candidates.map { try $0.subtracting([own]).compactMap { try certificate(of: $0) } }
            ?? Data.fetchAll(
                db.cachedStatement(sql: "SELECT certificate FROM replica WHERE certificate IS NOT NULL")
            ).map { Array($0) }
        let others = certificates.filter(Certificate.claimsHub).compactMap { try? Certificate(bytes: $0, hubKey: key) }
        return Set(others.map(\.replica)).union([own])
    }
}
