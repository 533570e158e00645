import ArgumentParser
import Causality
import Commands
import Hub
import RecordStore
import Records
import SyncProtocol
import Wording

struct EnrolCode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol-code", abstract: "A one-time code for a device of a unit.")

    @Option(help: "The unit's code.") var unit: String
    @Option(help: "Further spaces, separated by commas.") var spaces: String?
    @Option(help: "How long the code is good.") var hours = 24
    @OptionGroup var options: SharedOptions

    mutating func validate() throws {
        guard (1...8760).contains(hours) else { throw ValidationError("--hours takes 1 to 8760") }
    }

    func run() throws {
        try options.perform {
            let extra = (spaces ?? "").split(separator: ",").map(String.init)
            let (code, expires) = try options.hub().open().makeEnrolCode(unit: unit, spaces: extra, hours: hours)
            return Output(
                .object(["code": .text(code.text), "expires": .moment(expires)]), "\(code.text)  \(isoMoment(expires))")
        }
    }
}

extension Device {
    var output: Output {
        let json: [String: JSON] = [
            "replica": .text(replica.word), "unit": .text(unit), "spaces": .texts(spaces),
            "enrolled": .moment(enrolled),
            "revoked": .moment(revoked), "reason": .text(reason), "contact": .moment(contact),
            "clockOffset": clockOffset.map { .number($0) } ?? .null, "retired": .moment(retired),
            "former": former.map { .text($0.word) } ?? .null,
        ]
        return Output(
            .object(json),
            "\(replica.word)  \(unit)  \(contact.map(isoMoment) ?? "-")"
                + (revoked == nil ? "" : "  revoked: \(reason)"))
    }
}

func list(_ outputs: [Output]) -> Output {
    Output(.array(outputs.map(\.json)), outputs.map(\.text).joined(separator: "\n"))
}

struct DeviceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "The devices of the city.", subcommands: [List.self, Revoke.self, Retire.self])

    struct List: ParsableCommand {
        @OptionGroup var options: SharedOptions

        func run() throws { try options.perform { list(try options.hub().open().devices().map(\.output)) } }
    }

    struct Revoke: ParsableCommand {
        @Argument(help: "The device's replica.") var replica: String
        @Option(help: "Why.") var reason: String
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                let hub = try options.hub().open()
                try hub.revoke(replica, reason: reason)
                return list(try hub.devices().filter { $0.replica.word == replica }.map(\.output))
            }
        }
    }
}

extension DeviceCommand {
    struct Retire: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says that a device will not come again. Should it come all the same, its work is taken in.")

        @Argument(help: "The device's replica.") var replica: String
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                let hub = try options.hub().open()
                try hub.retire(replica)
                return list(try hub.devices().filter { $0.replica.word == replica }.map(\.output))
            }
        }
    }
}

extension Person {
    var output: Output {
        Output(
            .object([
                "id": .text(id), "name": .text(name), "role": .text(role.rawValue), "unit": .text(unit),
                "disabled": .bool(disabled),
            ]), "\(id)  \(name)  \(role.rawValue)  \(unit)" + (disabled ? "  disabled" : ""))
    }
}

struct PersonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person", abstract: "The people of the city.",
        subcommands: [Add.self, List.self, Disable.self, Password.self])

    struct Add: ParsableCommand {
        @Argument(help: "The person's id.") var id: String
        @Option(help: "The full name.") var name: String
        @Option(help: "ward_staff, inspector, unit_leader, department, hub_admin, auditor or viewer.") var role: String
        @Option(help: "The unit's code.") var unit: String
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                let hub = try options.hub().open()
                // One line on standard input; an empty one is a person who never signs in here.
                let password = readLine() ?? ""
                try hub.addPerson(
                    id: id, name: name, role: role, unit: unit, password: password.isEmpty ? nil : password)
                return try one(id, hub)
            }
        }
    }

    struct List: ParsableCommand {
        @OptionGroup var options: SharedOptions

        func run() throws { try options.perform { list(try options.hub().open().people().map(\.output)) } }
    }

    struct Disable: ParsableCommand {
        @Argument(help: "The person's id.") var id: String
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                let hub = try options.hub().open()
                try hub.disablePerson(id)
                return try one(id, hub)
            }
        }
    }

    struct Password: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets a person's password: one line on standard input.")

        @Argument(help: "The person's id.") var id: String
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                let hub = try options.hub().open()
                let password = readLine() ?? ""
                guard !password.isEmpty else { throw ReportedError(code: "password.empty") }
                try hub.setPassword(of: id, to: password)
                return try one(id, hub)
            }
        }
    }

    private static func one(_ id: String, _ hub: Hub) throws -> Output {
        guard let person = try hub.people().first(where: { $0.id == id }) else {
            throw HubError(.personUnknown, ["person": id])
        }
        return person.output
    }
}
