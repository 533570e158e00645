import Foundation
import Simulator
import Testing

/// Some hundred seeds of the simulator in both modes, each run twice, in two processes: what hangs on the order of a set, on
/// an address or on a clock differs between them.
@Suite(.serialized) struct SimulationTests {
    private static let blocks = 5
    private static let seedsOfBlock = 25

    private struct Run {
        let status: Int32
        let output: String
    }

    /// Where the tests' own executable lies, the programs do too.
    private static let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("phusa-sim")

    private func start(_ arguments: [String]) throws -> (process: Process, output: Pipe) {
        let process = Process()
        let output = Pipe()
        process.executableURL = Self.program
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return (process, output)
    }

    private func end(_ started: (process: Process, output: Pipe)) -> Run {
        let bytes = started.output.fileHandleForReading.readDataToEndOfFile()
        started.process.waitUntilExit()
        return Run(status: started.process.terminationStatus, output: String(decoding: bytes, as: UTF8.self))
    }

    @Test(arguments: RunPlan.Mode.allCases, 0..<blocks)
    func everythingHoldsAndNothingHangsOnChance(mode: RunPlan.Mode, block: Int) throws {
        let first = block * Self.seedsOfBlock
        let arguments = [
            "--seeds", "\(first)..\(first + Self.seedsOfBlock - 1)", "--mode", mode.rawValue, "--steps", "40",
        ]
        let both = [try start(arguments), try start(arguments)]
        let runs = both.map(end)
        #expect(runs[0].status == 0, "\(runs[0].output)")
        #expect(runs[0].output == runs[1].output)
    }

    /// A base that names another's change which a snapshot holds without its chain.
    @Test func aSeedThatOnceFailed() throws {
        let faults: [Fault] = [
            .requestLost, .requestDoubled, .hubKilled, .agentDiskFull, .clockCoarse, .deviceCopied, .devicePutBack,
            .deviceCloned, .rightsBack, .snapshotsGone, .lateAgent,
        ]
        #expect(Shrinking.failure(of: RunPlan(seed: 83, steps: 49, faults: faults)) == nil)
    }

    /// Seeds whose own faults once were too much: 82, 160 work upon a snapshot that the hub had lost; 86 judged by what nobody
    /// had shown; 1054 a lost line that had received what lies below a floor; 1679 a snapshot that left exceptions out; 1688 what
    /// never came back, under a name that another history had taken; 20089 an exception by the name of a branch that the hub had
    /// lost, and a deletion upon a snapshot that it had lost; 21721, 21726 a device that was refused five times in a row.
    @Test(arguments: [82, 86, 160, 1054, 1679, 1688, 20089, 21721, 21726] as [UInt64]) func seedsThatOnceFailed(
        seed: UInt64
    ) throws {
        #expect(Shrinking.failure(of: asItWas(RunPlan(seed: seed))) == nil)
    }

    /// 2520, 2677 an answer that was overtaken, of a log that the device had gone back on; 1004, 1311 the simulation's own;
    /// the others what was saved after an fsync that had failed.
    @Test(arguments: [1004, 1311, 2520, 2677, 11802, 11872, 12303, 15596] as [UInt64]) func seedsThatOnceFailedInSafety(
        seed: UInt64
    ) throws {
        #expect(Shrinking.failure(of: asItWas(RunPlan(seed: seed, mode: .safety))) == nil)
    }

    /// 81631 a segment that was cut at a fork, whose beginning the hub had had from another copy; 203339 one that was cut after its
    /// device had gone on under another key; 501936 the model's own: a store that was put back saved the same change again to the last
    /// byte, by a clock that stood.
    @Test(arguments: [(81631, .liveness), (203_339, .safety), (501_936, .safety)] as [(UInt64, RunPlan.Mode)])
    func seedsWithLiesThatOnceFailed(seed: UInt64, mode: RunPlan.Mode) throws {
        #expect(Shrinking.failure(of: RunPlan(seed: seed, mode: mode)) == nil)
    }

    /// The plan without faults that did not exist when its seed failed: they would make another run of it.
    private func asItWas(_ plan: RunPlan) -> RunPlan {
        var plan = plan
        plan.faults.removeAll { $0 == .peerLies }
        return plan
    }

    /// Of a run with lies alone, some are told, and what was sent is looked at against the model.
    @Test(arguments: [8, 11] as [UInt64]) func whatADeviceLiesDoesNoHarm(seed: UInt64) throws {
        let simulation = try Simulation(RunPlan(seed: seed, steps: 60, faults: [.peerLies, .hubCopied, .hubPutBack]))
        _ = try simulation.run()
        #expect(simulation.checked["lies"] ?? 0 > 0)
    }

    @Test func aPlanIsMadeOfItsSeedAndWhatWasSaid() throws {
        let plan = RunPlan(seed: 7, faults: [.answerLost, .requestLost])
        #expect(plan.faults == [.requestLost, .answerLost])
        #expect(plan.command.hasSuffix("--faults request-lost,answer-lost"))
        #expect(RunPlan(seed: 7).command == "phusa-sim --seed 7 --mode liveness --steps 60")
        let plans = (0..<50 as Range<UInt64>).map { RunPlan(seed: $0) }
        #expect(Set(plans.map(\.agents)).count > 2 && Set(plans.map(\.spaces)).count > 1)
        #expect(Fault.allCases.allSatisfy { fault in plans.contains { !$0.faults.contains(fault) } })
    }

    @Test func withoutFaultsNothingIsDealt() throws {
        let simulation = try Simulation(RunPlan(seed: 11, agents: 3, spaces: 2, steps: 40, faults: []))
        _ = try simulation.run()
        #expect(simulation.dealt.isEmpty)
        #expect(simulation.checked["verdicts"] ?? 0 > 0)
    }

    @Test func shrinkingKeepsWhatTheFailureNeeds() throws {
        let plan = RunPlan(seed: 1, agents: 5, spaces: 3, steps: 60, faults: Fault.allCases)
        let found = Shrinking(plan) { plan in
            let fails = plan.steps >= 17 && plan.agents >= 2 && plan.faults.contains(.answerLate)
            return fails ? Simulation.Failure(plan: plan, step: plan.steps, what: "so it is") : nil
        }
        var shrinking = try #require(found)
        shrinking.shrink()
        #expect(shrinking.plan.steps == 17 && shrinking.plan.agents == 2 && shrinking.plan.spaces == 1)
        #expect(shrinking.plan.faults == [.answerLate])
        #expect(Shrinking(plan) { _ in nil } == nil)
    }
}
