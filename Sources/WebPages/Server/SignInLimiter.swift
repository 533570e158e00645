import Wording

/// Bounds how often somebody may try to sign in: five wrong tries for one name and twenty from one address in a quarter of
/// an hour. A value; the clock is a parameter.
package struct SignInLimiter: Sendable {
    /// Where the five tries of a name are counted.
    package enum Scope: Sendable {
        /// Over all addresses: a site whose visitors come from anywhere.
        case everywhere
        /// Each address by itself, so that a stranger in the house keeps nobody out: on the network of an office. A hundred over
        /// all addresses end even a guess from many.
        case address
    }

    package static let windowMilliseconds: Int64 = 15 * 60_000
    package static let triesPerName = 5
    package static let triesPerAddress = 20
    package static let triesPerNameOverall = 100
    /// Names and addresses that are remembered at once.
    static let limit = 20_000

    private let scope: Scope
    private var tries: [String: [Int64]] = [:]

    package init(_ scope: Scope = .everywhere) { self.scope = scope }

    /// Counts a try before the password is looked at, so that many at once do not slip by.
    /// - Throws: `sign-in.too-often`, with the minutes to wait.
    package mutating func begin(name: String, address: String, now: Int64) throws {
        if tries.count >= Self.limit {
            tries = tries.filter { $0.value.contains { now - $0 < Self.windowMilliseconds } }
            // An attack of that size: nobody comes in until it ebbs away.
            guard tries.count < Self.limit else { throw Self.refusal(minutes: 15) }
        }
        let places = places(name, address)
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
        let places = places(name, address)
        tries[places[0].place] = nil
        for (place, _) in places.dropFirst() { _ = tries[place]?.popLast() }
    }

    /// What a try counts for, and how many each takes: first the name's own count.
    private func places(_ name: String, _ address: String) -> [(place: String, most: Int)] {
        let source = (place: "a " + address, most: Self.triesPerAddress)
        return switch scope {
        case .everywhere: [("n " + name, Self.triesPerName), source]
        case .address:
            [("p \(address) \(name)", Self.triesPerName), source, ("n " + name, Self.triesPerNameOverall)]
        }
    }

    private static func refusal(minutes: Int64) -> ReportedError {
        ReportedError(code: "sign-in.too-often", details: ["minutes": String(minutes)], retryable: true)
    }
}
