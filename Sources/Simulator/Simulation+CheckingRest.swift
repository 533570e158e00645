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
                    throw failure(
                        "\(agent.name) is at \(theirs.position.words) in \(name), the hub at \(ours.position.words)")
                }
                guard theirs.digest == ours.digest else { throw failure("\(agent.name) has another digest of \(name)") }
            }
        }
        try checkEveryChange()
        try checkViews()
    }

    /// Every saved change is everywhere, or below a floor, with the same verdict.
    private func checkEveryChange() throws {
        for change in model.saved where !lost.contains(change.name) {
            let decision = try decision(of: change, hub.hub.store, "hub")
            guard let decision else {
                if lies.contains(change.name) { continue }
                throw failure("the hub has no \(change.word.text)")
            }
            for agent in agents {
                let theirs = try self.decision(of: change, agent.device.store, agent.name)
                guard theirs == nil || theirs == decision else {
                    throw failure("\(agent.name) has another verdict on \(change.word.text)")
                }
            }
            count("verdicts")
        }
    }

    /// - Returns: `nil` where the change lies below the floor.
    private func decision(of change: ChangeModel.Saved, _ store: ReplicaStore, _ name: String) throws -> Decision? {
        try store.read { store in
            let space = try store.space(change.space)
            guard let stored = try stored(change, store) else {
                if lies.contains(change.name) { return nil }
                let floor = try store.floorHead(of: change.word.dot.replica, in: space)?.head.sequence ?? 0
                guard change.word.dot.sequence <= floor else { throw failure("\(name) lost \(change.word.text)") }
                return nil
            }
            guard stored.decision != .undecided else {
                throw failure("undecided at rest at \(name): \(change.word.text)")
            }
            guard stored.decision != .refused || !stored.code.isEmpty else {
                throw failure("refused without a reason at \(name): \(change.word.text)")
            }
            return stored.decision
        }
    }

    /// What stands of each record at the hub is what the model says, and so is what somebody must be asked.
    func checkEveryRecord() throws {
        try hub.hub.store.read { store in
            for view in try store.records(form: SimulatedWorld.formName) {
                let changes = try store.changes(ofRecord: view.row)
                let space = try store.space(view.space)
                // What was made on a line that nobody has shown is read as if little had been seen.
                let cautious = try changes.filter { change in
                    try store.dependency(of: change.dot, in: space).map {
                        try !store.tellsSight(of: $0, in: space)
                    } ?? false
                }
                try check(
                    view, Dictionary(uniqueKeysWithValues: changes.map { (ChangeName($0), $0) }),
                    Set(cautious.map(ChangeName.init)))
                count("values and cases against the model")
            }
        }
    }

    private func check(
        _ view: RecordView, _ stored: [ChangeName: StoredChange], _ cautious: Set<ChangeName>
    ) throws {
        for (name, change) in stored.sorted(by: { $0.value.dotWord < $1.value.dotWord }) where !model.has(name) {
            throw failure("nobody saved \(change.dotWord)")
        }
        let names = Dictionary(uniqueKeysWithValues: stored.map { ($0.value.dot, $0.key) })
        let shown = Set(
            view.versions.values.joined().compactMap { version in
                names[version.dot].map {
                    ChangeModel.Standing(register: version.register, name: $0, value: version.value)
                }
            })
        // What was not seen stands. What was seen does not, unless whoever saw it could not say so.
        let must = Set(model.standing(view.id, in: view.space, stored: stored))
        let may = Set(model.standing(view.id, in: view.space, stored: stored, cautious: cautious))
        guard shown.isSuperset(of: must), shown.isSubset(of: may) else {
            throw failure("other values of \(view.word): \(diff(shown, must, stored, view))")
        }
        let fields = ChangeModel.shown(shown, stored: stored)
        guard view.fields == fields else {
            throw failure("\(view.word) shows \(view.fields), and should show \(fields)")
        }
        // A deletion covers no other register: only the case shows that whoever deleted could not say what they had seen.
        let cases = Set(view.conflicts)
        let (needed, allowed) = (model.conflicts(shown), model.conflicts(shown, cautious: cautious))
        guard cases.isSuperset(of: needed), cases.isSubset(of: allowed) else {
            throw failure(
                "cases of \(view.word): \(view.conflicts), and should be \(needed.sorted()), at most \(allowed.sorted())"
            )
        }
        let isExact = shown == must && cases == needed
        count(isExact ? "values and cases against the model" : "values that were seen and could not be named")
    }

    private func diff(
        _ shown: Set<ChangeModel.Standing>, _ expected: Set<ChangeModel.Standing>,
        _ stored: [ChangeName: StoredChange], _ view: RecordView
    ) -> String {
        func names(_ versions: Set<ChangeModel.Standing>) -> [String] {
            versions.map { version in
                let held = stored[version.name]
                let seen = model.changes(of: view.id, in: view.space)
                    .filter { $0.name != version.name && $0.sight.covers(version.name) }.map(\.word.text)
                let covering = stored.values.filter { other in
                    held.map { $0.dot != other.dot && other.base.covers($0.dot, received: $0.received) } ?? false
                }.map(\.dotWord)
                return """
                    \(version.register.field) \(version.value) of \(held?.dotWord ?? ""), \
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
            let theirs = try shown(agent.device.store)
            guard theirs == expected else {
                let differing = Set(theirs).symmetricDifference(expected).sorted()
                throw failure("\(agent.name) shows another state: \(differing)")
            }
            count("views")
        }
    }
}

extension LogPosition {
    fileprivate var words: String { "\(epoch):\(index) \(hash.hex.prefix(8))" }
}
