import ArgumentParser
import Causality
import Commands
import Hub
import RecordStore
import Records
import Wording

extension StoreTransaction {
    /// Refused changes that nobody has dealt with.
    func refusedChanges() throws -> [StoredChange] {
        try openChanges(ownOnly: false).filter { $0.state == .refused && $0.disposed == nil }
    }
}

/// Open cases. A record has one at most, which goes by the record's word.
struct ConflictsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts", abstract: "What waits for a person.", subcommands: [List.self, Show.self])

    struct List: ParsableCommand {
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                try options.hub().open().store.read { store in
                    list(
                        try store.conflicts().map {
                            Output(.object(members($0.view, $0.since)), text($0.view, $0.since))
                        })
                }
            }
        }
    }

    struct Show: ParsableCommand {
        @Argument(help: "The case.") var name: String
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                try options.hub().open().store.read { store in
                    guard let (view, since) = try store.conflicts().first(where: { $0.view.word == name }) else {
                        throw HubError(.caseUnknown, ["case": name])
                    }
                    var json = members(view, since)
                    json["view"] = view.json
                    return Output(.object(json), view.text)
                }
            }
        }
    }

    private static func members(_ view: RecordView, _ since: Int64) -> [String: JSON] {
        [
            "case": .text(view.word), "record": .text(view.word), "form": .text(view.form), "space": .text(view.space),
            "fields": .texts(view.conflicts), "since": .moment(since),
        ]
    }

    private static func text(_ view: RecordView, _ since: Int64) -> String {
        "\(view.word)  \(view.form)  \(view.space)  \(view.conflicts.joined(separator: " "))  \(isoMoment(since))"
    }
}

struct RefusedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refused", abstract: "Quarantined changes.", subcommands: [List.self])

    struct List: ParsableCommand {
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                try options.hub().open().store.read { store in
                    list(
                        try store.refusedChanges().map { change in
                            let record = try store.view(ofRow: change.record).word
                            let reason = ReportedError(code: change.code, details: change.details).message(
                                in: options.language)
                            let json: [String: JSON] = [
                                "id": .text(change.dotWord), "record": .text(record), "form": .text(change.form.form),
                                "code": .text(change.code), "reason": .text(reason), "author": .text(change.author),
                                "replica": .text(change.dot.replica.word), "at": .moment(change.time.milliseconds),
                                "fields": change.fieldsJSON,
                            ]
                            return Output(
                                .object(json), "\(change.dotWord)  \(record)  \(change.code)  \(change.author)")
                        })
                }
            }
        }
    }
}
