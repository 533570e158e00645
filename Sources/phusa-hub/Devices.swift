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

extension DeviceBoard.Entry {
    private var members: [String: JSON] {
        [
            "replica": .text(device.replica.word), "unit": .text(device.unit), "spaces": .texts(device.spaces),
            "enrolled": .moment(device.enrolled), "revoked": .moment(device.revoked), "reason": .text(device.reason),
            "contact": .moment(device.contact), "clockOffset": device.clockOffset.map { .number($0) } ?? .null,
            "retired": .moment(device.retired), "former": device.former.map { .text($0.word) } ?? .null,
            "version": device.told.map { .text($0.version) } ?? .null,
            "waiting": device.told.map { .number($0.waiting) } ?? .null,
            "photosWaiting": device.told.map { .number($0.photos) } ?? .null,
            "disk": device.told?.free.map { .number($0) } ?? .null,
            "epoch": device.told.map { .number(Int64(clamping: $0.epoch)) } ?? .null,
            "reported": .moment(device.told?.at), "standing": .text(standing.rawValue),
            "rhythmDays": rhythm.days.map { .number($0) } ?? .null,
        ]
    }

    var output: Output {
        Output(
            .object(members),
            "\(device.replica.word)  \(device.unit)  \(standing.rawValue)  \(device.contact.map(isoMoment) ?? "-")"
                + (device.revoked == nil ? "" : "  revoked: \(device.reason)"))
    }

    /// With all that the hub knows of it.
    func output(_ work: DeviceWork) -> Output {
        let spaces = work.spaces.map { space in
            JSON.object([
                "space": .text(space.name), "changes": .number(space.changes), "refused": .number(space.refused),
                "received": .moment(space.received), "made": .moment(space.made),
            ])
        }
        let more: [String: JSON] = [
            "successors": .texts(successors.map(\.word)), "contactDays": .texts(days.sorted().map(isoDay)),
            "changes": .number(work.changes), "refused": .number(work.refused), "work": .array(spaces),
            "authors": .texts(work.authors),
        ]
        let lines = work.spaces.map {
            "\($0.name)  changes \($0.changes)  refused \($0.refused)  received \($0.received.map(isoMoment) ?? "-")"
        }
        let text = ([output.text] + lines).joined(separator: "\n")
        return Output(.object(members.merging(more) { $1 }), text)
    }

    private func isoDay(_ day: Int) -> String { String(isoMoment(Int64(day) * 86_400_000).prefix(10)) }
}

func list(_ outputs: [Output]) -> Output {
    Output(.array(outputs.map(\.json)), outputs.map(\.text).joined(separator: "\n"))
}

struct DeviceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "The devices of the city.",
        subcommands: [List.self, Show.self, Revoke.self, Retire.self])

    struct List: ParsableCommand {
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform { list(try options.hub().open().deviceBoard().entries.map(\.output)) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One device: how it stands, and what the hub has of its work.")

        @Argument(help: "The device's replica.") var replica: String
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                let hub = try options.hub().open()
                return try hub.store.read { store in
                    let board = try DeviceBoard(hub, store)
                    guard let entry = board.entries.first(where: { $0.device.replica.word == replica }) else {
                        throw HubError(.deviceUnknown)
                    }
                    return entry.output(try DeviceWork(of: entry.device.replica, store))
                }
            }
        }
    }

    struct Revoke: ParsableCommand {
        @Argument(help: "The device's replica.") var replica: String
        @Option(help: "Why.") var reason: String
        @OptionGroup var options: SharedOptions

        func run() throws {
            try options.perform {
                let hub = try options.hub().open()
                try hub.revoke(replica, reason: reason)
                return list(try hub.deviceBoard().entries.filter { $0.device.replica.word == replica }.map(\.output))
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
                return list(try hub.deviceBoard().entries.filter { $0.device.replica.word == replica }.map(\.output))
            }
        }
    }
}
