import Causality
import Records
import Testing

private let replica = ReplicaID(high: 0x0102_0304_0506_0708, low: 0x1112_1314_1516_1718)

/// Checks a decoder against damage: every truncation and every extension fails, and every change of one byte fails or
/// gives a value whose encoding is the changed bytes.
private func checkDamage(
    _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation,
    recode: ([UInt8]) throws(DecodingFailure) -> [UInt8]
) {
    for count in bytes.indices {
        #expect(throws: DecodingFailure.self, sourceLocation: sourceLocation) { try recode(Array(bytes[..<count])) }
    }
    #expect(throws: DecodingFailure.self, sourceLocation: sourceLocation) { try recode(bytes + [0]) }
    var others: [[UInt8]] = []
    for index in bytes.indices {
        for value in UInt8.min...UInt8.max {
            var damaged = bytes
            damaged[index] = value
            if let again = try? recode(damaged), again != damaged { others.append(damaged) }
        }
    }
    #expect(others.isEmpty, sourceLocation: sourceLocation)
}

@Suite struct ValueEncodingTests {
    static let values: [Value] = [
        .null, .integer(0), .integer(-1), .integer(.max), .integer(.min), .decimal(DecimalNumber("0")!),
        .decimal(DecimalNumber("-12.5")!), .decimal(DecimalNumber("999999999999999999")!), .text(""), .text("Thuỷ đ 🌊"),
        .date(CalendarDate(days: 0)), .date(CalendarDate(year: 9999, month: 12, day: 31)!),
        .date(CalendarDate(year: 1, month: 1, day: 1)!), .time(TimeOfDay(seconds: 0)!),
        .time(TimeOfDay(seconds: 86_399)!),
        .moment(Moment(milliseconds: 0)!), .moment(Moment(milliseconds: -1, offsetMinutes: -900)!), .items([]),
        .items(["a", "b", "đ"]), .flag(false), .flag(true), .unknown(kind: 32, bytes: []),
        .unknown(kind: 255, bytes: [1, 2, 3]),
    ]

    @Test(arguments: values)
    func encodingRoundTrips(value: Value) throws {
        #expect(try Value(canonical: value.canonicalBytes) == value)
    }

    @Test func differentValuesHaveDifferentEncodings() {
        #expect(Set(Self.values.map(\.canonicalBytes)).count == Self.values.count)
    }

    @Test(arguments: values)
    func damagedEncodingNeverPassesForAnother(value: Value) {
        checkDamage(value.canonicalBytes) { bytes throws(DecodingFailure) in try Value(canonical: bytes).canonicalBytes
        }
    }

    @Test(
        arguments: [
            ([], .truncated), ([10], .unknownKind), ([31], .unknownKind), ([1], .truncated),
            ([1, 0x80, 0], .notCanonical), ([0, 0], .trailing), ([2, 1, 20], .notCanonical), ([2, 19, 2], .tooLarge),
            ([3, 1, 0xFF], .notCanonical), ([3, 2, 0xC0, 0x80], .notCanonical), ([3, 5, 97], .truncated),
            ([3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], .tooLarge),
            ([3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2], .tooLarge),
            ([5, 0x80, 0xA3, 5], .tooLarge), ([7, 2, 1, 98, 1, 97], .notCanonical),
            ([7, 2, 1, 97, 1, 97], .notCanonical),
        ] as [([UInt8], DecodingFailure.Reason)])
    func otherEncodingsAreRefused(bytes: [UInt8], reason: DecodingFailure.Reason) {
        let failure = #expect(throws: DecodingFailure.self) { try Value(canonical: bytes) }
        #expect(failure?.reason == reason)
    }

    /// Offsets, in minutes, at and far beyond what 16 bits hold.
    @Test(arguments: [901, -901, 32_767, 40_000, Int64.max])
    func anOffsetBeyondADayIsRefused(offset: Int64) {
        var writer = ByteWriter()
        writer.byte(6)
        writer.signed(0)
        writer.signed(offset)
        let bytes = writer.bytes
        #expect(throws: DecodingFailure.self) { try Value(canonical: bytes) }
    }

    /// In a process of its own, since what must not happen here is a trap.
    @Test func anOffsetBelowWhat16BitsHoldIsRefused() async {
        await #expect(processExitsWith: .success) {
            for offset in [-32_768, -40_000, Int64.min] {
                var writer = ByteWriter()
                writer.byte(6)
                writer.signed(0)
                writer.signed(offset)
                let bytes = writer.bytes
                #expect(throws: DecodingFailure.self) { try Value(canonical: bytes) }
            }
        }
    }

    @Test func textsThatDifferInBytesAreDifferentValuesOrRefused() {
        // U+1EA1 and a + U+0323 are equal as Swift strings.
        let composed = Value.text("\u{1EA1}")
        let bytes: [UInt8] = [3, 3, 0x61, 0xCC, 0xA3]
        if let decomposed = try? Value(canonical: bytes) { #expect(decomposed != composed) }
    }
}

@Suite struct PayloadEncodingTests {
    static let payloads: [Payload] = [
        Payload([Operation(RegisterKey("a"), .integer(1))]),
        Payload([Operation(.deleted, .flag(true))], reason: "trùng"),
        Payload(
            [
                Operation(RegisterKey("tags", item: "b"), .flag(true)),
                Operation(RegisterKey("tags", item: "a"), .flag(false)),
                Operation(RegisterKey("note"), .text("x")),
            ], reason: "r", quotes: Dot(replica, 300)),
    ]

    @Test(arguments: payloads)
    func encodingRoundTrips(payload: Payload) throws {
        #expect(try Payload(canonical: payload.canonicalBytes) == payload)
    }

    @Test(arguments: payloads)
    func damagedEncodingNeverPassesForAnother(payload: Payload) {
        checkDamage(payload.canonicalBytes) { bytes throws(DecodingFailure) in
            try Payload(canonical: bytes).canonicalBytes
        }
    }

    @Test func theOrderOfOperationsDoesNotMatter() {
        let operations = [Operation(RegisterKey("b"), .null), Operation(RegisterKey("a"), .null)]
        #expect(Payload(operations) == Payload(operations.reversed()))
    }

    @Test(
        arguments: [
            ([0, 0], .inconsistent), ([4, 1, 1, 97, 0, 0], .unknownKind), ([0, 1, 0, 0, 0], .inconsistent),
            ([0, 1, 1, 97, 2, 0], .unknownKind), ([0, 1, 1, 97, 1, 0, 0], .inconsistent),
            ([0, 2, 1, 98, 0, 0, 1, 97, 0, 0], .notCanonical), ([0, 2, 1, 97, 0, 0, 1, 97, 0, 0], .notCanonical),
        ] as [([UInt8], DecodingFailure.Reason)])
    func otherEncodingsAreRefused(bytes: [UInt8], reason: DecodingFailure.Reason) {
        let failure = #expect(throws: DecodingFailure.self) { try Payload(canonical: bytes) }
        #expect(failure?.reason == reason)
    }
}

@Suite struct BaseEncodingTests {
    private let other = ReplicaID(high: 9, low: 9)

    @Test func encodingRoundTripsAndDamageShows() throws {
        let base = Base(
            position: 300, vector: VersionVector([replica: 5, other: 2]), dots: [Dot(other, 4), Dot(replica, 9)])
        let decode = { (bytes: [UInt8]) throws(DecodingFailure) -> Base in
            var reader = ByteReader(bytes)
            let base = try Base(from: &reader)
            try reader.finish()
            return base
        }
        #expect(try decode(base.canonicalBytes) == base)
        #expect(try decode(Base().canonicalBytes) == Base())
        checkDamage(base.canonicalBytes) { bytes throws(DecodingFailure) in try decode(bytes).canonicalBytes }
    }
}

@Suite struct ByteReaderTests {
    @Test(arguments: [0, 1, 127, 128, 16_383, 16_384, UInt64(Int64.max), .max])
    func varintRoundTrips(value: UInt64) throws {
        var writer = ByteWriter()
        writer.varint(value)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.varint() == value)
        #expect(reader.isAtEnd)
    }

    @Test(arguments: [0, -1, 1, .min, .max, -64, 64] as [Int64])
    func signedRoundTrips(value: Int64) throws {
        var writer = ByteWriter()
        writer.signed(value)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.signed() == value)
    }

    @Test func aCountBeyondTheInputIsRefused() {
        var reader = ByteReader([100, 1, 2])
        #expect(throws: DecodingFailure.self) { try reader.count(limit: 1000) }
    }
}

@Suite struct WordTests {
    @Test func wordsRoundTripForEveryLength() {
        for count in 0...24 {
            for byte: UInt8 in [0, 1, 0x5A, 0xFF] {
                let bytes = [UInt8](repeating: byte, count: count)
                let word = Words.encode(bytes)
                #expect(Words.decode(word) == bytes)
                #expect(Words.isWord(word))
            }
        }
    }

    @Test func eachWordIsTheOnlyOneOfItsBytes() {
        let alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
        for a in alphabet {
            for b in alphabet {
                let word = "\(a)\(b)"
                if let bytes = Words.decode(word) { #expect(Words.encode(bytes) == word) }
            }
        }
    }

    @Test(arguments: ["i", "0", "01i4", "0A", "000", "01", "0-", "é0"])
    func otherWordsAreRefused(word: String) {
        #expect(Words.decode(word) == nil)
    }

    @Test func replicaAndDotWordsRoundTrip() {
        #expect(ReplicaID(word: replica.word) == replica)
        for sequence in [1, 9, 1_000_000, UInt64(Int64.max)] {
            for prefix in [0, 0xAB, UInt32.max] {
                let word = DotWord(Dot(replica, sequence), hashPrefix: prefix)
                #expect(DotWord(word.text) == word)
            }
        }
    }

    @Test(arguments: [
        "", "-", "W", "W-0-00000000", "W-1", "W-1-0000000", "W-1-000000000", "W-01-00000000", "W-+1-00000000",
        "W-1-0000000g", "W-1-00000000-", "0-1-00000000", "W-1-+0000001", "W-1-ABCDEF01",
    ])
    func otherDotWordsAreRefused(pattern: String) {
        let word = pattern.split(separator: "W", omittingEmptySubsequences: false).joined(separator: replica.word)
        #expect(DotWord(word) == nil)
    }

    static let records: [RecordWord] = [
        RecordWord(spaceTag: Words.tag(ofSpace: "x/general"), record: .created(Dot(replica, 1)), hashPrefix: 7),
        RecordWord(spaceTag: [0, 0, 0, 0], record: .created(Dot(replica, UInt64(Int64.max))), hashPrefix: .max),
        RecordWord(spaceTag: [1, 2, 3, 4], record: .keyed(NaturalKey(high: 3, low: .max)), hashPrefix: 0),
    ]

    @Test(arguments: records)
    func recordWordRoundTripsAndDamageShows(record: RecordWord) {
        #expect(RecordWord(record.text) == record)
        for count in 0..<record.text.count {
            if let shorter = RecordWord(String(record.text.prefix(count))) {
                #expect(shorter.text == String(record.text.prefix(count)))
            }
        }
        for index in record.text.indices {
            for character in "0z-iA" {
                var damaged = record.text
                damaged.replaceSubrange(index...index, with: String(character))
                if let other = RecordWord(damaged) { #expect(other.text == damaged) }
            }
        }
    }

    @Test func recordIDRoundTripsThroughBytes() {
        for record in Self.records.map(\.record) { #expect(RecordID(bytes: record.bytes) == record) }
        #expect(RecordID(bytes: [UInt8](repeating: 0, count: 23)) == nil)
    }

    @Test func naturalKeyFollowsFormAndValues() {
        let key = NaturalKey(form: "f", values: ["a": .integer(1), "b": .null])
        #expect(key == NaturalKey(form: "f", values: ["b": .null, "a": .integer(1)]))
        #expect(key != NaturalKey(form: "g", values: ["a": .integer(1), "b": .null]))
        #expect(key != NaturalKey(form: "f", values: ["a": .integer(1)]))
        #expect(key != NaturalKey(form: "f", values: ["a": .integer(2), "b": .null]))
    }
}
