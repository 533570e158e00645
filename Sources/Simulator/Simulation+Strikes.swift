import Agent
import GRDB
import Hub
import RecordStore
import Records
import SyncProtocol
import Wording

/// What strikes between two things that people do.
extension Simulation {
    func strike() throws {
        try strikePower()
        try strikeDisks()
        try strikeCopies()
        strikeClocks()
        try strikePeople()
        try strikeLies()
    }

    /// The machine that a fault strikes.
    private func victim(_ fault: Fault) -> SimulatedAgent { agents[mix.below(agents.count, fault)] }

    private func strikePower() throws {
        if mix.deals(.agentPowerCut) {
            let agent = victim(.agentPowerCut)
            agent.machine.disk.cut(at: UInt64(1 + mix.below(40, .agentPowerCut)))
            note(agent.name, "will lose power")
        }
        if mix.deals(.hubPowerCut) {
            hub.machine.disk.cut(at: UInt64(1 + mix.below(60, .hubPowerCut)))
            note("hub", "will lose power")
        }
    }

    private func strikeDisks() throws {
        try mend()
        if mix.deals(.agentDiskFull) {
            let agent = victim(.agentDiskFull)
            agent.machine.fillDisk(leaving: Int64(mix.below(60_000, .agentDiskFull)))
            note(agent.name, "has little room")
        }
        if mix.deals(.hubDiskFull) {
            hub.machine.fillDisk(leaving: Int64(mix.below(100_000, .hubDiskFull)))
            note("hub", "has little room")
        }
        if mix.deals(.diskFailing) {
            let agent = victim(.diskFailing)
            agent.machine.failDisk(in65536: 2000)
            note(agent.name, "has a failing disk")
        }
        if mix.deals(.syncLost) {
            let agent = victim(.syncLost)
            agent.machine.makeDiskLie()
            agent.machine.disk.cut(at: UInt64(20 + mix.below(100, .syncLost)))
            note(agent.name, "has a lying disk")
        }
        if mix.deals(.bitsFlipped) { try flipBits(of: victim(.bitsFlipped)) }
    }

    /// What was wrong with a disk is put right some time later.
    private func mend() throws {
        for machine in agents.map(\.machine) + [hub.machine] where machine.isInTrouble && random.oneIn(8) {
            machine.mendDisk()
        }
    }

    /// A device that is shut down and started again finds the bits that turned over meanwhile, or they do no harm.
    private func flipBits(of agent: SimulatedAgent) throws {
        guard !agent.isUnsound, !agent.machine.hasLied, !agent.machine.disk.isOff else { return }
        agent.machine.live()
        agent.machine.mendDisk()
        note(agent.name, "has bits flipped")
        do {
            try agent.rest { agent.machine.disk.flip(bits: 1) }
            if try !agent.device.store.verify().isEmpty { throw StoreError(.damaged) }
            // What a flipped bit cut off the end of the log of writes, nothing here can miss.
            try replace(agent)
        } catch let error as any CodedError {
            note(agent.name, "finds damage: \(error.code)")
            try replace(agent)
        }
    }

    private func strikeClocks() {
        if mix.deals(.clockJumps) {
            let days = [-3000, -400, -1, 1, 400, 3000][mix.below(6, .clockJumps)]
            let agent = victim(.clockJumps)
            agent.machine.jump(milliseconds: Int64(days) * 86_400_000)
            note(agent.name, "has its clock set by \(days) days")
        }
        if mix.deals(.clockStops) {
            let stops = mix.below(2, .clockStops) == 0
            let agent = victim(.clockStops)
            agent.machine.stopClock(stops)
            note(agent.name, stops ? "has its clock stopped" : "has its clock going")
        }
    }

    private func strikePeople() throws {
        try checkRights()
        if mix.deals(.rightsLost) {
            let person = SimulatedWorld.people[mix.below(2, .rightsLost)]
            note("hub", "takes rights from \(person)")
            try bearHub { try hub.hub.disablePerson(person) }
        }
        if mix.deals(.rightsBack) {
            let person = SimulatedWorld.people[mix.below(2, .rightsBack)]
            note("hub", "gives rights to \(person)")
            try bearHub {
                try hub.hub.store.write { store in
                    try store.db.execute(sql: "UPDATE person SET disabled = 0 WHERE id = ?", arguments: [person])
                }
            }
        }
        if mix.deals(.snapshotsGone) {
            note("hub", "loses its snapshots")
            try bearHub {
                try hub.hub.store.write { store in
                    for table in ["snapshot_chunk", "snapshot"] { try store.db.execute(sql: "DELETE FROM \(table)") }
                }
            }
        }
        if agents.count < plan.agents + 2, mix.deals(.lateAgent) { try join() }
        if mix.deals(.deviceRetired) {
            let agent = victim(.deviceRetired)
            note("hub", "retires \(agent.name)")
            let name = try agent.device.replica.word
            try bearHub {
                // One that was put back, or goes on under a new key, the hub may not know yet.
                do { try hub.hub.retire(name) } catch let error as HubError where error.kind == .deviceUnknown {}
            }
        }
    }
}
