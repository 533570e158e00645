import Agent
import Hub
import RecordStore
import Records
import SyncProtocol
import Wording

/// A machine of a ward, for as long as it lasts.
final class YearDevice {
    let name: String
    let unit: String
    /// Spaces that it takes part in beside its unit's: of wards that were taken over.
    let formerUnits: [String]
    let machine: SimulatedMachine
    private(set) var agent: AgentDevice
    /// How far its clock is ahead, in milliseconds.
    let clockError: Int64
    /// Marks of what was saved here since the last sync that came to its end.
    var unsent: [String] = []
    /// The first day on which it has a line again.
    var awayUntil = 0
    /// The day of the last sync that came to its end.
    var lastSync = -1

    static let database = "phusa.db"

    init(
        name: String, unit: String, formerUnits: [String], machine: SimulatedMachine, agent: AgentDevice,
        clockError: Int64
    ) {
        self.name = name
        self.unit = unit
        self.formerUnits = formerUnits
        self.machine = machine
        self.agent = agent
        self.clockError = clockError
    }

    static func open(_ machine: SimulatedMachine) throws -> AgentDevice {
        try AgentDevice(
            path: machine.disk.path(database), identity: nil, unit: nil, world: machine.world)
    }

    /// The disk is what the copy is.
    func putBack(_ copy: SimulatedDisk) throws {
        try agent.store.close()
        machine.disk.copy(from: copy)
        agent = try Self.open(machine)
    }

    /// It is thrown away.
    func end() throws {
        try agent.store.close()
        machine.disk.clear()
    }
}

/// A line to the hub that may lose an answer.
struct YearLine: HubTransport {
    let hub: Hub
    var losesAnswer = false

    struct Cut: Error {}

    func exchange(
        _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
    ) throws {
        var message: [UInt8] = []
        while let piece = try next() { message += piece }
        let answer = try hub.reply(to: message, at: route)
        if losesAnswer { throw Cut() }
        try take(answer)
    }
}
