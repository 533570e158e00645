import ArgumentParser
import Commands
import Foundation
import Hub
import RecordStore
import Records
import Wording

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a copy of the hub's data to one file, also beside a serve.")

    @Option(help: "The file. It holds the hub's key: keep it as safe as the hub.") var to: String?
    @Option(
        name: .customLong("in"),
        help:
            "A folder for a dated copy, whose restore is rehearsed; the last of 7 days and of 12 months are kept there."
    )
    var folder: String?
    @Flag(help: "Leave photos and files out, which else go into one folder beside all copies.") var withoutPhotos =
        false
    @OptionGroup var options: SharedOptions

    mutating func validate() throws {
        guard (to == nil) != (folder == nil) else { throw ValidationError("backup takes --to FILE or --in FOLDER") }
        guard folder == nil || !withoutPhotos else {
            throw ValidationError("--in keeps photos too: --without-photos goes with --to")
        }
    }

    func run() throws {
        try options.perform {
            let directory = options.hub()
            if let folder { return try Self.output(of: directory, directory.keepBackup(in: folder)) }
            let to = to ?? ""
            let photos = try directory.backUp(to: to, withPhotos: !withoutPhotos)
            let epoch = try directory.open().epoch()
            return Output(
                .object([
                    "file": .text(to), "epoch": .number(Int64(clamping: epoch)),
                    "formerEpoch": .number(Int64(clamping: epoch)), "photosCopied": .number(photos.count),
                    "photoBytesCopied": .number(photos.bytes),
                    "photosComplete": .bool(photos.isComplete && photos.missing == 0),
                    "photosMissing": .number(photos.missing),
                ]), "\(to)  epoch \(epoch)  photos \(photos.count)")
        }
    }
}

extension Backup {
    private static func output(of directory: HubDirectory, _ good: BackupRecord.Good) throws -> Output {
        let epoch = Int64(clamping: try directory.open().epoch())
        let members = good.json.merging(["epoch": .number(epoch), "formerEpoch": .number(epoch)]) { $1 }
        return Output(.object(members), "\(good.file)  epoch \(epoch)")
    }
}

struct BackupsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backups",
        abstract: "The copies that the hub remembers, the latest first, and whether one is late.")

    @Flag(help: "Fail where the latest is older than 36 hours, or there is none: for whoever watches over the machine.")
    var check = false
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            try options.hub().open().store.read { store in
                if check {
                    guard try BackupAlarm(store) == nil else { throw ReportedError(code: "backup.late") }
                }
                let generations = try Hub.keptGenerations(store)
                let record = try store.backupRecord()
                let alarm = try BackupAlarm(store)
                return Output(
                    .object([
                        "late": .bool(alarm != nil), "backup": record.json(options.language),
                        "generations": .array(generations.map(\.json)),
                    ]),
                    ([record.text(options.language)] + generations.map(\.text)).joined(separator: "\n"))
            }
        }
    }
}

extension Hub.KeptGeneration {
    private var isThere: Bool { !file.isEmpty && FileManager.default.fileExists(atPath: file) }

    fileprivate var json: JSON {
        .object([
            "made": .moment(made), "file": .text(file), "there": .bool(isThere),
            "epoch": .number(epoch), "entries": .number(entries),
        ])
    }

    fileprivate var text: String {
        "\(isoMoment(made))  \(file)\(isThere ? "" : " (not there)")  epoch \(epoch)  entries \(entries)"
    }
}

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Puts a backup in the place of the hub's data, which is kept beside it; opens a new epoch.")

    @Argument(help: "The backup.") var file: String
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let restored = try options.hub().restore(file)
            let replaced = restored.replaced ?? ""
            return Output(
                .object([
                    "epoch": .number(Int64(clamping: restored.epoch)),
                    "formerEpoch": .number(Int64(clamping: restored.formerEpoch)), "made": .moment(restored.made),
                    "replaced": restored.replaced.map { .text($0) } ?? .null,
                    "photos": restored.photos.map { .number($0.count) } ?? .null,
                    "photosComplete": .bool(restored.photos.map { $0.isComplete && $0.missing == 0 } ?? false),
                    "photosMissing": restored.photos.map { .number($0.missing) } ?? .null,
                    "beyondPromise": restored.isBeyondPromise.map { .bool($0) } ?? .null,
                    "mayBeMissing": .array(
                        restored.since.map { since in
                            .object([
                                "space": .text(since.space), "changes": .number(since.changes),
                                "replicas": .number(since.replicas),
                            ])
                        }),
                ]),
                (["epoch \(restored.formerEpoch) → \(restored.epoch)  \(isoMoment(restored.made))  \(replaced)"]
                    + (restored.isBeyondPromise == true ? ["older than the latest backup"] : [])
                    + restored.since.map {
                        "\($0.space)  may be missing: \($0.changes) changes of \($0.replicas) replicas"
                    })
                    .joined(separator: "\n"))
        }
    }
}
