import Agent
import Causality
import Hub
import RecordStore
import Records
import SyncProtocol

/// What people and machines do when nothing strikes.
extension Simulation {
    func act() throws {
        hub.machine.pass(milliseconds: Int64(random.below(60_000)))
        let agent = agents[random.below(agents.count)]
        for agent in agents { agent.machine.pass(milliseconds: Int64(random.below(60_000))) }
        switch random.below(10) {
        case 0...4: try edit(on: agent)
        case 5...7: try exchange(agent)
        case 8: try settleCaseAtHub()
        default: try bear(agent) { try openForm(on: agent) }
        }
    }

    // MARK: What people see

    private func sight(of row: Int64, in space: SpaceState, _ store: StoreTransaction) throws -> Sight {
        Sight(
            position: space.fill == .filling ? 0 : space.position.index,
            dots: Set(try store.changes(ofRecord: row).map(\.dot)))
    }

    /// Somebody opens a record, to save it at another time.
    private func openForm(on agent: SimulatedAgent) throws {
        let number = random.below(1 << 20)
        guard agent.opened.count < 5 else { return }
        let opened = try agent.device.store.read { store -> SimulatedAgent.Opened? in
            let known = try store.records(form: SimulatedWorld.formName)
            guard !known.isEmpty else { return nil }
            let view = known[number % known.count]
            let space = try store.space(view.space)
            return SimulatedAgent.Opened(
                word: view.word, record: view.id, token: try store.baseToken(record: view.id, in: space).text,
                sight: try sight(of: view.row, in: space, store))
        }
        if let opened {
            agent.opened.append(opened)
            note(agent.name, "opens \(opened.word)")
        }
    }

    // MARK: What people save

    func edit(on agent: SimulatedAgent) throws {
        let process = agent.processes[random.below(agent.processes.count)]
        let count = random.oneIn(4) ? 2 : 1
        try bear(agent) {
            let space = spaces[random.below(spaces.count)]
            try save((0..<count).map { _ in try attempt(on: agent, process, in: space) }, on: agent, process)
        }
    }

    /// What somebody saves next: a new record, an edit of what is known now or of what was opened long ago, a deletion.
    private func attempt(
        on agent: SimulatedAgent, _ process: AgentDevice, in space: String
    ) throws -> SimulatedAgent.Attempt {
        let author = ["", "lan", "minh"][random.below(3)]
        let makes = random.oneIn(4)
        let key = "k\(random.below(4))"
        let value = Value.integer(Int64(random.below(5)))
        let number = random.below(1 << 20)
        let edit = edit()
        let takesOpened = random.oneIn(2)
        return try process.store.read { store in
            let known = try store.records(form: SimulatedWorld.formName, space: space)
            if known.isEmpty || makes {
                let draft = Draft(
                    .new(form: SimulatedWorld.formName, space: space),
                    edits: [("key", .set(.text(key))), ("value", .set(value))], author: author)
                let record = RecordID.keyed(NaturalKey(form: SimulatedWorld.formName, values: ["key": .text(key)]))
                return .init(
                    step: trace.step, space: space, record: record, draft: draft, sight: Sight(), isOfNow: false)
            }
            let here = agent.opened.indices.filter { index in known.contains { $0.word == agent.opened[index].word } }
            if takesOpened, !here.isEmpty {
                let opened = agent.opened.remove(at: here[number % here.count])
                let draft = Draft(.edit(opened.word), edits: [edit], baseToken: opened.token, author: author)
                return .init(
                    step: trace.step, space: space, record: opened.record, draft: draft, sight: opened.sight,
                    isOfNow: false)
            }
            let view = known[number % known.count]
            return .init(
                step: trace.step, space: space, record: view.id,
                draft: Draft(.edit(view.word), edits: [edit], author: author),
                sight: try sight(of: view.row, in: store.space(space), store), isOfNow: true)
        }
    }

    private func edit() -> (String, Draft.Edit) {
        let number = Int64(random.below(5))
        let item = ["p", "q", "r"][random.below(3)]
        switch random.below(8) {
        case 0...2: return ("value", .set(.integer(number)))
        case 3: return ("note", .set(.text("n\(number)")))
        case 4: return ("tags", .add(item))
        case 5: return ("tags", .drop(item))
        case 6: return ("@deleted", .set(.flag(true)))
        default: return ("@deleted", .set(.flag(false)))
        }
    }

    private func save(
        _ attempts: [SimulatedAgent.Attempt], on agent: SimulatedAgent, _ process: AgentDevice
    ) throws {
        agent.attempts += attempts
        do {
            let captured = try process.capture(attempts.map(\.draft))
            note(agent.name, "saves \(captured.map(\.dot).joined(separator: " "))")
            try remember(agent)
            (agent.attempts, agent.doubtful) = ([], [])
        } catch let error as StoreError where Self.toldToAuthors.contains(error.kind) {
            agent.attempts.removeLast(attempts.count)
            note(agent.name, "is told \(error.code)")
        }
    }

    private static let toldToAuthors: [StoreError.Code] = [.recordDeleted, .recordUnknown, .baseUnknown]

    /// Keeps in the model what was saved since. What a process saved and could not say, because it died or the disk failed
    /// in the end, may be there, and counts then.
    func remember(_ agent: SimulatedAgent) throws {
        let replica = agent.identity.replica
        let before = agent.attempts.map(\.step)
        try agent.device.store.read { store in
            for space in spaces {
                let state = try store.space(space)
                // What an unsound machine has lost it may have written over since.
                let first = agent.isUnsound ? 1 : model.head(of: replica, in: space) + 1
                let last = try store.head(of: replica, in: state).sequence
                guard first <= last else { continue }
                for sequence in first...last {
                    guard let change = try store.change(Dot(replica, sequence), in: state.id) else {
                        throw failure("\(agent.name) has no change \(sequence) in \(space)")
                    }
                    guard !model.has(change.dotWord) else { continue }
                    try remember(change, since: first, of: agent, in: space, store)
                }
            }
        }
        try checkWhole(agent, before)
    }

    /// What was saved together is there together.
    /// - Parameter before: the steps of the attempts of which nothing was there before.
    private func checkWhole(_ agent: SimulatedAgent, _ before: [Int]) throws {
        let left = agent.attempts.map(\.step)
        for step in Set(left) where !agent.isUnsound && !agent.doubtful.contains(step) {
            guard before.count(where: { $0 == step }) == left.count(where: { $0 == step }) else {
                throw failure("\(agent.name) has a part of what was saved together in step \(step)")
            }
        }
    }

    private func remember(
        _ change: StoredChange, since first: UInt64, of agent: SimulatedAgent, in space: String,
        _ store: StoreTransaction
    ) throws {
        let replica = agent.identity.replica
        let saved = try Payload(canonical: change.payload).operations
        let operations = Dictionary(saved.map { ($0.register, $0.value) }, uniquingKeysWith: { _, last in last })
        let record = try store.view(ofRow: change.record).id
        let fitting = agent.attempts.indices.filter { index in
            let attempt = agent.attempts[index]
            return attempt.space == space && attempt.record == record && attempt.draft.author == change.author
                && Self.operations(attempt.draft) == operations
        }
        let steps = Set(fitting.map { agent.attempts[$0].step })
        if steps.count > 1 { agent.doubtful.formUnion(steps) }
        // Where several would have saved just this, the latest of them did, and of what was saved together the first.
        let latest = fitting.last.map { agent.attempts[$0].step }
        guard let index = fitting.first(where: { agent.attempts[$0].step == latest }) else {
            if agent.isUnsound { return }
            throw failure("\(agent.name) saved what nobody entered: \(change.dotWord)")
        }
        let attempt = agent.attempts.remove(at: index)
        var sight = attempt.sight
        // People have seen what they themselves saved here, and whoever edits what is known now, all that was saved here.
        sight.dots.formUnion(model.dots(by: attempt.draft.author, at: replica, on: record, in: space))
        if attempt.isOfNow { sight.dots.formUnion((first..<change.dot.sequence).map { Dot(replica, $0) }) }
        model.add(
            ChangeModel.Saved(
                word: change.dotWord, space: space, dot: change.dot, record: record, author: attempt.draft.author,
                operations: operations, sight: sight))
    }

    private static func operations(_ draft: Draft) -> [RegisterKey: Value] {
        Dictionary(
            draft.edits.map { field, edit in
                switch edit {
                case .set(let value): (RegisterKey(field), value)
                case .add(let item): (RegisterKey(field, item: item), .flag(true))
                case .drop(let item): (RegisterKey(field, item: item), .flag(false))
                }
            }, uniquingKeysWith: { _, last in last })
    }

    /// An admin at the hub settles a case by the value of one side.
    private func settleCaseAtHub() throws {
        let number = random.below(1 << 20)
        let picksDeletion = random.oneIn(2)
        try bearHub {
            let store = hub.hub.store
            let open = try store.read { try $0.conflicts() }
            guard !open.isEmpty else { return }
            let view = open[number % open.count].view
            let field = view.conflicts[0]
            guard let versions = view.versions[field], !versions.isEmpty else { return }
            let value =
                field == RegisterKey.deleted.field
                ? Value.flag(picksDeletion) : versions[number % versions.count].value
            let draft = Draft(
                .edit(view.word), edits: [(field, .set(value))], author: "admin", reason: "sim", settles: true)
            try saveAtHub(draft, view)
            note("hub", "settles \(field) of \(view.word)")
        }
    }

    private func saveAtHub(_ draft: Draft, _ view: RecordView) throws {
        let replica = hub.hub.replica
        func head() throws -> UInt64 {
            let store = hub.hub.store
            return try store.read { try $0.head(of: replica, in: $0.space(view.space)).sequence }
        }
        let before = try head()
        let seen = try hub.hub.store.read { store -> Sight in
            try sight(of: view.row, in: store.space(view.space), store)
        }
        do { _ = try hub.hub.capture([draft]) } catch { try weatherHub(error) }
        let after = try head()
        guard after > before else { return }
        try hub.hub.store.read { store in
            let dot = Dot(replica, after)
            guard let change = try store.change(dot, in: store.space(view.space).id) else { return }
            model.add(
                ChangeModel.Saved(
                    word: change.dotWord, space: view.space, dot: dot, record: view.id, author: draft.author,
                    operations: Self.operations(draft), sight: seen))
        }
    }
}
