import Synchronization

/// How many devices are missed, for the head of every page: worked out of every device's days of contact, so not each time anew.
final class MissedDevices: Sendable {
    private static let keptMilliseconds: Int64 = 30_000

    private let known = Mutex<(count: Int, at: Int64)?>(nil)

    /// - Parameter isFresh: whether it is to be worked out in any case.
    func count(now: Int64, isFresh: Bool, _ work: () throws -> Int) rethrows -> Int {
        if !isFresh, let known = known.withLock({ $0 }), (0..<Self.keptMilliseconds).contains(now - known.at) {
            return known.count
        }
        let count = try work()
        known.withLock { $0 = (count, now) }
        return count
    }
}
