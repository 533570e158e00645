import Agent
import Hub
import RecordStore

/// Copies of whole machines, and what comes of putting them back.
extension Simulation {
    private static let clonesAtMost = 2

    func strikeCopies() throws {
        if mix.deals(.deviceCopied) {
            let agent = agents[mix.below(agents.count, .deviceCopied)]
            if isWell(agent.machine), !agent.isUnsound {
                agent.makeCopy(seed: plan.seed &+ UInt64(trace.step))
                note(agent.name, "is copied")
            }
        }
        try putBackDevice()
        try cloneDevice()
        if mix.deals(.hubCopied), isWell(hub.machine) {
            hub.makeCopy(seed: plan.seed &+ UInt64(trace.step))
            note("hub", "is copied")
        }
        try putBackHub()
    }

    private func isWell(_ machine: SimulatedMachine) -> Bool {
        !machine.disk.isOff && !machine.isInTrouble && !machine.hasLied
    }

    private func putBackDevice() throws {
        let those = agents.filter { isWell($0.machine) && !$0.copies.isEmpty }
        guard !those.isEmpty, mix.deals(.devicePutBack) else { return }
        let agent = those[mix.below(those.count, .devicePutBack)]
        try remember(agent)
        note(agent.name, "is put back")
        try agent.putBack(agent.copies[mix.below(agent.copies.count, .devicePutBack)])
        try noteLost()
        try checkOwn(agent)
    }

    private func cloneDevice() throws {
        let those = agents.filter { !$0.copies.isEmpty }
        guard !those.isEmpty, clones < Self.clonesAtMost, mix.deals(.deviceCloned) else { return }
        let agent = those[mix.below(those.count, .deviceCloned)]
        clones += 1
        let machine = SimulatedMachine(seed: plan.seed &+ 900 &+ UInt64(clones), clock: World.simulatedStart)
        let copy = agent.copies[mix.below(agent.copies.count, .deviceCloned)]
        let clone = try SimulatedAgent(name: "c\(clones)", machine: machine, copying: copy, of: agent)
        agents.append(clone)
        note(clone.name, "goes on from a copy of \(agent.name)")
        try checkOwn(clone)
        try noteLost()
    }

    private func putBackHub() throws {
        guard !hub.copies.isEmpty, isWell(hub.machine), mix.deals(.hubPutBack) else { return }
        note("hub", "is put back")
        try hub.putBack(mix.below(hub.copies.count, .hubPutBack))
        // What came after the copy is with the devices. Until they bring it back, the hub has not received it.
        let held = try hub.hub.store.read { store in
            try Set(model.saved.filter { try stored($0, store)?.received != nil }.map(\.name))
        }
        received.formIntersection(held)
        // What the copy had received was judged when it was, by the rights of that time.
        unjudged.subtract(held)
        try noteLost()
        if mix.deals(.putBackAnnounced) {
            note("hub", "says that it was put back")
            try bearHub { _ = try hub.hub.openEpoch() }
        }
    }
}
