import Records
import Testing

/// Reads what cameras write, and whatever else is put in its place.
@Suite struct PhotoFactsTests {
    /// A JPEG whose Exif block says when and where, big-endian.
    private static func photo(
        taken: String = "2026:11:20 09:12:31", side: String = "N", seconds: (UInt32, UInt32) = (30, 1),
        radius: UInt32? = 7,
        little: Bool = false
    ) -> [UInt8] {
        func number(_ value: UInt32, _ count: Int) -> [UInt8] {
            let big = (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * (count - 1 - $0))) }
            return little ? big.reversed() : big
        }
        func entry(_ tag: UInt32, _ type: UInt32, _ count: UInt32, _ value: [UInt8]) -> [UInt8] {
            number(tag, 2) + number(type, 2) + number(count, 4) + value + [UInt8](repeating: 0, count: 4 - value.count)
        }
        // The directories at fixed places, what they lead to after them.
        var block: [UInt8] = (little ? [0x49, 0x49] : [0x4D, 0x4D]) + number(42, 2) + number(8, 4)
        block += number(2, 2) + entry(0x8769, 4, 1, number(100, 4)) + entry(0x8825, 4, 1, number(200, 4)) + number(0, 4)
        block += [UInt8](repeating: 0, count: 100 - block.count)
        block += number(1, 2) + entry(0x9003, 2, UInt32(taken.utf8.count + 1), number(400, 4)) + number(0, 4)
        block += [UInt8](repeating: 0, count: 200 - block.count)
        block += number(radius == nil ? 4 : 5, 2) + entry(1, 2, 2, Array(side.utf8) + [0])
        block += entry(2, 5, 3, number(500, 4)) + entry(3, 2, 2, [0x45, 0]) + entry(4, 5, 3, number(524, 4))
        if radius != nil { block += entry(0x1F, 5, 1, number(548, 4)) }
        block += number(0, 4)
        block += [UInt8](repeating: 0, count: 400 - block.count)
        block += Array(taken.utf8) + [0]
        block += [UInt8](repeating: 0, count: max(0, 500 - block.count))
        for (above, below) in [(10, 1), (2, 1), seconds, (105, 1), (47, 1), (0, 1)] as [(UInt32, UInt32)] {
            block += number(above, 4) + number(below, 4)
        }
        block += number(radius ?? 0, 4) + number(1, 4)
        let content = Array("Exif\0\0".utf8) + block
        let length = UInt32(content.count + 2)
        return [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + content
            + [0xFF, 0xDA, 0, 2]
    }

    @Test(arguments: [false, true]) func itSaysWhenAndWhere(little: Bool) throws {
        let facts = try #require(PhotoFacts(jpeg: Self.photo(little: little)))
        #expect(facts.takenAt?.iso == "2026-11-20T09:12:31+07:00")
        #expect(facts.place == "10.041667, 105.783333 ±7 m")
        let place = try #require(facts.place.flatMap { Place($0) })
        #expect(place.accuracy == 7)
    }

    @Test func whatItDoesNotSayIsNotMadeUp() throws {
        #expect(PhotoFacts(jpeg: Self.photo(side: "S", radius: nil))?.place == "-10.041667, 105.783333; Exif")
        #expect(PhotoFacts(jpeg: Self.photo(taken: "<script>alert(1)</script>"))?.takenAt == nil)
        #expect(PhotoFacts(jpeg: Self.photo(taken: "2026:13:40 25:00:00"))?.takenAt == nil)
        #expect(
            PhotoFacts(jpeg: Self.photo(taken: "0000:00:00 00:00:00", seconds: (1, 0)))?.place?.hasPrefix("10.033333")
                == true)
        for none: [UInt8] in [[], [0xFF, 0xD8], [0xFF, 0xD8, 0xFF, 0xE1], [0x89, 0x50], Array("<html>".utf8)] {
            #expect(PhotoFacts(jpeg: none) == nil)
        }
    }

    @Test func damagedBlocksEndInNothing() {
        let whole = Self.photo()
        for end in 0..<whole.count { _ = PhotoFacts(jpeg: Array(whole[..<end])) }
        var state: UInt64 = 7
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<4 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            if let place = PhotoFacts(jpeg: bytes)?.place { #expect(Place(place)?.isExplained == true, "\(place)") }
        }
    }
}
