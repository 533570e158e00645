package import Causality
package import Records

/// Entries of its log that the hub has lost, as a device holds them, with the hub's signature over the place after the last.
package struct LostEvidence: Hashable, Sendable {
    package let part: LostPart
    /// What the signature is over: the ends of some logs, among them this one's; for a place without entries a manifest.
    package let ends: [UInt8]
    package let signature: [UInt8]

    package init(part: LostPart, ends: [UInt8], signature: [UInt8]) {
        self.part = part
        self.ends = ends
        self.signature = signature
    }

    /// The place that the part ends at, if the hub with that key signed it.
    package func provenEnd(of space: String, hubKey: [UInt8]) -> LogPosition? {
        if part.isRoot { return provenRoot(of: space, hubKey: hubKey) }
        guard Signature.isValid(signature, tag: Checkpoint.tag, ends, publicKey: hubKey),
            let signed = (try? Checkpoint.ends(ends))?[space], let last = part.places.last,
            signed.index == last.index, signed.hash == last.hash
        else { return nil }
        return signed
    }

    /// A place without entries is proven by the manifest of the snapshot whose place it is.
    private func provenRoot(of space: String, hubKey: [UInt8]) -> LogPosition? {
        guard Signature.isValid(signature, tag: SnapshotManifest.tag, ends, publicKey: hubKey),
            let manifest = try? SnapshotManifest(bytes: ends), manifest.space == space, manifest.position == part.start
        else { return nil }
        return manifest.position
    }

    func write(to writer: inout ColumnWriter) {
        var body = ByteWriter()
        body.position(part.start)
        body.varint(UInt64(part.entries.count))
        for entry in part.entries { body.block(entry) }
        writer.block(body.bytes)
        writer.block(ends)
        writer.incompressible(signature)
    }

    init(from reader: inout ColumnReader) throws(DecodingFailure) {
        var body = ByteReader(try reader.block(limit: ProtocolLimits.frameBytes))
        part = try LostPart(from: &body)
        try body.finish()
        ends = try reader.block(limit: ProtocolLimits.frameBytes)
        signature = try reader.incompressible(Signature.byteCount)
    }
}

/// What a frame of a request brings beside segments: what a hub needs that has lost a part of what it knew.
package struct Restoring: Sendable {
    package var certificates: [[UInt8]] = []
    /// By the space's number.
    package var evidence: [(space: Int, evidence: LostEvidence)] = []

    package init() {}

    package var isEmpty: Bool { certificates.isEmpty && evidence.isEmpty }

    /// After a frame's uploads; nothing where there is nothing to bring.
    package func write(to writer: inout ColumnWriter) {
        guard !isEmpty else { return }
        writer.varint(UInt64(certificates.count))
        for certificate in certificates { writer.block(certificate) }
        writer.varint(UInt64(evidence.count))
        for (space, evidence) in evidence {
            writer.varint(UInt64(space))
            evidence.write(to: &writer)
        }
    }

    package init(from reader: inout ColumnReader) throws(DecodingFailure) {
        guard !reader.isAtEnd else { return }
        for _ in 0..<(try reader.count(limit: ProtocolLimits.certificates)) {
            certificates.append(try reader.block(limit: ProtocolLimits.certificateBytes))
        }
        for _ in 0..<(try reader.count(limit: ProtocolLimits.spaces)) {
            let space = try reader.count(limit: ProtocolLimits.spaces)
            evidence.append((space, try LostEvidence(from: &reader)))
        }
        guard !isEmpty else { throw reader.failure(.notCanonical) }
    }
}
