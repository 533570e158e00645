import Causality
import Foundation
import Records
import Testing

/// The scan of a payload in place keeps exactly the rules of reading it.
@Suite struct ScanTests {
    private static let payloads: [[UInt8]] = {
        let values: [Value] = [
            .null, .integer(-5), .decimal(DecimalNumber("-12.5")!), .text("Bến Ninh Kiều – “phù sa”"),
            .text("a\u{1F71}b"),
            .date(CalendarDate(iso: "2026-06-10")!), .time(TimeOfDay(iso: "07:30")!),
            .moment(Moment(iso: "2026-06-10T07:30:00+07:00")!), .items(["a", "b"]), .flag(true),
            .unknown(kind: 40, bytes: [1, 2, 3]),
        ]
        let single = values.map { Payload([Operation(RegisterKey("v"), $0)]).canonicalBytes }
        let all = Payload(
            values.enumerated().map {
                Operation(RegisterKey("f\($0.offset)", item: $0.offset % 3 == 0 ? "m" : nil), $0.element)
            },
            reason: "vì sao", quotes: Dot(ReplicaID(high: 1, low: 2), 300))
        return single + [all.canonicalBytes, []]
    }()

    private func agree(_ bytes: [UInt8]) -> Bool {
        let read = try? Payload(canonical: bytes)
        guard let scanned = Payload.scan(bytes) else { return read == nil }
        guard let read, read.operations.count == scanned.count else { return false }
        return zip(read.operations, scanned).allSatisfy { operation, place in
            operation.register.field.utf8.elementsEqual(bytes[place.field])
                && (operation.register.item ?? "").utf8.elementsEqual(bytes[place.item])
                && operation.value.canonicalBytes[...] == bytes[place.value]
        }
    }

    @Test func whatIsReadIsScanned() {
        for bytes in Self.payloads { #expect(agree(bytes), "\(bytes)") }
    }

    @Test func damageIsJudgedAlike() {
        for bytes in Self.payloads {
            for index in bytes.indices {
                for value in UInt8.min ... .max {
                    var damaged = bytes
                    damaged[index] = value
                    #expect(agree(damaged), "\(damaged)")
                }
                #expect(agree(Array(bytes[..<index])) && agree(bytes[..<index] + bytes[index...] + [0]))
            }
        }
    }

    /// All of what the quick look passes is in NFC by the tables too.
    @Test func textIsJudgedAsByTheTables() {
        for scalar in (UInt32(0)...0x2FFF).compactMap(Unicode.Scalar.init) {
            for text in ["\(scalar)", "a\(scalar)", "\u{1EA1}\(scalar)\u{301}"] {
                let bytes = Array(text.utf8)
                let expected = text.precomposedStringWithCanonicalMapping.utf8.elementsEqual(bytes)
                #expect(bytes.withUnsafeBytes(CanonicalText.holds) == expected, "\(scalar.value)")
            }
        }
        for bytes in [
            [0x80], [0xC2], [0xC2, 0x20], [0xE1, 0xB8], [0xE1, 0xB8, 0x20], [0xC0, 0x80], [0xED, 0xA0, 0x80],
        ] as [[UInt8]] {
            #expect(!bytes.withUnsafeBytes(CanonicalText.holds))
        }
    }
}
