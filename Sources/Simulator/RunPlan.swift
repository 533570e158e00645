/// What a run is made of. A seed and what was said of it make the same plan, and a plan the same run, to the byte.
package struct RunPlan: Sendable {
    package enum Mode: String, CaseIterable, Sendable {
        /// Faults never stop; what must hold at every moment is checked at intervals.
        case safety
        /// Faults stop after the last step; then everything comes to rest, and all of it is checked.
        case liveness
    }

    package let seed: UInt64
    package var mode: Mode
    package var agents: Int
    package var spaces: Int
    package var steps: Int
    /// In the order of ``Fault``.
    package var faults: [Fault]
    /// What the program lacks; `nil`: nothing.
    package var mutant: Mutant?

    /// The plan that the seed makes: a swarm, in which each run lacks some faults, so that others come into their own.
    /// - Parameters: what was said of it; `nil`: as the seed has it.
    package init(
        seed: UInt64, mode: Mode = .liveness, agents: Int? = nil, spaces: Int? = nil, steps: Int? = nil,
        faults: [Fault]? = nil, mutant: Mutant? = nil
    ) {
        var random = SeededRandom(seed: seed &* 0x2545_F491_4F6C_DD1D)
        let crowd = 2 + random.below(4)
        let places = [1, 1, 2, 3][random.below(4)]
        let mix = Fault.allCases.filter { _ in !random.oneIn(3) }
        self.seed = seed
        self.mode = mode
        self.agents = agents ?? crowd
        self.spaces = spaces ?? places
        self.steps = steps ?? 60
        self.faults =
            faults.map { faults in Fault.allCases.filter(faults.contains) }
            // A device that lies takes much time to look at, and shows no missing safeguard that others do not.
            ?? mix.filter { mutant == nil || $0 != .peerLies }
        self.mutant = mutant
    }

    /// The one command that runs it again.
    package var command: String {
        let swarm = RunPlan(seed: seed, mode: mode, mutant: mutant)
        var words = ["phusa-sim --seed \(seed) --mode \(mode.rawValue) --steps \(steps)"]
        if agents != swarm.agents { words.append("--agents \(agents)") }
        if spaces != swarm.spaces { words.append("--spaces \(spaces)") }
        if faults != swarm.faults {
            let names = faults.map(\.rawValue).joined(separator: ",")
            words.append("--faults \(names.isEmpty ? "none" : names)")
        }
        if let mutant { words.append("--mutant \(mutant.name)") }
        return words.joined(separator: " ")
    }
}
