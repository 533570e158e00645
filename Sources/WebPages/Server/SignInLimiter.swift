import Records
package import Wording

/// Bounds how often somebody may try to sign in: five wrong tries for one name and twenty from one address in a quarter of
/// an hour. A value; the clock is a parameter.
package struct SignInLimiter: Sendable {
    /// Where the five tries of a name are counted.
    package enum Scope: Sendable {
        /// Over all addresses: a site of this machine alone.
        case everywhere
        /// Each address by itself, so that a stranger keeps nobody out. A hundred over all addresses end even a guess from many;
        /// where somebody came in by the right password before, these do not count.
        case address
    }

    /// A try that is not looked at.
    package struct Stop: Sendable {
        /// Until the next one is.
        package let minutes: Int64
        /// Whether nothing was told of it for a quarter of an hour: however many tries there are, it is told of once.
        package let isNew: Bool

        package var error: any CodedError {
            ReportedError(code: "sign-in.too-often", details: ["minutes": String(minutes)], retryable: true)
        }
    }

    package static let windowMilliseconds: Int64 = 15 * 60_000
    package static let triesPerName = 5
    package static let triesPerAddress = 20
    package static let triesPerNameOverall = 100
    /// Names and addresses that are remembered at once.
    package static let limit = 20_000
    /// Addresses that are remembered of somebody's right tries.
    private static let homesPerName = 4

    private struct Count {
        var times: [Int64] = []
        var told: Int64?

        func matters(_ now: Int64) -> Bool {
            times.contains { now - $0 < windowMilliseconds } || told.map { now - $0 < windowMilliseconds } ?? false
        }
    }

    private let scope: Scope
    private var counts: [String: Count] = [:]
    /// From where somebody came in, the latest last: of people that there are, and so not of any size.
    private var homes: [String: [String]] = [:]

    package init(_ scope: Scope = .everywhere) { self.scope = scope }

    /// How many names and addresses are remembered.
    package var remembered: Int { counts.count }

    /// Counts a try before the password is looked at, so that many at once do not slip by.
    /// - Throws: `sign-in.too-often`, with the minutes to wait.
    package mutating func begin(name: String, address: String, now: Int64) throws {
        if let stop = stop(name: name, address: address, now: now) { throw stop.error }
    }

    /// Counts a try, as ``begin(name:address:now:)``.
    /// - Returns: `nil` where the password may be looked at.
    package mutating func stop(name: String, address: String, now: Int64) -> Stop? {
        let places = places(name, address)
        for (place, most) in places {
            guard var count = counts[place] else { continue }
            count.times.removeAll { now - $0 >= Self.windowMilliseconds }
            let isStopped = count.times.count >= most
            let isNew = count.told.map { now - $0 >= Self.windowMilliseconds } ?? true
            if isStopped, isNew { count.told = now }
            counts[place] = count
            guard isStopped, let first = count.times.first else { continue }
            return Stop(minutes: (first + Self.windowMilliseconds - now + 59_999) / 60_000, isNew: isNew)
        }
        makeRoom(now)
        for (place, _) in places { counts[place, default: Count()].times.append(now) }
        return nil
    }

    /// The try was right: it counts for nothing, and neither do those before it under this name.
    package mutating func succeeded(name: String, address: String) {
        let places = places(name, address)
        counts[places[0].place] = nil
        for (place, _) in places.dropFirst() { _ = counts[place]?.times.popLast() }
        guard scope == .address else { return }
        let home = ClientAddress.counted(address)
        homes[name] = Array(((homes[name] ?? []).filter { $0 != home } + [home]).suffix(Self.homesPerName))
    }

    /// Under an attack of such a size that there is no room, what was tried least is forgotten first: it keeps nobody out, and who
    /// guesses at one name gains five tries by some thousands.
    private mutating func makeRoom(_ now: Int64) {
        guard counts.count >= Self.limit else { return }
        counts = counts.filter { $0.value.matters(now) }
        guard counts.count >= Self.limit else { return }
        let order = counts.sorted { a, b in
            (a.value.times.count, a.value.times.last ?? 0) < (b.value.times.count, b.value.times.last ?? 0)
        }
        for (place, _) in order.prefix(Self.limit / 4) { counts[place] = nil }
    }

    /// What a try counts for, and how many each takes: first the name's own count.
    private func places(_ name: String, _ address: String) -> [(place: String, most: Int)] {
        // Longer ones are nobody's, and not to be kept.
        let isName = name.utf8.count <= RecordLimits.personBytes
        let (name, address) = (isName ? name : "", ClientAddress.counted(address))
        let source = (place: "a " + address, most: Self.triesPerAddress)
        let isHome = homes[name]?.contains(address) ?? false
        return switch scope {
        case .everywhere: [("n " + name, Self.triesPerName), source]
        case .address:
            [("p \(address) \(name)", Self.triesPerName), source]
                + (isHome ? [] : [("n " + name, Self.triesPerNameOverall)])
        }
    }
}
