package import Causality
import Records

/// What the answer to a session's first request begins with: the hub's half of the agreement, signed. The answer to a later
/// request has nothing before its frames but its kind.
package struct AnswerHead: Hashable, Sendable {
    package let session: UInt32
    package let offer: [UInt8]
    /// The incarnation of the hub's log.
    package let epoch: UInt64
    /// The hub's clock, in milliseconds since 1970.
    package let time: Int64

    package init(session: UInt32, offer: [UInt8], epoch: UInt64, time: Int64) {
        self.session = session
        self.offer = offer
        self.epoch = epoch
        self.time = time
    }

    private static let tag = "phusa answer 1"
    /// The version that the session speaks: the highest that both know. It is signed with the request's name, so that
    /// nobody between the two can talk them down.
    private static let version: UInt8 = 1

    package func bytes(signedBy identity: ReplicaIdentity, request: Hash256) -> [UInt8] {
        let unsigned = unsigned
        var writer = ByteWriter()
        writer.byte(MessageKind.firstAnswer.rawValue)
        writer.block(unsigned + identity.sign(tag: Self.tag, request.bytes + unsigned))
        return writer.bytes
    }

    private var unsigned: [UInt8] {
        var writer = ByteWriter()
        writer.byte(Self.version)
        writer.raw((0..<4).map { UInt8(truncatingIfNeeded: session >> (24 - 8 * $0)) })
        writer.raw(offer)
        writer.varint(epoch)
        writer.signed(time)
        return writer.bytes
    }

    /// Reads the signed head, without its kind and length.
    /// - Throws: `wire.answer-foreign` unless the hub with that key signed it for this request.
    package init(_ body: [UInt8], request: Hash256, hubKey: [UInt8]) throws(ProtocolError) {
        guard body.count > Signature.byteCount else { throw ProtocolError(DecodingFailure(.truncated, at: body.count)) }
        let unsigned = Array(body.dropLast(Signature.byteCount))
        guard
            Signature.isValid(
                Array(body.suffix(Signature.byteCount)), tag: Self.tag, request.bytes + unsigned, publicKey: hubKey)
        else { throw ProtocolError(.answerForeign) }
        guard unsigned.first == Self.version else { throw ProtocolError(.versionUnknown) }
        self = try decoding { () throws(DecodingFailure) in
            var reader = ByteReader(unsigned)
            _ = try reader.byte()
            let session = try reader.raw(4).reduce(0) { $0 << 8 | UInt32($1) }
            let offer = try reader.raw(SessionOffer.byteCount)
            let epoch = try reader.ordinal()
            let head = AnswerHead(session: session, offer: offer, epoch: epoch, time: try reader.signed())
            try reader.finish()
            return head
        }
    }
}
