import ArgumentParser
import Causality
import Commands
import Hub
import RecordStore
import Records
import Wording

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "What was done with rights, the latest first, and where the chain of it ends.")

    @Option(help: "Whose acts: a person's id.") var by: String?
    @Option(help: "Which acts, such as settled or role-given.") var act: String?
    @Option(help: "To what: the word of a record, change or device, or a person's id.") var to: String?
    @Option(help: "About which unit.") var unit: String?
    @Option(help: "So many at most.") var limit = 100
    @OptionGroup var options: SharedOptions

    mutating func validate() throws {
        guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit takes 1 to 1000000") }
    }

    func run() throws {
        try options.perform {
            var filter = AuditFilter()
            (filter.actor, filter.act, filter.object, filter.unit) = (by, act, to, unit)
            return try options.hub().open().store.read { store in
                let entries = try AuditLog.entries(filter, limit: limit, store)
                let head = try AuditLog.head(store)
                let end = "\(head.number):\(head.hash.hex)"
                return Output(
                    .object(["entries": .array(entries.map(\.json)), "head": .text(end)]),
                    (entries.map(\.text) + [end]).joined(separator: "\n"))
            }
        }
    }
}

extension AuditEntry {
    fileprivate var json: JSON {
        .object([
            "number": .number(number), "at": .moment(time), "by": .text(actor), "act": .text(act), "to": .text(object),
            "unit": .text(unit), "details": .object(details.mapValues { .text($0) }), "hash": .text(hash.hex),
        ])
    }

    fileprivate var text: String {
        let more = details.sorted { $0.key < $1.key }.map { "  \($0.key)=\($0.value)" }.joined()
        return "\(number)  \(isoMoment(time))  \(actor.isEmpty ? "-" : actor)  \(act)  \(object)  \(unit)\(more)"
    }
}
