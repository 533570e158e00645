import Agent
import RecordStore
import Records
import SyncProtocol

/// A device in the simulation, and the people at it.
final class SimulatedAgent {
    /// A form that somebody opened and has not saved yet.
    struct Opened {
        let word: String
        let record: RecordID
        let token: String
        let sight: Sight
    }

    /// A copy that somebody made of the device's files, and what had been saved on them.
    struct Copy {
        let disk: SimulatedDisk
        let authors: Authors
    }

    let name: String
    let machine: SimulatedMachine
    /// Processes that have the device's database open: one, or two.
    private(set) var processes: [AgentDevice] = []
    private(set) var identity: ReplicaIdentity
    var opened: [Opened] = []
    var authors = Authors()
    /// An answer that is still on its way, with its exchange.
    var late: (exchange: DeviceExchange, answer: [UInt8])?
    /// A request that was lost on its way.
    var astray: [UInt8]?
    /// Whether to name every place in the next request, where the hub no longer remembers them.
    var listsKnowledge = false
    /// The machine has lost something that it had said to be durable. It talks on, and nothing is asked of it but to do no
    /// harm; then it is replaced.
    var isUnsound = false
    /// Bits turned over in its files, of which its own checks found nothing.
    var hasFlippedBits = false
    /// The latest last.
    private(set) var copies: [Copy] = []
    private let form: FormDefinition
    private let seed: UInt64
    private var incarnation: UInt64 = 0

    init(name: String, machine: SimulatedMachine, form: FormDefinition, processes: Int, seed: UInt64) throws {
        self.name = name
        self.machine = machine
        self.form = form
        self.seed = seed
        identity = .simulated(seed)
        for _ in 0..<processes { self.processes.append(try open(unit: SimulatedWorld.unit)) }
        try device.store.write { try $0.storeForm(form) }
    }

    /// A machine that goes on from a copy of another.
    init(name: String, machine: SimulatedMachine, copying copy: Copy, of other: SimulatedAgent) throws {
        self.name = name
        self.machine = machine
        (form, seed, identity, authors) = (other.form, other.seed, other.identity, copy.authors)
        machine.disk.copy(from: copy.disk)
        processes = [try open(unit: nil)]
    }

    /// The process that acts unless another is said to.
    var device: AgentDevice { processes[0] }

    private func open(unit: String?) throws -> AgentDevice {
        try AgentDevice(
            path: machine.disk.path("phusa.db"), identity: identity, unit: unit, world: machine.world)
    }

    /// All processes are started again after their death, or the machine after its own.
    func restart() throws {
        if machine.disk.isOff {
            machine.disk.start()
            machine.forgetLies()
        } else {
            machine.disk.kill()
        }
        try reopen()
    }

    /// Everything is shut down and started again, as on any evening and morning.
    /// - Parameter night: what happens to the machine while it is off.
    func rest(_ night: () -> Void) throws {
        close()
        night()
        try reopen()
    }

    /// Somebody copies the device's files, whatever is open, and keeps the latest copies.
    func makeCopy(seed: UInt64) {
        copies = copies.suffix(2) + [Copy(disk: machine.disk.copy(seed: seed), authors: authors)]
    }

    /// The files of a copy take the place of what is there, and all processes are started again. What people have open stays
    /// open.
    func putBack(_ copy: Copy) throws {
        (astray, listsKnowledge, authors) = (nil, false, copy.authors)
        close()
        machine.disk.copy(from: copy.disk)
        machine.forgetLies()
        try reopen()
    }

    private func reopen() throws {
        machine.live()
        late = nil
        let count = processes.count
        close()
        processes = try (0..<count).map { _ in try open(unit: nil) }
    }

    private func close() { for process in processes { try? process.store.close() } }

    /// A new device with a new key takes the place of one that is lost.
    func replace() throws {
        machine.live()
        machine.mendDisk()
        let count = processes.count
        close()
        machine.disk.clear()
        machine.forgetLies()
        incarnation += 1
        identity = .simulated(seed &+ incarnation &* 0x9E37_79B9)
        copies = []
        (late, astray, opened, authors, isUnsound, hasFlippedBits) = (nil, nil, [], Authors(), false, false)
        processes = try (0..<count).map { _ in try open(unit: SimulatedWorld.unit) }
        try device.store.write { try $0.storeForm(form) }
    }
}
