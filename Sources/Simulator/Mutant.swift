package import Causality

/// The program without one of its safeguards, and how soon the simulator must notice.
package struct Mutant: Sendable {
    package let safeguard: Safeguard
    package let mode: RunPlan.Mode
    /// One of the seeds from 1 to this finds it.
    package let seeds: UInt64

    private init(_ safeguard: Safeguard, _ mode: RunPlan.Mode, within seeds: UInt64) {
        self.safeguard = safeguard
        self.mode = mode
        self.seeds = seeds
    }

    package var name: String { safeguard.rawValue }

    package static let all = Safeguard.allCases.map(mutant)

    package init?(name: String) {
        guard let safeguard = Safeguard(rawValue: name) else { return nil }
        self = Self.mutant(without: safeguard)
    }

    /// Whether this build can be run without a safeguard.
    package static var canBeRun: Bool { Safeguard.canBeRemoved }

    /// What the simulator must find, and within how many seeds.
    private static func mutant(without safeguard: Safeguard) -> Mutant {
        switch safeguard {
        case .baseAsSeen, .winnerTotal, .removalsSeeing, .framesProven:
            Mutant(safeguard, .liveness, within: 60)
        case .baseWhileFilling: Mutant(safeguard, .liveness, within: 120)
        case .ownWorkBrought: Mutant(safeguard, .liveness, within: 60)
        case .forkByChain, .placeHasHash, .rewindUnreceives, .lostEntriesKept: Mutant(safeguard, .liveness, within: 30)
        default: Mutant(safeguard, .liveness, within: 20)
        }
    }

    package func plan(_ seed: UInt64) -> RunPlan { RunPlan(seed: seed, mode: mode, mutant: self) }

    /// The first of its seeds that finds it.
    package func firstFailure() -> Simulation.Failure? {
        for seed in 1...seeds {
            if let failure = Shrinking.failure(of: plan(seed)) { return failure }
        }
        return nil
    }
}
