/// When the next exchange with the hub begins: events and the clock go in, whether to begin comes out. A value without
/// clock, randomness or input of its own; ``BackgroundSync`` is the shell around it.
///
/// Times are milliseconds on any clock that does not run backwards.
package struct SyncSchedule: Sendable {
    /// Between two exchanges when all is well.
    package static let calmMilliseconds: Int64 = 5 * 60_000
    /// After the first failure; doubled with each further one.
    package static let firstBackoffMilliseconds: Int64 = 5_000
    package static let lastBackoffMilliseconds: Int64 = 15 * 60_000

    package enum Event: Hashable, Sendable {
        /// Time went by.
        case tick
        /// A person asks for an exchange now.
        case pressed
        /// Something new was saved here.
        case saved
        /// The exchange that was begun came to an end; `reached` tells whether the hub took part.
        case ended(reached: Bool)
    }

    /// When the next exchange is due; nothing is due while one runs.
    package private(set) var due: Int64
    package private(set) var isRunning = false
    /// Exchanges in a row that did not reach the hub.
    package private(set) var failures = 0
    /// Whether a person asked for the running exchange, or for the one that is due.
    package private(set) var isPressed = false
    /// Something happened that the running exchange may have come too early for, and whether a person did it.
    private var again = false
    private var pressedAgain = false

    private let isAutomatic: Bool

    /// - Parameters:
    ///   - now: the first exchange is due at once.
    ///   - isAutomatic: whether exchanges begin by themselves; otherwise only when a person asks.
    package init(now: Int64, isAutomatic: Bool = true) {
        self.isAutomatic = isAutomatic
        due = isAutomatic ? now : .max
    }

    /// Takes in an event.
    /// - Parameters:
    ///   - jitter: from 0 up to 1; spreads the tries of many devices that lost one hub.
    ///   - isHeld: whether the month's budget is used up: then exchanges begin only when a person asks.
    /// - Returns: whether an exchange begins now. Its end is to be told with ``Event/ended(reached:)``.
    package mutating func take(_ event: Event, now: Int64, jitter: Double, isHeld: Bool = false) -> Bool {
        switch event {
        case .tick: break
        case .pressed:
            if isRunning {
                again = true
                pressedAgain = true
            } else {
                due = now
                isPressed = true
            }
        case .saved:
            // Whoever saves while the hub is away does not make the tries more frequent.
            guard isAutomatic else { break }
            if isRunning { again = true } else if failures == 0 { due = now }
        case .ended(let reached):
            isRunning = false
            failures = reached ? 0 : failures + 1
            let pause = reached ? (again ? 0 : Self.calmMilliseconds) : Self.backoff(failures, jitter)
            due = isAutomatic || (reached && again) ? now + pause : .max
            isPressed = pressedAgain && reached
            again = false
            pressedAgain = false
        }
        guard !isRunning, due <= now, isPressed || !isHeld else { return false }
        isRunning = true
        return true
    }

    /// Half of it is fixed, half left to chance.
    private static func backoff(_ failures: Int, _ jitter: Double) -> Int64 {
        let full = min(firstBackoffMilliseconds << Int64(min(failures - 1, 20)), lastBackoffMilliseconds)
        return max(firstBackoffMilliseconds, full / 2 + Int64(Double(full / 2) * jitter))
    }
}
