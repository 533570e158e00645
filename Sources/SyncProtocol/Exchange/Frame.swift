package import Records

/// A frame: some contents of a message, compressed. Each can be taken in by itself, so that a cut message loses one at most.
package enum Frame {
    /// What a frame holds.
    package struct Contents: Sendable {
        package let columns: [UInt8]
        /// What does not compress, in the order of its use.
        package let tail: [UInt8]

        package init(columns: [UInt8], tail: [UInt8]) {
            self.columns = columns
            self.tail = tail
        }
    }

    /// `varint` length of what follows ‖ `varint` length of the columns ‖ `varint` length of the tail ‖ `byte` 0, or 1 and the
    /// preset dictionary's name ‖ raw deflate of the columns ‖ the tail.
    package static func bytes(_ contents: ColumnWriter, _ dictionary: PresetDictionary? = nil) -> [UInt8] {
        var writer = ByteWriter()
        writer.block(body(contents, dictionary))
        return writer.bytes
    }

    /// The frame without its length.
    package static func body(_ contents: ColumnWriter, _ dictionary: PresetDictionary? = nil) -> [UInt8] {
        let plain = packed(contents, nil)
        guard let dictionary, contents.bytes.count <= mostForDictionary else { return plain }
        let shorter = packed(contents, dictionary)
        return shorter.count < plain.count ? shorter : plain
    }

    /// Longer contents are their own best dictionary.
    private static let mostForDictionary = 16 * 1024

    private static func packed(_ contents: ColumnWriter, _ dictionary: PresetDictionary?) -> [UInt8] {
        var body = ByteWriter()
        body.varint(UInt64(contents.bytes.count))
        body.varint(UInt64(contents.tail.count))
        body.byte(dictionary == nil ? 0 : 1)
        body.raw(dictionary?.name ?? [])
        body.raw(
            Deflate.compress(contents.bytes, breaks: contents.breaks, dictionary: dictionary?.bytes ?? []))
        body.raw(contents.tail)
        return body.bytes
    }

    /// The contents of a frame without its length.
    /// - Parameter dictionary: a preset dictionary by its name.
    /// - Throws: `wire.dictionary-unknown`, or what is wrong with the bytes.
    package static func contents(
        _ body: [UInt8], dictionary: ([UInt8]) throws -> PresetDictionary?
    ) throws -> Contents {
        do {
            var reader = ByteReader(body)
            let length = try reader.varint()
            guard length <= UInt64(ProtocolLimits.frameBytes) else { throw reader.failure(.tooLarge) }
            let tailLength = try reader.count(limit: ProtocolLimits.packedBytes)
            var preset: PresetDictionary?
            switch try reader.byte() {
            case 0: break
            case 1:
                preset = try dictionary(try reader.raw(PresetDictionary.nameBytes))
                guard preset != nil else { throw ProtocolError(.dictionaryUnknown) }
            default: throw reader.failure(.unknownKind)
            }
            guard reader.remaining >= tailLength else { throw reader.failure(.truncated) }
            let packed = try reader.raw(reader.remaining - tailLength)
            let columns = try Deflate.expand(packed, to: Int(length), dictionary: preset?.bytes ?? [])
            return Contents(columns: columns, tail: try reader.raw(tailLength))
        } catch let failure as DecodingFailure {
            throw ProtocolError(failure)
        }
    }
}

/// Cuts a message into its parts as its bytes come in, in whatever pieces, and holds no more than one part.
package struct MessageReader: Sendable {
    private var pending: [UInt8] = []
    private var start = 0

    package init() {}

    /// Bytes that no part was made of so far.
    package var pendingCount: Int { pending.count - start }

    package mutating func feed(_ bytes: some Sequence<UInt8>) {
        if start > 0 {
            pending.removeFirst(start)
            start = 0
        }
        pending.append(contentsOf: bytes)
    }

    package var firstByte: UInt8? { start < pending.count ? pending[start] : nil }

    package mutating func takeByte() -> UInt8? {
        guard start < pending.count else { return nil }
        defer { start += 1 }
        return pending[start]
    }

    /// All that is there.
    package mutating func takeAll() -> [UInt8] {
        defer { start = pending.count }
        return Array(pending[start...])
    }

    /// The next block, without its length, and `trailer` bytes after it; `nil` until all of it came.
    /// - Parameter skipping: bytes before the block's length, which come back before it.
    /// - Throws: `bytes.too-large` for a block beyond `limit`, before it is waited for.
    package mutating func takeBlock(
        skipping: Int = 0, limit: Int, trailer: Int = 0
    ) throws(DecodingFailure) -> (whole: [UInt8], body: [UInt8], trailer: [UInt8])? {
        var length: UInt64 = 0
        var offset = start + skipping
        var shift: UInt64 = 0
        while true {
            guard offset < pending.count else { return nil }
            let byte = pending[offset]
            offset += 1
            length |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                guard byte != 0 || shift == 0 else { throw DecodingFailure(.notCanonical, at: offset) }
                break
            }
            shift += 7
            guard shift <= 28 else { throw DecodingFailure(.tooLarge, at: offset) }
        }
        guard length <= UInt64(limit) else { throw DecodingFailure(.tooLarge, at: offset) }
        let end = offset + Int(length)
        guard end + trailer <= pending.count else { return nil }
        defer { start = end + trailer }
        return (Array(pending[start..<end]), Array(pending[offset..<end]), Array(pending[end..<end + trailer]))
    }
}
