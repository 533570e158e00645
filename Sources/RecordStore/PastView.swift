package import Causality
import Foundation
import GRDB
package import Records
import SyncProtocol

/// A record as it was shown to somebody who had seen what a base covers, and no more.
package struct PastView: Sendable {
    /// One register and what is said of it.
    struct Statement: Hashable {
        let register: RegisterKey
        let value: Value
    }

    package let base: Base
    /// What each field showed, those that are worked out too.
    package let fields: [String: Value]
    package let deleted: Bool
    /// Whether all is held that was seen then. Else a field of which nothing is known may have shown anything.
    package let isWhole: Bool
    let saidHere: Set<Statement>

    /// What a field showed; `nil` where that is not known.
    package func shown(_ field: String) -> Value? { fields[field] ?? (isWhole ? .null : nil) }

    /// Whether a change that was made here said the same of a register since, by somebody who had seen no more of it.
    package func isSaidAlready(_ value: Value, of register: RegisterKey) -> Bool {
        saidHere.contains(Statement(register: register, value: value))
    }
}

extension StoreTransaction {
    /// The record as it was shown at `base`: a version stood unless somebody who had seen it, and whose change is in the base
    /// too, wrote its register.
    package func view(ofRow id: Int64, asOf base: Base) throws -> PastView {
        guard
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT space, form FROM record WHERE id = ?"), arguments: [id])
        else { throw StoreError(.recordUnknown) }
        let space = try space(row.at(0) as Int64)
        let changes = try changes(ofRecord: id)
        var writes: [RegisterKey: [Write]] = [:]
        for change in changes {
            let isSeen = base.covers(change.dot, received: change.received)
            guard try isSeen ? !wasRefused(change, asOf: base, in: space) : change.decision != .refused else {
                continue
            }
            let own = change.base
            let operations = change.operations
            for (number, operation) in operations.enumerated() {
                writes[operation.register, default: []].append(
                    Write(
                        change: change, base: own, value: operation.value, isSeen: isSeen,
                        isLeft: change.left.map { $0.count != operations.count || $0[number] } ?? true))
            }
        }
        var versions: [String: [RecordView.Version]] = [:]
        var said: Set<PastView.Statement> = []
        for (register, all) in writes {
            let seen = all.filter(\.isSeen)
            for write in seen where write.isLeft && !seen.contains(where: { $0.covers(write) }) {
                versions[register.field, default: []].append(
                    write.version(register, receivedBy: space.place(of: base, write.change)))
            }
            let unseen = all.filter { !$0.isSeen }
            for write in unseen where !unseen.contains(where: { write.covers($0) }) {
                guard try wasMadeHere(write.change, in: space.id) else { continue }
                said.insert(PastView.Statement(register: register, value: write.value))
            }
        }
        let form = try? latestForm(try row.at(1))
        let outcome = Self.merge(versions, form)
        let computed = form?.computed(outcome.fields) ?? [:]
        return PastView(
            base: base, fields: outcome.fields.merging(computed) { _, result in result }, deleted: outcome.deleted,
            isWhole: isWhole(base, over: changes, in: space), saidHere: said)
    }

    /// What one change says of one register.
    private struct Write {
        let change: StoredChange
        let base: Base
        let value: Value
        let isSeen: Bool
        /// Whether it counted when the space's floor was made.
        let isLeft: Bool

        func covers(_ other: Write) -> Bool {
            change.dot != other.change.dot && base.covers(other.change.dot, received: other.change.received)
        }

        /// - Parameter place: the index of the hub's log up to which receipts were known.
        func version(_ register: RegisterKey, receivedBy place: UInt64) -> RecordView.Version {
            let isReceived = change.received.map { $0 <= place } ?? false
            return RecordView.Version(
                value: value, dot: change.dot, hashPrefix: change.link.prefix, author: change.author, time: change.time,
                received: change.received, receivedAt: isReceived ? change.receivedAt : nil, depends: change.depends,
                ownBase: change.reads ?? change.ownBase, state: change.state, register: register)
        }
    }

    /// Whether the hub had refused the change when the base was taken.
    private func wasRefused(_ change: StoredChange, asOf base: Base, in space: SpaceState) throws -> Bool {
        let place = space.place(of: base, change)
        guard change.decision == .refused, let received = change.received, received <= place else { return false }
        let entries = try Row.fetchCursor(
            db.cachedStatement(
                sql: "SELECT position, entry FROM log WHERE space = ? AND position > ? ORDER BY position"),
            arguments: [space.id, Int64(received)])
        while let row = try entries.next() {
            guard case .verdict(let verdict) = try LogEntry(bytes: Array(row.at(1) as Data)), verdict.dot == change.dot
            else { continue }
            return try row.natural(0) <= place
        }
        // A verdict below the floor is not held.
        return true
    }

    /// What a snapshot left out is not known here. A base can only be of what lies below its floor where it names single
    /// changes; of those it may have been too many to name.
    private func isWhole(_ base: Base, over changes: [StoredChange], in space: SpaceState) -> Bool {
        guard base.dots.count < RecordLimits.baseDots else { return false }
        return base.position == 0 || base.position >= space.floor || !isCut(changes, in: space)
    }
}

extension SpaceState {
    /// The index of the hub's log up to which somebody with the base knew what it says of a change. What was loaded of a
    /// snapshot is named by itself, and was as it was at the floor.
    fileprivate func place(of base: Base, _ change: StoredChange) -> UInt64 {
        base.dots.contains(change.dot) ? max(base.position, floor) : base.position
    }
}

extension RecordView {
    /// Whether a person is to be asked once `values` are saved by somebody who had seen what `base` covers: of a field that has
    /// another value which they had not seen, or of a deletion.
    /// - Parameter time: now, in milliseconds since 1970.
    package func isContested(
        saving values: [(field: String, value: Value)], on base: Base, _ form: FormDefinition, at time: Int64
    ) -> Bool {
        func unseen(_ field: String) -> [Version] {
            (versions[field] ?? []).filter { !base.covers($0.dot, received: $0.received) }
        }
        if unseen(RegisterKey.deleted.field).contains(where: { $0.value == .flag(true) }) { return true }
        return values.contains { name, value in
            guard let field = form.field(name), !field.isUnion else { return false }
            let others = unseen(name)
            guard let last = others.map(\.dot).max() else { return false }
            let own = StandingVersion(
                dot: Dot(last.replica, last.sequence + 1), value: value, time: HybridTime(milliseconds: time))
            return field.policy.outcome(others.map(\.standing) + [own], order: field.order ?? []).contested
        }
    }
}
