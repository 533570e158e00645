import Causality
import Records

/// A change as merging sees it.
struct MergedChange {
    let dot: Dot
    let record: RecordID
    let base: Base
    let time: HybridTime
    let payload: Payload
    var received: (index: UInt64, time: Int64)?
    var isRefused = false
    var isAccepted = false

    var commitment: Hash256 { Payload.commitment(of: payload.canonicalBytes) }
}

/// What is learned one thing after another: changes, and the entries of the hub's log.
enum MergeEvent {
    case change(MergedChange)
    case receipt(replica: ReplicaID, first: UInt64, last: UInt64, time: Int64, waiting: [UInt64])
    case verdict(Dot, accepted: Bool)
}

/// Merges step by step with ``Register``, as a replica does.
struct MergeEngine {
    struct Key: Hashable {
        let record: RecordID
        let register: RegisterKey
    }

    private(set) var changes: [Dot: MergedChange] = [:]
    private(set) var registers: [Key: Register] = [:]
    private(set) var digest = StateDigest.empty
    private var index: UInt64 = 0

    mutating func learn(_ event: MergeEvent) {
        switch event {
        case .change(let change): take(change)
        case .receipt(let replica, let first, let last, let time, let waiting):
            index += 1
            for sequence in first...last {
                receive(Dot(replica, sequence), time: time, accepted: !waiting.contains(sequence))
            }
        case .verdict(let dot, let accepted):
            index += 1
            if accepted { accept(dot) } else { refuse(dot) }
        }
    }

    private mutating func take(_ change: MergedChange) {
        changes[change.dot] = change
        for operation in change.payload.operations {
            let key = Key(record: change.record, register: operation.register)
            let effects = registers[key, default: Register()]
                .take(change.dot, base: change.base, received: nil, accepted: false)
            apply(effects, key)
            digest.insert(element(key, change))
        }
    }

    private mutating func receive(_ dot: Dot, time: Int64, accepted: Bool) {
        guard let change = changes[dot] else { return }
        changes[dot]?.received = (index, time)
        for operation in change.payload.operations {
            let key = Key(record: change.record, register: operation.register)
            var versions = registers[key, default: Register()].versions
            for place in versions.indices where versions[place].dot == dot { versions[place].received = index }
            registers[key] = Register(versions)
        }
        if accepted { accept(dot) }
    }

    private mutating func accept(_ dot: Dot) {
        guard let change = changes[dot] else { return }
        changes[dot]?.isAccepted = true
        for operation in change.payload.operations {
            let key = Key(record: change.record, register: operation.register)
            let effects = registers[key, default: Register()].accept(dot, base: change.base)
            apply(effects, key)
        }
    }

    private mutating func refuse(_ dot: Dot) {
        guard let change = changes[dot] else { return }
        changes[dot]?.isRefused = true
        digest.insert(StateDigest.element(refused: dot, commitment: change.commitment))
        for operation in change.payload.operations {
            let key = Key(record: change.record, register: operation.register)
            let others = changes.values.filter { other in
                other.dot != dot && !other.isRefused && other.record == change.record
                    && other.payload.operations.contains { $0.register == operation.register }
            }
            let effects = registers[key, default: Register()]
                .refuse(dot, base: change.base, others: others.map { ($0.dot, $0.base) })
            apply(effects, key)
        }
    }

    private mutating func apply(_ effects: Register.Effects, _ key: Key) {
        for dot in effects.covered { count(dot, key, comes: false) }
        for dot in effects.uncovered { count(dot, key, comes: true) }
        for (dot, wasStanding) in effects.dropped where wasStanding { count(dot, key, comes: false) }
    }

    private mutating func count(_ dot: Dot, _ key: Key, comes: Bool) {
        guard let change = changes[dot] else { return }
        if comes { digest.insert(element(key, change)) } else { digest.remove(element(key, change)) }
    }

    private func element(_ key: Key, _ change: MergedChange) -> Hash256 {
        StateDigest.element(
            record: key.record, register: key.register, dot: change.dot, commitment: change.commitment)
    }
}

// MARK: What is shown

extension MergeEngine {
    struct Standing {
        let key: Key
        let change: MergedChange
        let value: Value

        /// No later than the hub's time at receipt.
        var version: StandingVersion {
            let bound = change.received.map { HybridTime(milliseconds: $0.time, counter: .max) }
            return StandingVersion(
                dot: change.dot, value: value, time: bound.map { min($0, change.time) } ?? change.time)
        }
    }

    var standing: [Standing] {
        let all = registers.flatMap { key, register -> [Standing] in
            register.versions.filter(\.standing).compactMap { version in
                guard let change = changes[version.dot],
                    let operation = change.payload.operations.first(where: { $0.register == key.register })
                else { return nil }
                return Standing(key: key, change: change, value: operation.value)
            }
        }
        return all.sorted {
            ($0.key.record, $0.key.register, $0.change.dot) < ($1.key.record, $1.key.register, $1.change.dot)
        }
    }

    /// A field's policy, and the order of a `forward` one.
    typealias Fields = [(name: String, policy: Policy, order: [String])]

    func shown(_ record: RecordID, _ fields: Fields) -> JSON {
        let own = standing.filter { $0.key.record == record }
        var shows: [JSON.Member] = []
        var contested: [String] = []
        var deleted = false
        for name in Set(own.map(\.key.register.field)).sorted() {
            let versions = own.filter { $0.key.register.field == name }
            if name == RegisterKey.deleted.field {
                let outcome = Policy.ask.outcome(versions.map(\.version))
                deleted = outcome.value == .flag(true)
                if outcome.contested || isDeletionContested(own) { contested.append(name) }
                continue
            }
            let field = fields.first { $0.name == name }
            if field?.policy == .union || versions.contains(where: { $0.key.register.item != nil }) {
                let members = Policy.members(versions.map { ($0.key.register.item ?? "", $0.value) })
                shows.append(.init(name: name, value: Describe.value(members)))
            } else {
                let outcome = (field?.policy ?? .ask).outcome(versions.map(\.version), order: field?.order ?? [])
                shows.append(.init(name: name, value: Describe.value(outcome.value)))
                if outcome.contested { contested.append(name) }
            }
        }
        if contested.contains(RegisterKey.deleted.field) { deleted = false }
        return [
            "record": Describe.record(record), "deleted": .bool(deleted), "fields": .object(shows),
            "contested": .list(contested.sorted().map { .text($0) }),
        ]
    }

    private func isDeletionContested(_ own: [Standing]) -> Bool {
        own.contains { deletion in
            deletion.key.register == .deleted && deletion.value == .flag(true)
                && own.contains { other in
                    other.key.register.field != RegisterKey.deleted.field && other.change.dot != deletion.change.dot
                        && !deletion.change.base.covers(other.change.dot, received: other.change.received?.index)
                        && !other.change.base.covers(deletion.change.dot, received: deletion.change.received?.index)
                }
        }
    }
}
