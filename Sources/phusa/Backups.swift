import Agent
import ArgumentParser
import Causality
import Commands
import RecordStore
import Records
import Wording

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a copy of this machine's data to one file, also beside a serve.")

    @Option(help: "The file. It holds the private key: keep it as safe as the machine.") var to: String?
    @Option(
        name: .customLong("in"),
        help: "A folder for a dated copy, whose restore is rehearsed; copies of the latest seven days are kept there.")
    var folder: String?
    @OptionGroup var options: SharedOptions

    mutating func validate() throws {
        guard (to == nil) != (folder == nil) else { throw ValidationError("backup takes --to FILE or --in FOLDER") }
    }

    func run() throws {
        try options.perform {
            let directory = options.agent()
            var members: [String: JSON] = [:]
            let file: String
            if let folder {
                let good = try directory.keepBackup(in: folder)
                file = good.file
                members = good.json
            } else {
                file = to ?? ""
                try directory.backUp(to: file)
                members["file"] = .text(file)
            }
            let device = try directory.open()
            let replica = try device.replica.word
            let waiting = try device.waitingCount()
            members.merge([
                "replica": .text(replica), "formerReplica": .text(replica), "waiting": .number(waiting),
            ]) { $1 }
            return Output(.object(members), "\(file)  \(replica)  waiting \(waiting)")
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
                    "photos": restored.photos.map { .number($0.count) } ?? .null,
                    "photosComplete": .bool(restored.photos?.isComplete ?? false),
                ]),
                "\(restored.former.word) → \(replica)  \(isoMoment(restored.made))  waiting \(waiting)  \(replaced)")
        }
    }
}
