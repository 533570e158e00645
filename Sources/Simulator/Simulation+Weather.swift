import Agent
import Causality
import Hub
import RecordStore
import Records
import SyncProtocol
import Wording

/// What machines go through: which errors are to be expected of them, and what follows.
extension Simulation {
    /// Does something at an agent whose machine may let it down.
    func bear(_ agent: SimulatedAgent, _ body: () throws -> Void) throws {
        if mix.deals(.agentKilled) {
            agent.machine.dieNext(at: mix.below(2, .agentKilled) == 0 ? .beforeCommit : .afterCommit)
        }
        do { try body() } catch { try weather(error, at: agent) }
        agent.machine.spare()
        // What died between two things that people did is started again before the next.
        if agent.machine.disk.isOff { try restart(agent) }
    }

    func bearHub(_ body: () throws -> Void) throws {
        if mix.deals(.hubKilled) {
            hub.machine.dieNext(at: mix.below(2, .hubKilled) == 0 ? .beforeCommit : .afterCommit)
        }
        do { try body() } catch { try weatherHub(error) }
        hub.machine.spare()
        if hub.machine.disk.isOff { try restartHub() }
    }

    /// What follows an error at an agent.
    /// - Throws: the error, where nothing that was dealt explains it.
    func weather(_ error: any Error, at agent: SimulatedAgent) throws {
        let machine = agent.machine
        if error is Failure { throw error }
        if error is Death || machine.disk.isOff { return try restart(agent) }
        if agent.isUnsound, let error = error as? any CodedError { return note(agent.name, "fails: \(error.code)") }
        if agent.hasFlippedBits, let error = error as? any CodedError {
            note(agent.name, "finds damage: \(error.code)")
            return try replace(agent)
        }
        guard let error = error as? StoreError else { throw error }
        switch error.kind {
        case .full where machine.has(.full): note(agent.name, "is full")
        case .unavailable where machine.has(.failing), .full where machine.has(.failing):
            note(agent.name, "cannot write: \(error.code)")
        default: throw error
        }
    }

    func weatherHub(_ error: any Error) throws {
        if error is Failure { throw error }
        if error is Death || hub.machine.disk.isOff { return try restartHub() }
        guard let error = error as? StoreError, error.kind == .full, hub.machine.has(.full) else { throw error }
        note("hub", "is full")
    }

    func restartHub() throws {
        note("hub", hub.machine.disk.isOff ? "has power again" : "starts again")
        do {
            try hub.restart()
        } catch let error as StoreError where error.kind == .full && hub.machine.has(.full) {
            note("hub", "cannot be opened: \(error.code)")
            hub.machine.mendDisk()
            try hub.restart()
        }
        try checkHub()
    }

    func restart(_ agent: SimulatedAgent) throws {
        let isOff = agent.machine.disk.isOff
        let hasLied = agent.machine.hasLied
        note(agent.name, isOff ? "has power again" : "starts again")
        do {
            try agent.restart()
            if isOff, hasLied { return try doubt(agent) }
        } catch let error as any CodedError where isOff && hasLied || agent.isUnsound || agent.hasFlippedBits {
            note(agent.name, "cannot be opened: \(error.code)")
            return try replace(agent)
        } catch let error as StoreError where agent.machine.has(.full) || agent.machine.has(.failing) {
            // Somebody makes room, or another disk is put in.
            note(agent.name, "cannot be opened: \(error.code)")
            agent.machine.mendDisk()
            try agent.restart()
        }
        try remember(agent)
        try checkOwn(agent)
    }

    /// After a power cut on a disk that has lied nothing is promised but that damage is found.
    private func doubt(_ agent: SimulatedAgent) throws {
        let problems = try agent.device.store.verify()
        guard problems.isEmpty else {
            note(agent.name, "is damaged")
            return try replace(agent)
        }
        // It would go on as a new replica once the hub tells it more than it knows, and what it saves until then is a branch.
        // The model beside goes by names, which that changes: CopiesSimulation looks at it.
        note(agent.name, "is unsound")
        try replace(agent)
    }

    /// A new device takes the place of one that is lost, with what it had not sent.
    func replace(_ agent: SimulatedAgent) throws {
        try agent.replace()
        try wakeHub()
        try noteLost()
        note(agent.name, "is replaced")
        try enrol(agent)
    }

    /// What was on a disk that is no more, and on no other, nobody can bring back. Nor need a device that holds it by a
    /// snapshot: where the hub goes back to before that, the device lets go of it.
    func noteLost() throws {
        var held = agents.filter(\.machine.disk.isOff).reduce(into: Set()) { $0.formUnion($1.authors.made) }
        func look(_ store: ReplicaStore) throws {
            try store.read { store in
                for change in model.saved where !held.contains(change.name) && store.hasLog(of: change.space) {
                    if try stored(change, store) != nil { held.insert(change.name) }
                }
            }
        }
        try look(hub.hub.store)
        for agent in agents where !agent.machine.disk.isOff {
            held.formUnion(agent.authors.made)
            try look(agent.device.store)
        }
        lost = Set(model.saved.map(\.name)).subtracting(held)
    }
}

extension StoreTransaction {
    /// Whether the hub's log of a space is here from its beginning.
    fileprivate func hasLog(of name: String) -> Bool { (try? space(name))?.floor == 0 }
}
