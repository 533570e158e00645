package import Records

/// How much the hub has of an attachment.
package enum AttachmentStanding: Hashable, Sendable {
    /// No record that the device may see lists it.
    case unlisted
    case whole
    /// So many chunks from its beginning.
    case chunks(Int)

    package func write(to writer: inout ByteWriter) {
        switch self {
        case .unlisted: writer.varint(0)
        case .whole: writer.varint(1)
        case .chunks(let count): writer.varint(UInt64(count) + 2)
        }
    }

    package init(from reader: inout ByteReader) throws(DecodingFailure) {
        switch try reader.varint() {
        case 0: self = .unlisted
        case 1: self = .whole
        case let number:
            guard number - 2 <= UInt64(ProtocolLimits.attachmentChunks) else { throw reader.failure(.tooLarge) }
            self = .chunks(Int(number - 2))
        }
    }
}
