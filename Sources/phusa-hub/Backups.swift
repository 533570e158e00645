import ArgumentParser
import Commands
import Hub
import RecordStore
import Records
import Wording

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a copy of the hub's data to one file, also beside a serve.")

    @Option(help: "The file. It holds the hub's key: keep it as safe as the hub.") var to: String
    @Flag(help: "Leave photos and files out, which else go into one folder beside all copies.") var withoutPhotos =
        false
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let directory = options.hub()
            let photos = try directory.backUp(to: to, withPhotos: !withoutPhotos)
            let epoch = try directory.open().epoch()
            return Output(
                .object([
                    "file": .text(to), "epoch": .number(Int64(clamping: epoch)),
                    "formerEpoch": .number(Int64(clamping: epoch)), "photosCopied": .number(photos.count),
                    "photoBytesCopied": .number(photos.bytes), "photosComplete": .bool(photos.isComplete),
                ]), "\(to)  epoch \(epoch)  photos \(photos.count)")
        }
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
                    "photosComplete": .bool(restored.photos?.isComplete ?? false),
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
