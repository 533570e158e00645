import Foundation
import Simulator
import Testing

/// Some hundred seeds of the small simulator; a seed that ever failed is kept by name.
@Suite struct SimulationTests {
    private func run(_ seed: UInt64, agents: Int = 3, steps: Int = 60) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-sim-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let simulation = try Simulation(seed: seed, agents: agents, folder: folder)
        return try simulation.run(steps: steps)
    }

    @Test(arguments: 0..<12) func everythingComesToRestAndHolds(block: UInt64) throws {
        for seed in block * 10..<block * 10 + 10 {
            do {
                _ = try run(seed)
            } catch let failure as Simulation.Failure {
                Issue.record("\(failure)")
            }
        }
    }

    @Test func oneSeedGivesOneTrace() throws {
        let first = try run(4242)
        #expect(try run(4242) == first)
        #expect(try run(4243) != first)
    }
}
