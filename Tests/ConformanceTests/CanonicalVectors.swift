import Causality
import Records
import SyncProtocol

/// Values, payloads, bases, headers, dependencies, segments and entries of the log: all that hashes are taken over.
enum CanonicalVectors {
    static func add(to book: inout VectorBook) {
        addValues(to: &book)
        addRefusedValues(to: &book)
        addPayloads(to: &book)
        addBases(to: &book)
        addHeaders(to: &book)
        addSegments(to: &book)
        addRefusedSegments(to: &book)
        addEntries(to: &book)
    }

    private static let value: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
        Describe.value(try Value(canonical: bytes))
    }

    private static func addValues(to book: inout VectorBook) {
        let values: [(String, [String], Value)] = [
            ("null", ["E-1"], .null), ("integer-zero", ["E-1"], .integer(0)),
            ("integer-negative", ["E-1"], .integer(-5)),
            ("integer-greatest", ["E-3"], .integer(.max)), ("integer-least", ["E-3"], .integer(.min)),
            ("decimal", ["E-6"], Fixed.decimal("-12.5")), ("decimal-whole", ["E-6"], Fixed.decimal("1000000")),
            ("decimal-eighteen-digits", ["E-6"], Fixed.decimal("0.999999999999999999")),
            ("text", ["E-4"], .text("Bến Ninh Kiều")), ("text-empty", ["E-4"], .text("")),
            ("date", ["E-7"], Fixed.date("2026-06-10")), ("date-first", ["E-7"], Fixed.date("0001-01-01")),
            ("date-last", ["E-7"], Fixed.date("9999-12-31")), ("time", ["E-7"], Fixed.time("23:59:59")),
            ("moment", ["E-7"], Fixed.moment("2026-06-10T07:30:00.250+07:00")),
            ("moment-before-1970", ["E-7"], Fixed.moment("1945-09-02T14:00:00-05:30")),
            ("items", ["E-8"], .items(["a", "b", "đ"])), ("items-none", ["E-8"], .items([])),
            ("flag-false", ["E-11"], .flag(false)), ("flag-true", ["E-11"], .flag(true)),
            ("of-a-later-version", ["E-9"], .unknown(kind: 40, bytes: [1, 2, 3])),
        ]
        for (name, ids, value) in values {
            book.accept(
                "value", name, ids, value.canonicalBytes, encode: { try Value(canonical: $0).canonicalBytes },
                decode: Self.value)
        }
    }

    private static func addRefusedValues(to book: inout VectorBook) {
        let refused: [(String, [String], String, [UInt8])] = [
            ("nothing", ["E-2"], "bytes.truncated", []), ("cut", ["E-2"], "bytes.truncated", [3, 5, 0x61]),
            ("goes-on", ["E-2"], "bytes.trailing", [0, 0]),
            ("kind-of-no-version", ["E-9"], "bytes.unknown-kind", [10]),
            ("kind-reserved", ["E-9"], "bytes.unknown-kind", [31, 0]),
            ("varint-too-long", ["E-3"], "bytes.not-canonical", [1, 0x80, 0x00]),
            ("varint-of-65-bits", ["E-3"], "bytes.too-large", [1] + [UInt8](repeating: 0xFF, count: 9) + [2]),
            ("varint-of-eleven-groups", ["E-3"], "bytes.too-large", [1] + [UInt8](repeating: 0x80, count: 10) + [1]),
            ("text-not-utf8", ["E-4"], "bytes.not-canonical", [3, 1, 0xFF]),
            ("text-not-nfc", ["E-4"], "bytes.not-canonical", [3, 3, 0x65, 0xCC, 0x81]),
            ("text-too-long", ["L-1"], "bytes.too-large", [3, 0x81, 0x80, 0x04]),
            ("decimal-with-trailing-zero", ["E-6"], "bytes.not-canonical", [2, 1, 20]),
            ("decimal-scale-19", ["E-6"], "bytes.too-large", [2, 19, 2]),
            (
                "decimal-of-19-digits", ["E-6"], "bytes.too-large",
                bytes {
                    $0.byte(2)
                    $0.byte(0)
                    $0.signed(1_000_000_000_000_000_000)
                }
            ),
            (
                "date-before-year-1", ["E-7"], "bytes.too-large",
                bytes {
                    $0.byte(4)
                    $0.signed(-719_163)
                }
            ),
            (
                "date-after-9999", ["E-7"], "bytes.too-large",
                bytes {
                    $0.byte(4)
                    $0.signed(2_932_897)
                }
            ),
            (
                "time-24-hours", ["E-7"], "bytes.too-large",
                bytes {
                    $0.byte(5)
                    $0.varint(86_400)
                }
            ),
            (
                "moment-offset", ["E-7"], "bytes.too-large",
                bytes {
                    $0.byte(6)
                    $0.signed(0)
                    $0.signed(901)
                }
            ),
            (
                "moment-of-no-year", ["E-7"], "bytes.too-large",
                bytes {
                    $0.byte(6)
                    $0.signed(.min)
                    $0.signed(0)
                }
            ),
            ("items-out-of-order", ["E-8"], "bytes.not-canonical", [7, 2, 1, 0x62, 1, 0x61]),
            ("items-twice", ["E-8"], "bytes.not-canonical", [7, 2, 1, 0x61, 1, 0x61]),
            ("items-claimed", ["E-2"], "bytes.truncated", [7, 0xE8, 0x07]),
            ("items-too-many", ["L-1"], "bytes.too-large", [7, 0xE9, 0x07]),
        ]
        for (name, ids, code, bytes) in refused {
            book.reject("value", name, ids, code, bytes, decode: value)
        }
    }

    private static func addPayloads(to book: inout VectorBook) {
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            Describe.payload(try Payload(canonical: bytes))
        }
        let payloads: [(String, [String], Payload)] = [
            ("one-operation", ["E-10"], Fixed.payload(7)),
            (
                "reason-quotes-and-members", ["E-10", "E-11"],
                Payload(
                    [
                        Operation(RegisterKey("tags", item: "a"), .flag(true)),
                        Operation(RegisterKey("tags", item: "b"), .flag(false)),
                        Operation(.deleted, .flag(true)), Operation(RegisterKey("note"), .text("đúng")),
                    ], reason: "đối chiếu sổ", quotes: Dot(Fixed.peer.replica, 300))
            ),
        ]
        for (name, ids, payload) in payloads {
            book.accept(
                "payload", name, ids, payload.canonicalBytes, encode: { try Payload(canonical: $0).canonicalBytes },
                decode: decode)
        }
        let refused: [(String, [String], String, [UInt8])] = [
            ("no-operation", ["E-10"], "bytes.inconsistent", [0, 0]),
            ("flags-unknown", ["E-2"], "bytes.unknown-kind", [4, 1, 1, 0x61, 0, 0]),
            ("field-empty", ["E-10"], "bytes.inconsistent", [0, 1, 0, 0, 0]),
            ("item-empty", ["E-10"], "bytes.inconsistent", [0, 1, 1, 0x61, 1, 0, 9]),
            ("registers-out-of-order", ["E-10"], "bytes.not-canonical", [0, 2, 1, 0x62, 0, 0, 1, 0x61, 0, 0]),
            ("register-twice", ["E-10"], "bytes.not-canonical", [0, 2, 1, 0x61, 0, 0, 1, 0x61, 0, 0]),
            (
                "quotes-nothing", ["E-5"], "bytes.inconsistent",
                [2] + Fixed.peer.replica.bytes + [0, 1, 1, 0x61, 0, 0]
            ),
        ]
        for (name, ids, code, bytes) in refused { book.reject("payload", name, ids, code, bytes, decode: decode) }
    }

    private static func addBases(to book: inout VectorBook) {
        let read: @Sendable ([UInt8]) throws -> Base = { bytes in
            var reader = ByteReader(bytes)
            let base = try Base(from: &reader)
            try reader.finish()
            return base
        }
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in Describe.base(try read(bytes)) }
        let replicas = [Fixed.device.replica, Fixed.peer.replica].sorted()
        let bases: [(String, Base)] = [
            ("nothing-seen", Base()), ("position-only", Base(position: 300)),
            (
                "vector-and-dots",
                Base(
                    position: 3, vector: VersionVector([replicas[0]: 4]),
                    dots: [Dot(replicas[0], 9), Dot(replicas[1], 2)])
            ),
        ]
        for (name, base) in bases {
            book.accept(
                "base", name, ["E-12"], base.canonicalBytes, encode: { try read($0).canonicalBytes }, decode: decode)
        }
        let refused: [(String, [String], String, [UInt8])] = [
            (
                "replicas-out-of-order", ["E-12"], "bytes.not-canonical",
                [0, 2] + replicas[1].bytes + [1] + replicas[0].bytes + [1, 0]
            ),
            ("sequence-zero", ["E-5"], "bytes.inconsistent", [0, 1] + replicas[0].bytes + [0, 0]),
            (
                "dot-in-the-vector", ["E-12"], "bytes.not-canonical",
                [0, 1] + replicas[0].bytes + [4, 1] + replicas[0].bytes + [4]
            ),
            (
                "dots-out-of-order", ["E-12"], "bytes.not-canonical",
                [0, 0, 2] + replicas[0].bytes + [4] + replicas[0].bytes + [3]
            ),
            (
                "position-beyond-63-bits", ["E-14"], "bytes.too-large",
                bytes {
                    $0.varint(1 << 63)
                    $0.byte(0)
                    $0.byte(0)
                }
            ),
            ("too-many-replicas", ["L-1"], "bytes.too-large", [0, 0x81, 0x02]),
        ]
        for (name, ids, code, bytes) in refused { book.reject("base", name, ids, code, bytes, decode: decode) }
    }

    private static func addHeaders(to book: inout VectorBook) {
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            Describe.header(try ChangeHeader(canonical: bytes))
        }
        let headers: [(String, ChangeHeader)] = [
            ("creates", Fixed.header()),
            ("of-a-created-record", Fixed.header(.record(.created(Dot(Fixed.peer.replica, 70_000))))),
            ("of-a-keyed-record", Fixed.header(.record(.keyed(NaturalKey(high: 1, low: 2))))),
            (
                "own-base-nobody-named",
                ChangeHeader(
                    form: FormReference("f", version: 1), target: .creates, author: "", time: HybridTime(rawValue: 0),
                    base: Base(position: 1, dots: [Dot(Fixed.peer.replica, 2)]))
            ),
        ]
        for (name, header) in headers {
            book.accept(
                "header", name, ["E-13"], header.canonicalBytes,
                encode: { try ChangeHeader(canonical: $0).canonicalBytes }, decode: decode)
        }
        let whole = Fixed.header().canonicalBytes
        let refused: [(String, [String], String, [UInt8])] = [
            ("form-empty", ["E-13"], "bytes.inconsistent", [0] + whole.dropFirst(8)),
            ("target-unknown", ["E-2"], "bytes.unknown-kind", whole.with(3, at: 9)),
            ("base-flag-unknown", ["E-2"], "bytes.unknown-kind", whole.with(2, at: whole.count - 1)),
            ("goes-on", ["E-2"], "bytes.trailing", whole + [0]),
            (
                "version-beyond-63-bits", ["E-14"], "bytes.too-large",
                bytes {
                    $0.text("f")
                    $0.varint(1 << 63)
                    $0.byte(0)
                }
            ),
        ]
        for (name, ids, code, bytes) in refused { book.reject("header", name, ids, code, bytes, decode: decode) }
    }
}
