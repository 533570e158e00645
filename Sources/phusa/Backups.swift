import Agent
import ArgumentParser
import Causality
import Commands
import Records
import Wording

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a copy of this machine's data to one file, also beside a serve.")

    @Option(help: "The file. It holds the private key: keep it as safe as the machine.") var to: String
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let directory = options.agent()
            try directory.backUp(to: to)
            let device = try directory.open()
            let replica = try device.replica.word
            let waiting = try device.waitingCount()
            return Output(
                .object([
                    "file": .text(to), "replica": .text(replica), "formerReplica": .text(replica),
                    "waiting": .number(waiting),
                ]), "\(to)  \(replica)  waiting \(waiting)")
        }
    }
}

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Puts a backup in the place of this machine's data, which is kept beside it; goes on as a new replica.")

    @Argument(help: "The backup.") var file: String
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let restored = try options.agent().restore(file)
            let replica = try restored.device.replica.word
            let waiting = try restored.device.waitingCount()
            let replaced = restored.replaced ?? ""
            return Output(
                .object([
                    "replica": .text(replica), "formerReplica": .text(restored.former.word),
                    "waiting": .number(waiting), "made": .moment(restored.made),
                    "replaced": restored.replaced.map { .text($0) } ?? .null,
                ]),
                "\(restored.former.word) → \(replica)  \(isoMoment(restored.made))  waiting \(waiting)  \(replaced)")
        }
    }
}
