import Agent
import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol

/// A year of a city's wards in one process: hub and devices with their real stores on disks in memory, in virtual time. People
/// record inspections and figures, many without a line for days; wards are taken over by others in the middle of it, the hub
/// is put back from a copy twice, devices break, are put back and cloned. In the end everything comes to rest.
///
/// What a ward that was taken over means today: its people go on under new names in the other ward, with new devices that take
/// part in its former space too. Devices that the other ward has already do not see that space, since a certificate names its
/// spaces for good.
package final class Year {
    package struct Failure: Error, CustomStringConvertible, Sendable {
        package let description: String
    }

    let plan: YearPlan
    let progress: (String) -> Void
    var random: SeededRandom
    let hubMachine: SimulatedMachine
    private let policy: SnapshotPolicy
    private let hubIdentity: ReplicaIdentity
    private(set) var hub: Hub
    let units: [String]
    let forms: [FormDefinition]
    var devices: [YearDevice] = []
    /// Units that are no more, each with the one that took it over.
    var takenOver: [String: String] = [:]
    /// Records that were written lately, by unit.
    var recent: [String: [String]] = [:]
    /// The mark of every save that was answered and is not gone with a disk.
    var due: Set<String> = []
    var costs = YearCosts()
    var hubCopy: SimulatedDisk?
    var hubPutBackOn = -1
    var copied: [(device: YearDevice, disk: SimulatedDisk, unsent: [String])] = []
    private var made = 0
    private(set) var marks = 0

    package init(_ plan: YearPlan, progress: @escaping (String) -> Void = { _ in }) throws {
        self.plan = plan
        self.progress = progress
        random = SeededRandom(seed: plan.seed)
        hubMachine = SimulatedMachine(seed: plan.seed &+ 1, clock: Self.start)
        hubIdentity = .simulated(plan.seed &* 17 &+ 5)
        policy = plan.snapshotPolicy
        hub = try Hub(
            path: hubMachine.disk.path("hub.db"), identity: hubIdentity, world: hubMachine.world, snapshots: policy)
        let folder = try FixturesFolder(path: plan.fixtures)
        _ = try hub.load(folder)
        units = Array(folder.units.rows.map { $0["code"] }.prefix(plan.wards))
        forms = folder.forms.filter { $0.group == "inspections" }
        for unit in units {
            for number in 1...Self.peopleOfUnit { try addPerson(Self.person(number, unit), unit: unit) }
        }
        for number in 0..<plan.devices { try join(unit: units[number % units.count], on: 0) }
    }

    /// 1 January 2026, midnight in Vietnam.
    static let start: Int64 = 1_767_200_400_000
    static let dayLength: Int64 = 86_400_000
    static let peopleOfUnit = 2

    static func person(_ number: Int, _ unit: String) -> String { "cb\(number).\(unit)" }

    func addPerson(_ id: String, unit: String) throws {
        try hub.addPerson(id: id, name: "Cán bộ \(id)", role: Role.wardStaff.rawValue, unit: unit, password: nil)
    }

    func failure(_ what: String) -> Failure {
        Failure(
            description:
                "\(what); replay: phusa-sim --seed \(plan.seed) --year \(plan.devices),\(plan.wards),\(plan.days)")
    }

    /// - Returns: what it came to.
    /// - Throws: ``Failure`` when something that must hold does not.
    package func run() throws -> YearCosts {
        let began = ContinuousClock.now
        let events = plan.events()
        for day in 0..<plan.days {
            for event in events[day] ?? [] { try happen(event, on: day) }
            try work(on: day)
            if day % 7 == 1 { try clearDesk() }
            if (day + 1) % 30 == 0 {
                progress("day \(day + 1): \(costs.saves) saves, \(costs.syncs) syncs, \(devices.count) devices")
            }
        }
        try comeToRest()
        try check()
        try weigh()
        costs.seconds = (ContinuousClock.now - began) / .seconds(1)
        return costs
    }

    // MARK: Machines

    func setClock(_ device: YearDevice?, _ milliseconds: Int64) {
        let machine = device?.machine ?? hubMachine
        let wanted = Self.start + milliseconds + (device?.clockError ?? 0)
        machine.jump(milliseconds: wanted - machine.world.now())
    }

    /// A new machine of a unit joins and fetches what there is.
    @discardableResult func join(unit: String, formerUnits: [String] = [], on day: Int) throws -> YearDevice {
        made += 1
        let machine = SimulatedMachine(seed: plan.seed &* 1000 &+ UInt64(made), clock: Self.start)
        let agent = try AgentDevice(
            path: machine.disk.path(YearDevice.database), identity: .simulated(plan.seed &* 31 &+ UInt64(made)),
            unit: unit, world: machine.world)
        // Minutes, and now and then a day.
        let clockError = Int64(random.below(600) - 300) * 1000 + (random.oneIn(40) ? Self.dayLength : 0)
        let device = YearDevice(
            name: "d\(made)", unit: unit, formerUnits: formerUnits, machine: machine, agent: agent,
            clockError: clockError)
        setClock(device, Int64(day) * Self.dayLength)
        let code = try hub.makeEnrolCode(unit: unit, spaces: formerUnits.map(SpaceName.general), hours: 1).code
        _ = try agent.enrol(url: "sim:", code: code, over: YearLine(hub: hub))
        devices.append(device)
        let report = try agent.sync(over: YearLine(hub: hub))
        costs.firstSyncs += 1
        costs.firstBytes += report.bytesUp + report.bytesDown
        return device
    }

    /// A second machine that goes on from a copy of a device's disk.
    func clone(_ device: YearDevice) throws {
        made += 1
        let machine = SimulatedMachine(seed: plan.seed &* 1000 &+ UInt64(made), clock: Self.start)
        machine.disk.copy(from: device.machine.disk)
        let clone = YearDevice(
            name: "d\(made)", unit: device.unit, formerUnits: device.formerUnits, machine: machine,
            agent: try YearDevice.open(machine), clockError: device.clockError)
        clone.unsent = device.unsent
        devices.append(clone)
    }

    func putHubBack(to copy: SimulatedDisk) throws {
        try hub.store.close()
        hubMachine.disk.copy(from: copy)
        hub = try Hub(
            path: hubMachine.disk.path("hub.db"), identity: hubIdentity, world: hubMachine.world, snapshots: policy)
    }

    /// A word that stands in one save and no other.
    func mark() -> String {
        marks += 1
        return "m\(marks)"
    }
}
