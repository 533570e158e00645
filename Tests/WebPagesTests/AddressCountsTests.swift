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

@Suite struct OpenFilesTests {
    @Test func connectionsLeaveRoomForWhatTheProgramOpens() {
        #expect(OpenFiles.connections(of: 65_536, atMost: 4096) == 4096)
        #expect(OpenFiles.connections(of: 1024, atMost: 4096) == 512)
        #expect(OpenFiles.connections(of: 256, atMost: 4096) == 64)
        #expect(OpenFiles.raise() >= 256)
    }
}
