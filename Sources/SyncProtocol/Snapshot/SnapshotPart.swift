import Records

/// What one frame of an answer brings of a snapshot: its manifest, or one chunk, so that a cut line repeats no more.
package struct SnapshotPart: Hashable, Sendable {
    package enum Contents: Hashable, Sendable {
        /// The signed manifest: the space is filling from here on.
        case manifest([UInt8], signature: [UInt8])
        /// The next chunk, packed, with its number.
        case chunk([UInt8], number: UInt64)
    }

    /// The space's number among those of the device's certificate.
    package let space: Int
    package let contents: Contents

    package init(space: Int, _ contents: Contents) {
        self.space = space
        self.contents = contents
    }

    func write(to writer: inout ColumnWriter) {
        let isChunk = if case .chunk = contents { true } else { false }
        writer.varint(UInt64(space) << 1 | (isChunk ? 1 : 0))
        switch contents {
        case .manifest(let bytes, let signature):
            writer.varint(UInt64(bytes.count))
            writer.incompressible(bytes)
            writer.incompressible(signature)
        case .chunk(let bytes, let number):
            writer.varint(number)
            writer.varint(UInt64(bytes.count))
            writer.incompressible(bytes)
        }
    }

    init(from reader: inout ColumnReader) throws(DecodingFailure) {
        let kind = try reader.count(limit: ProtocolLimits.spaces * 2)
        space = kind >> 1
        if kind & 1 == 1 {
            let index = UInt64(try reader.count(limit: ProtocolLimits.chunks))
            let count = try reader.count(limit: ProtocolLimits.chunkBytes)
            contents = .chunk(try reader.incompressible(count), number: index)
        } else {
            let bytes = try reader.incompressible(try reader.count(limit: ProtocolLimits.manifestBytes))
            contents = .manifest(bytes, signature: try reader.incompressible(Signature.byteCount))
        }
    }
}
