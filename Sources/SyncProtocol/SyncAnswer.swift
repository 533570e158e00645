package import Causality
package import Records

/// What the hub answers: for each space the part of its log that the device lacks, with the segments that the receipts
/// in it are for.
package struct SyncAnswer: Hashable, Sendable {
    package struct Item: Hashable, Sendable {
        /// An encoded ``LogEntry``.
        package let entry: [UInt8]
        /// The segment that a receipt is for; `nil` where the device has it, or for other entries.
        package let segment: [UInt8]?

        package init(entry: [UInt8], segment: [UInt8]?) {
            self.entry = entry
            self.segment = segment
        }
    }

    package struct Space: Hashable, Sendable {
        package let space: String
        /// Why the space or its upload was not served; empty when it was.
        package let refusal: String
        /// The entries after the device's position, in order.
        package let items: [Item]
        /// The hub's log after the last item.
        package let position: LogPosition
        /// The hub's digest of the space, when `position` is the log's end.
        package let digest: StateDigest?

        package init(space: String, refusal: String, items: [Item], position: LogPosition, digest: StateDigest?) {
            self.space = space
            self.refusal = refusal
            self.items = items
            self.position = position
            self.digest = digest
        }
    }

    package let hub: ReplicaID
    /// The hash of the request that this answers.
    package let request: Hash256
    package let epoch: UInt64
    /// The hub's clock, in milliseconds since 1970.
    package let time: Int64
    /// Whether the answer stopped at its limit, with more to come.
    package let more: Bool
    /// Certificates of replicas whose first segment of a space is in this answer.
    package let certificates: [[UInt8]]
    package let spaces: [Space]

    private static let tag = "phusa answer 1"

    package init(
        hub: ReplicaID, request: Hash256, epoch: UInt64, time: Int64, more: Bool, certificates: [[UInt8]],
        spaces: [Space]
    ) {
        self.hub = hub
        self.request = request
        self.epoch = epoch
        self.time = time
        self.more = more
        self.certificates = certificates
        self.spaces = spaces
    }

    /// The hash by which an answer names its request.
    package static func name(ofRequest bytes: [UInt8]) -> Hash256 { .of(tag: "phusa request name 1", bytes) }

    package func bytes(signedBy identity: ReplicaIdentity) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(MessageKind.syncAnswer.rawValue)
        writer.byte(MessageKind.version)
        writer.replica(hub)
        writer.hash(request)
        writer.varint(epoch)
        writer.signed(time)
        writer.byte(more ? 1 : 0)
        writer.varint(UInt64(certificates.count))
        for certificate in certificates { writer.block(certificate) }
        writer.varint(UInt64(spaces.count))
        for space in spaces {
            writer.text(space.space)
            writer.text(space.refusal)
            writer.varint(UInt64(space.items.count))
            for item in space.items {
                writer.block(item.entry)
                writer.byte(item.segment == nil ? 0 : 1)
                if let segment = item.segment { writer.block(segment) }
            }
            writer.position(space.position)
            writer.byte(space.digest == nil ? 0 : 1)
            if let digest = space.digest { writer.raw(digest.bytes) }
        }
        writer.raw(identity.sign(tag: Self.tag, writer.bytes))
        return writer.bytes
    }

    /// Reads the answer to the request `request` and checks that the hub with `hubKey` gave it.
    package init(bytes: [UInt8], request: Hash256, hubKey: [UInt8]) throws(ProtocolError) {
        var reader = ByteReader(bytes)
        try MessageKind.expect(.syncAnswer, &reader)
        guard bytes.count > Signature.byteCount,
            Signature.isValid(
                Array(bytes.suffix(Signature.byteCount)), tag: Self.tag, Array(bytes.dropLast(Signature.byteCount)),
                publicKey: hubKey)
        else { throw ProtocolError(.signatureWrong, ["what": "answer"]) }
        self = try decoding { () throws(DecodingFailure) in try Self(from: &reader) }
        guard self.request == request else { throw ProtocolError(.answerForeign) }
    }

    private init(from reader: inout ByteReader) throws(DecodingFailure) {
        hub = try reader.replica()
        request = try reader.hash()
        epoch = try reader.varint()
        time = try reader.signed()
        let more = try reader.byte()
        guard more <= 1 else { throw reader.failure(.unknownKind) }
        self.more = more == 1
        var certificates: [[UInt8]] = []
        for _ in 0..<(try reader.count(limit: ProtocolLimits.certificates)) {
            certificates.append(try reader.block(limit: ProtocolLimits.certificateBytes))
        }
        self.certificates = certificates
        var spaces: [Space] = []
        for _ in 0..<(try reader.count(limit: ProtocolLimits.spaces)) { spaces.append(try Self.readSpace(&reader)) }
        self.spaces = spaces
        _ = try reader.raw(Signature.byteCount)
        try reader.finish()
    }

    private static func readSpace(_ reader: inout ByteReader) throws(DecodingFailure) -> Space {
        let space = try reader.text(limit: ProtocolLimits.spaceBytes)
        let refusal = try reader.text(limit: ProtocolLimits.codeBytes)
        var items: [Item] = []
        for _ in 0..<(try reader.count(limit: ProtocolLimits.entries)) {
            let entry = try reader.block(limit: ProtocolLimits.entryBytes)
            let carries = try reader.byte()
            guard carries <= 1 else { throw reader.failure(.unknownKind) }
            items.append(
                Item(entry: entry, segment: carries == 1 ? try reader.block(limit: ProtocolLimits.segmentBytes) : nil))
        }
        let position = try reader.position()
        let hasDigest = try reader.byte()
        guard hasDigest <= 1 else { throw reader.failure(.unknownKind) }
        let digest = hasDigest == 1 ? StateDigest(bytes: try reader.raw(32)) : nil
        return Space(space: space, refusal: refusal, items: items, position: position, digest: digest)
    }
}
