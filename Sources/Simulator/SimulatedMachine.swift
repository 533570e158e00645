import Agent
import RecordStore
import Synchronization

/// The process died at a durable step.
struct Death: Error {}

/// One machine: a disk, and what its engines are given instead of a clock, a random source and a life without ends.
final class SimulatedMachine: Sendable {
    private struct State {
        var random: SeededRandom
        var now: Int64
        var clockStands = false
        /// From one time that the clock shows to the next.
        var tick: Int64 = 1
        var dieAt: World.Step?
        var trouble: Set<Trouble> = []
        var liesKnown: UInt64 = 0
    }

    /// What the disk's faults make the engines say, so that nobody wonders at it.
    enum Trouble: Sendable {
        case full, failing, lying
    }

    let disk: SimulatedDisk
    private let state: Mutex<State>

    init(seed: UInt64, clock: Int64) {
        disk = SimulatedDisk(seed: seed &* 7919)
        state = Mutex(State(random: SeededRandom(seed: seed), now: clock))
    }

    // MARK: Clock

    func pass(milliseconds: Int64) { state.withLock { if !$0.clockStands { $0.now += milliseconds } } }

    /// Sets the clock forward or back, whether it stands or not.
    func jump(milliseconds: Int64) { state.withLock { $0.now += milliseconds } }

    /// The clock stands still from here on, or goes on.
    func stopClock(_ stops: Bool) { state.withLock { $0.clockStands = stops } }

    /// The clock shows only every so many milliseconds.
    func makeClockCoarse(milliseconds: Int64) { state.withLock { $0.tick = milliseconds } }

    // MARK: Process

    /// The next time a transaction comes to `step`, the process dies there.
    func dieNext(at step: World.Step) { state.withLock { $0.dieAt = step } }

    /// No such death waits any more.
    func spare() { state.withLock { $0.dieAt = nil } }

    /// No death and no power cut waits any more.
    func live() {
        spare()
        disk.cut(at: 0)
    }

    // MARK: Disk

    func has(_ trouble: Trouble) -> Bool { state.withLock { $0.trouble.contains(trouble) } }

    var isInTrouble: Bool { state.withLock { !$0.trouble.isEmpty } }

    /// Whether the disk has lied since the power came.
    var hasLied: Bool { disk.counts.lostSyncs > state.withLock { $0.liesKnown } }

    /// Whatever the disk has lied about is seen by now.
    func forgetLies() { state.withLock { $0.liesKnown = disk.counts.lostSyncs } }

    /// The disk has room for so many more bytes and no more.
    func fillDisk(leaving bytes: Int64) {
        var faults = SimulatedDisk.Faults()
        faults.capacity = disk.used + bytes
        trouble(.full, faults)
    }

    func failDisk(in65536 chance: UInt32) {
        var faults = SimulatedDisk.Faults()
        faults.failedWrite = chance
        faults.failedSync = chance
        trouble(.failing, faults)
    }

    func makeDiskLie() {
        var faults = SimulatedDisk.Faults()
        faults.lostSync = 40_000
        trouble(.lying, faults)
    }

    private func trouble(_ trouble: Trouble, _ faults: SimulatedDisk.Faults) {
        state.withLock { $0.trouble = [trouble] }
        disk.set(faults)
    }

    /// The disk is as good as new, and has room. What it has lied about stays unknown until the next honest sync.
    func mendDisk() {
        state.withLock { $0.trouble = [] }
        disk.set(.init())
    }

    var world: World {
        World(
            now: { self.state.withLock { $0.now / $0.tick * $0.tick } },
            random: { count in
                self.state.withLock { state in (0..<count).map { _ in UInt8(state.random.below(256)) } }
            },
            step: { step in
                let dies = self.state.withLock { state in
                    guard state.dieAt == step else { return false }
                    state.dieAt = nil
                    return true
                }
                if dies { throw Death() }
            },
            // Whoever keeps a copy has the files of the machine at hand, which here are on no disk of the world's own.
            copy: { _, _, _ in })
    }
}
