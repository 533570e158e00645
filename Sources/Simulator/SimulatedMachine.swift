import Agent
import RecordStore
import Synchronization

/// The process died at a durable step.
struct Death: Error {}

/// What one machine's engines are given instead of a clock, a random source and a life without power cuts.
final class SimulatedMachine: Sendable {
    private struct State {
        var random: SeededRandom
        var now: Int64
        var dieAt: World.Step?
    }

    private let state: Mutex<State>

    init(seed: UInt64, clock: Int64) {
        state = Mutex(State(random: SeededRandom(seed: seed), now: clock))
    }

    /// The next time a transaction comes to `step`, the process dies there.
    func dieNext(at step: World.Step) { state.withLock { $0.dieAt = step } }

    func live() { state.withLock { $0.dieAt = nil } }

    func pass(milliseconds: Int64) { state.withLock { $0.now += milliseconds } }

    var world: World {
        World(
            now: { self.state.withLock { $0.now } },
            random: { count in self.state.withLock { state in (0..<count).map { _ in UInt8(state.random.below(256)) } }
            },
            step: { step in
                let dies = self.state.withLock { state in
                    guard state.dieAt == step else { return false }
                    state.dieAt = nil
                    return true
                }
                if dies { throw Death() }
            })
    }
}
