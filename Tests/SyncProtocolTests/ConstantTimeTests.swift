import SyncProtocol
import Testing

@Suite struct ConstantTimeTests {
    /// Every pair of short strings over a few bytes, so that a wrong bracket or operator shows.
    @Test func onlyEqualsAreEqual() {
        let bytes: [UInt8] = [0, 1, 2, 3, 0x80, 0xFF]
        let strings = [[]] + bytes.map { [$0] } + bytes.flatMap { a in bytes.map { [a, $0] } }
        for a in strings {
            for b in strings { #expect(ConstantTime.areEqual(a, b) == (a == b), "\(a) \(b)") }
        }
    }
}
