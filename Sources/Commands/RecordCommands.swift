package import ArgumentParser
import Causality
import Foundation
import RecordStore
import Records
import SyncProtocol
import Wording

/// `record …`, the same in both programs.
package struct RecordCommand<Program: RecordProgram>: ParsableCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "record", abstract: "Makes, edits and shows records.",
            subcommands: [
                RecordNew<Program>.self, RecordOpen<Program>.self, RecordEdit<Program>.self, RecordDelete<Program>.self,
                RecordRestore<Program>.self, RecordShow<Program>.self, RecordList<Program>.self,
                RecordHistory<Program>.self,
            ])
    }

    package init() {}
}

/// `k=v` as the command line takes it, split at the first `=`.
struct Assignment: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        guard let split = argument.firstIndex(of: "="), split != argument.startIndex else { return nil }
        name = String(argument[..<split])
        value = String(argument[argument.index(after: split)...])
    }
}

struct EditOptions: ParsableArguments {
    @Option(help: "FIELD=VALUE; an empty value clears.") var set: [Assignment] = []
    @Option(help: "FIELD=MEMBER, into a set.") var add: [Assignment] = []
    @Option(help: "FIELD=MEMBER, out of a set.") var drop: [Assignment] = []
    @Option(name: .customLong("as"), help: "Who records it.") var person: String?

    func edits(_ form: FormDefinition) throws -> [(field: String, edit: Draft.Edit)] {
        try set.map { ($0.name, .set(try field($0.name, form).parse($0.value))) }
            + add.map { ($0.name, .add($0.value)) } + drop.map { ($0.name, .drop($0.value)) }
    }
}

private func field(_ name: String, _ form: FormDefinition) throws -> FieldDefinition {
    guard let field = form.field(name) else { throw RecordsError(.fieldUnknown, ["field": name, "form": form.form]) }
    return field
}

/// What the saved changes look like.
private func saved(_ captured: [Captured], _ keeper: any RecordKeeper) throws -> [Output] {
    try keeper.store.read { store in
        try captured.map { change in
            let view = try store.view(ofRow: change.record)
            return Output(
                .object(["record": .text(view.word), "dot": .text(change.dot), "state": .text(view.state.rawValue)]),
                "\(view.word)  \(change.dot)  \(view.state.rawValue)")
        }
    }
}

private func edit(_ draft: Draft, _ keeper: any RecordKeeper) throws -> Output {
    try saved(try keeper.capture([draft]), keeper)[0]
}

struct RecordNew<Program: RecordProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "new", abstract: "Saves a record.")
    }

    @Argument(help: "The form's id.") var form: String
    @OptionGroup var edits: EditOptions
    @Option(help: "The space; else the unit's.") var space: String?
    @Option(help: "JSON lines, one record each; - is standard input.") var from: String?
    @Flag(help: "All lines in one transaction.") var together = false
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let keeper = try Program.openKeeper(options)
            guard let space = space ?? keeper.defaultSpace else { throw ValidationError("--space is needed here") }
            let definition = try keeper.store.read { try $0.latestForm(form) }
            let target = Draft.Target.new(form: form, space: space)
            let own = try edits.edits(definition)
            guard let from else {
                return try edit(Draft(target, edits: own, author: edits.person ?? ""), keeper)
            }
            let drafts = try lines(of: from).map { line in
                Draft(target, edits: try values(line, definition) + own, author: edits.person ?? "")
            }
            var captured: [Captured] = []
            for (index, batch) in (together ? [drafts] : drafts.map { [$0] }).enumerated() {
                do {
                    captured += try keeper.capture(batch)
                } catch let error as any CodedError where !together && drafts.count > 1 {
                    throw RowFailure(row: index + 1, saved: try saved(captured, keeper).map(\.json), cause: error)
                }
            }
            let outputs = try saved(captured, keeper)
            return Output(.array(outputs.map(\.json)), outputs.map(\.text).joined(separator: "\n"))
        }
    }

    private func lines(of path: String) throws -> [[String: Any]] {
        let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
        guard let data = try file?.readToEnd() ?? (file == nil ? nil : Data()) else {
            throw ValidationError("--from: there is no file \(path)")
        }
        // One value over several lines, or a line each.
        if let whole = try? JSONSerialization.jsonObject(with: data) {
            if let one = whole as? [String: Any] { return [one] }
            if let many = whole as? [[String: Any]] { return many }
        }
        return try data.split(separator: 10).filter { !$0.allSatisfy { [32, 13, 9].contains($0) } }.map { line in
            guard let object = try? JSONSerialization.jsonObject(with: line) as? [String: Any] else {
                throw ValidationError("--from takes JSON objects, one on each line")
            }
            return object
        }
    }

    private func values(_ line: [String: Any], _ form: FormDefinition) throws -> [(field: String, edit: Draft.Edit)] {
        try line.sorted { $0.key < $1.key }.map { name, value in
            let field = try field(name, form)
            switch value {
            case is NSNull: return (name, .set(.null))
            case let text as String: return (name, .set(try field.parse(text)))
            case let members as [String] where field.type.isSet:
                return (name, .set(FieldDefinition.items(members)))
            case let number as NSNumber
            where (field.type == .integer || field.type == .decimal) && String(cString: number.objCType) != "c":
                return (name, .set(try field.parse(number.stringValue)))
            default: throw RecordsError(.fieldType, ["field": name, "type": field.type.rawValue])
            }
        }
    }
}

struct RecordOpen<Program: RecordProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "open", abstract: "What an edit starts from.")
    }

    @Argument(help: "The record's word.") var record: String
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            try Program.openKeeper(options).store.read { store in
                let place = try store.locate(record)
                let view = try store.view(ofRow: place.row)
                let base = try store.baseToken(record: place.record, in: place.space).text
                return Output(
                    .object([
                        "record": .text(view.word), "form": .text(view.form), "base": .text(base),
                        "deleted": .bool(view.deleted),
                        "fields": .object(view.fields.mapValues(\.json)),
                    ]), view.text + "\n" + base)
            }
        }
    }
}

struct RecordEdit<Program: RecordProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "edit", abstract: "Saves an edit.")
    }

    @Argument(help: "The record's word.") var record: String
    @OptionGroup var edits: EditOptions
    @Option(help: "What the author had seen; else all that is known now.") var base: String?
    @Option(help: "Why.") var reason: String?
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let keeper = try Program.openKeeper(options)
            let form = try keeper.store.read { try $0.latestForm(try $0.view(ofRow: try $0.locate(record).row).form) }
            return try edit(
                Draft(
                    .edit(record), edits: try edits.edits(form), baseToken: base, author: edits.person ?? "",
                    reason: reason),
                keeper)
        }
    }
}

struct RecordDelete<Program: RecordProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "delete", abstract: "Deletes a record; it can be restored.")
    }

    @Argument(help: "The record's word.") var record: String
    @Option(help: "What the author had seen; else all that is known now.") var base: String?
    @Option(name: .customLong("as"), help: "Who deletes it.") var person: String?
    @Option(help: "Why.") var reason: String?
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            try edit(
                Draft(
                    .edit(record), edits: [(RegisterKey.deleted.field, .set(.flag(true)))], baseToken: base,
                    author: person ?? "", reason: reason), try Program.openKeeper(options))
        }
    }
}

struct RecordRestore<Program: RecordProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "restore", abstract: "Brings a deleted record back.")
    }

    @Argument(help: "The record's word.") var record: String
    @Option(name: .customLong("as"), help: "Who restores it.") var person: String?
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            try edit(
                Draft(.edit(record), edits: [(RegisterKey.deleted.field, .set(.flag(false)))], author: person ?? ""),
                try Program.openKeeper(options))
        }
    }
}

struct RecordShow<Program: RecordProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "show", abstract: "The merged record.")
    }

    @Argument(help: "The record's word.") var record: String
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            try Program.openKeeper(options).store.read { store in
                let view = try store.view(ofRow: try store.locate(record).row)
                return Output(view.json, view.text)
            }
        }
    }
}

struct RecordList<Program: RecordProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: "The records of a form, newest first.")
    }

    @Argument(help: "The form's id.") var form: String
    @Option(name: .customLong("where"), help: "FIELD=VALUE that the record shows.") var conditions: [Assignment] = []
    @Option(help: "Words that begin words of the record; diacritics do not matter.") var find: String?
    @Flag(help: "Deleted records too.") var deleted = false
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let keeper = try Program.openKeeper(options)
            if find != nil { try keeper.store.catchUpSearch() }
            return try keeper.store.read { store in
                guard form != BuiltInForm.person.form else { throw RecordsError(.formUnknown, ["form": form]) }
                let definition = try store.latestForm(form)
                let wanted = try conditions.map { ($0.name, try field($0.name, definition).parse($0.value)) }
                let views = try store.records(form: form, find: find).filter { view in
                    (deleted || !view.deleted && !view.isDismissed)
                        && wanted.allSatisfy { (view.fields[$0.0] ?? .null) == $0.1 }
                }
                return Output(.array(views.map(\.json)), views.map(\.text).joined(separator: "\n"))
            }
        }
    }
}

struct RecordHistory<Program: RecordProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "history", abstract: "Every change of a record.")
    }

    @Argument(help: "The record's word.") var record: String
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            try Program.openKeeper(options).store.read { store in
                let place = try store.locate(record)
                let changes = try store.changes(ofRecord: place.row)
                let entries = changes.map { entry($0, all: changes) }
                let lines = changes.map {
                    "\(isoMoment($0.time.milliseconds))  \($0.author)  \($0.dot.replica.word)  \($0.state.rawValue)  \($0.dotWord)  \($0.fieldsJSON.line)"
                }
                return Output(.array(entries), lines.joined(separator: "\n"))
            }
        }
    }

    private func entry(_ change: StoredChange, all: [StoredChange]) -> JSON {
        let payload = try? Payload(canonical: change.payload)
        let seen = all.filter { $0.dot != change.dot && change.base.covers($0.dot, received: $0.received) }
        var verdict: [String: JSON] = [
            "decision": .text(change.state == .received ? "accepted" : change.state.rawValue)
        ]
        if !change.code.isEmpty {
            verdict["code"] = .text(change.code)
            verdict["details"] = .object(change.details.mapValues { .text($0) })
        }
        let disposition = change.disposed.map { disposed in
            JSON.object([
                "outcome": .text(disposed.outcome == .accepted ? "accepted" : "dismissed"),
                "person": .text(disposed.person), "reason": .text(disposed.reason), "at": .moment(disposed.time),
            ])
        }
        return .object([
            "disposition": disposition ?? .null,
            "dot": .text(change.dotWord), "author": .text(change.author), "replica": .text(change.dot.replica.word),
            "at": .moment(change.time.milliseconds), "receivedAt": .moment(change.receivedAt),
            "fields": change.fieldsJSON, "reason": payload?.reason.map { .text($0) } ?? .null,
            "base": .texts(seen.map(\.dotWord)), "state": .text(change.state.rawValue), "verdict": .object(verdict),
            "supersededBy": .texts(all.filter { change.isSuperseded(by: $0) }.map(\.dotWord)),
        ])
    }
}
