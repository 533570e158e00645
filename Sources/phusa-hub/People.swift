import ArgumentParser
import Commands
import Hub
import RecordStore
import Records
import Wording

extension Grant {
    fileprivate var json: JSON {
        .object([
            "unit": .text(unit), "role": .text(role.rawValue), "spaces": .texts(spaces.sorted()),
            "from": from.map { .text($0.iso) } ?? .null, "until": until.map { .text($0.iso) } ?? .null,
        ])
    }

    fileprivate var text: String {
        let days = from == nil && until == nil ? "" : " \(from?.iso ?? "")..\(until?.iso ?? "")"
        return "\(role.rawValue)@\(unit)\(days)"
    }
}

extension Person {
    var output: Output {
        let further = grants.filter { $0.unit != unit || $0.from != nil || $0.until != nil }.map { "  \($0.text)" }
        return Output(
            .object([
                "id": .text(id), "name": .text(name), "role": role.map { .text($0.rawValue) } ?? .null,
                "unit": .text(unit), "disabled": .bool(disabled), "grants": .array(grants.map(\.json)),
            ]),
            "\(id)  \(name)  \(role?.rawValue ?? "-")  \(unit)" + further.joined() + (disabled ? "  disabled" : ""))
    }
}

/// A role in a unit, as options say it.
struct GrantOptions: ParsableArguments {
    @Option(help: "ward_staff, inspector, unit_leader, department, hub_admin, auditor or viewer.") var role: String
    @Option(help: "The unit's code.") var unit: String
    @Option(help: "The unit's spaces that the role is for, separated by commas; left out, all of them.")
    var spaces: String?
    @Option(help: "The first day, as 2026-12-01.") var from: String?
    @Option(help: "The last day.") var until: String?

    func grant() throws -> Grant {
        guard let role = Role(rawValue: role) else { throw HubError(.roleUnknown, ["role": role]) }
        func day(_ text: String?) throws -> CalendarDate? {
            guard let text else { return nil }
            guard let day = CalendarDate(iso: text) else { throw HubError(.grantDays) }
            return day
        }
        return Grant(
            unit: unit, role: role, spaces: Set((spaces ?? "").split(separator: ",").map(String.init)),
            from: try day(from), until: try day(until))
    }
}

struct PersonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person", abstract: "The people of the city.",
        subcommands: [
            Add.self, List.self, Disable.self, Enable.self, Password.self, Give.self, Withdraw.self,
        ])

    struct Add: ParsableCommand {
        @Argument(help: "The person's id.") var id: String
        @Option(help: "The full name.") var name: String
        @OptionGroup var grant: GrantOptions
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                let hub = try options.hub().open()
                // One line on standard input; an empty one is a person who never signs in here.
                let password = readLine() ?? ""
                try hub.addPerson(
                    id: id, name: name, try grant.grant(), password: password.isEmpty ? nil : password)
                return try one(id, hub)
            }
        }
    }

    struct List: ParsableCommand {
        @OptionGroup var options: SharedOptions

        func run() throws { try options.perform { list(try options.hub().open().people().map(\.output)) } }
    }

    struct Disable: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Locks a person out. What they saved before and comes later is refused, and can be accepted.")

        @Argument(help: "The person's id.") var id: String
        @OptionGroup var options: SharedOptions

        func run() throws { try options.change(id) { try $0.disablePerson(id) } }
    }

    struct Enable: ParsableCommand {
        @Argument(help: "The person's id.") var id: String
        @OptionGroup var options: SharedOptions

        func run() throws { try options.change(id) { try $0.enablePerson(id) } }
    }

    struct Password: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets a person's password: one line on standard input.")

        @Argument(help: "The person's id.") var id: String
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.change(id) { hub in
                let password = readLine() ?? ""
                guard !password.isEmpty else { throw ReportedError(code: "password.empty") }
                try hub.setPassword(of: id, to: password)
            }
        }
    }

    struct Give: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a person a role in a unit, in place of the one that they had there.")

        @Argument(help: "The person's id.") var id: String
        @OptionGroup var grant: GrantOptions
        @OptionGroup var options: SharedOptions

        func run() throws { try options.change(id) { try $0.give(try grant.grant(), to: id) } }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a person's role in a unit away, at once.")

        @Argument(help: "The person's id.") var id: String
        @Option(help: "The unit's code.") var unit: String
        @OptionGroup var options: SharedOptions

        func run() throws { try options.change(id) { try $0.withdraw(unit: unit, from: id) } }
    }

    fileprivate static func one(_ id: String, _ hub: Hub) throws -> Output {
        guard let person = try hub.person(id) else { throw HubError(.personUnknown, ["person": id]) }
        return person.output
    }
}

extension SharedOptions {
    /// Does something about a person, and shows them as they are then.
    fileprivate func change(_ id: String, _ body: (Hub) throws -> Void) throws {
        try perform {
            let hub = try hub().open()
            try body(hub)
            return try PersonCommand.one(id, hub)
        }
    }
}
