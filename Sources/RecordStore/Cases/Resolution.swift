package import Causality
package import Records
import SyncProtocol

/// A conflict that the hub settled: what stood against what, and what was decided.
package struct Resolution: Sendable {
    /// One register that several versions stood in.
    package struct Field: Sendable {
        package let register: RegisterKey
        /// What stands since.
        package let decided: Value
        /// What stood, by the changes that wrote it.
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
    /// - Returns: `nil` for one that settled nothing: no two versions stood when it was made.
    package func resolution(_ settlement: StoredChange) throws -> Resolution? {
        guard let payload = try? Payload(canonical: settlement.payload) else { return nil }
        let others = try changes(ofRecord: settlement.record).filter {
            $0.dot != settlement.dot && $0.decision != .refused
                && settlement.base.covers($0.dot, received: $0.received)
        }
        guard others.count > 1 else { return nil }
        let written = others.map { (change: $0, operations: $0.operations) }
        let fields = payload.operations.compactMap { operation -> Resolution.Field? in
            let register = operation.register
            guard register.item == nil else { return nil }
            let writers = written.compactMap { change, operations in
                operations.first { $0.register == register }.map { (change: change, value: $0.value) }
            }
            // More than one, or nobody was in anybody's way.
            let standing = writers.filter { version in
                !writers.contains { other in
                    other.change.dot != version.change.dot
                        && other.change.base.covers(version.change.dot, received: version.change.received)
                }
            }
            guard standing.count > 1 else { return nil }
            return Resolution.Field(register: register, decided: operation.value, versions: standing)
        }
        return fields.isEmpty ? nil : Resolution(change: settlement, reason: payload.reason, fields: fields)
    }

    /// What the hub settled in a space, the newest first.
    /// - Parameter latest: how many of its latest changes there are looked through.
    package func resolutions(of hub: ReplicaID, in name: String, latest: UInt64) throws -> [Resolution] {
        guard try hasSpace(name), let row = try replicaRow(hub) else { return [] }
        let space = try space(name)
        let last = try head(of: hub, in: space).sequence
        guard last > 0 else { return [] }
        let changes = try changes(of: row, in: space.id, (last > latest ? last - latest + 1 : 1)...last)
        return try changes.reversed().compactMap(resolution)
    }
}
