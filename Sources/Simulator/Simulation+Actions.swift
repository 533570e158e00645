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
        let shown = Set(try store.changes(ofRecord: row).map(ChangeName.init))
        return space.fill == .filling ? Sight(names: shown) : model.sight(of: shown)
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
    ) throws -> Authors.Attempt {
        let author = ["", "lan", "minh"][random.below(3)]
        let makes = random.oneIn(4)
        let key = "k\(random.below(4))"
        let value = Value.integer(Int64(random.below(5)))
        let number = random.below(1 << 20)
        let edit = edit()
        let takesOpened = random.oneIn(2)
        return try process.store.read { store in
            let state = try store.space(space)
            let isCautious = state.isTangled || state.fill == .declined
            let known = try store.records(form: SimulatedWorld.formName, space: space)
            if known.isEmpty || makes {
                let draft = Draft(
                    .new(form: SimulatedWorld.formName, space: space),
                    edits: [("key", .set(.text(key))), ("value", .set(value))], author: author)
                let record = RecordID.keyed(NaturalKey(form: SimulatedWorld.formName, values: ["key": .text(key)]))
                return .init(
                    step: trace.step, space: space, record: record, draft: draft, sight: Sight(), isOfNow: false,
                    isCautious: isCautious)
            }
            let here = agent.opened.indices.filter { index in known.contains { $0.word == agent.opened[index].word } }
            if takesOpened, !here.isEmpty {
                let opened = agent.opened.remove(at: here[number % here.count])
                let draft = Draft(.edit(opened.word), edits: [edit], baseToken: opened.token, author: author)
                return .init(
                    step: trace.step, space: space, record: opened.record, draft: draft, sight: opened.sight,
                    isOfNow: false, isCautious: isCautious)
            }
            let view = known[number % known.count]
            return .init(
                step: trace.step, space: space, record: view.id,
                draft: Draft(.edit(view.word), edits: [edit], author: author),
                sight: try sight(of: view.row, in: state, store), isOfNow: true,
                isCautious: isCautious)
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
        _ attempts: [Authors.Attempt], on agent: SimulatedAgent, _ process: AgentDevice
    ) throws {
        agent.authors.attempts += attempts
        do {
            let captured = try process.capture(attempts.map(\.draft))
            note(agent.name, "saves \(captured.map(\.dot).joined(separator: " "))")
            try remember(agent)
            (agent.authors.attempts, agent.authors.doubtful) = ([], [])
        } catch let error as StoreError where Self.toldToAuthors.contains(error.kind) {
            agent.authors.attempts.removeLast(attempts.count)
            note(agent.name, "is told \(error.code)")
        }
    }

    private static let toldToAuthors: [StoreError.Code] = [.recordDeleted, .recordUnknown, .baseUnknown]

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
            let seen = try store.read { store in
                try sight(of: view.row, in: store.space(view.space), store)
            }
            hub.authors.attempts = [
                .init(step: trace.step, space: view.space, record: view.id, draft: draft, sight: seen, isOfNow: true)
            ]
            _ = try hub.hub.capture([draft])
            note("hub", "settles \(field) of \(view.word)")
        }
        try rememberHub()
    }
}
