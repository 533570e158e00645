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
    package func valuesNotKept(of author: String, hub: Set<ReplicaID>, in name: String) throws -> [ValueNotKept] {
        guard try hasSpace(name) else { return [] }
        let space = try space(name)
        return try resolutions(of: hub, in: name, latest: Self.latest).flatMap {
            try valuesNotKept(by: $0, author, in: space)
        }
    }

    private func valuesNotKept(
        by resolution: Resolution, _ author: String, in space: SpaceState
    ) throws -> [ValueNotKept] {
        let settlement = resolution.change
        guard let form = try form(settlement.form), form.writers == .unit, let received = settlement.received else {
            return []
        }
        let since = try changes(ofRecord: settlement.record).filter {
            $0.dot != settlement.dot && $0.decision != .refused
                && !settlement.base.covers($0.dot, received: $0.received)
        }
        return try resolution.fields.compactMap { field -> ValueNotKept? in
            guard
                let mine = try field.overruled.first(where: { version in
                    guard version.change.author == author else { return false }
                    return try !author.isEmpty || wasMadeHere(version.change, in: space.id)
                })
            else { return nil }
            // Whoever went on from there has seen it. Against a deletion every edit stands.
            let isEdit = field.register == .deleted && mine.value == .flag(false)
            let isAnswered = try since.contains { other in
                try other.author == author
                    && (isEdit || other.operations.contains { $0.register == field.register })
                    && (!author.isEmpty || wasMadeHere(other, in: space.id))
            }
            guard !isAnswered else { return nil }
            let view = try view(ofRow: settlement.record)
            let notice = ValueNotKept(
                record: view.word, form: view.form, field: field.register.field, mine: mine.value,
                kept: field.decided, settledBy: settlement.author, reason: resolution.reason,
                settledAt: settlement.time.milliseconds, settlement: settlement.dot,
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
