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
                word: view.word, token: try store.baseToken(record: view.id, in: space).text,
                sight: try sight(of: view.row, in: space, store))
        }
        if let opened {
            agent.opened.append(opened)
            note(agent.name, "opens \(opened.word)")
        }
    }

    // MARK: What people save

    /// A draft, and what its author sees; `nil`: what is known of the record at that moment.
    private typealias Intent = (draft: Draft, sight: Sight?)

    private func edit(on agent: SimulatedAgent) throws {
        let process = agent.processes[random.below(agent.processes.count)]
        let count = random.oneIn(4) ? 2 : 1
        try bear(agent) {
            let space = spaces[random.below(spaces.count)]
            let intents = try (0..<count).compactMap { _ in try intent(on: agent, process, in: space) }
            guard !intents.isEmpty else { return }
            try save(intents, on: agent, process)
        }
    }

    /// What somebody saves next: a new record, an edit of what is known now or of what was opened long ago, a deletion.
    private func intent(
        on agent: SimulatedAgent, _ process: AgentDevice, in space: String
    ) throws -> Intent? {
        let author = ["", "lan", "minh"][random.below(3)]
        let makes = random.oneIn(4)
        let key = "k\(random.below(4))"
        let value = Value.integer(Int64(random.below(5)))
        let number = random.below(1 << 20)
        let edit = edit()
        let takesOpened = random.oneIn(2)
        let known = try process.store.read { try $0.records(form: SimulatedWorld.formName, space: space) }
        if known.isEmpty || makes {
            let draft = Draft(
                .new(form: SimulatedWorld.formName, space: space),
                edits: [("key", .set(.text(key))), ("value", .set(value))], author: author)
            return (draft, Sight())
        }
        let here = agent.opened.indices.filter { index in known.contains { $0.word == agent.opened[index].word } }
        if takesOpened, !here.isEmpty {
            let opened = agent.opened.remove(at: here[number % here.count])
            return (Draft(.edit(opened.word), edits: [edit], baseToken: opened.token, author: author), opened.sight)
        }
        return (Draft(.edit(known[number % known.count].word), edits: [edit], author: author), nil)
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

    /// Saves, and keeps in the model what was saved. What a dying process saved and could not say counts too, if it is there.
    private func save(_ intents: [Intent], on agent: SimulatedAgent, _ process: AgentDevice) throws {
        let store = process.store
        let sights = try store.read { store in
            try intents.map { intent -> Sight in
                if let sight = intent.sight { return sight }
                guard case .edit(let word) = intent.draft.target else { return Sight() }
                let place = try store.locate(word)
                return try sight(of: place.row, in: place.space, store)
            }
        }
        let before = try heads(store)
        do {
            let captured = try process.capture(intents.map(\.draft))
            note(agent.name, "saves \(captured.map(\.dot).joined(separator: " "))")
        } catch let error as StoreError where Self.toldToAuthors.contains(error.kind) {
            return note(agent.name, "is told \(error.code)")
        } catch {
            try weather(error, at: agent)
            guard !agent.isUnsound else { return }
        }
        try remember(intents, sights, after: before, on: agent)
        try checkOwn(agent)
    }

    private static let toldToAuthors: [StoreError.Code] = [.recordDeleted, .recordUnknown, .baseUnknown]

    private func heads(_ store: ReplicaStore) throws -> [String: UInt64] {
        let replica = store.identity.replica
        return try store.read { store in
            try Dictionary(
                spaces.map { ($0, try store.head(of: replica, in: store.space($0)).sequence) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    private func remember(
        _ intents: [Intent], _ sights: [Sight], after before: [String: UInt64], on agent: SimulatedAgent
    ) throws {
        let replica = agent.identity.replica
        try agent.device.store.read { store in
            for space in spaces {
                let state = try store.space(space)
                let first = (before[space] ?? 0) + 1
                let last = try store.head(of: replica, in: state).sequence
                guard first <= last else { continue }
                guard Int(last - first) < intents.count else {
                    throw failure("\(agent.name) saved what nobody entered")
                }
                for (number, sequence) in (first...last).enumerated() {
                    let dot = Dot(replica, sequence)
                    guard let change = try store.change(dot, in: state.id) else { throw failure("no change \(dot)") }
                    let intent = intents[number]
                    let record = try store.view(ofRow: change.record).id
                    var sight = sights[number]
                    sight.dots.formUnion(model.dots(by: intent.draft.author, at: replica, on: record, in: space))
                    // Nothing that was opened before: what is known now, and so what was just saved with it.
                    if intent.sight == nil { sight.dots.formUnion((first..<sequence).map { Dot(replica, $0) }) }
                    model.add(
                        ChangeModel.Saved(
                            word: change.dotWord, space: space, dot: dot, record: record, author: intent.draft.author,
                            operations: Self.operations(intent.draft), sight: sight))
                }
            }
        }
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
