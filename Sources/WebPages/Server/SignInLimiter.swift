import Wording

/// Bounds how often somebody may try to sign in: five wrong tries for one name and twenty from one address in a quarter of
/// an hour. A value; the clock is a parameter.
package struct SignInLimiter: Sendable {
    package static let windowMilliseconds: Int64 = 15 * 60_000
    package static let triesPerName = 5
    package static let triesPerAddress = 20
    /// Names and addresses that are remembered at once.
    static let limit = 20_000

    private var tries: [String: [Int64]] = [:]

    package init() {}

    /// Counts a try before the password is looked at, so that many at once do not slip by.
    /// - Throws: `sign-in.too-often`, with the minutes to wait.
    package mutating func begin(name: String, address: String, now: Int64) throws {
        if tries.count >= Self.limit {
            tries = tries.filter { $0.value.contains { now - $0 < Self.windowMilliseconds } }
            // An attack of that size: nobody comes in until it ebbs away.
            guard tries.count < Self.limit else { throw Self.refusal(minutes: 15) }
        }
        let places = [("n " + name, Self.triesPerName), ("a " + address, Self.triesPerAddress)]
        for (place, most) in places {
            let recent = (tries[place] ?? []).filter { now - $0 < Self.windowMilliseconds }
            tries[place] = recent
            if recent.count >= most, let first = recent.first {
                throw Self.refusal(minutes: (first + Self.windowMilliseconds - now + 59_999) / 60_000)
            }
        }
        for (place, _) in places { tries[place, default: []].append(now) }
    }

    /// The try was right: it counts for nothing, and neither do those before it under this name.
    package mutating func succeeded(name: String, address: String) {
        tries["n " + name] = nil
        _ = tries["a " + address]?.popLast()
    }

    private static func refusal(minutes: Int64) -> ReportedError {
        ReportedError(code: "sign-in.too-often", details: ["minutes": String(minutes)], retryable: true)
    }
}
