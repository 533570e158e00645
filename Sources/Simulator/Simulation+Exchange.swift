import Agent
import Causality
import Hub
import RecordStore
import Records
import SyncProtocol
import Wording

/// The hub died before it answered.
private struct Silence: Error {}

/// What travels between agents and hub, and what happens to it.
extension Simulation {
    /// One exchange over the line. Whatever happens to it, trying again must be harmless.
    func exchange(_ agent: SimulatedAgent) throws {
        let process = agent.processes[random.below(agent.processes.count)]
        let isShort = random.oneIn(3) && !mix.isOver
        try bear(agent) {
            do {
                try exchange(agent, process, isShort: isShort)
            } catch is Silence {
                note("line", "is silent")
            } catch let refusal as Refusal {
                // Of its certificate.
                try bear(refusal, agent)
            }
        }
    }

    private func exchange(_ agent: SimulatedAgent, _ process: AgentDevice, isShort: Bool) throws {
        guard let link = try process.hub() else { throw failure("\(agent.name) lost its hub") }
        try process.succeed(with: link, over: succession)
        var options = DeviceExchange.Options()
        options.answerLimit = isShort ? 1 : 0
        options.listsKnowledge = agent.listsKnowledge
        let exchange = DeviceExchange(process, with: link, options)
        var request: [UInt8] = []
        while let piece = try exchange.nextPiece() {
            try check(piece: piece, of: "request")
            request += piece
        }
        note(agent.name, "asks \(Hash256.of(tag: "", request).hex.prefix(8)), \(request.count) bytes")
        if let old = agent.astray, mix.deals(.requestLate) {
            agent.astray = nil
            note(agent.name, "has an old request delivered")
            _ = try deliver(old)
        }
        if mix.deals(.requestLost) {
            agent.astray = request
            return note("line", "loses the request")
        }
        guard let answer = try deliver(request) else { return }
        try check(piece: answer, of: "answer")
        if mix.deals(.requestDoubled) { try double(request) }
        if mix.deals(.answerLost) { return note("line", "loses the answer") }
        // People go on saving while the answer is on its way. The process that waits for it may die of that.
        if !mix.isOver, random.oneIn(3) { try edit(on: agent) }
        guard agent.processes.contains(where: { $0 === process }) else { return }
        if mix.deals(.answerLate) {
            agent.late = (exchange, answer)
            return note("line", "holds the answer back")
        }
        try receive(answer, exchange, agent, process, isLate: false)
        if let late = agent.late {
            agent.late = nil
            note("line", "brings an old answer")
            try receive(late.answer, late.exchange, agent, process, isLate: true)
        }
    }

    /// By which a device shows its certificate.
    private var succession: Line {
        Line { message in
            guard let answer = try self.deliver(message, to: { try $0.succeed(message) }) else { throw Silence() }
            return answer
        }
    }

    /// Gives the hub a request.
    /// - Returns: the answer; `nil` where the hub died over it.
    func deliver(_ request: [UInt8]) throws -> [UInt8]? { try deliver(request) { try $0.answer(request) } }

    private func deliver(_ request: [UInt8], to answer: (Hub) throws -> [UInt8]) throws -> [UInt8]? {
        var result: [UInt8]?
        let before = try withoutRights()
        try bearHub {
            do {
                result = try answer(hub.hub)
            } catch let error as any CodedError where !hub.machine.disk.isOff {
                if error is StoreError, !hub.machine.has(.full) { throw error }
                result = Refusal(error).bytes
            }
        }
        try checkRights(before: before)
        return result
    }

    /// A recorded request is refused, and changes nothing.
    private func double(_ request: [UInt8]) throws {
        note("line", "doubles the request")
        let before = try spaces.map { try hub.position(of: $0) }
        try bearHub {
            do {
                _ = try hub.hub.answer(request)
                throw failure("a replayed request was served")
            } catch let error as HubError where error.kind == .requestReplayed {
            } catch let error as ProtocolError where error.kind == .sessionUnknown {
            } catch let error as HubError where error.kind == .deviceUnknown {}
        }
        count("requests that came twice")
        guard try spaces.map({ try hub.position(of: $0) }) == before else {
            throw failure("a replayed request changed the hub")
        }
    }

    private func receive(
        _ answer: [UInt8], _ exchange: DeviceExchange, _ agent: SimulatedAgent, _ process: AgentDevice, isLate: Bool
    ) throws {
        var answer = answer
        var isHarmed = isLate
        if mix.deals(.answerDamaged) {
            note("line", "damages the answer")
            answer[mix.below(answer.count, .answerDamaged)] ^= UInt8(1 + mix.below(255, .answerDamaged))
            isHarmed = true
        }
        if mix.deals(.answerCut) {
            note("line", "cuts the answer")
            answer.removeLast(1 + mix.below(answer.count, .answerCut))
            isHarmed = true
        }
        let isDamaged = isHarmed && !isLate
        do {
            // It comes in two pieces, cut anywhere.
            let cut = random.below(answer.count + 1)
            for piece in [answer[..<cut], answer[cut...]] { try exchange.take(piece) }
            try exchange.finish()
            agent.listsKnowledge = false
            // Of two processes, one may have come further meanwhile, and passes over what the other asked for.
            guard !isDamaged || agent.processes.count > 1 else { throw failure("\(agent.name) took a damaged answer") }
            note(agent.name, "takes \(exchange.changesTaken) changes, \(answer.count) bytes")
            try check(exchange, of: agent)
        } catch let refusal as Refusal {
            try take(refusal, agent, process)
        } catch let error as ProtocolError where error.kind == .floorTooHigh {
            note(agent.name, "lets go of a floor")
        } catch let error as ProtocolError where isHarmed {
            note(agent.name, "turns an answer down: \(error.code)")
        }
        try noteReceived(agent)
    }

    /// What a hub may refuse a sound device whose requests come as they were made.
    private static let mayBeRefused: Set<String> = [
        ProtocolError.Code.sessionUnknown.rawValue, ProtocolError.Code.knowledgeUnknown.rawValue,
        HubError.Code.requestReplayed.rawValue, StoreError.Code.full.rawValue,
    ]

    private func take(
        _ refusal: Refusal, _ agent: SimulatedAgent, _ process: AgentDevice
    ) throws {
        try bear(refusal, agent)
        if try process.mayGoOn(after: refusal, &agent.listsKnowledge) { return }
        guard let link = try process.hub() else { return }
        var retries = AgentDevice.Retries()
        _ = try process.heal(after: refusal, &retries, with: link, over: succession)
    }

    private func bear(_ refusal: Refusal, _ agent: SimulatedAgent) throws {
        note(agent.name, "is refused: \(refusal.code)")
        // A hub that was put back may not know whom it let in since.
        let isForgotten = refusal.code == HubError.Code.deviceUnknown.rawValue && dealt[.hubPutBack] != nil
        let isHarmless =
            Self.mayBeRefused.contains(refusal.code) || isForgotten || agent.isUnsound || agent.hasFlippedBits
        guard isHarmless || mix.isOn(.answerDamaged) else {
            throw failure("\(agent.name) is refused: \(refusal.code)")
        }
    }

    /// What an exchange that came to its end must not have met.
    private func check(_ exchange: DeviceExchange, of agent: SimulatedAgent) throws {
        guard !agent.isUnsound, !agent.hasFlippedBits else { return }
        for (space, code) in exchange.refusals.sorted(by: { $0.key < $1.key }) {
            throw failure("\(agent.name) is refused \(space): \(code)")
        }
    }
}
