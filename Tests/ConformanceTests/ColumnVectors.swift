import Records
import SyncProtocol

/// The columns by themselves, and frames.
enum ColumnVectors {
    static func add(to book: inout VectorBook) {
        addNumbers(to: &book)
        addStrings(to: &book)
        addRefused(to: &book)
        addFrames(to: &book)
        addRefusedFrames(to: &book)
    }

    private static func column(_ write: (inout ColumnWriter) -> Void) -> [UInt8] {
        var writer = ColumnWriter()
        write(&writer)
        return writer.bytes
    }

    private typealias Decoder = @Sendable ([UInt8], [UInt8]) throws -> JSON

    private static func uints(_ count: Int) -> Decoder {
        { bytes, _ in
            var reader = ColumnReader(bytes)
            let values = try reader.uints(count)
            try reader.finish()
            return .list(values.map { .natural($0) })
        }
    }

    private static func deltas(_ count: Int, _ start: Int64) -> Decoder {
        { bytes, _ in
            var reader = ColumnReader(bytes)
            let values = try reader.deltas(count, from: start)
            try reader.finish()
            return .list(values.map { .number($0) })
        }
    }

    private static func numbers(_ count: Int) -> Decoder {
        { bytes, _ in
            var reader = ColumnReader(bytes)
            let values = try reader.numbers(count)
            try reader.finish()
            return .list(
                values.map { ["coefficient": .number($0.coefficient), "scale": .natural(UInt64($0.scale))] })
        }
    }

    private static func strings(_ count: Int, _ limit: Int) -> Decoder {
        { bytes, _ in
            var reader = ColumnReader(bytes)
            let values = try reader.strings(count, limit: limit)
            try reader.finish()
            return .list(values.map { .hex($0) })
        }
    }

    private static func context(_ count: Int) -> JSON { ["count": .number(Int64(count))] }
    private static func context(_ count: Int, start: Int64) -> JSON {
        ["count": .number(Int64(count)), "start": .number(start)]
    }
    private static func context(_ count: Int, limit: Int) -> JSON {
        ["count": .number(Int64(count)), "limit": .number(Int64(limit))]
    }

    private static func addNumbers(to book: inout VectorBook) {
        let unsigned: [(String, [UInt64])] = [
            ("none", []), ("zeros", [0, 0, 0]), ("two-planes", [1, 255, 256]), ("greatest", [.max, 0]),
        ]
        for (name, values) in unsigned {
            book.accept(
                "uints", name, ["C-2"], context: context(values.count), column { $0.uints(values) },
                decode: uints(values.count))
        }
        book.accept(
            "uints", "wider-than-needed", ["C-1", "C-2"], context: context(2), [2, 5, 6, 0, 0], decode: uints(2))
        let differences: [(String, [Int64], Int64)] = [
            ("none", [], 0), ("falling", [5, 4, 3], 0), ("from-a-start", [1_790_000_000, 1_790_000_060], Fixed.clock),
            ("around-the-end", [.max, .min, 0], 0),
        ]
        for (name, values, start) in differences {
            book.accept(
                "deltas", name, ["C-3"], context: context(values.count, start: start),
                column { $0.deltas(values, from: start) }, decode: deltas(values.count, start))
        }
        let decimals: [(coefficient: Int64, scale: UInt8)] = [
            (0, 0), (-1, 0), (255, 1), (256, 2), (-.max, 18), (.min, 0), (.max, 0), (999_999_999_999_999_999, 18),
        ]
        book.accept(
            "numbers", "of-all-lengths", ["C-4"], context: context(decimals.count), column { $0.numbers(decimals) },
            decode: numbers(decimals.count))
    }

    private static func addStrings(to book: inout VectorBook) {
        let equal = (0..<5).map { _ in Array("lan".utf8)[...] }
        let different = (0..<3).map { Array("giá trị \($0)".utf8)[...] }
        book.accept(
            "strings", "distinct-ones-named", ["C-5"], context: context(5, limit: 64), column { $0.strings(equal) },
            decode: strings(5, 64))
        book.accept(
            "strings", "in-full", ["C-5"], context: context(3, limit: 64), column { $0.strings(different) },
            decode: strings(3, 64))
        book.accept(
            "strings", "none", ["C-5"], context: context(0, limit: 64), column { $0.strings([]) },
            decode: strings(0, 64))
    }

    private static func addRefused(to book: inout VectorBook) {
        func reject(
            _ encoding: String, _ name: String, _ ids: [String], _ code: String, _ context: JSON, _ bytes: [UInt8],
            _ decode: Decoder
        ) { book.reject(encoding, name, ids, code, context: context, bytes, decode: decode) }
        reject(
            "uints", "too-wide", ["C-2"], "bytes.not-canonical", context(1), [9] + [UInt8](repeating: 0, count: 9),
            uints(1))
        reject("uints", "cut", ["C-2"], "bytes.truncated", context(2), [2, 1, 2, 3], uints(2))
        reject(
            "uints", "claims-more-than-there-is", ["C-2", "L-1"], "bytes.truncated", context(1_000_000), [8, 1],
            uints(1_000_000))
        reject("deltas", "block-too-long", ["C-3"], "bytes.trailing", context(1, start: 0), [2, 0, 0], deltas(1, 0))
        reject("deltas", "block-too-short", ["C-3"], "bytes.truncated", context(2, start: 0), [1, 0], deltas(2, 0))
        reject("numbers", "tag-of-nothing", ["C-4"], "bytes.too-large", context(1), [2, 0x00, 0x12], numbers(1))
        reject(
            "numbers", "beyond-64-bits", ["C-4"], "bytes.too-large", context(1),
            [1, 8] + [UInt8](repeating: 0xFF, count: 8), numbers(1))
        reject("strings", "mode-unknown", ["C-5"], "bytes.unknown-kind", context(1, limit: 64), [2], strings(1, 64))
        reject(
            "strings", "over-its-limit", ["C-5", "L-1"], "bytes.too-large", context(1, limit: 2), [0, 1, 3, 1, 2, 3],
            strings(1, 2))
        reject(
            "strings", "longer-than-there-is", ["C-5"], "bytes.truncated", context(1, limit: 64), [0, 1, 9, 1],
            strings(1, 64))
        reject(
            "strings", "index-beyond", ["C-5"], "bytes.inconsistent", context(2, limit: 64), [1, 1, 1, 0x61, 1, 0, 1],
            strings(2, 64))
        reject(
            "strings", "more-distinct-than-values", ["C-5"], "bytes.too-large", context(1, limit: 64), [1, 2, 0, 0, 0],
            strings(1, 64))
    }

    // MARK: Frames

    private static let dictionary = PresetDictionary(Array("reading value note lan minh".utf8))
    private static let frameContext: JSON = ["dictionaries": .list([.hex(dictionary.bytes)])]

    private static let decodeFrame: Decoder = { bytes, _ in
        var reader = ByteReader(bytes)
        let body = try decoding { () throws(DecodingFailure) in
            let body = try reader.block(limit: ProtocolLimits.packedBytes)
            try reader.finish()
            return body
        }
        let contents = try Frame.contents(body) { $0 == dictionary.name ? dictionary : nil }
        return ["columns": .hex(contents.columns), "tail": .hex(contents.tail)]
    }

    private static func contents(_ text: String, tail: [UInt8] = []) -> ColumnWriter {
        var writer = ColumnWriter()
        writer.raw(Array(text.utf8))
        writer.endColumn()
        writer.incompressible(tail)
        return writer
    }

    private static func addFrames(to book: inout VectorBook) {
        let frames: [(String, ColumnWriter, PresetDictionary?)] = [
            ("nothing", ColumnWriter(), nil),
            ("with-a-tail", contents(String(repeating: "abc", count: 50), tail: [1, 2, 3]), nil),
            ("with-a-dictionary", contents("reading value note lan"), dictionary),
        ]
        for (name, contents, dictionary) in frames {
            book.accept(
                "frame", name, ["C-15"], context: frameContext, Frame.bytes(contents, dictionary), decode: decodeFrame)
        }
    }

    private static func addRefusedFrames(to book: inout VectorBook) {
        func frame(_ body: [UInt8]) -> [UInt8] { bytes { $0.block(body) } }
        let packed = Deflate.compress(Array("abc".utf8))
        let zeros = Deflate.compress([UInt8](repeating: 0, count: 2000))
        let unknown = PresetDictionary(Array("another dictionary altogether: reading value".utf8))
        let refused: [(String, [String], String, [UInt8])] = [
            ("cut", ["C-15"], "bytes.truncated", [200, 1, 0]),
            ("goes-on", ["C-15"], "bytes.trailing", frame([0, 0, 0] + Deflate.compress([])) + [0]),
            (
                "beyond-the-limit", ["L-1"], "bytes.too-large",
                bytes { $0.varint(UInt64(ProtocolLimits.packedBytes) + 1) }
            ),
            (
                "claims-too-much", ["L-1", "C-15"], "bytes.too-large",
                frame(
                    bytes {
                        $0.varint(1 << 20 | 1)
                        $0.raw([0, 0] + packed)
                    })
            ),
            (
                "claims-what-deflate-cannot", ["L-1", "C-15"], "bytes.too-large",
                frame([0x80, 0x80, 0x40, 0, 0] + packed)
            ),
            (
                "expands-further", ["C-15"], "bytes.inconsistent",
                frame(
                    bytes {
                        $0.varint(1999)
                        $0.raw([0, 0] + zeros)
                    })
            ),
            (
                "expands-less", ["C-15"], "bytes.inconsistent",
                frame(
                    bytes {
                        $0.varint(2001)
                        $0.raw([0, 0] + zeros)
                    })
            ),
            ("stream-damaged", ["C-15"], "bytes.inconsistent", frame([3, 0, 0, 7] + packed.dropFirst())),
            ("stream-goes-on", ["C-15"], "bytes.inconsistent", frame([3, 0, 0] + packed + [0])),
            ("tail-longer-than-there-is", ["C-15"], "bytes.truncated", frame([3, 100, 0] + packed)),
            ("mode-unknown", ["C-15"], "bytes.unknown-kind", frame([3, 0, 2] + packed)),
            ("dictionary-unknown", ["C-15"], "wire.dictionary-unknown", frame([3, 0, 1] + unknown.name + packed)),
        ]
        for (name, ids, code, bytes) in refused {
            book.reject("frame", name, ids, code, context: frameContext, bytes, decode: decodeFrame)
        }
    }
}
