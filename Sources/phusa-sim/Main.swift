import ArgumentParser
import Foundation
import Simulator

/// `phusa-sim --seed N`: one run of the simulated world; exit 0 when every invariant holds.
@main struct PhuSaSim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "phusa-sim", abstract: "Runs real stores and engines in a seeded world of faults.",
        discussion: """
            Prints how often each fault was dealt and what was checked; the last line is a digest of all that happened, the \
            same wherever the run is. Exit 1 with what does not hold, and the command that runs it again.
            """)

    @Option(help: "The seed of one run.") var seed: UInt64?
    @Option(help: "A range of seeds, A..B, run one after another; prints a digest for each.") var seeds: String?
    @Option(help: "safety: faults never stop. liveness: they stop, and everything comes to rest.")
    var mode = RunPlan.Mode.liveness
    @Option(help: "Agents beside the hub; as the seed has it unless said.") var agents: Int?
    @Option(help: "Spaces that all of them take part in; as the seed has it unless said.") var spaces: Int?
    @Option(help: "Steps with faults.") var steps = 60
    @Option(help: ArgumentHelp("Faults by name, with commas; also all, or none.", valueName: "list"))
    var faults: String?
    @Option(
        help: ArgumentHelp(
            "Instead of a run with faults, a year of a city's use: so many devices, wards and days.",
            valueName: "300,103,365"))
    var year: String?
    @Option(help: ArgumentHelp("Runs without a safeguard, in a debug build only.", valueName: "name"))
    var mutant: String?
    @Flag(help: "Takes the safeguards away one by one, and prints which seed finds each, and how.") var mutants = false
    @Flag(help: "Prints what happened, a line each.") var trace = false
    @Flag(help: "Looks for a smaller run that fails too.") var shrink = false

    func run() throws {
        if let year { return try live(year, seed: seed ?? 1) }
        guard Mutant.canBeRun || mutant == nil && !mutants else {
            throw ValidationError("safeguards can be taken away in a debug build only: swift build --product phusa-sim")
        }
        if mutants { return try findMutants() }
        let chosen = try chosenFaults()
        if let seeds {
            let bounds = seeds.components(separatedBy: "..").compactMap { UInt64($0) }
            guard bounds.count == 2, bounds[0] <= bounds[1] else { throw ValidationError("--seeds takes A..B") }
            var tally = Tally()
            for seed in bounds[0]...bounds[1] { print("\(seed)\t\(try simulate(try plan(seed, chosen), &tally))") }
            tally.show()
            print("\(bounds[1] - bounds[0] + 1) seeds, every invariant held")
        } else if shrink {
            try shrink(try plan(seed ?? 1, chosen))
        } else {
            var tally = Tally()
            let digest = try simulate(try plan(seed ?? 1, chosen), &tally)
            tally.show()
            print(digest)
        }
    }

    private func plan(_ seed: UInt64, _ faults: [Fault]?) throws -> RunPlan {
        let removed = try mutant.map { name in
            guard let known = Mutant(name: name) else {
                let names = Mutant.all.map(\.name).joined(separator: ", ")
                throw ValidationError("no such safeguard: \(name). There are: \(names)")
            }
            return known
        }
        return RunPlan(
            seed: seed, mode: mode, agents: agents, spaces: spaces, steps: steps, faults: faults, mutant: removed)
    }

    private func findMutants() throws {
        var escaped = 0
        for mutant in Mutant.all {
            if let failure = mutant.firstFailure() {
                print("\(mutant.name)\tseed \(failure.plan.seed) of \(mutant.seeds)\t\(failure)")
            } else {
                escaped += 1
                print("\(mutant.name)\tnone of \(mutant.seeds) seeds, \(mutant.mode.rawValue)")
            }
        }
        print("\(Mutant.all.count) safeguards taken away one by one, \(escaped) of them unnoticed")
        if escaped > 0 { throw ExitCode.failure }
    }

    private func chosenFaults() throws -> [Fault]? {
        switch faults {
        case nil: return nil
        case "all": return Fault.allCases
        case "none": return []
        case let list?:
            return try list.split(separator: ",").map { name in
                guard let fault = Fault(rawValue: String(name)) else {
                    let known = Fault.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("no such fault: \(name). There are: \(known)")
                }
                return fault
            }
        }
    }

    private func simulate(_ plan: RunPlan, _ tally: inout Tally) throws -> String {
        let simulation = try Simulation(plan)
        do {
            let digest = try simulation.run()
            if trace { for line in simulation.lines { print(line) } }
            tally.add(simulation)
            return digest
        } catch let failure as Simulation.Failure {
            if trace { for line in simulation.lines { print(line) } }
            tally.add(simulation)
            tally.show()
            print("\(failure)")
            throw ExitCode.failure
        }
    }

    private func shrink(_ plan: RunPlan) throws {
        guard var shrinking = Shrinking(plan) else {
            print("seed \(plan.seed): every invariant held")
            return
        }
        shrinking.shrink()
        print("\(shrinking.failure)")
        print("\(shrinking.tries) runs tried")
        print(shrinking.plan.command)
        throw ExitCode.failure
    }
}

extension RunPlan.Mode: ExpressibleByArgument {}

/// What runs dealt and checked, added up.
private struct Tally {
    private var dealt: [String: Int] = [:]
    private var checked: [String: Int] = [:]

    mutating func add(_ simulation: Simulation) {
        for (fault, count) in simulation.dealt { dealt[fault.rawValue, default: 0] += count }
        checked.merge(simulation.checked, uniquingKeysWith: +)
    }

    func show() {
        for fault in Fault.allCases { print("\(dealt[fault.rawValue] ?? 0)\t\(fault.rawValue)") }
        for (check, count) in checked.sorted(by: { $0.key < $1.key }) { print("\(count)\tchecked: \(check)") }
    }
}
