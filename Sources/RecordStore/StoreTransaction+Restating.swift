import Causality
package import Records
import SyncProtocol

/// What somebody else said, said again by this replica under their name: refused work that counts in the end, and what was decided
/// against and is to stand beside the decision once more.
extension StoreTransaction {
    /// Saves what a refused change said as a change of this replica, under its author's name and on the base that its
    /// author had, so that what came since stays beside it.
    /// - Returns: `nil` where somebody who had seen it wrote everything of it anew since, so that nothing is left to repeat.
    package func `repeat`(_ change: StoredChange, _ payload: Payload, in space: SpaceState) throws -> Captured? {
        let others = try changes(ofRecord: change.record).filter { $0.dot != change.dot }
        let left = payload.operations.filter { operation in
            !others.contains { other in
                other.decision != .refused && hasSeen(change, other, among: others)
                    && ((try? Payload(canonical: other.payload))?.operations.contains {
                        $0.register == operation.register
                    }
                        ?? false)
            }
        }
        guard !left.isEmpty else { return nil }
        let repeated = Payload(left, reason: payload.reason, quotes: change.dot)
        let header = ChangeHeader(
            form: change.form, target: .record(try recordName(change.record)), author: change.author, time: change.time,
            base: try receivedBase(of: change, in: space))
        let own = try appendOwn(header, repeated.canonicalBytes, in: space)
        return Captured(space: space.name, record: own.record, dot: own.dotWord)
    }

    /// Says once more what a change said of some registers, under its author's name and on the base that its author had: what was
    /// decided against it stands beside it again.
    package func restate(
        _ change: StoredChange, _ registers: Set<RegisterKey>, reason: String, in space: SpaceState
    ) throws -> Captured {
        let operations = change.operations.filter { registers.contains($0.register) }
        let payload = Payload(operations, reason: reason, quotes: change.dot)
        let header = ChangeHeader(
            form: change.form, target: .record(try recordName(change.record)), author: change.author, time: change.time,
            base: try receivedBase(of: change, in: space))
        let own = try appendOwn(header, payload.canonicalBytes, in: space)
        return Captured(space: space.name, record: own.record, dot: own.dotWord)
    }

    /// Whether the author of `other`, or of the refused change that `other` repeats, had seen `change`.
    private func hasSeen(_ change: StoredChange, _ other: StoredChange, among others: [StoredChange]) -> Bool {
        if other.base.covers(change.dot, received: change.received) { return true }
        guard let quoted = (try? Payload(canonical: other.payload))?.quotes else { return false }
        return others.contains { $0.dot == quoted && $0.base.covers(change.dot, received: change.received) }
    }

    /// The base of another replica's change in terms of the hub's log: the position, and single dots of what the author
    /// had written on the record and the hub received later.
    private func receivedBase(of change: StoredChange, in space: SpaceState) throws -> Base {
        let base = change.base
        let all = try changes(ofRecord: change.record)
        let seen = all.filter { other in
            other.dot != change.dot && base.covers(other.dot, received: other.received)
                && !(other.received.map { $0 <= base.position } ?? false)
        }
        // What repeats something that the author had seen says nothing new to them.
        let repeats = all.filter { other in
            guard other.dot.replica == identity.replica, let quoted = (try? Payload(canonical: other.payload))?.quotes
            else { return false }
            return all.contains { $0.dot == quoted && base.covers($0.dot, received: $0.received) }
        }
        var received = Base(position: base.position, dots: Array(Set((seen + repeats).map(\.dot))))
        received.limit(to: RecordLimits.baseDots, own: identity.replica)
        return received
    }
}
