import Agent
import Causality
import Hub
import RecordStore
import Records
import SyncProtocol
import Wording

/// One seeded run: agents of one unit and a hub, with real stores and engines, over a line that loses, repeats, delays and
/// cuts, on machines that die and disks that fail. Its parts stand in extensions: what people do, what travels, what strikes,
/// how it comes to rest, and what must hold.
package final class Simulation {
    /// Something that must hold and does not.
    package struct Failure: Error, CustomStringConvertible, Sendable {
        package let plan: RunPlan
        package let step: Int
        package let what: String

        package init(plan: RunPlan, step: Int, what: String) {
            self.plan = plan
            self.step = step
            self.what = what
        }

        package var description: String { "seed \(plan.seed), step \(step): \(what); replay: \(plan.command)" }
    }

    let plan: RunPlan
    let spaces: [String]
    /// What people and machines do, apart from faults.
    var random: SeededRandom
    var mix: FaultMix
    var trace = Trace()
    var model = ChangeModel()
    let hub: SimulatedHub
    var agents: [SimulatedAgent] = []
    /// What was checked, and how often.
    package internal(set) var checked: [String: Int] = [:]
    /// Changes that agents have shown as received.
    var received: Set<ChangeName> = []
    /// Changes that the hub had not received when it was last looked.
    var unjudged: Set<ChangeName> = []
    /// Changes that no disk holds any more.
    var lost: Set<ChangeName> = []
    /// A device that lies; `nil` until it joins.
    var liar: SimulatedLiar?
    /// What the liar has made. Nobody needs to take it in.
    var lies: Set<ChangeName> = []

    package init(_ plan: RunPlan) throws {
        self.plan = plan
        spaces = SimulatedWorld.spaces(plan.spaces)
        random = SeededRandom(seed: plan.seed)
        mix = FaultMix(plan.faults, seed: plan.seed)
        hub = try Safeguard.without(plan.mutant?.safeguard) { try SimulatedHub(seed: plan.seed) }
        try Safeguard.without(plan.mutant?.safeguard, begin)
    }

    /// Machines that are copies of others.
    var clones = 0

    private func begin() throws {
        for version in 1...SimulatedWorld.formVersions {
            try hub.hub.store.write { try $0.storeForm(SimulatedWorld.form(version: version)) }
        }
        for person in SimulatedWorld.people {
            try hub.hub.addPerson(
                id: person, name: person, role: Role.wardStaff.rawValue, unit: SimulatedWorld.unit, password: nil)
        }
        for _ in 0..<plan.agents { try join() }
    }

    /// Which faults the run has dealt.
    package var dealt: [Fault: Int] { mix.dealt }

    /// A line for each thing that happened.
    package var lines: [String] { trace.lines }

    /// Runs the plan's steps and checks.
    /// - Returns: a digest of the trace: the same plan gives the same.
    /// - Throws: ``Failure``.
    package func run() throws -> String {
        do {
            try Safeguard.without(plan.mutant?.safeguard, takeSteps)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw failure("unexpected: \(error)")
        }
        return trace.digest
    }

    private func takeSteps() throws {
        for step in 1...max(1, plan.steps) {
            trace.step = step
            try strike()
            try act()
            if step % Self.checkEvery == 0 { try checkMoment() }
        }
        switch plan.mode {
        case .safety: try checkMoment()
        case .liveness:
            try settle()
            try checkRest()
        }
    }

    private static let checkEvery = 20

    func note(_ who: String, _ what: String) { trace.note(who, what) }

    func failure(_ what: String) -> Failure { Failure(plan: plan, step: trace.step, what: what) }

    func count(_ check: String, _ times: Int = 1) { checked[check, default: 0] += times }

    /// A new device joins.
    func join() throws {
        let index = agents.count
        var clock = World.simulatedStart
        // Days off, or years.
        if mix.deals(.clockWrong) { clock += [3, -900, 1500, -7000][mix.below(4, .clockWrong)] * 86_400_000 }
        let isOld = mix.deals(.oldForm)
        let version = isOld ? UInt64(1 + mix.below(2, .oldForm)) : SimulatedWorld.formVersions
        let agent = try SimulatedAgent(
            name: "a\(index)", machine: SimulatedMachine(seed: plan.seed &+ 100 &+ UInt64(index), clock: clock),
            form: SimulatedWorld.form(version: version), processes: mix.deals(.twoProcesses) ? 2 : 1,
            seed: plan.seed &* 31 &+ UInt64(index))
        // Some clocks go from one ten minutes to the next.
        if mix.deals(.clockCoarse) { agent.machine.makeClockCoarse(milliseconds: 600_000) }
        agents.append(agent)
        note(agent.name, "joins with form \(version)")
        try enrol(agent)
    }

    /// Whoever enrols a device sees to it that the hub runs.
    func enrol(_ agent: SimulatedAgent) throws {
        try wakeHub()
        let code = try hub.hub.makeEnrolCode(
            unit: SimulatedWorld.unit, spaces: Array(spaces.dropFirst()), hours: 1
        ).code
        _ = try agent.device.enrol(url: "sim:", code: code, over: Line(deliver: { try self.hub.hub.enrol($0) }))
    }

    /// The hub's machine is put right, and the hub runs.
    func wakeHub() throws {
        hub.machine.live()
        hub.machine.mendDisk()
        if hub.machine.disk.isOff { try hub.restart() }
    }
}

/// A line to the hub without faults of its own.
struct Line: HubTransport {
    let deliver: ([UInt8]) throws -> [UInt8]

    func exchange(
        _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
    ) throws {
        var message: [UInt8] = []
        while let piece = try next() { message += piece }
        try take(try deliver(message))
    }
}
