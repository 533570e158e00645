import Agent
import Causality
import Hub
import RecordStore
import Records
import SyncProtocol

/// What must hold when everything is at rest.
extension Simulation {
    func checkRest() throws {
        try checkMoment()
        for agent in agents {
            for name in spaces {
                let (ours, theirs) = (
                    try hub.hub.store.read { try $0.space(name) }, try agent.device.store.read { try $0.space(name) }
                )
                guard theirs.fill != .filling else { throw failure("\(agent.name) is filling \(name) still") }
                guard theirs.position == ours.position else {
                    throw failure("\(agent.name) is not at the hub's place in \(name)")
                }
                guard theirs.digest == ours.digest else { throw failure("\(agent.name) has another digest of \(name)") }
            }
        }
        try checkEveryChange()
        try checkViews()
    }

    /// Every saved change is everywhere, or below a floor, with the same verdict.
    private func checkEveryChange() throws {
        for change in model.saved {
            let decision = try decision(of: change, hub.hub.store, "hub")
            guard let decision else { throw failure("the hub has no \(change.word)") }
            for agent in agents {
                let theirs = try self.decision(of: change, agent.device.store, agent.name)
                guard theirs == nil || theirs == decision else {
                    throw failure("\(agent.name) has another verdict on \(change.word)")
                }
            }
            count("verdicts")
        }
    }

    /// - Returns: `nil` where the change lies below the floor.
    private func decision(of change: ChangeModel.Saved, _ store: ReplicaStore, _ name: String) throws -> Decision? {
        try store.read { store in
            let space = try store.space(change.space)
            guard let stored = try store.change(change.dot, in: space.id) else {
                let floor = try store.floorHead(of: change.dot.replica, in: space)?.head.sequence ?? 0
                guard change.dot.sequence <= floor else { throw failure("\(name) lost \(change.word)") }
                return nil
            }
            guard stored.dotWord == change.word else { throw failure("\(name) has another \(change.word)") }
            guard stored.decision != .undecided else { throw failure("undecided at rest at \(name): \(change.word)") }
            guard stored.decision != .refused || !stored.code.isEmpty else {
                throw failure("refused without a reason at \(name): \(change.word)")
            }
            return stored.decision
        }
    }

    /// What stands of each record at the hub is what the model says, and so is what somebody must be asked.
    func checkEveryRecord() throws {
        try hub.hub.store.read { store in
            for view in try store.records(form: SimulatedWorld.formName) {
                let changes = try store.changes(ofRecord: view.row)
                let stored = Dictionary(changes.map { ($0.dot, $0) }, uniquingKeysWith: { first, _ in first })
                let known = Set(model.changes(of: view.id, in: view.space).map(\.dot))
                for change in changes where !known.contains(change.dot) {
                    throw failure("nobody saved \(change.dotWord)")
                }
                let standing = model.standing(view.id, in: view.space, stored: stored)
                let expected = Set(standing)
                let shown = Set(
                    view.versions.values.joined().map {
                        ChangeModel.Standing(register: $0.register, dot: $0.dot, value: $0.value)
                    })
                guard shown == expected else {
                    throw failure("other values of \(view.word): \(diff(shown, expected, stored, view))")
                }
                let fields = ChangeModel.shown(standing, stored: stored)
                guard view.fields == fields else {
                    throw failure("\(view.word) shows \(view.fields), and should show \(fields)")
                }
                let conflicts = model.conflicts(view.id, in: view.space, stored: stored)
                guard view.conflicts == conflicts else {
                    throw failure("cases of \(view.word): \(view.conflicts), and should be \(conflicts)")
                }
                count("values and cases against the model")
            }
        }
    }

    private func diff(
        _ shown: Set<ChangeModel.Standing>, _ expected: Set<ChangeModel.Standing>, _ stored: [Dot: StoredChange],
        _ view: RecordView
    ) -> String {
        func names(_ versions: Set<ChangeModel.Standing>) -> [String] {
            versions.map { version in
                let received = stored[version.dot]?.received
                let seen = model.changes(of: view.id, in: view.space)
                    .filter { $0.dot != version.dot && $0.sight.covers(version.dot, received: received) }.map(\.word)
                let covering = stored.values
                    .filter { $0.dot != version.dot && $0.base.covers(version.dot, received: received) }.map(\.dotWord)
                return """
                    \(version.register.field) \(version.value) of \(stored[version.dot]?.dotWord ?? ""), \
                    seen by \(seen.sorted()), in the bases of \(covering.sorted())
                    """
            }.sorted()
        }
        return "shown only \(names(shown.subtracting(expected))), missing \(names(expected.subtracting(shown)))"
    }

    /// Sides with equal knowledge show equal values and equal cases.
    private func checkViews() throws {
        func shown(_ store: ReplicaStore) throws -> [String] {
            try store.read { try $0.records(form: SimulatedWorld.formName) }
                .map { "\($0.word) \($0.fields.sorted { $0.key < $1.key }) \($0.conflicts) \($0.deleted)" }.sorted()
        }
        let expected = try shown(hub.hub.store)
        for agent in agents {
            guard try shown(agent.device.store) == expected else { throw failure("\(agent.name) shows another state") }
            count("views")
        }
    }
}
