package import Causality
package import Records

/// What a snapshot of a space is: its state at a place in the hub's log, in chunks. The hub signs it, and with it every
/// chunk.
package struct SnapshotManifest: Hashable, Sendable {
    package let space: String
    /// The place in the hub's log whose state this is.
    package let position: LogPosition
    /// The state's digest there.
    package let digest: StateDigest
    /// What the refusals that are not listed add to it.
    package let settledRefusals: StateDigest
    /// The hub's clock when it was made, in seconds since 1970: what times in the chunks are written against.
    package let time: Int64
    /// How many changes the chunks hold: for showing how far a receiver is.
    package let changes: UInt64
    /// The chunks' hashes, in order; at least one.
    package let chunks: [Hash256]

    package init(
        space: String, position: LogPosition, digest: StateDigest, settledRefusals: StateDigest, time: Int64,
        changes: UInt64, chunks: [Hash256]
    ) {
        self.space = space
        self.position = position
        self.digest = digest
        self.settledRefusals = settledRefusals
        self.time = time
        self.changes = changes
        self.chunks = chunks
    }

    package static let tag = "phusa snapshot 1"
    private static let version: UInt8 = 1

    /// The hash of a chunk as it travels.
    package static func hash(ofChunk bytes: [UInt8]) -> Hash256 { .of(tag: "phusa chunk 1", bytes) }

    package static let nameBytes = 8

    /// What a receiver calls the snapshot that it is loading.
    package var name: [UInt8] { Array(Hash256.of(tag: "phusa snapshot name 1", bytes).bytes.prefix(Self.nameBytes)) }

    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.byte(Self.version)
        writer.text(space)
        writer.position(position)
        writer.raw(digest.bytes)
        writer.raw(settledRefusals.bytes)
        writer.signed(time)
        writer.varint(changes)
        writer.varint(UInt64(chunks.count))
        for chunk in chunks { writer.hash(chunk) }
        return writer.bytes
    }

    package init(bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        guard try reader.byte() == Self.version else { throw reader.failure(.unknownKind) }
        space = try reader.text(limit: ProtocolLimits.spaceBytes)
        position = try reader.position()
        guard position.index > 0 else { throw reader.failure(.inconsistent) }
        digest = try Self.digest(&reader)
        settledRefusals = try Self.digest(&reader)
        time = try reader.signed()
        guard (0..<1 << 45).contains(time) else { throw reader.failure(.inconsistent) }
        changes = try reader.ordinal()
        let count = try reader.count(limit: ProtocolLimits.chunks)
        guard count > 0 else { throw reader.failure(.inconsistent) }
        var chunks: [Hash256] = []
        for _ in 0..<count { chunks.append(try reader.hash()) }
        self.chunks = chunks
        try reader.finish()
    }

    private static func digest(_ reader: inout ByteReader) throws(DecodingFailure) -> StateDigest {
        guard let digest = StateDigest(bytes: try reader.raw(Hash256.byteCount)) else {
            throw reader.failure(.truncated)
        }
        return digest
    }
}
