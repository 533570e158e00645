import ArgumentParser

/// Measures the engines by themselves, in one process and without a network. `scripts/bench` runs it; each measurement is one
/// line of JSON.
@main struct PhuSaBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "phusa-bench", abstract: "Measures the engines of agent and hub.",
        subcommands: [
            WireCommand.self, SpeedCommand.self, SmallCommand.self, GrowthCommand.self, FillCommand.self,
            KernelsCommand.self, SnapshotCommand.self,
        ])
}

/// Where the measured work lies.
struct WorkloadOptions: ParsableArguments {
    @Argument(help: "The folder that workload.py wrote.") var workload: String
    @Option(help: "The fixtures folder with the workload's forms.") var fixtures = "Benchmarks/fixtures"
}
