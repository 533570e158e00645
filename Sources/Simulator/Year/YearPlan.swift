import Hub

/// How large a simulated year is, and what happens in it besides everybody's work, all from one seed.
package struct YearPlan: Sendable {
    package var seed: UInt64
    package var devices: Int
    package var wards: Int
    package var days: Int
    /// The folder of units, forms and indicators.
    package var fixtures: String

    package init(
        seed: UInt64 = 1, devices: Int = 300, wards: Int = 103, days: Int = 365, fixtures: String = "fixtures/can-tho"
    ) {
        self.seed = seed
        self.devices = devices
        self.wards = wards
        self.days = days
        self.fixtures = fixtures
    }

    /// Something that does not happen every day.
    enum Event: Sendable {
        case copyHub
        case putHubBack
        /// A device is broken, and another takes its place.
        case replaceDevice
        case copyDevice
        /// The copied device is put back from its copy.
        case putDeviceBack
        /// A second machine goes on from a copy of the disk.
        case cloneDevice
        /// Wards are taken over by others, as on 1 July.
        case reorganise
        /// The last devices of wards that are no more are handed in.
        case handIn
    }

    /// The hub's own policy in a whole year. In a short one snapshots are given early, so that there are some.
    var snapshotPolicy: SnapshotPolicy {
        var policy = SnapshotPolicy()
        if days < 200 {
            policy.leastChanges = days
            policy.leastRatio = 1
        }
        return policy
    }

    /// For how many days a device goes on as that of a ward that is no more.
    var lateDays: Int { max(3, days / 40) }
    /// The longest time that a device is without a line.
    var longestAway: Int { max(2, min(10, days / 12)) }
    private var hubCopies: [Int] { [days / 3, days * 4 / 5] }
    /// The hub goes back by so many days.
    private static let hubLoss = 2

    /// Whether a copy of the hub lies ready to be put back on that day, or was put back on it. Nobody's disk is lost then: what
    /// is neither at the hub nor on any disk would be gone by definition.
    func isHubAtRisk(on day: Int) -> Bool { hubCopies.contains { ($0...$0 + Self.hubLoss).contains(day) } }

    /// What happens on which day.
    func events() -> [Int: [Event]] {
        var random = SeededRandom(seed: seed &+ 77)
        var events: [Int: [Event]] = [:]
        for day in hubCopies {
            events[day, default: []].append(.copyHub)
            events[day + Self.hubLoss, default: []].append(.putHubBack)
        }
        let reorganised = days / 2
        events[reorganised, default: []].append(.reorganise)
        events[reorganised + lateDays, default: []].append(.handIn)
        func someDay(_ length: Int) -> Int {
            while true {
                let day = 5 + random.below(max(1, days - 10 - length))
                if !(day...day + length).contains(where: isHubAtRisk) { return day }
            }
        }
        for _ in 0..<max(1, devices / 30) {
            events[someDay(0), default: []].append(.replaceDevice)
            let copied = someDay(2)
            events[copied, default: []].append(.copyDevice)
            events[copied + 2, default: []].append(.putDeviceBack)
        }
        for _ in 0..<max(1, devices / 100) { events[someDay(0), default: []].append(.cloneDevice) }
        return events
    }
}
