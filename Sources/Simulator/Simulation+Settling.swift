import Agent
import RecordStore
import SyncProtocol

/// How everything comes to rest once nothing strikes any more.
extension Simulation {
    /// So many exchanges of each agent must do.
    private static let rounds = 6

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
        for round in 1...Self.rounds {
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
}
