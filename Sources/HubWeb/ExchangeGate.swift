import Synchronization

/// Lets so many exchanges in at once, so that a morning on which everybody syncs costs waiting and not the hub's memory.
package final class ExchangeGate: Sendable {
    /// Each holds a frame and what comes of it, two megabytes at most.
    package static let most = 512
    /// When a device that was turned away may come again.
    static let retrySeconds = 5

    private let inside = Mutex(0)
    private let most: Int

    init(most: Int = ExchangeGate.most) { self.most = most }

    /// A place inside, given back when nobody holds it any more: also where a client is gone before its answer began.
    final class Place: Sendable {
        private let gate: ExchangeGate

        fileprivate init(_ gate: ExchangeGate) { self.gate = gate }

        deinit { gate.inside.withLock { $0 -= 1 } }
    }

    /// - Returns: `nil` where there is no room.
    func enter() -> Place? {
        let hasRoom = inside.withLock { inside in
            guard inside < most else { return false }
            inside += 1
            return true
        }
        return hasRoom ? Place(self) : nil
    }
}
