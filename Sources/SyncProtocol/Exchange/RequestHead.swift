package import Causality
import Records

/// What a sync request begins with: who asks, proof of it, and where the device stands. Frames with its segments follow.
package struct RequestHead: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Begins a session; signed by the device.
        case first(replica: ReplicaID, offer: [UInt8])
        /// Goes on with a session; proven with its key.
        case session(UInt32)
    }

    package let kind: Kind
    /// Greater than in every earlier request: of the replica, for a first one, else of the session. A recorded request is
    /// good for nothing.
    package let counter: UInt64
    /// The device's clock in seconds: since 1970 for a first request, else since the hub's time when the session began. To
    /// be shown beside the hub's, and what times in frames are written against.
    package let clock: Int64
    /// How many bytes of answer the device wants at most; 0: any number.
    package let answerLimit: UInt64
    package let knowledge: Knowledge

    package init(kind: Kind, counter: UInt64, clock: Int64, answerLimit: UInt64, knowledge: Knowledge) {
        self.kind = kind
        self.counter = counter
        self.clock = clock
        self.answerLimit = answerLimit
        self.knowledge = knowledge
    }

    private static let tag = "phusa request 1"
    /// No clock is so wrong; what is computed with one stays within its type.
    private static let clockLimit: UInt64 = 1 << 40
    /// The versions of the protocol that this program speaks: lowest, highest.
    private static let versions: [UInt8] = [1, 1]

    /// The head, signed by the device for this hub and no other.
    package func bytes(signedBy identity: ReplicaIdentity, hub: ReplicaID) -> [UInt8] {
        let unproven = unproven
        return framed(unproven + identity.sign(tag: Self.tag, hub.bytes + unproven))
    }

    /// The head, proven within a session.
    package func bytes(provenBy keys: SessionKeys) -> [UInt8] {
        let unproven = unproven
        return framed(unproven + keys.requestProof(unproven))
    }

    private var messageKind: MessageKind {
        if case .first = kind { .firstRequest } else { .sessionRequest }
    }

    private func framed(_ body: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(messageKind.rawValue)
        writer.block(body)
        return writer.bytes
    }

    private var unproven: [UInt8] {
        var writer = ByteWriter()
        switch kind {
        case .first(let replica, let offer):
            writer.raw(Self.versions)
            writer.replica(replica)
            writer.raw(offer)
        case .session(let session):
            writer.raw((0..<4).map { UInt8(truncatingIfNeeded: session >> (24 - 8 * $0)) })
        }
        writer.varint(counter)
        writer.signed(clock)
        writer.varint(answerLimit)
        knowledge.write(to: &writer)
        return writer.bytes
    }

    /// A head as it came. Nothing in it may be relied on before its proof was checked.
    package struct Received: Sendable {
        package let head: RequestHead
        let unproven: [UInt8]
        let proof: [UInt8]
        /// Names the request in its answer.
        package let name: Hash256

        package func isSigned(by publicKey: [UInt8], for hub: ReplicaID) -> Bool {
            Signature.isValid(proof, tag: RequestHead.tag, hub.bytes + unproven, publicKey: publicKey)
        }

        package func isProven(by keys: SessionKeys) -> Bool { keys.isRequestProof(proof, of: unproven) }
    }

    /// The name of the request that begins with `head`, kind and length included.
    package static func name(ofRequest head: [UInt8]) -> Hash256 { .of(tag: "phusa request name 1", head) }

    /// Reads the head at the front of what came, kind and length included.
    package static func read(_ bytes: [UInt8]) throws(ProtocolError) -> Received {
        guard let kind = bytes.first.flatMap(MessageKind.init(rawValue:)),
            kind == .firstRequest || kind == .sessionRequest
        else { throw ProtocolError(.notAMessage) }
        var reader = ByteReader(bytes)
        let body = try decoding { () throws(DecodingFailure) in
            _ = try reader.byte()
            let body = try reader.block(limit: ProtocolLimits.headBytes)
            try reader.finish()
            return body
        }
        let proofBytes = kind == .firstRequest ? Signature.byteCount : SessionKeys.proofByteCount
        guard body.count > proofBytes else { throw ProtocolError(DecodingFailure(.truncated, at: body.count)) }
        let unproven = Array(body.dropLast(proofBytes))
        if kind == .firstRequest {
            guard let lowest = unproven.first, let highest = unproven.dropFirst().first, lowest <= highest,
                (lowest...highest).contains(versions[1])
            else { throw ProtocolError(.versionUnknown) }
        }
        let head = try decoding { () throws(DecodingFailure) in
            var reader = ByteReader(unproven)
            let head = try RequestHead(kind, &reader)
            try reader.finish()
            return head
        }
        return Received(
            head: head, unproven: unproven, proof: Array(body.suffix(proofBytes)), name: name(ofRequest: bytes))
    }

    private init(_ kind: MessageKind, _ reader: inout ByteReader) throws(DecodingFailure) {
        if kind == .firstRequest {
            _ = try reader.raw(Self.versions.count)
            self.kind = .first(replica: try reader.replica(), offer: try reader.raw(SessionOffer.byteCount))
        } else {
            self.kind = .session(try reader.raw(4).reduce(0) { $0 << 8 | UInt32($1) })
        }
        counter = try reader.ordinal()
        clock = try reader.signed()
        guard clock.magnitude < Self.clockLimit else { throw reader.failure(.tooLarge) }
        answerLimit = try reader.varint()
        knowledge = try Knowledge(from: &reader)
    }
}
