package import Records

/// A frame: some contents of a message, compressed. Each can be taken in by itself, so that a cut message loses one at most.
package enum Frame {
    /// `varint` length of what follows ‖ `varint` length of the contents ‖ `byte` number of the preset dictionary, 0: none ‖
    /// raw deflate of the contents.
    package static func bytes(_ contents: ColumnWriter) -> [UInt8] {
        let packed = Deflate.compress(contents.bytes, breaks: contents.breaks)
        var body = ByteWriter()
        body.varint(UInt64(contents.bytes.count))
        body.byte(0)
        body.raw(packed)
        var writer = ByteWriter()
        writer.block(body.bytes)
        return writer.bytes
    }

    /// The contents of a frame without its length.
    package static func contents(_ body: [UInt8]) throws(DecodingFailure) -> [UInt8] {
        var reader = ByteReader(body)
        let length = try reader.varint()
        guard length <= UInt64(ProtocolLimits.frameBytes) else { throw reader.failure(.tooLarge) }
        guard try reader.byte() == 0 else { throw reader.failure(.unknownKind) }
        return try Deflate.expand(try reader.raw(reader.remaining), to: Int(length))
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
