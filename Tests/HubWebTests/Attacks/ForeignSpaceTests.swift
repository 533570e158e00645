import Agent
import Causality
import Foundation
import HTTPTypes
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import NIOCore
import PageTesting
import RecordStore
import Records
import SyncProtocol
import Testing
import WebPages

/// An enrolled machine of another unit whose program is not ours: it reads nothing of this unit, and writes nothing in it.
@Suite struct ForeignSpaceTests {
    private static let other = "31117"
    private let siege: Siege
    private let spy: AgentDevice
    private let identity: ReplicaIdentity

    init() throws {
        siege = try Siege(signingIn: [])
        let ward = siege.ward
        _ = try ward.hub.capture([
            Draft(
                .new(form: BuiltInForm.unit.form, space: SpaceName.catalogue),
                edits: [("code", .set(.text(Self.other))), ("name_vi", .set(.text("Phường Ninh Kiều")))])
        ])
        identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 5, count: 32)))
        spy = try AgentDevice(
            path: ward.path + "/spy.db", identity: identity, unit: Self.other, world: ward.hub.store.world)
        let code = try ward.hub.makeEnrolCode(unit: Self.other, spaces: [], hours: 1).code
        _ = try spy.enrol(url: "test:", code: code, over: ward.line)
        _ = try spy.sync(over: ward.line)
        try ward.save(ward.a, [("key", .set(.text("k"))), ("note", .set(.text("BÍ MẬT")))], by: "lan")
        try ward.sync(ward.a, ward.b)
    }

    private static func code(_ answer: [UInt8]) -> String { (try? Refusal(bytes: answer))?.code ?? "" }

    /// A first request of the spy's, with frames of its own making.
    private static func request(
        _ siege: Siege, _ identity: ReplicaIdentity, _ knowledge: [Knowledge.Place], frames: [ColumnWriter] = []
    ) -> [UInt8] {
        siege.clock.pass(minutes: 1)
        let offer = SessionOffer(random: [UInt8](repeating: 7, count: 32))
        let head = RequestHead(
            kind: .first(replica: identity.replica, offer: offer.publicKey), counter: UInt64(siege.clock.now) + 1,
            clock: siege.clock.now / 1000, answerLimit: 0, knowledge: .listed(knowledge)
        ).bytes(signedBy: identity, hub: siege.ward.hub.replica)
        return head + frames.flatMap { Frame.bytes($0) }
    }

    private static func send(_ client: any TestClientProtocol, _ bytes: [UInt8]) async throws -> [UInt8] {
        let reply = try await client.executeRequest(
            uri: "/sync/1", method: .post, headers: [:], body: ByteBuffer(bytes: bytes))
        return Array(reply.body.readableBytesView)
    }

    private static func places(_ hub: Hub, _ spaces: [String]) throws -> [Knowledge.Place] {
        try hub.store.read { store in try spaces.map { Knowledge.Place(try store.space($0).position) } }
    }

    private static let own = [SpaceName.general(other), SpaceName.people(other), SpaceName.catalogue]

    /// Knowledge is of the certificate's spaces, in its order: more of them, or others, are not asked for.
    @Test func moreSpacesThanTheCertificateHasAreNotServed() async throws {
        let (siege, identity) = (siege, identity)
        try await siege.storm { client, ward, _ in
            for spaces in [
                Self.own + [Ward.space], Self.own + [Ward.space, SpaceName.people(Ward.unit)], [Ward.space], [],
            ] {
                let places = try Self.places(ward.hub, spaces)
                let answer = try await Self.send(client, Self.request(siege, identity, places))
                #expect(Self.code(answer) == "knowledge.unknown", "\(spaces)")
            }
            // Places of another unit's log are none of its own; what it is given then is its own.
            let foreign = try Self.places(ward.hub, [Ward.space, SpaceName.people(Ward.unit), SpaceName.catalogue])
            let answer = try await Self.send(client, Self.request(siege, identity, foreign))
            #expect(String(decoding: answer, as: UTF8.self).contains("BÍ MẬT") == false)
        }
        // Whatever it asked for, its own program finds nothing of the unit.
        _ = try spy.sync(over: siege.ward.line)
        #expect(try spy.store.read { try $0.recordCount(RecordFilter(form: "reading")) } == 0)
        #expect(try spy.store.read { try $0.allSpaces().map(\.name).sorted() } == Self.own.sorted())
    }

    /// A change that the spy's own key signs for another unit's space.
    private static func segment(
        _ siege: Siege, _ identity: ReplicaIdentity, author: String, in space: String = Ward.space,
        seen: String? = nil
    ) throws -> Segment {
        let position = try siege.ward.hub.store.read { try $0.space(seen ?? space).position }
        let header = ChangeHeader(
            form: FormReference("visit", version: 1), target: .creates, author: author,
            time: HybridTime(milliseconds: siege.clock.now), base: nil)
        let payload = Payload([Operation(RegisterKey("place"), .text("GIẢ MẠO"))])
        func build(_ signature: [UInt8]) -> Segment {
            Segment(
                space: space, replica: identity.replica,
                previous: Chain.origin(space: space, replica: identity.replica),
                dependency: Dependency(position: position, catalogue: 0),
                changes: [LoggedChange(sequence: 1, header: header, payload: payload.canonicalBytes)],
                signature: signature)
        }
        let unsigned = build([UInt8](repeating: 0, count: Signature.byteCount))
        let head = Head(sequence: 1, hash: try #require(unsigned.links().last))
        return build(
            identity.sign(
                tag: Chain.segmentTag, Chain.signedBytes(space: space, replica: identity.replica, head: head)))
    }

    private static func frame(
        _ siege: Siege, _ segment: Segment, by device: ReplicaIdentity, space: Int, at position: LogPosition
    ) throws -> ColumnWriter {
        var writer = ColumnWriter()
        writer.varint(1)
        let context = BatchWriting(
            device: device.replica, hub: siege.ward.hub.replica, clock: siege.clock.now / 1000 + 60,
            keyFields: { _ in [] }, receipt: { _ in nil }, change: { _ in nil })
        try Upload(space: space, segments: [TravellingSegment(segment, isOnLog: true)]).write(
            to: &writer, basis: position.index, context)
        return writer
    }

    private static func visits(_ hub: Hub) throws -> [RecordView] {
        try hub.store.read { try $0.records(form: "visit") }
    }

    /// Its own upload for a space that it has no part in.
    @Test(arguments: [3, 4, 200]) func aSpaceBeyondTheCertificateIsForbidden(number: Int) async throws {
        let (siege, identity) = (siege, identity)
        try await siege.storm { client, ward, _ in
            let places = try Self.places(ward.hub, Self.own)
            let position = try ward.hub.store.read { try $0.space(Ward.space).position }
            let segment = try Self.segment(siege, identity, author: "lan")
            let frame = try Self.frame(siege, segment, by: identity, space: number, at: position)
            let answer = try await Self.send(client, Self.request(siege, identity, places, frames: [frame]))
            #expect(["space.forbidden", "wire.malformed"].contains(Self.code(answer)), "\(Self.code(answer))")
            #expect(try Self.visits(ward.hub).isEmpty)
        }
    }

    /// In the place of its own space: what is signed names its space, and is no other's.
    @Test func whatIsSignedForOneSpaceIsNoneOfAnother() async throws {
        let (siege, identity) = (siege, identity)
        try await siege.storm { client, ward, _ in
            let places = try Self.places(ward.hub, Self.own)
            let position = try ward.hub.store.read { try $0.space(Self.own[0]).position }
            let segment = try Self.segment(siege, identity, author: "lan", seen: Self.own[0])
            let frame = try Self.frame(siege, segment, by: identity, space: 0, at: position)
            _ = try await Self.send(client, Self.request(siege, identity, places, frames: [frame]))
            #expect(try Self.visits(ward.hub).isEmpty)
        }
    }

    /// An accomplice in the unit brings what the spy signed. It is kept, as all that is signed, and counts for nothing.
    @Test(arguments: ["lan", "nobody-known", ""]) func whatAnAccompliceBringsIsRefused(author: String) async throws {
        let (siege, identity) = (siege, identity)
        try await siege.storm { client, ward, _ in
            let accomplice = try ward.a.store.identity
            let spaces = [Ward.space, SpaceName.people(Ward.unit), SpaceName.catalogue]
            let places = try Self.places(ward.hub, spaces)
            let position = try ward.hub.store.read { try $0.space(Ward.space).position }
            let segment = try Self.segment(siege, identity, author: author)
            let frame = try Self.frame(siege, segment, by: accomplice, space: 0, at: position)
            let answer = try await Self.send(client, Self.request(siege, accomplice, places, frames: [frame]))
            #expect(Self.code(answer) == "")
            let views = try Self.visits(ward.hub)
            #expect(views.allSatisfy { $0.state == .refused }, "\(views.map(\.state))")
            let refused = try ward.hub.store.read { try $0.openChanges(ownOnly: false) }
            #expect(refused.map(\.code) == ["space.forbidden"])
            #expect(try ward.hub.store.verify().isEmpty)
            _ = try ward.b.sync(over: ward.line)
            #expect(try ward.b.store.verify().isEmpty)
        }
    }

    /// Forged in another machine's name: the key says who it was.
    @Test func anothersNameUnderOnesOwnSignatureIsRefused() async throws {
        let (siege, identity) = (siege, identity)
        try await siege.storm { client, ward, _ in
            let victim = try ward.b.store.identity
            let genuine = try Self.segment(siege, victim, author: "minh")
            let forged = Segment(
                space: genuine.space, replica: victim.replica, previous: genuine.previous,
                dependency: genuine.dependency, changes: genuine.changes,
                signature: identity.sign(
                    tag: Chain.segmentTag,
                    Chain.signedBytes(
                        space: genuine.space, replica: victim.replica,
                        head: Head(sequence: 1, hash: try #require(genuine.links().last)))))
            let accomplice = try ward.a.store.identity
            let places = try Self.places(
                ward.hub, [Ward.space, SpaceName.people(Ward.unit), SpaceName.catalogue])
            let position = try ward.hub.store.read { try $0.space(Ward.space).position }
            let frame = try Self.frame(siege, forged, by: accomplice, space: 0, at: position)
            _ = try await Self.send(client, Self.request(siege, accomplice, places, frames: [frame]))
            #expect(try Self.visits(ward.hub).isEmpty)
        }
    }

    /// What only the hub writes, signed by a machine that takes part there.
    @Test(arguments: [SpaceName.people(other), SpaceName.catalogue])
    func whatOnlyTheHubWritesIsRefusedFromAMachine(space: String) async throws {
        let (siege, identity) = (siege, identity)
        let number = try #require(Self.own.firstIndex(of: space))
        try await siege.storm { client, ward, _ in
            let position = try ward.hub.store.read { try $0.space(space).position }
            let segment = try Self.segment(siege, identity, author: "", in: space)
            let frame = try Self.frame(siege, segment, by: identity, space: number, at: position)
            let places = try Self.places(ward.hub, Self.own)
            let answer = try await Self.send(client, Self.request(siege, identity, places, frames: [frame]))
            #expect(Self.code(answer) == "")
            let refused = try ward.hub.store.read { try $0.openChanges(ownOnly: false) }
            #expect(refused.map(\.code) == ["rights.hub-only"])
        }
    }
}
