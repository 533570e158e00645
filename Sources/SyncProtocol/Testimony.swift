package import Causality
package import Records

/// Where the hub said that its logs end, with its signature: what it cannot take back.
package struct SignedEnds: Hashable, Sendable {
    /// The bytes that ``Checkpoint/signedBytes(_:)`` makes.
    package let ends: [UInt8]
    package let signature: [UInt8]

    package init(ends: [UInt8], signature: [UInt8]) {
        self.ends = ends
        self.signature = signature
    }

    /// The places by their spaces.
    /// - Throws: `wire.signature-wrong` where the hub with that key did not sign them.
    package func places(hubKey: [UInt8]) throws -> [String: LogPosition] {
        guard Signature.isValid(signature, tag: Checkpoint.tag, ends, publicKey: hubKey),
            let places = try? Checkpoint.ends(ends)
        else { throw ProtocolError(.signatureWrong, ["what": "checkpoint"]) }
        return places
    }

    fileprivate func write(to writer: inout ByteWriter) {
        writer.block(ends)
        writer.raw(signature)
    }

    fileprivate init(from reader: inout ByteReader) throws(DecodingFailure) {
        ends = try reader.block(limit: ProtocolLimits.frameBytes)
        signature = try reader.raw(Signature.byteCount)
    }
}

/// What one device was told, for another to compare with what it holds. Whoever reads it learns how long logs are, and nothing
/// of what is in them.
package struct Testimony: Hashable, Sendable {
    package static let most = 4096
    private static let version: UInt8 = 1

    package let told: [SignedEnds]

    package init(_ told: [SignedEnds]) { self.told = told }

    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.byte(Self.version)
        writer.varint(UInt64(told.count))
        for ends in told { ends.write(to: &writer) }
        return writer.bytes
    }

    package init(bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        guard try reader.byte() == Self.version else { throw reader.failure(.unknownKind) }
        var told: [SignedEnds] = []
        for _ in 0..<(try reader.count(limit: Self.most)) { told.append(try SignedEnds(from: &reader)) }
        try reader.finish()
        self.told = told
    }
}

/// Proof that a hub signed two histories of one space in one epoch: a place that it told to one, and another line to the place
/// that it told to the other. Anybody can check it who knows the hub's key.
package struct TwoHistories: Hashable, Sendable {
    private static let version: UInt8 = 1

    package let space: String
    package let first: SignedEnds
    package let second: SignedEnds
    /// The second line's hash at the index of the first place.
    package let hash: Hash256
    /// The second line's entries from there to the second place.
    package let entries: [[UInt8]]

    package init(space: String, first: SignedEnds, second: SignedEnds, hash: Hash256, entries: [[UInt8]]) {
        self.space = space
        self.first = first
        self.second = second
        self.hash = hash
        self.entries = entries
    }

    /// Checks the proof.
    /// - Returns: the place that both lines have an entry at, as the first has it.
    /// - Throws: `wire.signature-wrong` where it proves nothing.
    package func proven(hubKey: [UInt8]) throws -> LogPosition {
        let places = (try first.places(hubKey: hubKey)[space], try second.places(hubKey: hubKey)[space])
        guard let told = places.0, let end = places.1, told.epoch == end.epoch, told.hash != hash,
            told.index > 0, UInt64(entries.count) == end.index &- told.index
        else { throw ProtocolError(.signatureWrong, ["what": "testimony"]) }
        var link = hash
        for (number, entry) in entries.enumerated() {
            link = LogEntry.link(after: link, index: told.index + UInt64(number) + 1, entry: entry)
        }
        guard link == end.hash else { throw ProtocolError(.signatureWrong, ["what": "testimony"]) }
        return told
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.byte(Self.version)
        writer.text(space)
        first.write(to: &writer)
        second.write(to: &writer)
        writer.hash(hash)
        writer.varint(UInt64(entries.count))
        for entry in entries { writer.block(entry) }
        return writer.bytes
    }

    package init(bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        guard try reader.byte() == Self.version else { throw reader.failure(.unknownKind) }
        space = try reader.text(limit: ProtocolLimits.spaceBytes)
        first = try SignedEnds(from: &reader)
        second = try SignedEnds(from: &reader)
        hash = try reader.hash()
        var entries: [[UInt8]] = []
        for _ in 0..<(try reader.count(limit: ProtocolLimits.entries)) {
            entries.append(try reader.block(limit: ProtocolLimits.entryBytes))
        }
        try reader.finish()
        self.entries = entries
    }
}
