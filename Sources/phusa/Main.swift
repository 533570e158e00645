import Agent
import ArgumentParser
import Commands
import RecordStore

@main enum Main {
    static func main() async { await runProgram(PhuSa.self) }
}

struct PhuSa: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "phusa", abstract: "Records a unit's work on this machine, with or without a hub.",
        subcommands: [
            Init.self, Enrol.self, Forms.self, RecordCommand<AgentProgram>.self,
            ImportCommand<AgentProgram>.self, Export.self, Sync.self, SyncBudgetCommand.self, PhotoRulesCommand.self,
            Status.self, Outbox.self,
            Attach.self, Serve.self, Verify.self, Backup.self, Restore.self, TestimonyCommand.self,
        ])
}

enum AgentProgram: RecordProgram {
    static func openKeeper(_ options: SharedOptions) throws -> any RecordKeeper { try options.agent().open() }
}

extension SharedOptions {
    func agent() -> AgentDirectory { AgentDirectory(path: directory("~/.local/share/phusa")) }
}

extension AgentDevice: RecordKeeper {
    package var defaultSpace: String? { space }
    package var isHub: Bool { false }
}
