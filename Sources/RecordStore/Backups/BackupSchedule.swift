/// When a store's database is copied by itself: events and the clock go in, whether to look and whether to copy comes out. A
/// value without clock or disk of its own; ``BackgroundBackup`` is the shell around it.
///
/// Times are milliseconds since 1970, since a day goes by while the machine is off too.
package struct BackupSchedule: Sendable {
    package static let dailyMilliseconds: Int64 = 86_400_000
    /// After the program has begun, which has better things to do first.
    package static let settleMilliseconds: Int64 = 60_000
    /// After a copy that failed, and after a look that found nothing new.
    package static let againMilliseconds: Int64 = 15 * 60_000

    package enum Event: Hashable, Sendable {
        /// Something is due; `changed` tells whether anything is otherwise than in the latest copy.
        case looked(changed: Bool)
        /// A person asks for a copy now.
        case pressed
        /// The copy that was begun came to an end; `good` tells whether it is whole and was rehearsed. Where it is not, it was found
        /// at once that it could not be made.
        case ended(good: Bool)
        /// It cost its whole price and is no good.
        case failed
    }

    /// When to look next whether a copy is to be made.
    package private(set) var due: Int64
    package private(set) var isRunning = false
    private let interval: Int64
    /// Failures in a row that cost their whole price.
    private var failures = 0

    /// - Parameter last: when the latest good copy was made; `nil` where there is none.
    package init(now: Int64, last: Int64?, intervalMilliseconds: Int64 = dailyMilliseconds) {
        interval = intervalMilliseconds
        // A copy from the future says that the clock was wrong, and must not keep later ones away.
        let next = last.map { min($0, now) + intervalMilliseconds } ?? now
        due = max(next, now + min(Self.settleMilliseconds, intervalMilliseconds))
    }

    /// Whether it is time to look for changes.
    package func isDue(now: Int64) -> Bool { !isRunning && due <= now }

    /// Takes in an event.
    /// - Returns: whether a copy is begun now. Its end is to be told with ``Event/ended(good:)``.
    package mutating func take(_ event: Event, now: Int64) -> Bool {
        switch event {
        case .looked(changed: false): due = now + min(interval, Self.againMilliseconds)
        case .looked(changed: true), .pressed:
            guard !isRunning else { return false }
            isRunning = true
            return true
        case .failed:
            isRunning = false
            failures += 1
            // What does not mend itself must not keep the machine busy.
            due = now + min(interval, Self.againMilliseconds << min(failures - 1, 7))
        case .ended(let good):
            isRunning = false
            failures = 0
            due = now + (good ? interval : min(interval, Self.againMilliseconds))
        }
        return false
    }
}
