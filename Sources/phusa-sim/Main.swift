import ArgumentParser
import Foundation
import Simulator

/// `phusa-sim --seed N`: one run of the simulated world; exit 0 when every invariant holds.
@main struct PhuSaSim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "phusa-sim", abstract: "Runs real stores and engines in a seeded world of faults.")

    @Option(help: "The seed of one run.") var seed: UInt64?
    @Option(help: "A range of seeds, A..B, run one after another.") var seeds: String?
    @Option(help: "Agents beside the hub.") var agents = 3
    @Option(help: "Steps with faults.") var steps = 60

    func run() throws {
        if let seeds {
            let bounds = seeds.components(separatedBy: "..").compactMap { UInt64($0) }
            guard bounds.count == 2, bounds[0] <= bounds[1] else { throw ValidationError("--seeds takes A..B") }
            var dealt: [String: Int] = [:]
            for seed in bounds[0]...bounds[1] { dealt.merge(try simulate(seed).faults, uniquingKeysWith: +) }
            show(dealt)
            print("\(bounds[1] - bounds[0] + 1) seeds, every invariant held")
        } else {
            let (faults, digest) = try simulate(seed ?? 1)
            show(faults)
            print("checked: nothing saved is missing, digests and chains by definition, equal states and cases")
            print(digest)
        }
    }

    private func show(_ faults: [String: Int]) {
        for (fault, count) in faults.sorted(by: { $0.key < $1.key }) { print("\(count)\t\(fault)") }
    }

    private func simulate(_ seed: UInt64) throws -> (faults: [String: Int], digest: String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-sim-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            if ProcessInfo.processInfo.environment["PHUSA_SIM_KEEP"] == nil {
                try? FileManager.default.removeItem(at: folder)
            } else {
                print(folder.path)
            }
        }
        let simulation = try Simulation(seed: seed, agents: agents, folder: folder)
        let digest: String
        do { digest = try simulation.run(steps: steps) } catch {
            if ProcessInfo.processInfo.environment["PHUSA_SIM_KEEP"] != nil {
                print(simulation.trace.joined(separator: "\n"))
            }
            print(error)
            throw error
        }
        return (simulation.faults, digest)
    }
}
