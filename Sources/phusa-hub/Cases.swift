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
        commandName: "conflicts", abstract: "What waits for a person.",
        subcommands: [List.self, Show.self, Resolve.self, Settled.self, Reopen.self, Ask.self])

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

    struct Resolve: ParsableCommand {
        @Argument(help: "The case.") var name: String
        @Option(help: "FIELD=DOT: the field gets the value of that version.") var pick: [String] = []
        @Option(help: "FIELD=VALUE: the field gets a value that nobody had entered.") var set: [String] = []
        @Option(help: "Why; the authors read it.") var reason: String
        @Option(name: .customLong("as"), help: "The admin who settles it.") var person = ""
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                let hub = try options.hub().open()
                let form = try hub.store.read { store in
                    try store.latestForm(try store.view(ofRow: try store.locate(name).row).form)
                }
                var settlements: [String: Settlement] = [:]
                for (field, dot) in try pick.map(pair) { settlements[field] = .pick(dot) }
                for (field, text) in try set.map(pair) {
                    guard settlements[field] == nil else {
                        throw ValidationError("\(field): either --pick or --set")
                    }
                    settlements[field] = .value(try value(field, text, form))
                }
                let captured = try hub.settle(name, settlements, reason: reason, author: person)
                return Output(.object(["record": .text(name), "dot": .text(captured.dot)]), "\(name)  \(captured.dot)")
            }
        }

        private func pair(_ text: String) throws -> (String, String) {
            guard let equals = text.firstIndex(of: "=") else { throw ValidationError("\(text): write FIELD=…") }
            return (String(text[..<equals]), String(text[text.index(after: equals)...]))
        }

        private func value(_ name: String, _ text: String, _ form: FormDefinition) throws -> Value {
            if name == RegisterKey.deleted.field {
                guard ["true", "false"].contains(text) else {
                    throw RecordsError(.fieldType, ["field": name, "type": "true/false"])
                }
                return .flag(text == "true")
            }
            guard let field = form.field(name) else {
                throw RecordsError(.fieldUnknown, ["field": name, "form": form.form])
            }
            return try field.parse(text)
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
        commandName: "refused", abstract: "Quarantined changes.",
        subcommands: [List.self, Accept.self, Dismiss.self, Move.self])

    struct List: ParsableCommand {
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                try options.hub().open().store.read { store in
                    list(
                        try store.refusedChanges().map { change in
                            let record = try store.view(ofRow: change.record).word
                            let error = ReportedError(code: change.code, details: change.details)
                            let reason = error.message(in: options.language)
                            let remedy = error.remedy(in: options.language)
                            let json: [String: JSON] = [
                                "id": .text(change.dotWord), "record": .text(record), "form": .text(change.form.form),
                                "code": .text(change.code), "reason": .text(reason), "remedy": .text(remedy),
                                "author": .text(change.author),
                                "replica": .text(change.dot.replica.word), "at": .moment(change.time.milliseconds),
                                "fields": change.fieldsJSON,
                            ]
                            return Output(
                                .object(json),
                                "\(change.dotWord)  \(record)  \(change.code)  \(change.author)\n    \(reason); \(remedy)"
                            )
                        })
                }
            }
        }
    }
    struct Accept: ParsableCommand {
        @Argument(help: "The refused change.") var id: String
        @Option(name: .customLong("as"), help: "The admin who accepts it.") var person = ""
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                let captured = try options.hub().open().acceptRefused(id, person: person)
                return Output(.object(["id": .text(id), "dot": .text(captured.dot)]), captured.dot)
            }
        }
    }

    struct Move: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hands a refused record to another unit: closed where it came from, continued there.")

        @Argument(help: "The refused change.") var id: String
        @Option(help: "The other unit's code.") var to: String
        @Option(help: "Why; its author reads it.") var reason: String
        @Option(name: .customLong("as"), help: "The admin who hands it over.") var person = ""
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                let hub = try options.hub().open()
                let captured = try hub.handOver(id, to: to, reason: reason, person: person)
                let word = try hub.store.read { try $0.view(ofRow: captured.record).word }
                return Output(
                    .object(["id": .text(id), "record": .text(word), "space": .text(captured.space)]), word)
            }
        }
    }

    struct Dismiss: ParsableCommand {
        @Argument(help: "The refused change.") var id: String
        @Option(help: "Why; its author reads it.") var reason: String
        @Option(name: .customLong("as"), help: "The admin who puts it aside.") var person = ""
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                try options.hub().open().dismissRefused(id, reason: reason, person: person)
                return Output(.object(["id": .text(id)]), id)
            }
        }
    }
}
