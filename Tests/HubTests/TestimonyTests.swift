import Agent
import Causality
import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol
import Testing

/// A hub that tells two devices two histories is found out when the devices meet, and a hub that was put back is not accused.
@Suite struct TestimonyTests {
    private func hubKey(_ device: AgentDevice) throws -> [UInt8] { try #require(try device.hub()).publicKey }

    private func contradictions(_ device: AgentDevice, _ other: AgentDevice) throws -> [TwoHistories] {
        let told = try Testimony(bytes: other.store.read { try $0.testimony() }.bytes)
        let key = try hubKey(device)
        return try device.store.read { try $0.contradictions(with: told, hubKey: key) }
    }

    /// Two devices of a hub that goes on in two ways from one copy of itself.
    private func twoFaced() throws -> (ward: SnapshotWard, a: AgentDevice, b: AgentDevice) {
        let ward = try SnapshotWard()
        let (a, b) = (try ward.device(), try ward.device())
        try ward.save(a, [("key", .set(.text("chung")))])
        try ward.sync(a, b)
        try ward.putHubBack {
            for number in 0..<3 {
                try ward.save(a, [("key", .set(.text("a\(number)")))])
                try ward.sync(a)
            }
        }
        try ward.save(b, [("key", .set(.text("b")))])
        try ward.sync(b)
        return (ward, a, b)
    }

    @Test func devicesThatMeetProveThatAHubToldTwoHistories() throws {
        let (_, a, b) = try twoFaced()
        let found = try contradictions(a, b)
        #expect(found.map(\.space) == [SnapshotWard.space])
        let proof = try TwoHistories(bytes: try #require(found.first).bytes)
        let place = try proof.proven(hubKey: hubKey(a))
        #expect(place.index > 0)
        // The one that stands further back cannot tell what the other's line was.
        #expect(try contradictions(b, a).isEmpty)
    }

    @Test func aProofThatProvesNothingIsRefused() throws {
        let (_, a, b) = try twoFaced()
        let key = try hubKey(a)
        let proof = try #require(try contradictions(a, b).first)
        let own = try #require(try proof.first.places(hubKey: key)[proof.space])
        let harmless = [
            TwoHistories(
                space: proof.space, first: proof.first, second: proof.second, hash: own.hash, entries: proof.entries),
            TwoHistories(
                space: proof.space, first: proof.second, second: proof.second, hash: proof.hash, entries: []),
            TwoHistories(
                space: proof.space, first: proof.first, second: proof.second, hash: proof.hash,
                entries: Array(proof.entries.dropLast())),
            TwoHistories(
                space: SpaceName.catalogue, first: proof.first, second: proof.second, hash: proof.hash,
                entries: proof.entries),
        ]
        for proof in harmless { #expect(throws: ProtocolError.self) { try proof.proven(hubKey: key) } }
        #expect(throws: ProtocolError.self) { try proof.proven(hubKey: a.store.identity.publicKey) }
    }

    @Test func anHonestHubIsNotAccused() throws {
        let ward = try SnapshotWard()
        let (a, b) = (try ward.device(), try ward.device())
        for number in 0..<3 {
            try ward.save(a, [("key", .set(.text("a\(number)")))])
            try ward.sync(a)
        }
        try ward.sync(b)
        for (device, other) in [(a, b), (b, a)] { #expect(try contradictions(device, other).isEmpty) }
    }

    /// It had told two histories; its log says so.
    @Test func aHubThatWasPutBackAndSaysSoIsNotAccused() throws {
        let (ward, a, b) = try twoFaced()
        for _ in 0..<2 { try ward.sync(a, b) }
        #expect(try ward.hub.epoch() == 2)
        for (device, other) in [(a, b), (b, a)] { #expect(try contradictions(device, other).isEmpty) }
    }
}
