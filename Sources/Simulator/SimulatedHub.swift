import Causality
import Hub
import RecordStore
import Records
import SyncProtocol

/// The hub in the simulation, on a machine of its own.
final class SimulatedHub {
    let machine: SimulatedMachine
    private(set) var hub: Hub
    var authors = Authors()
    /// Copies of its files and of what had been saved on them, the latest last.
    private(set) var copies: [(disk: SimulatedDisk, authors: Authors)] = []
    private let identity: ReplicaIdentity
    private let policy: SnapshotPolicy

    init(seed: UInt64) throws {
        machine = SimulatedMachine(seed: seed &+ 1, clock: World.simulatedStart)
        identity = .simulated(seed &* 17 &+ 5)
        policy = Self.snapshotPolicy(seed)
        hub = try Self.open(machine, identity, policy)
    }

    private static func open(
        _ machine: SimulatedMachine, _ identity: ReplicaIdentity, _ policy: SnapshotPolicy
    ) throws -> Hub {
        try Hub(path: machine.disk.path("hub.db"), identity: identity, world: machine.world, snapshots: policy)
    }

    /// Snapshots of some small chunks, for as little history as can be; in a third of the runs none.
    private static func snapshotPolicy(_ seed: UInt64) -> SnapshotPolicy {
        var policy = SnapshotPolicy()
        policy.leastChanges = seed % 3 == 0 ? .max : 4
        policy.leastRatio = 1
        policy.staleness = seed % 2 == 0 ? 0.5 : 4
        policy.chunkAim = 200
        policy.packedAim = 400
        return policy
    }

    /// The process is started again after its death, or the machine after its own.
    func restart() throws {
        if machine.disk.isOff { machine.disk.start() } else { machine.disk.kill() }
        machine.live()
        try? hub.store.close()
        hub = try Self.open(machine, identity, policy)
    }

    /// Somebody copies the hub's files, and keeps the latest copies.
    func makeCopy(seed: UInt64) { copies = copies.suffix(2) + [(machine.disk.copy(seed: seed), authors)] }

    /// The files of a copy take the place of what is there, and the hub is started again.
    func putBack(_ number: Int) throws {
        machine.live()
        try? hub.store.close()
        authors = copies[number].authors
        machine.disk.copy(from: copies[number].disk)
        hub = try Self.open(machine, identity, policy)
    }

    func position(of space: String) throws -> LogPosition { try hub.store.read { try $0.space(space).position } }
}
