import CZlib
package import Records

/// Raw deflate (RFC 1951) with a preset dictionary. This file alone holds zlib's pointers.
package enum Deflate {
    private static let level: Int32 = 6
    /// Columns from this length on get Huffman codes of their own.
    private static let ownBlock = 512
    /// No deflate stream expands further than this, so a larger claim is a lie.
    private static let largestRatio = 1032

    /// - Parameter breaks: offsets at which a block may end, ascending: where one column's bytes give way to another's.
    package static func compress(_ bytes: [UInt8], breaks: [Int] = [], dictionary: [UInt8] = []) -> [UInt8] {
        var stream = z_stream()
        guard phusa_deflate_init(&stream, level) == Z_OK else { preconditionFailure("zlib has no memory") }
        defer { deflateEnd(&stream) }
        if !dictionary.isEmpty { deflateSetDictionary(&stream, dictionary, UInt32(dictionary.count)) }
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 64 + 8 * breaks.count)
        let written = bytes.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                var start = 0
                for end in breaks where end - start >= ownBlock && end < bytes.count {
                    stream.avail_in = UInt32(end - start)
                    let code = deflate(&stream, Z_BLOCK)
                    precondition(code == Z_OK && stream.avail_in == 0, "the bound holds all output")
                    start = end
                }
                stream.avail_in = UInt32(bytes.count - start)
                let code = deflate(&stream, Z_FINISH)
                precondition(code == Z_STREAM_END, "the bound holds all output")
                return output.count - Int(stream.avail_out)
            }
        }
        output.removeLast(output.count - written)
        return output
    }

    /// The `length` bytes that `bytes` were made of.
    /// - Throws: `bytes.too-large` for a length that the input cannot hold; `bytes.inconsistent` for a stream that is
    ///   damaged, shorter or longer.
    package static func expand(_ bytes: [UInt8], to length: Int, dictionary: [UInt8] = []) throws(DecodingFailure)
        -> [UInt8]
    {
        guard length <= bytes.count * largestRatio else { throw DecodingFailure(.tooLarge, at: 0) }
        var stream = z_stream()
        guard phusa_inflate_init(&stream) == Z_OK else { preconditionFailure("zlib has no memory") }
        defer { inflateEnd(&stream) }
        if !dictionary.isEmpty { inflateSetDictionary(&stream, dictionary, UInt32(dictionary.count)) }
        // One byte more shows a stream that goes on.
        var output = [UInt8](repeating: 0, count: length + 1)
        let isExact = bytes.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 1
            }
        }
        guard isExact else { throw DecodingFailure(.inconsistent, at: 0) }
        output.removeLast()
        return output
    }
}
