/// Finds a smaller run that fails too.
package struct Shrinking {
    /// The smallest plan so far, and what fails in it.
    package private(set) var plan: RunPlan
    package private(set) var failure: Simulation.Failure
    /// Runs that were tried.
    package private(set) var tries = 0

    private let run: (RunPlan) -> Simulation.Failure?

    /// - Parameter run: runs a plan and says how it fails.
    /// - Returns: `nil` where the plan does not fail.
    package init?(_ plan: RunPlan, run: @escaping (RunPlan) -> Simulation.Failure? = Self.failure) {
        guard let failure = run(plan) else { return nil }
        self.plan = plan
        self.failure = failure
        self.run = run
    }

    package static func failure(of plan: RunPlan) -> Simulation.Failure? {
        do {
            _ = try Simulation(plan).run()
            return nil
        } catch let failure as Simulation.Failure {
            return failure
        } catch {
            return Simulation.Failure(plan: plan, step: 0, what: "\(error)")
        }
    }

    /// Takes away steps, faults, agents and spaces, until nothing more can go.
    package mutating func shrink() {
        while true {
            let before = tries
            let last = failure.step
            var isSmaller = takes { $0.steps = min($0.steps, last) }
            var cut = plan.steps / 2
            while cut > 0 {
                if takes({ $0.steps -= cut }) { isSmaller = true } else { cut /= 2 }
            }
            for fault in plan.faults where takes({ $0.faults.removeAll { $0 == fault } }) { isSmaller = true }
            while plan.agents > 1, takes({ $0.agents -= 1 }) { isSmaller = true }
            while plan.spaces > 1, takes({ $0.spaces -= 1 }) { isSmaller = true }
            if !isSmaller || tries == before { return }
        }
    }

    /// Whether a plan with this done to it is smaller and still fails; it is the plan then.
    private mutating func takes(_ change: (inout RunPlan) -> Void) -> Bool {
        var smaller = plan
        change(&smaller)
        let isSmaller =
            smaller.steps < plan.steps || smaller.faults.count < plan.faults.count || smaller.agents < plan.agents
            || smaller.spaces < plan.spaces
        guard isSmaller, smaller.steps > 0 else { return false }
        tries += 1
        guard let failure = run(smaller) else { return false }
        (plan, self.failure) = (smaller, failure)
        return true
    }
}
