import Agent
import Testing

/// When exchanges begin, by the clock alone.
@Suite struct SyncScheduleTests {
    private static let calm = SyncSchedule.calmMilliseconds

    /// Keeps the value, so that expectations may change it.
    private final class Kept {
        private var schedule: SyncSchedule
        var due: Int64 { schedule.due }

        init(_ schedule: SyncSchedule = SyncSchedule(now: 0)) { self.schedule = schedule }

        var isPressed: Bool { schedule.isPressed }

        func take(_ event: SyncSchedule.Event, now: Int64, jitter: Double, isHeld: Bool = false) -> Bool {
            schedule.take(event, now: now, jitter: jitter, isHeld: isHeld)
        }
    }

    /// A schedule whose first exchange, begun at 0, ended at once.
    private func settled(reached: Bool = true) -> Kept {
        let schedule = Kept()
        #expect(schedule.take(.tick, now: 0, jitter: 0))
        #expect(!schedule.take(.ended(reached: reached), now: 0, jitter: 0))
        return schedule
    }

    @Test func allBeingWellTheNextIsFiveMinutesLater() {
        let schedule = settled()
        #expect(!schedule.take(.tick, now: Self.calm - 1, jitter: 0))
        #expect(schedule.take(.tick, now: Self.calm, jitter: 0))
    }

    @Test func onlyOneRunsAtATime() {
        let schedule = Kept()
        #expect(schedule.take(.tick, now: 0, jitter: 0))
        for event in [SyncSchedule.Event.tick, .pressed, .saved] {
            #expect(!schedule.take(event, now: 10 * Self.calm, jitter: 0))
        }
    }

    @Test(arguments: [SyncSchedule.Event.saved, .pressed])
    func whatIsNewBeginsOneAtOnce(event: SyncSchedule.Event) {
        let schedule = settled()
        #expect(schedule.take(event, now: 1, jitter: 0))
    }

    @Test(arguments: [SyncSchedule.Event.saved, .pressed])
    func whatCameWhileOneRanBeginsAnother(event: SyncSchedule.Event) {
        let schedule = Kept()
        #expect(schedule.take(.tick, now: 0, jitter: 0))
        #expect(!schedule.take(event, now: 1, jitter: 0))
        #expect(schedule.take(.ended(reached: true), now: 2, jitter: 0))
        #expect(!schedule.take(.ended(reached: true), now: 3, jitter: 0))
    }

    @Test func savingDoesNotHurryWhileTheHubIsAwayButAPersonDoes() {
        let schedule = settled(reached: false)
        #expect(!schedule.take(.saved, now: 1, jitter: 0))
        #expect(schedule.take(.pressed, now: 2, jitter: 0))
    }

    @Test(arguments: [0, 0.5, 0.999]) func triesGrowRareAndNeverBeyondTheBounds(jitter: Double) {
        let schedule = settled(reached: false)
        var now: Int64 = 0
        var last: Int64 = 0
        for failure in 1...40 {
            let pause = schedule.due - now
            #expect((SyncSchedule.firstBackoffMilliseconds...SyncSchedule.lastBackoffMilliseconds).contains(pause))
            if failure > 1 { #expect(pause >= last, "failure \(failure)") }
            last = pause
            now = schedule.due
            #expect(schedule.take(.tick, now: now, jitter: jitter))
            #expect(!schedule.take(.ended(reached: false), now: now, jitter: jitter))
        }
        #expect(last >= SyncSchedule.lastBackoffMilliseconds / 2)
        #expect(schedule.take(.pressed, now: now, jitter: jitter))
        #expect(!schedule.take(.ended(reached: true), now: now, jitter: jitter))
        #expect(schedule.due == now + Self.calm)
    }

    @Test func withoutAutomaticSyncOnlyAPersonBeginsOne() {
        let schedule = Kept(SyncSchedule(now: 0, isAutomatic: false))
        #expect(!schedule.take(.tick, now: 100 * Self.calm, jitter: 0))
        #expect(!schedule.take(.saved, now: 100 * Self.calm, jitter: 0))
        #expect(schedule.take(.pressed, now: 100 * Self.calm, jitter: 0))
        #expect(!schedule.take(.ended(reached: false), now: 100 * Self.calm, jitter: 0))
        #expect(!schedule.take(.tick, now: 200 * Self.calm, jitter: 0))
    }

    @Test func withoutBudgetOnlyAPersonBeginsOneAndItGoesOnWhenThereIsSomeAgain() {
        let schedule = settled()
        #expect(!schedule.take(.tick, now: 2 * Self.calm, jitter: 0, isHeld: true))
        #expect(!schedule.take(.saved, now: 2 * Self.calm, jitter: 0, isHeld: true))
        #expect(schedule.take(.pressed, now: 2 * Self.calm, jitter: 0, isHeld: true))
        #expect(schedule.isPressed)
        #expect(!schedule.take(.saved, now: 2 * Self.calm, jitter: 0, isHeld: true))
        #expect(!schedule.take(.ended(reached: true), now: 2 * Self.calm, jitter: 0, isHeld: true))
        #expect(!schedule.take(.tick, now: 9 * Self.calm, jitter: 0, isHeld: true))
        #expect(schedule.take(.tick, now: 9 * Self.calm, jitter: 0, isHeld: false))
        #expect(!schedule.isPressed)
    }

    @Test func aPressWhileOneRunsBeginsAnotherWithoutBudgetToo() {
        let schedule = Kept()
        #expect(schedule.take(.tick, now: 0, jitter: 0))
        #expect(!schedule.isPressed)
        #expect(!schedule.take(.pressed, now: 1, jitter: 0, isHeld: true))
        #expect(schedule.take(.ended(reached: true), now: 2, jitter: 0, isHeld: true))
        #expect(schedule.isPressed)
    }
}
