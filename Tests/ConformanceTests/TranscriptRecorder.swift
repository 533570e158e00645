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

    /// One request and its answer.
    /// - Returns: whether the device lists its knowledge when it asks again.
    @discardableResult func exchange(
        _ actor: Stage.Actor, _ options: DeviceExchange.Options = .init()
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
            let answer = try stage.answer(request, .sync)
            members = Self.messages("sync", actor, request, answer)
            if request.first == 1 {
                members.append(.init(name: "offerSecret", value: .hex(actor.machine.offer)))
            }
            try exchange.take(answer)
            try exchange.finish()
        } catch let refusal as Refusal {
            refused = refusal.code
            _ = try actor.device.mayGoOn(after: refusal, &lists)
        } catch let error as ProtocolError where error.kind == .snapshotWrong {
            refused = error.code
        }
        members.append(.init(name: "refused", value: refused.map { .text($0) } ?? .null))
        members.append(.init(name: "more", value: .bool(exchange.more)))
        members.append(.init(name: "after", value: try Self.state(of: actor.device.store)))
        steps.append(.object(members))
        return lists
    }

    /// A request whose answer never comes. What the hub did for it is done.
    func loseAnswer(_ actor: Stage.Actor) throws {
        stage.clock.pass(5_250)
        guard let link = try actor.device.hub() else { return }
        let exchange = DeviceExchange(actor.device, with: link)
        var request: [UInt8] = []
        while let piece = try exchange.nextPiece() { request += piece }
        _ = try stage.answer(request, .sync)
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
