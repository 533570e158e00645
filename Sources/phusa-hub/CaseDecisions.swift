import ArgumentParser
import Causality
import Commands
import Hub
import RecordStore
import Records

extension ConflictsCommand {
    struct Settled: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What was decided lately, against what, why and by whom.")

        @Option(help: "A unit's code; else every unit.") var unit: String?
        @Option(help: "How many of the hub's latest changes of each unit are looked through.") var latest: UInt64 = 1000
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                let hub = try options.hub().open()
                return try hub.store.read { store in
                    let spaces = try store.allSpaces().map(\.name).filter { space in
                        SpaceName.unit(of: space) != nil && !SpaceName.isPeople(space)
                            && (unit == nil || SpaceName.unit(of: space) == unit)
                    }
                    let writers = try hub.writers(store)
                    let found = try spaces.flatMap {
                        try store.resolutions(of: writers, in: $0, latest: latest)
                    }
                    return list(try found.map { try output($0, in: store) })
                }
            }
        }

        private func output(_ resolution: Resolution, in store: StoreTransaction) throws -> Output {
            let view = try store.view(ofRow: resolution.change.record)
            let fields = resolution.fields.map { field in
                JSON.object([
                    "field": .text(field.register.field), "decided": field.decided.json,
                    "overruled": .array(
                        field.overruled.map { version in
                            .object([
                                "value": version.value.json, "author": .text(version.change.author),
                                "dot": .text(version.change.dotWord),
                            ])
                        }),
                ])
            }
            let change = resolution.change
            return Output(
                .object([
                    "record": .text(view.word), "form": .text(view.form), "space": .text(view.space),
                    "dot": .text(change.dotWord), "by": .text(change.author), "at": .moment(change.time.milliseconds),
                    "reason": .text(resolution.reason ?? ""), "fields": .array(fields),
                ]),
                "\(change.dotWord)  \(view.word)  \(change.author)  \(resolution.reason ?? "")")
        }
    }

    struct Reopen: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Opens a settled case again: what was not kept stands beside the decision once more.")

        @Argument(help: "The record's word.") var name: String
        @Option(help: "The dot of the change that settled it.") var resolution: String
        @Option(help: "Why; the authors read it.") var reason: String
        @Option(name: .customLong("as"), help: "The admin.") var person = ""
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                let dots = try options.hub().open().reopen(
                    name, resolution: resolution, reason: reason, author: person
                ).map(\.dot)
                return Output(
                    .object(["record": .text(name), "dots": .texts(dots)]), dots.joined(separator: "\n"))
            }
        }
    }

    struct Ask: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks everybody who wrote one of a case's values; the question travels to their machines.")

        @Argument(help: "The case.") var name: String
        @Argument(help: "The question.") var question: String
        @Option(name: .customLong("as"), help: "The admin.") var person = ""
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                let asked = try options.hub().open().ask(name, question, author: person)
                return Output(
                    .object([
                        "record": .text(asked.record), "question": .text(asked.word), "asked": .texts(asked.asked),
                    ]), asked.asked.joined(separator: "\n"))
            }
        }
    }
}
