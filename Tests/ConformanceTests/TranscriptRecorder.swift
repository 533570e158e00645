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
        var refused: String?
        var lists = options.listsKnowledge
        do {
            var request: [UInt8] = []
            while let piece = try exchange.nextPiece() { request += piece }
            let came = harm.request(request)
            let answer = harm.answer(try stage.answer(came, .sync))
            members = Self.messages("sync", actor, request, answer)
            if came != request { members.append(.init(name: "cutAfter", value: .natural(UInt64(came.count)))) }
            if request.first == 1 {
                members.append(.init(name: "offerSecret", value: .hex(actor.machine.offer)))
            }
            try exchange.take(answer)
            try exchange.finish()
        } catch let refusal as Refusal {
            refused = refusal.code
            _ = try actor.device.mayGoOn(after: refusal, &lists)
        } catch let error as ProtocolError where error.kind == ends {
            refused = error.code
        }
        members.append(.init(name: "refused", value: refused.map { .text($0) } ?? .null))
        members.append(.init(name: "more", value: .bool(exchange.more)))
        let notes = exchange.refusals.sorted { $0.key < $1.key }
        members.append(
            .init(name: "notes", value: .object(notes.map { .init(name: $0.key, value: .text($0.value)) })))
        members.append(.init(name: "after", value: try Self.state(of: actor.device.store)))
        steps.append(.object(members))
        return lists
    }

    /// A request whose answer never comes. What the hub did for it is done.
    func loseAnswer(_ actor: Stage.Actor) throws { _ = try stage.answer(request(of: actor), .sync) }

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
