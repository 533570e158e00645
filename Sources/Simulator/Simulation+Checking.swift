import Agent
import Causality
import GRDB
import Hub
import RecordStore
import Records
import SyncProtocol

/// What must hold at every moment, also while everything strikes.
extension Simulation {
    /// No message of worlds this small is larger.
    private static let messageBytes = 256 * 1024

    func check(piece: [UInt8], of message: String) throws {
        guard piece.count <= Self.messageBytes else { throw failure("a \(message) of \(piece.count) bytes") }
        count("sizes of messages")
    }

    /// What an agent shows as received is so, by a log that the hub has.
    func noteReceived(_ agent: SimulatedAgent) throws {
        guard !agent.isUnsound, !agent.machine.disk.isOff, !hub.machine.disk.isOff else { return }
        let positions = try agent.device.store.read { store in
            try spaces.map { (space: $0, position: try store.space($0).position) }
        }
        let known = try hub.hub.store.read { store in
            try positions.filter { try store.holds($0.position, in: store.space($0.space)) }.map(\.space)
        }
        try agent.device.store.read { store in
            for change in model.saved where agent.authors.made.contains(change.name) && known.contains(change.space) {
                guard !received.contains(change.name) else { continue }
                if try stored(change, store)?.received != nil { received.insert(change.name) }
            }
        }
    }

    /// Every change whose saving returned is there, with the contents it had.
    func checkOwn(_ agent: SimulatedAgent) throws {
        guard !agent.isUnsound else { return }
        try agent.device.store.read { store in
            for change in model.saved where agent.authors.made.contains(change.name) {
                guard try stored(change, store) != nil else { throw failure("\(agent.name) lost \(change.word.text)") }
                count("changes where they were saved")
            }
        }
    }

    /// The hub has what it has said to have received.
    func checkHub() throws {
        try hub.hub.store.read { store in
            for change in model.saved where received.contains(change.name) {
                guard try stored(change, store)?.received != nil else {
                    throw failure("the hub lost \(change.word.text)")
                }
                count("received changes at the hub")
            }
        }
    }

    /// What people without rights save is refused when it is received, and nothing else for that reason. Looked at after
    /// each request, and before rights change.
    /// - Parameter before: who had no rights when the request came. A hub that was put back may learn that anew from the
    ///   same request, and either judgement holds then.
    func checkRights(before: Set<String>? = nil) throws {
        guard let disabled = try withoutRights() else { return }
        try hub.hub.store.read { store in
            for change in model.saved where SimulatedWorld.people.contains(change.author) {
                guard let stored = try stored(change, store), stored.received != nil else {
                    unjudged.insert(change.name)
                    continue
                }
                guard unjudged.remove(change.name) != nil else { continue }
                let isRefused = stored.code == "person.disabled"
                guard disabled.contains(change.author) == isRefused || before?.contains(change.author) == isRefused
                else {
                    throw failure("\(change.author) was judged wrong: \(change.word.text)")
                }
                count("rights")
            }
        }
    }

    /// Who has no rights at the hub; `nil` while it is off.
    func withoutRights() throws -> Set<String>? {
        guard !hub.machine.disk.isOff else { return nil }
        return try hub.hub.store.read { store in
            try Set(String.fetchAll(store.db, sql: "SELECT id FROM person WHERE disabled = 1"))
        }
    }

    /// Everything that holds while faults go on.
    func checkMoment() throws {
        try bearHub { try checkHub() }
        try check(hub.hub.store, "hub", isSound: !hub.machine.has(.full))
        for agent in agents where !agent.machine.disk.isOff {
            try remember(agent)
            try noteReceived(agent)
            try checkOwn(agent)
            try check(agent.device.store, agent.name, isSound: !agent.isUnsound)
            try checkCounts(agent)
            try checkDigests(agent)
        }
        try checkEveryRecord()
        note("all", "hold")
    }

    /// A store finds nothing wrong with itself.
    func check(_ store: ReplicaStore, _ name: String, isSound: Bool) throws {
        guard isSound else { return }
        let problems = try store.verify()
        guard problems.isEmpty else { throw failure("\(name): \(problems)") }
        count("stores by definition")
    }

    /// What people are told of their own work is what a look at each change gives.
    private func checkCounts(_ agent: SimulatedAgent) throws {
        guard !agent.isUnsound else { return }
        let (told, open) = try agent.device.store.read { (try $0.ownCounts(), try $0.openChanges(ownOnly: true)) }
        let waiting = open.filter { $0.decision == .undecided }
        let unsent = waiting.filter { $0.received == nil }.count
        let refused = open.filter { $0.decision == .refused && $0.disposed == nil }.count
        guard told.waiting == waiting.count, told.unsent == unsent, told.refused == refused, told.received >= 0 else {
            throw failure("\(agent.name) counts \(told), and holds \(waiting.count), \(unsent), \(refused)")
        }
        count("own work")
    }

    /// Equal knowledge is an equal state: at the hub's place in the log, with nothing on the way.
    private func checkDigests(_ agent: SimulatedAgent) throws {
        guard !agent.isUnsound else { return }
        for name in spaces {
            let ours = try hub.hub.store.read { try $0.space(name) }
            try agent.device.store.read { store in
                let space = try store.space(name)
                guard space.position == ours.position, space.fill != .filling else { return }
                let own = try store.openChanges(ownOnly: false).filter { $0.space == space.id && $0.received == nil }
                guard own.isEmpty else { return }
                guard space.digest == ours.digest else { throw failure("\(agent.name) has another digest of \(name)") }
                count("digests")
            }
        }
    }
}
