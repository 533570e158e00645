import Causality
import Records
import SyncProtocol
import Testing

/// What a device tells of itself, on the wire.
@Suite struct DeviceReportTests {
    private static let device = ReplicaIdentity(rawKey: [UInt8](repeating: 1, count: 32))!
    private static let hub = ReplicaIdentity(rawKey: [UInt8](repeating: 2, count: 32))!
    private static let report = DeviceReport(version: "0.1.0", waiting: 3, photos: 0, free: 0, epoch: 2)
    private static let bytes = report.bytes(counter: 9, signedBy: device, hub: hub.replica)

    @Test func itComesBackAndIsSignedForOneHub() throws {
        let received = try DeviceReport.Received(bytes: Self.bytes)
        #expect(received.report == Self.report && received.counter == 9 && received.replica == Self.device.replica)
        #expect(received.isSigned(by: Self.device.publicKey, for: Self.hub.replica))
        #expect(!received.isSigned(by: Self.device.publicKey, for: Self.device.replica))
        #expect(!received.isSigned(by: Self.hub.publicKey, for: Self.hub.replica))
        #expect(Self.bytes.count < 110)
    }

    @Test func nothingFreeIsNotTheSameAsUnknown() throws {
        let unknown = DeviceReport(version: "1", waiting: 0, photos: 0, free: nil, epoch: 1)
        let bytes = unknown.bytes(counter: 1, signedBy: Self.device, hub: Self.hub.replica)
        #expect(try DeviceReport.Received(bytes: bytes).report.free == nil)
        #expect(try DeviceReport.Received(bytes: Self.bytes).report.free == 0)
    }

    @Test func damagedOnesAreRefusedOrUnproven() {
        for damaged in Damage.truncations(of: Self.bytes) + Damage.everyByte(of: Self.bytes) {
            let received = try? DeviceReport.Received(bytes: damaged)
            #expect(received?.isSigned(by: Self.device.publicKey, for: Self.hub.replica) != true)
        }
    }

    @Test func theAnswerIsKnown() {
        #expect(throws: Never.self) { try DeviceReport.expectNoted(DeviceReport.noted) }
        for wrong in [[], [19], [19, 2], [18, 1], [19, 1, 0]] as [[UInt8]] {
            #expect(throws: ProtocolError.self) { try DeviceReport.expectNoted(wrong) }
        }
    }
}
