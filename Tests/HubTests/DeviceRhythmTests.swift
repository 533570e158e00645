import Hub
import Testing

/// How often devices come, and what is said of those that do not. Day 4 after 1970 was a Monday.
@Suite struct DeviceRhythmTests {
    /// A Monday.
    private static let monday = 4 + 7 * 2_900

    @Test func daysAreVietnams() {
        #expect(DeviceRhythm.day(0) == 0)
        #expect(DeviceRhythm.day(17 * 3_600_000 - 1) == 0)
        #expect(DeviceRhythm.day(17 * 3_600_000) == 1)
        #expect(DeviceRhythm.day(-7 * 3_600_000) == 0)
        #expect(DeviceRhythm.day(-7 * 3_600_000 - 1) == -1)
    }

    private static let weeks = (0..<4).map { $0 * 7 }

    static let habits: [(days: [Int], habit: DeviceRhythm.Habit)] = [
        ([], .unknown), ([0], .unknown), ([0, 1, 2], .unknown), ([0, 1, 2, 3], .workingDays),
        // Monday to Friday, for four weeks; with a holiday; on Saturdays too.
        (weeks.flatMap { [$0, $0 + 1, $0 + 2, $0 + 3, $0 + 4] }, .workingDays),
        (weeks.flatMap { [$0, $0 + 1, $0 + 2, $0 + 3, $0 + 4] }.filter { $0 != 9 }, .workingDays),
        (Array(0..<28), .days(1)),
        // Mondays and Thursdays; Mondays; every other day; a holiday of a month in a habit of a week.
        (weeks.flatMap { [$0, $0 + 3] }, .days(4)), (weeks, .days(7)),
        (Array(stride(from: 0, to: 28, by: 2)), .days(2)),
        ([0, 7, 14, 21, 28, 58], .days(7)),
    ]

    @Test(arguments: habits)
    func theUsualPauseIsFound(days: [Int], habit: DeviceRhythm.Habit) {
        let shifted = days.map { $0 + Self.monday }
        #expect(DeviceRhythm(days: shifted).habit == habit, "\(days)")
        #expect(DeviceRhythm(days: shifted.reversed() + shifted).habit == habit, "\(days)")
    }

    @Test func aDeviceIsLateAfterItsPauseAndNotBefore() {
        // Monday to Friday: the weekend is nothing, Monday without contact is late on Tuesday.
        let office = DeviceRhythm(days: (0..<5).map { Self.monday + $0 })
        for (day, isLate) in [(4, false), (5, false), (6, false), (7, false), (8, true), (60, true)] {
            #expect(office.isLate(on: Self.monday + day) == isLate, "\(day)")
        }
        let weekly = DeviceRhythm(days: Self.weeks.map { Self.monday + $0 })
        for (day, isLate) in [(21, false), (28, false), (29, true)] {
            #expect(weekly.isLate(on: Self.monday + day) == isLate, "\(day)")
        }
        let daily = DeviceRhythm(days: (0..<28).map { Self.monday + $0 })
        for (day, isLate) in [(27, false), (28, false), (29, true)] {
            #expect(daily.isLate(on: Self.monday + day) == isLate, "\(day)")
        }
        #expect(!DeviceRhythm(days: []).isLate(on: 5))
        #expect(office.days == 1 && weekly.days == 7 && DeviceRhythm(days: []).days == nil)
    }

    private static func facts(_ days: Range<Int>, waiting: Int64? = nil) -> DeviceStanding.Facts {
        var facts = DeviceStanding.Facts()
        facts.days = days.map { monday + $0 }
        facts.contact = facts.days.last.map { Int64($0) * 86_400_000 }
        facts.waiting = waiting
        return facts
    }

    struct Case: Sendable {
        let name: String
        let device: DeviceStanding.Facts
        var others: [DeviceStanding.Facts] = []
        let day: Int
        let standing: DeviceStanding
    }

    static let cases: [Case] = {
        let week = facts(0..<5)
        func with(_ change: (inout DeviceStanding.Facts) -> Void) -> DeviceStanding.Facts {
            var facts = week
            change(&facts)
            return facts
        }
        return [
            Case(name: "over the weekend", device: week, day: 7, standing: .onTime),
            Case(name: "alone and late", device: week, day: 8, standing: .unreachable),
            Case(name: "alone, nothing waits", device: facts(0..<5, waiting: 0), day: 8, standing: .silent),
            Case(name: "alone, something waits", device: facts(0..<5, waiting: 2), day: 8, standing: .unreachable),
            Case(name: "another came today", device: week, others: [facts(0..<9)], day: 8, standing: .silent),
            Case(name: "another came since", device: week, others: [facts(0..<10)], day: 30, standing: .silent),
            // It came on the last day on which this one was not missed yet; since then neither came.
            Case(name: "all late", device: week, others: [facts(0..<6)], day: 30, standing: .unreachable),
            Case(
                name: "all late, nothing waits anywhere", device: facts(0..<5, waiting: 0),
                others: [facts(0..<5, waiting: 0)], day: 30, standing: .unreachable),
            Case(
                name: "beside one that never came", device: facts(0..<5, waiting: 0),
                others: [DeviceStanding.Facts()], day: 30, standing: .silent),
            Case(
                name: "a revoked one shows that the line works", device: week,
                others: [
                    {
                        var other = facts(0..<20)
                        other.isRevoked = true
                        return other
                    }()
                ], day: 20, standing: .silent),
            Case(name: "never", device: DeviceStanding.Facts(), day: 30, standing: .neverSeen),
            Case(name: "revoked", device: with { $0.isRevoked = true }, day: 30, standing: .revoked),
            Case(name: "retired", device: with { $0.isRetired = true }, day: 30, standing: .retired),
            Case(name: "succeeded", device: with { $0.isSucceeded = true }, day: 30, standing: .succeeded),
        ]
    }()

    @Test(arguments: cases)
    func whatIsSaidOfADeviceThatDoesNotCome(given: Case) {
        let standing = DeviceStanding(
            of: given.device, in: DeviceStanding.Unit(given.others + [given.device]), today: Self.monday + given.day)
        #expect(standing == given.standing, "\(given.name)")
        #expect(standing.isMissed == (standing == .silent || standing == .unreachable))
    }

    /// A device that was in contact before days were kept.
    @Test func theLastContactCountsWithoutDays() {
        var facts = Self.facts(0..<5)
        facts.days = []
        let unit = DeviceStanding.Unit([facts])
        #expect(DeviceStanding(of: facts, in: unit, today: Self.monday + 5) == .onTime)
        #expect(DeviceStanding(of: facts, in: unit, today: Self.monday + 40) == .unreachable)
    }
}
