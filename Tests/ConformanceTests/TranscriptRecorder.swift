import Agent
import Hub
import RecordStore
import Records
import SyncProtocol
import Wording

/// Writes down what goes over the line.
final class TranscriptRecorder {
    let stage: Stage
    private(set) var steps: [JSON] = []
    /// Whether the latest exchange left nothing to be asked for.
    private var isSettled = false

    init(_ stage: Stage) { self.stage = stage }

    func enrol(_ actor: Stage.Actor, spaces: [String] = []) throws {
        let code = try stage.hub.makeEnrolCode(unit: Stage.unit, spaces: spaces, hours: 1).code
        let read = EnrolmentCode(code.text) ?? code
        var members: [JSON.Member] = []
        let line = StageLine(stage: stage) { _, request, answer in
            members = Self.messages("enrol", actor, request, answer)
        }
        _ = try actor.device.enrol(url: "test:", code: read, over: line)
        steps.append(.object(members + [.init(name: "code", value: .text(code.text))]))
    }

    /// A device's files are copied.
    func copy(_ actor: Stage.Actor, as image: String) throws {
        try actor.keepCopy(as: image)
        steps.append(["step": "copy", "device": .text(actor.name), "image": .text(image)])
    }

    /// A device's files are put back from a copy.
    func restore(_ actor: Stage.Actor, from image: String) throws {
        try actor.restore(image)
        noteRestored(actor, from: image)
    }

    /// A machine came to be from a copy.
    func noteRestored(_ actor: Stage.Actor, from image: String) {
        steps.append(["step": "restore", "device": .text(actor.name), "image": .text(image)])
    }

    /// Exchanges until nothing is left, as a device does.
    func settle(_ actor: Stage.Actor) throws {
        var options = DeviceExchange.Options()
        for _ in 0..<8 {
            options.listsKnowledge = try exchange(actor, options)
            if isSettled { return }
        }
        throw StoreError(.damaged, ["code": "\(actor.name) does not come to rest"])
    }

    /// What befalls messages on their way.
    struct Harm {
        var request: ([UInt8]) -> [UInt8] = { $0 }
        var answer: ([UInt8]) -> [UInt8] = { $0 }
    }

    /// One request and its answer.
    /// - Parameter ends: the code with which the device itself ends the exchange.
    /// - Returns: whether the device lists its knowledge when it asks again.
    @discardableResult func exchange(
        _ actor: Stage.Actor, _ options: DeviceExchange.Options = .init(), harm: Harm = Harm(),
        ends: ProtocolError.Code? = nil
    ) throws -> Bool {
        stage.clock.pass(5_250)
        guard let link = try actor.device.hub() else { return false }
        let exchange = DeviceExchange(actor.device, with: link, options)
        var members: [JSON.Member] = []
        let (before, waiting) = (try actor.device.replica, try actor.device.waitingCount())
        var refusal: Refusal?
        var refused: String?
        var lists = options.listsKnowledge
        do {
            var request: [UInt8] = []
            while let piece = try exchange.nextPiece() { request += piece }
            let came = harm.request(request)
            let answer = harm.answer(try stage.hub.reply(to: came, at: .sync))
            members = Self.messages("sync", actor, request, answer)
            if came != request { members.append(.init(name: "cutAfter", value: .natural(UInt64(came.count)))) }
            if request.first == 1 {
                members.append(.init(name: "offerSecret", value: .hex(actor.machine.offer)))
            }
            try exchange.take(answer)
            try exchange.finish()
        } catch let error as Refusal {
            refused = error.code
            if try !actor.device.mayGoOn(after: error, &lists) { refusal = error }
        } catch let error as ProtocolError where error.kind == ends {
            refused = error.code
        }
        members.append(.init(name: "refused", value: refused.map { .text($0) } ?? .null))
        members.append(.init(name: "more", value: .bool(exchange.more)))
        let notes = exchange.refusals.sorted { $0.key < $1.key }
        members.append(
            .init(name: "notes", value: .object(notes.map { .init(name: $0.key, value: .text($0.value)) })))
        if try actor.device.replica != before { members.append(.init(name: "goesOn", value: .bool(true))) }
        members.append(.init(name: "after", value: try Self.state(of: actor.device.store)))
        steps.append(.object(members))
        let left = try actor.device.waitingCount()
        isSettled = refused == nil && !exchange.more && (left == 0 || left >= waiting)
        try heal(actor, link, after: refusal)
        return lists
    }

    /// What a device does before it asks again.
    private func heal(_ actor: Stage.Actor, _ link: AgentDevice.HubLink, after refusal: Refusal?) throws {
        var members: [JSON.Member] = []
        let line = StageLine(stage: stage) { _, request, answer in
            members = Self.messages("succeed", actor, request, answer)
        }
        var retries = AgentDevice.Retries()
        if let refusal {
            _ = try actor.device.heal(after: refusal, &retries, with: link, over: line)
        } else {
            try actor.device.succeed(with: link, over: line)
        }
        guard !members.isEmpty else { return }
        steps.append(
            .object(members + [.init(name: "secret", value: .hex(try actor.device.store.identity.rawKey))]))
    }

    /// A request whose answer never comes. What the hub did for it is done.
    func loseAnswer(_ actor: Stage.Actor) throws { _ = try stage.hub.reply(to: request(of: actor), at: .sync) }

    /// A request that never comes. What the device did for it is done: its open changes are a segment.
    func loseRequest(_ actor: Stage.Actor) throws { _ = try request(of: actor) }

    private func request(of actor: Stage.Actor) throws -> [UInt8] {
        stage.clock.pass(5_250)
        guard let link = try actor.device.hub() else { return [] }
        let exchange = DeviceExchange(actor.device, with: link)
        var request: [UInt8] = []
        while let piece = try exchange.nextPiece() { request += piece }
        return request
    }

    private static func messages(
        _ kind: String, _ actor: Stage.Actor, _ request: [UInt8], _ answer: [UInt8]
    ) -> [JSON.Member] {
        [
            .init(name: "step", value: .text(kind)), .init(name: "device", value: .text(actor.name)),
            .init(name: "request", value: .hex(request)), .init(name: "answer", value: .hex(answer)),
        ]
    }

    private static func state(of store: ReplicaStore) throws -> JSON {
        try store.read { store in
            .list(
                try store.allSpaces().map { space in
                    [
                        "space": .text(space.name), "position": Describe.position(space.position),
                        "floor": Describe.floor(try store.floor(of: space)), "digest": .text(space.digest.hex),
                    ]
                })
        }
    }

    func document(_ actors: [Stage.Actor]) throws -> JSON {
        [
            "hub": ["publicKey": .hex(Fixed.hub.publicKey)],
            "devices": .list(
                actors.map { ["name": .text($0.name), "secret": .hex($0.identity.rawKey)] }),
            "steps": .list(steps),
            "hubSpaces": try Self.state(of: stage.hub.store),
        ]
    }
}
