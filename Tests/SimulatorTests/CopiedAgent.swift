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

/// A device in the simulation, and the people at it.
final class CopiedAgent {
    let name: String
    let machine: CopiedMachine
    private(set) var device: AgentDevice
    /// An answer that is still on its way, with its exchange.
    var late: (exchange: DeviceExchange, answer: [UInt8])?
    var options = DeviceExchange.Options()
    private let path: String
    private let identity: ReplicaIdentity
    /// Forms that somebody opened and has not saved yet: record and base.
    private var opened: [(record: String, token: String)] = []

    init(name: String, folder: URL, machine: CopiedMachine, seed: UInt64) throws {
        self.name = name
        self.machine = machine
        path = folder.appendingPathComponent(name + ".db").path
        identity = CopiesSimulation.identity(seed)
        device = try AgentDevice(path: path, identity: identity, unit: CopiesSimulation.unit, world: machine.world)
    }

    /// A machine that was made from a copy of another's disk.
    init(name: String, folder: URL, machine: CopiedMachine, copying other: CopiedAgent) throws {
        self.name = name
        self.machine = machine
        path = folder.appendingPathComponent(name + ".db").path
        identity = other.identity
        try Self.copy(other.path + ".copy", to: path)
        device = try AgentDevice(path: path, identity: nil, unit: nil, world: machine.world)
    }

    var hasCopy: Bool { FileManager.default.fileExists(atPath: path + ".copy") }

    /// Somebody copies the device's files.
    func makeCopy() throws { try Self.copy(path, to: path + ".copy") }

    /// Somebody puts the copy back.
    func restoreCopy() throws {
        try device.store.close()
        late = nil
        try Self.copy(path + ".copy", to: path)
        device = try AgentDevice(path: path, identity: nil, unit: nil, world: machine.world)
    }

    static func copy(_ path: String, to other: String) throws {
        for ending in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: other + ending)
            guard ending != "-shm", FileManager.default.fileExists(atPath: path + ending) else { continue }
            try FileManager.default.copyItem(atPath: path + ending, toPath: other + ending)
        }
    }

    /// The process is started again after its death.
    func restart() throws {
        machine.live()
        late = nil
        try device.store.close()
        device = try AgentDevice(path: path, identity: identity, unit: nil, world: machine.world)
    }

    private func records() throws -> [RecordView] {
        try device.store.read { try $0.records(form: CopiesSimulation.form.form) }
    }

    /// Somebody opens a record, to save it at another time.
    func rememberToken(_ random: inout SeededRandom) throws {
        let known = try records()
        guard !known.isEmpty, opened.count < 5 else { return }
        let view = known[random.below(known.count)]
        let token = try device.store.read { try $0.baseToken(record: view.id, in: try $0.space(view.space)).text }
        opened.append((view.word, token))
    }

    /// What somebody saves next: a new record, an edit of what is known now or of what was opened long ago, a deletion.
    func draft(_ random: inout SeededRandom) throws -> Draft {
        let author = ["", "lan", "minh"][random.below(3)]
        let known = try records()
        if known.isEmpty || random.oneIn(4) {
            let key = "k\(random.below(4))"
            return Draft(
                .new(form: CopiesSimulation.form.form, space: CopiesSimulation.space),
                edits: [("key", .set(.text(key))), ("value", .set(.integer(Int64(random.below(5)))))], author: author)
        }
        var target = known[random.below(known.count)].word
        var token: String?
        if !opened.isEmpty, random.oneIn(2) {
            (target, token) = opened.remove(at: random.below(opened.count))
        }
        return Draft(.edit(target), edits: [edit(&random)], baseToken: token, author: author)
    }

    private func edit(_ random: inout SeededRandom) -> (String, Draft.Edit) {
        switch random.below(8) {
        case 0...2: ("value", .set(.integer(Int64(random.below(5)))))
        case 3: ("note", .set(.text("n\(random.below(9))")))
        case 4: ("tags", .add(["p", "q", "r"][random.below(3)]))
        case 5: ("tags", .drop(["p", "q", "r"][random.below(3)]))
        case 6: ("@deleted", .set(.flag(true)))
        default: ("@deleted", .set(.flag(false)))
        }
    }
}

/// The process died at a durable step.
struct SuddenDeath: Error {}

/// What one machine's engines are given instead of a clock, a random source and a life without power cuts.
final class CopiedMachine: Sendable {
    private struct State {
        var random: SeededRandom
        var now: Int64
        var dieAt: World.Step?
    }

    private let state: Mutex<State>

    init(seed: UInt64, clock: Int64) {
        state = Mutex(State(random: SeededRandom(seed: seed), now: clock))
    }

    /// The next time a transaction comes to `step`, the process dies there.
    func dieNext(at step: World.Step) { state.withLock { $0.dieAt = step } }

    func live() { state.withLock { $0.dieAt = nil } }

    func pass(milliseconds: Int64) { state.withLock { $0.now += milliseconds } }

    var world: World {
        World(
            now: { self.state.withLock { $0.now } },
            random: { count in self.state.withLock { state in (0..<count).map { _ in UInt8(state.random.below(256)) } }
            },
            step: { step in
                let dies = self.state.withLock { state in
                    guard state.dieAt == step else { return false }
                    state.dieAt = nil
                    return true
                }
                if dies { throw SuddenDeath() }
            })
    }
}
