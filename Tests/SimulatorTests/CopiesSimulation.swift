import Agent
import Causality
import Foundation
import GRDB
import Hub
import RecordStore
import Records
import Simulator
import SyncProtocol
import Synchronization
import Wording

/// One seeded run of a small world whose machines are put back from copies and cloned, devices and hub: real stores and
/// engines over a line that loses, repeats, delays and cuts, on machines that die at durable steps. When the faults stop,
/// everything must come to rest and hold.
final class CopiesSimulation {
    struct Failure: Error, CustomStringConvertible {
        let seed: UInt64
        let step: Int
        let what: String
        var description: String { "seed \(seed), step \(step): \(what); replay: CopiesTests, seed \(seed)" }
    }

    private(set) var faults: [String: Int] = [:]
    private(set) var trace: [String] = []
    private let seed: UInt64
    private let givesSnapshots: Bool
    private let folder: URL
    /// Whether machines are put back from copies.
    private var healing: Bool { true }
    private var random: SeededRandom
    private var step = 0
    private let hubMachine: CopiedMachine
    private var hub: Hub
    private var agents: [CopiedAgent] = []
    /// Devices that there may be, with those that join later.
    private let most: Int
    /// Words of changes whose saving returned.
    private var saved: Set<String> = []

    static let unit = "31120"
    static let space = SpaceName.general(unit)

    /// - Parameter folder: an empty folder for the run's databases.
    init(seed: UInt64, agents count: Int, folder: URL, snapshots: Bool = true) throws {
        givesSnapshots = snapshots
        self.seed = seed
        self.folder = folder
        random = SeededRandom(seed: seed)
        hubMachine = CopiedMachine(seed: seed &+ 1, clock: 1_790_000_000_000)
        hub = try Self.openHub(folder, hubMachine, seed, givesSnapshots)
        try hub.store.write { try $0.storeForm(Self.form) }
        for person in ["lan", "minh"] {
            try hub.addPerson(id: person, name: person, role: Role.wardStaff.rawValue, unit: Self.unit, password: nil)
        }
        most = count + 2
        for _ in 0..<count { try enrol() }
    }

    private func enrol() throws {
        let index = agents.count
        // Clocks are right, days off, or years off.
        let clock: Int64 = 1_790_000_000_000 + [0, 86_400_000 * 3, -86_400_000 * 900, 86_400_000 * 1500][index % 4]
        let agent = try CopiedAgent(
            name: "a\(index)", folder: folder,
            machine: CopiedMachine(seed: seed &+ 100 &+ UInt64(index), clock: clock),
            seed: seed &* 31 &+ UInt64(index))
        try agent.device.store.write { try $0.storeForm(Self.form) }
        let code = try hub.makeEnrolCode(unit: Self.unit, spaces: [], hours: 1).code
        _ = try agent.device.enrol(url: "sim:", code: code, over: Line(deliver: { try self.hub.enrol($0) }))
        agents.append(agent)
    }

    /// A form with a field of each kind of policy; `key` makes two people meet in one record.
    static let form = FormDefinition(
        form: "reading", version: 1, title: Label(vi: "Số liệu", en: "Reading"), group: "indicators", writers: .unit,
        fields: [
            FieldDefinition(name: "key", type: .text, label: Label(vi: "Mã", en: "Key"), required: true, key: true),
            FieldDefinition(name: "value", type: .integer, label: Label(vi: "Giá trị", en: "Value"), max: "9"),
            FieldDefinition(name: "note", type: .text, label: Label(vi: "Ghi chú", en: "Note"), policy: .latest),
            FieldDefinition(
                name: "tags", type: .selectMultiple, label: Label(vi: "Nhãn", en: "Tags"), policy: .union,
                choices: ["p", "q", "r"].map { Choice(name: $0, label: Label(vi: $0, en: $0)) }),
        ])

    private static func openHub(
        _ folder: URL, _ machine: CopiedMachine, _ seed: UInt64, _ givesSnapshots: Bool
    ) throws -> Hub {
        try Hub(
            path: folder.appendingPathComponent("hub.db").path, identity: identity(seed &* 17 &+ 5),
            world: machine.world, snapshots: snapshotPolicy(seed, givesSnapshots))
    }

    /// Snapshots of some small chunks, for as little history as can be; in a third of the runs none.
    private static func snapshotPolicy(_ seed: UInt64, _ isOn: Bool) -> SnapshotPolicy {
        var policy = SnapshotPolicy()
        policy.leastChanges = isOn && seed % 3 != 0 ? 4 : .max
        policy.leastRatio = 1
        policy.staleness = seed % 2 == 0 ? 0.5 : 4
        policy.chunkAim = 200
        policy.packedAim = 400
        return policy
    }

    static func identity(_ seed: UInt64) -> ReplicaIdentity {
        var random = SeededRandom(seed: seed)
        guard let identity = ReplicaIdentity(rawKey: (0..<32).map { _ in UInt8(random.below(256)) }) else {
            preconditionFailure("any 32 bytes are a private key")
        }
        return identity
    }

    /// Runs `steps` with faults, then without until everything is at rest, and checks.
    /// - Returns: a digest of the trace: the same seed gives the same.
    func run(steps: Int) throws -> String {
        for _ in 0..<steps {
            step += 1
            hubMachine.pass(milliseconds: Int64(random.below(60_000)))
            try act()
        }
        try settle()
        try check()
        return Hash256.of(tag: "trace", Array(trace.joined(separator: "\n").utf8)).hex
    }

    private func note(_ line: String) { trace.append("\(step) \(line)") }

    private func deal(_ fault: String) {
        faults[fault, default: 0] += 1
        note("fault \(fault)")
    }

    private func act() throws {
        let agent = agents[random.below(agents.count)]
        agent.machine.pass(milliseconds: Int64(random.below(120_000)))
        switch random.below(10) {
        case 0...4: try edit(on: agent)
        case 5...7: try exchange(agent, faulty: true)
        case 8: try settleCaseAtHub()
        case 9 where random.oneIn(6):
            deal("rights lost")
            try hub.disablePerson("lan")
        case 9 where random.oneIn(2) && healing: try copyOrRestore(agent)
        case 9 where agents.count < most && random.oneIn(3):
            note("a\(agents.count) joins")
            try enrol()
        case 9 where random.oneIn(6):
            deal("snapshots gone")
            try hub.store.write { store in
                for table in ["snapshot_chunk", "snapshot"] { try store.db.execute(sql: "DELETE FROM \(table)") }
            }
        default: try agent.rememberToken(&random)
        }
    }

    private var hubPath: String { folder.appendingPathComponent("hub.db").path }
    private var clones = 0

    private func copyOrRestore(_ agent: CopiedAgent) throws {
        switch random.below(6) {
        case 0, 1:
            note("\(agent.name) copied")
            try agent.makeCopy()
        case 2 where agent.hasCopy:
            deal("device restored")
            try agent.restoreCopy()
        case 3 where agent.hasCopy && clones < 2:
            deal("device cloned")
            clones += 1
            agents.append(
                try CopiedAgent(
                    name: "c\(clones)", folder: folder,
                    machine: CopiedMachine(seed: seed &+ 900 &+ UInt64(clones), clock: 1_790_000_000_000),
                    copying: agent))
        case 4:
            note("hub copied")
            try CopiedAgent.copy(hubPath, to: hubPath + ".copy")
        case 5 where FileManager.default.fileExists(atPath: hubPath + ".copy"):
            deal("hub restored")
            try hub.store.close()
            try CopiedAgent.copy(hubPath + ".copy", to: hubPath)
            hub = try Self.openHub(folder, hubMachine, seed, givesSnapshots)
        default: return
        }
        try forgetWhatDied()
    }

    /// What was on a disk that is no more, and nowhere else, nobody can bring back.
    private func forgetWhatDied() throws {
        saved = try saved.filter { word in
            guard let dot = DotWord(word) else { return true }
            let isHeld = try ([hub.store] + agents.map(\.device.store)).contains { store in
                try store.read { store in
                    let space = try store.space(Self.space)
                    let floor = try store.floorHead(of: dot.dot.replica, in: space)?.head.sequence ?? 0
                    return try store.change(dot, in: space) != nil || dot.dot.sequence <= floor
                }
            }
            if !isHeld { faults["changes that died with a disk", default: 0] += 1 }
            return isHeld
        }
    }

    private func edit(on agent: CopiedAgent) throws {
        let draft = try agent.draft(&random)
        let step: World.Step? = random.oneIn(8) ? (random.oneIn(2) ? .beforeCommit : .afterCommit) : nil
        if let step {
            agent.machine.dieNext(at: step)
            deal("death \(step.rawValue)")
        }
        do {
            let captured = try agent.device.capture([draft])
            saved.formUnion(captured.map(\.dot))
            note("\(agent.name) saved \(captured.map(\.dot))")
        } catch let error as StoreError where [.recordDeleted, .recordUnknown, .baseUnknown].contains(error.kind) {
            note("\(agent.name) is told: \(error.code)")
        } catch is SuddenDeath {
            try agent.restart()
        }
        agent.machine.live()
    }

    /// One exchange over the bad line. Whatever happens to it, trying again must be harmless.
    private func exchange(_ agent: CopiedAgent, faulty: Bool) throws {
        guard let link = try agent.device.hub() else { throw failure("agent lost its hub") }
        do {
            try agent.device.succeed(with: link, over: Line(deliver: { try self.hub.succeed($0) }))
            if faulty, random.oneIn(8) { agent.machine.dieNext(at: random.oneIn(2) ? .beforeCommit : .afterCommit) }
            agent.options.answerLimit = faulty && random.oneIn(3) ? 1 : 0
            let exchange = DeviceExchange(agent.device, with: link, agent.options)
            var request: [UInt8] = []
            while let piece = try exchange.nextPiece() { request += piece }
            agent.machine.live()
            note("\(agent.name) asks \(Hash256.of(tag: "", request).hex.prefix(8))")
            if faulty, random.oneIn(6) { return deal("request lost") }
            guard let answer = try deliver(request, faulty: faulty) else { return }
            if faulty, random.oneIn(6) { return deal("answer lost") }
            if faulty, random.oneIn(8) {
                agent.late = (exchange, answer)
                return deal("answer late")
            }
            try receive(answer, exchange, agent, faulty: faulty)
            if faulty, let late = agent.late {
                agent.late = nil
                deal("answer out of order")
                try receive(late.answer, late.exchange, agent, faulty: true)
            }
        } catch is SuddenDeath {
            deal("agent death")
            try agent.restart()
        }
        agent.machine.live()
    }

    private func deliver(_ request: [UInt8], faulty: Bool) throws -> [UInt8]? {
        if faulty, random.oneIn(8) {
            deal("hub death")
            hubMachine.dieNext(at: random.oneIn(2) ? .beforeCommit : .afterCommit)
        }
        do {
            let answer = try hub.answer(request)
            hubMachine.live()
            if faulty, random.oneIn(8) {
                deal("request doubled")
                // A recorded request is refused, and changes nothing.
                do {
                    _ = try hub.answer(request)
                    throw failure("a replayed request was served")
                } catch let error as HubError where error.kind == .requestReplayed {}
            }
            return answer
        } catch let error as any CodedError {
            hubMachine.live()
            return Refusal(error).bytes
        } catch is SuddenDeath {
            try hub.store.close()
            hub = try Self.openHub(folder, hubMachine, seed, givesSnapshots)
            return nil
        }
    }

    private func receive(
        _ answer: [UInt8], _ exchange: DeviceExchange, _ agent: CopiedAgent, faulty: Bool
    ) throws {
        var answer = answer
        if faulty, random.oneIn(8) {
            deal("answer damaged")
            answer[random.below(answer.count)] ^= UInt8(1 + random.below(255))
            if random.oneIn(2) { answer.removeLast(random.below(answer.count)) }
        }
        if faulty, random.oneIn(8) { agent.machine.dieNext(at: random.oneIn(2) ? .beforeCommit : .afterCommit) }
        do {
            // It comes in two pieces, cut anywhere.
            let cut = random.below(answer.count + 1)
            for piece in [answer[..<cut], answer[cut...]] { try exchange.take(piece) }
            try exchange.finish()
            agent.options.listsKnowledge = false
            note("\(agent.name) took \(exchange.changesTaken)")
        } catch let error as SuddenDeath {
            throw error
        } catch let error as ProtocolError where error.kind == .snapshotWrong {
            throw failure("a snapshot was wrong")
        } catch let error as ProtocolError where error.kind == .floorTooHigh {
            deal("floors let go of")
        } catch let refusal as Refusal {
            deal("refused \(refusal.code)")
            if refusal.code == "store.damaged" { note("\(refusal.details)") }
            if try agent.device.mayGoOn(after: refusal, &agent.options.listsKnowledge) { return }
            guard let link = try agent.device.hub() else { return }
            var retries = AgentDevice.Retries()
            _ = try agent.device.heal(
                after: refusal, &retries, with: link, over: Line(deliver: { try self.hub.succeed($0) }))
        } catch {
            // A damaged answer: what came before the damage is taken, and nothing else.
            guard faulty else { throw error }
            note("\(agent.name) turned an answer down")
        }
    }

    /// An admin at the hub settles a case by the value of one side.
    private func settleCaseAtHub() throws {
        let open = try hub.store.read { try $0.conflicts() }
        guard !open.isEmpty else { return }
        let view = open[random.below(open.count)].view
        let field = view.conflicts[0]
        guard let versions = view.versions[field] else { return }
        let value =
            field == RegisterKey.deleted.field
            ? Value.flag(random.oneIn(2)) : versions[random.below(versions.count)].value
        let captured = try hub.capture([
            Draft(.edit(view.word), edits: [(field, .set(value))], author: "admin", reason: "sim", settles: true)
        ])
        saved.formUnion(captured.map(\.dot))
        note("hub settled \(field)")
    }

    /// No more faults: everything comes to rest in a bounded number of rounds.
    private func settle() throws {
        for agent in agents { agent.late = nil }
        for _ in 0..<8 {
            for agent in agents { try exchange(agent, faulty: false) }
        }
        for agent in agents {
            let space = try agent.device.store.read { try $0.space(Self.space) }
            if space.floor > 0 { faults["floors claimed", default: 0] += 1 }
            if space.fill == .declined { faults["snapshots let go of", default: 0] += 1 }
        }
    }

    private func check() throws {
        let hubSpace = try hub.store.read { try $0.space(Self.space) }
        guard try hub.store.verify().isEmpty else { throw failure("hub: \(try hub.store.verify())") }
        for agent in agents {
            let space = try agent.device.store.read { try $0.space(Self.space) }
            guard space.position == hubSpace.position else {
                throw failure("\(agent.name) is not at the hub's position")
            }
            guard space.fill != .filling else { throw failure("\(agent.name) is filling still") }
            guard space.digest == hubSpace.digest else { throw failure("\(agent.name) has another digest") }
            let problems = try agent.device.store.verify()
            guard problems.isEmpty else { throw failure("\(agent.name): \(problems)") }
        }
        for word in saved {
            guard let dot = DotWord(word) else { throw failure("not a word: \(word)") }
            for store in [hub.store] + agents.map(\.device.store) {
                let (change, isBelowFloor) = try store.read { store in
                    let space = try store.space(Self.space)
                    let floor = try store.floorHead(of: dot.dot.replica, in: space)?.head.sequence ?? 0
                    return (try store.change(dot, in: space), dot.dot.sequence <= floor)
                }
                if change == nil, isBelowFloor { continue }
                guard let change, change.link.prefix == dot.hashPrefix else { throw failure("lost \(word)") }
                guard change.decision != .undecided else { throw failure("undecided at rest: \(word)") }
            }
        }
        try checkCasesAgree()
    }

    /// Sides with equal knowledge show equal cases and equal values.
    private func checkCasesAgree() throws {
        func shown(_ store: ReplicaStore) throws -> [String] {
            try store.read { try $0.records(form: Self.form.form) }
                .map { "\($0.word) \($0.fields.sorted { $0.key < $1.key }) \($0.conflicts) \($0.deleted)" }.sorted()
        }
        let expected = try shown(hub.store)
        for agent in agents where try shown(agent.device.store) != expected {
            throw failure("\(agent.name) shows another state")
        }
    }

    private func failure(_ what: String) -> Failure { Failure(seed: seed, step: step, what: what) }
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
