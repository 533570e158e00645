import Agent
import Hub
import RecordStore
import SyncProtocol

/// How everything comes to rest once nothing strikes any more.
extension Simulation {
    /// So many exchanges of each agent are made. A device may be refused once for each of: a session that is gone, what a hub that was
    /// put back does not know, once more after it has shown that, and a request's number that was used; what it then brings takes
    /// the others one more.
    private static let rounds = 6
    private static let mostRounds = 10

    func settle() throws {
        trace.step += 1
        mix.isOver = true
        try wakeHub()
        for agent in agents {
            agent.machine.live()
            agent.machine.mendDisk()
            agent.machine.stopClock(false)
            if agent.machine.disk.isOff { try restart(agent) }
            if agent.isUnsound { try replace(agent) }
            (agent.late, agent.astray) = (nil, nil)
        }
        for round in 1...Self.mostRounds {
            if try round > Self.rounds && isEverybodyThere() { break }
            for agent in agents {
                hub.machine.pass(milliseconds: 1000)
                agent.machine.pass(milliseconds: 1000)
                try exchange(agent)
            }
            note("all", "have exchanged \(round) times")
        }
        for agent in agents {
            for space in try agent.device.store.read({ try $0.allSpaces() }) {
                if space.floor > 0 { count("floors claimed") }
                if space.fill == .declined { count("snapshots let go of") }
            }
        }
    }

    /// Whether every agent has come to the hub's place in every space.
    private func isEverybodyThere() throws -> Bool {
        try spaces.allSatisfy { name in
            let place = try hub.hub.store.read { try $0.space(name).position }
            return try agents.allSatisfy { try $0.device.store.read { try $0.space(name).position } == place }
        }
    }
}
