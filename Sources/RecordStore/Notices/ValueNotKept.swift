package import Causality
package import Records
import SyncProtocol

/// Somebody's value that lost where the hub settled a conflict: they are told, and may object.
package struct ValueNotKept: Sendable {
    package let record: String
    package let form: String
    package let field: String
    /// What they had entered.
    package let mine: Value
    /// What stands instead.
    package let kept: Value
    package let settledBy: String
    package let reason: String?
    /// In milliseconds since 1970.
    package let settledAt: Int64
    /// The change that settled it.
    package let settlement: Dot
    package let settlementWord: String
    /// What an objection rests on: all that was known without the settlement. `nil` where that place of the log is not held.
    package let before: BaseToken?

    /// Names the notice, for answering it.
    package var name: String { "\(settlementWord).\(field)" }
}

extension StoreTransaction {
    /// So many of the hub's latest changes are looked through.
    private static let latest: UInt64 = 500

    /// The values of an author that the hub settled otherwise, the newest first, without those that were answered.
    /// - Parameter author: empty: of changes made here under no name.
    package func valuesNotKept(of author: String, hub: ReplicaID, in name: String) throws -> [ValueNotKept] {
        guard try hasSpace(name), let row = try replicaRow(hub) else { return [] }
        let space = try self.space(name)
        let last = try head(of: hub, in: space).sequence
        guard last > 0 else { return [] }
        let settlements = try changes(of: row, in: space.id, (last > Self.latest ? last - Self.latest + 1 : 1)...last)
        return try settlements.reversed().flatMap { try valuesNotKept(by: $0, author, in: space) }
    }

    private func valuesNotKept(by settlement: StoredChange, _ author: String, in space: SpaceState) throws
        -> [ValueNotKept]
    {
        guard let payload = try? Payload(canonical: settlement.payload), let form = try form(settlement.form),
            form.writers == .unit, let received = settlement.received
        else { return [] }
        let others = try changes(ofRecord: settlement.record).filter {
            $0.dot != settlement.dot && $0.decision != .refused
        }
        .map { (change: $0, payload: try? Payload(canonical: $0.payload)) }
        func value(_ payload: Payload?, _ register: RegisterKey) -> Value? {
            payload?.operations.first { $0.register == register }?.value
        }
        return try payload.operations.compactMap { operation -> ValueNotKept? in
            let register = operation.register
            guard register.item == nil, register != .deleted else { return nil }
            let settled = others.filter { other in
                settlement.base.covers(other.change.dot, received: other.change.received)
                    && value(other.payload, register) != nil
            }
            // What stood when it was settled: more than one, or nobody was in anybody's way.
            let standing = settled.filter { version in
                !settled.contains { other in
                    other.change.dot != version.change.dot
                        && other.change.base.covers(version.change.dot, received: version.change.received)
                }
            }
            guard standing.count > 1,
                let mine = try standing.first(where: { version in
                    guard version.change.author == author, value(version.payload, register) != operation.value else {
                        return false
                    }
                    return try !author.isEmpty || wasMadeHere(version.change, in: space.id)
                })
            else { return nil }
            // Whoever went on from there has seen it.
            let isAnswered = try others.contains { other in
                try other.change.author == author && value(other.payload, register) != nil
                    && !settlement.base.covers(other.change.dot, received: other.change.received)
                    && (!author.isEmpty || wasMadeHere(other.change, in: space.id))
            }
            guard !isAnswered else { return nil }
            let view = try view(ofRow: settlement.record)
            let notice = ValueNotKept(
                record: view.word, form: view.form, field: register.field,
                mine: value(mine.payload, register) ?? .null, kept: operation.value, settledBy: settlement.author,
                reason: payload.reason, settledAt: settlement.time.milliseconds, settlement: settlement.dot,
                settlementWord: settlement.dotWord,
                before: try position(at: received - 1, in: space).map {
                    BaseToken(
                        space: space.name, record: view.id, position: $0, replica: identity.replica,
                        head: try head(of: identity.replica, in: space))
                })
            return try setting(Self.key(notice.name, author)) == nil ? notice : nil
        }
    }

    /// Remembers that the author accepts it.
    package func acceptValueNotKept(_ name: String, by author: String) throws {
        try setSetting(Self.key(name, author), [1])
    }

    private static func key(_ name: String, _ author: String) -> String { "notice.accepted.\(name).\(author)" }
}
