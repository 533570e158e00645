import Causality
package import Records

extension StoredChange {
    package var state: DeliveryState {
        decision == .accepted ? .received : decision == .refused ? .refused : .waiting
    }

    /// What the change writes; nothing where this version cannot read it.
    package var operations: [Records.Operation] { contents?.operations ?? [] }

    /// What the change holds; `nil` where this version cannot read it.
    package var contents: Payload? { try? Payload(canonical: payload) }

    /// Whether `other` had seen this change and wrote one of its registers.
    package func isSuperseded(by other: StoredChange) -> Bool {
        guard other.dot != dot, other.decision != .refused, other.base.covers(dot, received: received) else {
            return false
        }
        let registers = Set(operations.map(\.register))
        return other.operations.contains { registers.contains($0.register) }
    }
}
