package import Causality
package import Records

/// What every message begins with: its kind, then the protocol's version.
package enum MessageKind: UInt8, Sendable {
    case syncRequest = 1
    case syncAnswer = 2
    case enrolRequest = 3
    case enrolAnswer = 4
    case refusal = 5

    package static let version: UInt8 = 1

    package static func expect(_ kind: MessageKind, _ reader: inout ByteReader) throws(ProtocolError) {
        guard let found = try? reader.byte(), found == kind.rawValue else { throw ProtocolError(.notAMessage) }
        guard let version = try? reader.byte(), version == Self.version else { throw ProtocolError(.versionUnknown) }
    }
}

/// What a device asks of the hub: for each space where it stands, and what it has that the hub lacks.
package struct SyncRequest: Hashable, Sendable {
    package struct Space: Hashable, Sendable {
        package let space: String
        package let position: LogPosition
        /// Encoded segments, in the order of their sequences.
        package let segments: [[UInt8]]

        package init(space: String, position: LogPosition, segments: [[UInt8]]) {
            self.space = space
            self.position = position
            self.segments = segments
        }
    }

    package let replica: ReplicaID
    /// Greater than in every earlier request of this replica, so that a recorded request is good for nothing.
    package let counter: UInt64
    /// The device's clock, in milliseconds since 1970; only to be shown beside the hub's.
    package let clock: Int64
    /// How many bytes of answer the device wants at most.
    package let answerLimit: Int
    package let spaces: [Space]

    private static let tag = "phusa request 1"

    package init(replica: ReplicaID, counter: UInt64, clock: Int64, answerLimit: Int, spaces: [Space]) {
        self.replica = replica
        self.counter = counter
        self.clock = clock
        self.answerLimit = answerLimit
        self.spaces = spaces
    }

    /// The message, signed by the device for this hub and no other.
    package func bytes(signedBy identity: ReplicaIdentity, hub: ReplicaID) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(MessageKind.syncRequest.rawValue)
        writer.byte(MessageKind.version)
        writer.replica(replica)
        writer.varint(counter)
        writer.signed(clock)
        writer.varint(UInt64(answerLimit))
        writer.varint(UInt64(spaces.count))
        for space in spaces {
            writer.text(space.space)
            writer.position(space.position)
            writer.varint(UInt64(space.segments.count))
            for segment in space.segments { writer.block(segment) }
        }
        writer.raw(identity.sign(tag: Self.tag, hub.bytes + writer.bytes))
        return writer.bytes
    }

    /// Reads a message. Nothing in it may be relied on before ``isAuthentic(_:publicKey:hub:)``.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        var reader = ByteReader(bytes)
        try MessageKind.expect(.syncRequest, &reader)
        self = try decoding { () throws(DecodingFailure) in try Self(from: &reader) }
    }

    private init(from reader: inout ByteReader) throws(DecodingFailure) {
        replica = try reader.replica()
        counter = try reader.varint()
        guard counter <= UInt64(Int64.max) else { throw reader.failure(.tooLarge) }
        clock = try reader.signed()
        answerLimit = Int(min(try reader.varint(), UInt64(ProtocolLimits.answerBytes)))
        var spaces: [Space] = []
        for _ in 0..<(try reader.count(limit: ProtocolLimits.spaces)) {
            let space = try reader.text(limit: ProtocolLimits.spaceBytes)
            let position = try reader.position()
            var segments: [[UInt8]] = []
            for _ in 0..<(try reader.count(limit: ProtocolLimits.segments)) {
                segments.append(try reader.block(limit: ProtocolLimits.segmentBytes))
            }
            guard !spaces.contains(where: { $0.space == space }) else { throw reader.failure(.inconsistent) }
            spaces.append(Space(space: space, position: position, segments: segments))
        }
        self.spaces = spaces
        _ = try reader.raw(Signature.byteCount)
        try reader.finish()
    }

    /// Whether the whole message was signed with `publicKey` for the hub `hub`.
    package static func isAuthentic(_ bytes: [UInt8], publicKey: [UInt8], hub: ReplicaID) -> Bool {
        guard bytes.count > Signature.byteCount else { return false }
        return Signature.isValid(
            Array(bytes.suffix(Signature.byteCount)), tag: tag, hub.bytes + bytes.dropLast(Signature.byteCount),
            publicKey: publicKey)
    }
}
