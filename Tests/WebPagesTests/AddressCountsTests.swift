import Testing
import WebPages

@Suite struct AddressCountsTests {
    @Test func eachAddressHasItsOwnPlacesAndNothingIsRememberedAfterwards() {
        let counts = AddressCounts(most: 2)
        #expect(counts.enter("10.0.0.1") && counts.enter("10.0.0.1") && !counts.enter("10.0.0.1"))
        #expect(counts.enter("10.0.0.2"))
        counts.leave("10.0.0.1")
        #expect(counts.enter("10.0.0.1") && !counts.enter("10.0.0.1"))
        for address in ["10.0.0.1", "10.0.0.1", "10.0.0.2"] { counts.leave(address) }
        #expect(counts.addressCount == 0)
    }
}
