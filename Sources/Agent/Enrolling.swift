package import Causality
import RecordStore
package import Records
package import SyncProtocol

/// Brings a message to the hub and its answer back, both in pieces. The real one speaks HTTP; a simulator loses and repeats.
package protocol HubTransport {
    /// - Parameters:
    ///   - route: which of the hub's addresses the message is for.
    ///   - next: the message's next piece; `nil` at its end.
    ///   - take: is given the answer piece by piece; its error ends the exchange.
    func exchange(
        _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void) throws

    /// What the latest exchange went over; `nil` where that is not known.
    var network: NetworkKind? { get }
}

extension HubTransport {
    package var network: NetworkKind? { nil }

    /// Sends a whole message and waits for the whole answer.
    package func exchange(_ message: [UInt8], route: HubRoute) throws -> [UInt8] {
        var rest: [UInt8]? = message
        return try exchange(route) {
            defer { rest = nil }
            return rest
        }
    }

    /// Sends a message piece by piece and waits for the whole answer, a short one.
    package func exchange(_ route: HubRoute, sending next: () throws -> [UInt8]?) throws -> [UInt8] {
        var answer: [UInt8] = []
        try exchange(
            route, sending: next,
            receiving: { bytes in
                guard answer.count + bytes.count <= ProtocolLimits.messageBytes else {
                    throw AgentError(.answerTooLarge)
                }
                answer += bytes
            })
        return answer
    }
}

/// The hub's proven welcome to a device.
package struct Welcome: Sendable {
    package let hubKey: [UInt8]
    package let certificate: Certificate

    /// Asks the hub to let a device in.
    /// - Parameter unit: the unit that the device was set up for; empty on a bare device, which the code then sets up.
    package static func request(
        _ identity: ReplicaIdentity, unit: String, forms: [FormReference: Hash256], code: EnrolmentCode,
        over transport: some HubTransport
    ) throws -> Welcome {
        let request = EnrolRequest(codeName: code.name, publicKey: identity.publicKey, unit: unit, forms: forms)
            .bytes(code: code)
        let message = try AgentDevice.checked(try transport.exchange(request, route: .enrol))
        let answer = try EnrolAnswer(bytes: message, code: code, request: request)
        let certificate = try Certificate(bytes: answer.certificate, hubKey: answer.hubKey)
        guard certificate.replica == identity.replica, unit.isEmpty || certificate.unit == unit else {
            throw ProtocolError(.certificateWrong)
        }
        return Welcome(hubKey: answer.hubKey, certificate: certificate)
    }
}

extension AgentDevice {
    /// Joins the hub at `url` with a one-time code. Asking again after a lost answer is harmless.
    /// - Returns: the spaces that the device takes part in.
    package func enrol(url: String, code: EnrolmentCode, over transport: some HubTransport) throws -> [String] {
        guard !isTraining else { throw AgentError(.training) }
        if let hub = try hub() { throw AgentError(.enrolledAlready, ["hub": hub.url]) }
        let welcome = try Welcome.request(
            try store.identity, unit: unit, forms: try store.read { try $0.formDigests() }, code: code, over: transport)
        return try join(welcome, url: url)
    }

    /// Keeps a welcome: from now on the hub is known by its key.
    package func join(_ welcome: Welcome, url: String) throws -> [String] {
        guard !isTraining else { throw AgentError(.training) }
        try store.write { store in
            _ = try store.ensureReplica(welcome.certificate.hub, publicKey: welcome.hubKey)
            for space in welcome.certificate.spaces { try store.ensureSpace(space) }
            try store.setSetting(Key.hubURL, Array(url.utf8))
            try store.setSetting(Key.hubKey, welcome.hubKey)
            try store.setSetting(Key.certificate, welcome.certificate.bytes)
            try store.setCertificate(welcome.certificate.bytes, of: welcome.certificate.replica)
        }
        return welcome.certificate.spaces
    }

    /// The message, unless it is the hub's refusal: that is thrown.
    static func checked(_ message: [UInt8]) throws -> [UInt8] {
        if message.first == MessageKind.refusal.rawValue { throw try Refusal(bytes: message) }
        return message
    }
}
