import RecordStore
import Testing

/// When copies are made, and which of them stay, by the clock alone.
@Suite struct BackupScheduleTests {
    private static let day = BackupSchedule.dailyMilliseconds
    private static let again = BackupSchedule.againMilliseconds
    private static let settle = BackupSchedule.settleMilliseconds
    private static let start: Int64 = 1_800_000_000_000

    @Test func theFirstIsDueSoonAfterTheStart() {
        let schedule = BackupSchedule(now: Self.start, last: nil)
        #expect(!schedule.isDue(now: Self.start + Self.settle - 1))
        #expect(schedule.isDue(now: Self.start + Self.settle))
    }

    @Test func aDayAfterTheLatestTheNextIsDue() {
        let schedule = BackupSchedule(now: Self.start, last: Self.start - Self.day / 2)
        #expect(schedule.due == Self.start + Self.day / 2)
        let late = BackupSchedule(now: Self.start, last: Self.start - 9 * Self.day)
        #expect(late.due == Self.start + Self.settle)
    }

    @Test func whatFailsAtFullPriceIsTriedMoreAndMoreSeldom() {
        var schedule = BackupSchedule(now: Self.start, last: nil)
        var pauses: [Int64] = []
        for _ in 0..<9 {
            let begun = schedule.take(.pressed, now: Self.start)
            _ = schedule.take(.failed, now: Self.start)
            pauses.append(begun ? (schedule.due - Self.start) / Self.again : -1)
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 96, 96])
        _ = schedule.take(.pressed, now: Self.start)
        _ = schedule.take(.ended(good: false), now: Self.start)
        #expect(schedule.due == Self.start + Self.again)
    }

    @Test func aCopyFromTheFutureKeepsNoneAway() {
        let schedule = BackupSchedule(now: Self.start, last: Self.start + 400 * Self.day)
        #expect(schedule.due == Self.start + Self.day)
    }

    @Test func whereNothingChangedNoneIsMadeAndItIsLookedAgain() {
        var schedule = BackupSchedule(now: Self.start, last: nil)
        var now = Self.start + Self.settle
        for _ in 0..<5 {
            #expect(schedule.isDue(now: now))
            let begins = schedule.take(.looked(changed: false), now: now)
            #expect(!begins && !schedule.isDue(now: now) && schedule.due == now + Self.again)
            now = schedule.due
        }
        let begins = schedule.take(.looked(changed: true), now: now)
        #expect(begins && schedule.isRunning)
    }

    @Test(arguments: [true, false]) func afterOneTheNextIsADayAwayAndAFailedOneIsTriedAgain(good: Bool) {
        var schedule = BackupSchedule(now: Self.start, last: nil)
        let now = Self.start + Self.settle
        let begins = schedule.take(.looked(changed: true), now: now)
        #expect(begins && !schedule.isDue(now: now + 9 * Self.day))
        let second = schedule.take(.pressed, now: now + 1)
        #expect(!second)
        let more = schedule.take(.ended(good: good), now: now + 2)
        #expect(!more && schedule.due == now + 2 + (good ? Self.day : Self.again))
    }

    @Test func aPersonNeedNotWait() {
        var schedule = BackupSchedule(now: Self.start, last: Self.start)
        let begins = schedule.take(.pressed, now: Self.start)
        #expect(begins)
    }

    @Test func aShortIntervalIsKeptThroughout() {
        var schedule = BackupSchedule(now: 0, last: nil, intervalMilliseconds: 10)
        #expect(schedule.due == 10)
        _ = schedule.take(.looked(changed: false), now: 10)
        #expect(schedule.due == 20)
        _ = schedule.take(.looked(changed: true), now: 20)
        _ = schedule.take(.ended(good: false), now: 21)
        #expect(schedule.due == 31)
    }
}

@Suite struct BackupShelfTests {
    private static let shelf = BackupShelf(unit: "31120", replica: "vydjc2yn5526d8xqcanaxawayc")
    private static let hour: Int64 = 3_600_000
    /// 28 November 2026, 07:40 in Vietnam.
    private static let start: Int64 = 1_795_826_400_000

    private func names(_ hours: [Int64]) -> [String] {
        hours.map { Self.shelf.name(made: Self.start + $0 * Self.hour) }
    }

    @Test func namesSayWhoseAndWhenAndSortByTime() {
        let names = names([0, 1, 24, 24 * 40])
        #expect(names[0] == "phusa-31120-vydjc2yn-2026-11-28-074000.bak")
        #expect(names == names.sorted() && names.allSatisfy(Self.shelf.isOwn))
    }

    @Test func ofEachOfTheLatestSevenDaysTheLastCopyStays() {
        let all = names((0..<10).flatMap { day in [0, 2, 4].map { Int64(day) * 24 + $0 } })
        let gone = Self.shelf.surplus(of: all.shuffled(), keeping: all[29])
        #expect(Set(all).subtracting(gone) == Set(names((3..<10).map { Int64($0) * 24 + 4 })))
    }

    @Test func daysWithoutACopyCostNone() {
        let all = names((0..<7).map { Int64($0) * 24 * 30 })
        #expect(Self.shelf.surplus(of: all, keeping: all[6]).isEmpty)
    }

    @Test func theLatestStaysWhateverTheClockSaid() {
        let all = names((0..<8).map { Int64($0) * 24 })
        let gone = Self.shelf.surplus(of: all, keeping: all[0])
        #expect(!gone.contains(all[0]) && gone.count <= 1)
    }

    /// A hub's copies: what was believed months ago can be looked up.
    @Test func ofAHubTheLastCopyOfEachMonthStaysToo() {
        let shelf = BackupShelf(hub: "vydjc2yn5526d8xqcanaxawayc")
        let all = (0..<500).map { shelf.name(made: Self.start + Int64($0) * 24 * Self.hour) }
        let kept = Set(all).subtracting(shelf.surplus(of: all.shuffled(), keeping: all[499]))
        #expect(Set(all.suffix(7)).isSubset(of: kept))
        let months = Set(kept.map { $0.dropFirst(shelf.prefix.count).prefix(7) })
        #expect(months.count == 12 && kept.count == 7 + 11)
        for copy in kept.subtracting(all.suffix(7)) {
            let month = copy.prefix(shelf.prefix.count + 7)
            #expect(all.filter { $0.hasPrefix(month) }.max() == copy)
        }
    }

    @Test func otherFilesAreLeftAlone() {
        let others = [
            "phusa-31120-other000-2020-01-01-000000.bak", "bang luong.xlsx", "phusa-31120-vydjc2yn-unchecked",
        ]
        let all = others + names((0..<9).map { Int64($0) * 24 })
        #expect(Set(Self.shelf.surplus(of: all, keeping: all[11])).isDisjoint(with: others))
    }
}
