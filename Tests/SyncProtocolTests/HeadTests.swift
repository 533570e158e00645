import Causality
import Records
import SyncProtocol
import Testing

/// What requests and answers begin with, and the session's proofs.
@Suite struct HeadTests {
    private static let device = ReplicaIdentity(rawKey: [UInt8](repeating: 1, count: 32))!
    private static let hub = ReplicaIdentity(rawKey: [UInt8](repeating: 2, count: 32))!
    private static let offer = SessionOffer(random: [UInt8](repeating: 4, count: 32))
    private static let answering = SessionOffer(random: [UInt8](repeating: 5, count: 32))
    private static let position = LogPosition(epoch: 1, index: 300, hash: .of(tag: "p"))

    private static func head(_ kind: RequestHead.Kind, _ knowledge: Knowledge) -> RequestHead {
        RequestHead(kind: kind, counter: 7, clock: 1_790_000_000, answerLimit: 1000, knowledge: knowledge)
    }

    private static let first = head(
        .first(replica: device.replica, offer: offer.publicKey), .listed([.init(position), .init(.start)]))
    private static let firstBytes = first.bytes(signedBy: device, hub: hub.replica)
    private static let name = RequestHead.name(ofRequest: firstBytes)
    private static let keys = SessionKeys(bytes: (0..<64).map { UInt8($0) })
    private static let later = head(.session(0xA1B2_C3D4), .named([1, 2, 3, 4, 5, 6, 7, 8]))

    @Test func aFirstRequestComesBackAndIsSigned() throws {
        let received = try RequestHead.read(Self.firstBytes)
        #expect(received.head == Self.first && received.name == Self.name)
        #expect(received.isSigned(by: Self.device.publicKey, for: Self.hub.replica))
        #expect(!received.isSigned(by: Self.device.publicKey, for: Self.device.replica))
        #expect(!received.isSigned(by: Self.hub.publicKey, for: Self.hub.replica))
    }

    @Test func aLaterRequestComesBackAndIsProven() throws {
        let received = try RequestHead.read(Self.later.bytes(provenBy: Self.keys))
        #expect(received.head == Self.later)
        #expect(received.isProven(by: Self.keys))
        #expect(!received.isProven(by: SessionKeys(bytes: [UInt8](repeating: 0, count: 64))))
    }

    @Test func damagedHeadsAreRefusedOrUnproven() {
        for damaged in Damage.truncations(of: Self.firstBytes) + Damage.someBits(of: Self.firstBytes) {
            let received = try? RequestHead.read(damaged)
            #expect(received?.isSigned(by: Self.device.publicKey, for: Self.hub.replica) != true)
        }
        let bytes = Self.later.bytes(provenBy: Self.keys)
        for damaged in Damage.truncations(of: bytes) + Damage.everyByte(of: bytes) {
            #expect((try? RequestHead.read(damaged))?.isProven(by: Self.keys) != true)
        }
    }

    @Test func aRequestOfAnotherVersionOrKindIsToldApart() {
        let kind = #expect(throws: ProtocolError.self) { try RequestHead.read([9] + Self.firstBytes.dropFirst()) }
        #expect(kind?.kind == .notAMessage)
        var newer = Self.firstBytes
        let body = newer.count - 2 < 128 ? 2 : 3
        newer[body] = 2
        newer[body + 1] = 3
        let version = #expect(throws: ProtocolError.self) { try RequestHead.read(newer) }
        #expect(version?.kind == .versionUnknown)
    }

    @Test func bothSidesDeriveTheSameKeys() throws {
        let ours = try Self.offer.keys(with: Self.answering.publicKey, request: Self.name)
        let theirs = try Self.answering.keys(with: Self.offer.publicKey, request: Self.name)
        #expect(ours.bytes == theirs.bytes)
        #expect(try Self.offer.keys(with: Self.answering.publicKey, request: .zero).bytes != ours.bytes)
        #expect(throws: ProtocolError.self) {
            try Self.offer.keys(with: [UInt8](repeating: 0, count: 32), request: Self.name)
        }
    }

    @Test func aFramesProofIsForItsPlaceAndRequest() {
        let proof = Self.keys.frameProof([1, 2], number: 1, request: Self.name)
        #expect(Self.keys.isFrameProof(proof, of: [1, 2], number: 1, request: Self.name))
        #expect(!Self.keys.isFrameProof(proof, of: [1, 2], number: 2, request: Self.name))
        #expect(!Self.keys.isFrameProof(proof, of: [1, 2], number: 1, request: .zero))
        #expect(!Self.keys.isFrameProof(proof, of: [1, 3], number: 1, request: Self.name))
        #expect(!Self.keys.isFrameProof(proof.dropLast(), of: [1, 2], number: 1, request: Self.name))
        #expect(!Self.keys.isRequestProof(proof, of: Self.name.bytes + UInt64(1).bigEndianBytes + [1, 2]))
    }

    @Test func anAnswersHeadIsTheHubsForThisRequest() throws {
        let head = AnswerHead(session: 77, offer: Self.answering.publicKey, epoch: 3, time: -4)
        let bytes = head.bytes(signedBy: Self.hub, request: Self.name)
        let body = Array(bytes.dropFirst(2))
        #expect(try AnswerHead(body, request: Self.name, hubKey: Self.hub.publicKey) == head)
        for (request, key) in [(Hash256.zero, Self.hub.publicKey), (Self.name, Self.device.publicKey)] {
            let error = #expect(throws: ProtocolError.self) { try AnswerHead(body, request: request, hubKey: key) }
            #expect(error?.kind == .answerForeign)
        }
        for damaged in Damage.truncations(of: body) + Damage.someBits(of: body) + [body + [0]] {
            #expect(throws: ProtocolError.self) {
                try AnswerHead(damaged, request: Self.name, hubKey: Self.hub.publicKey)
            }
        }
    }

    @Test func knowledgeIsNamedByAllOfIt() {
        let name = Knowledge.name(of: [("x/general", Self.position, 0), ("city/catalog", .start, 0)])
        #expect(name.count == 8)
        #expect(name != Knowledge.name(of: [("x/general", Self.position, 0)]))
        #expect(name != Knowledge.name(of: [("city/catalog", .start, 0), ("x/general", Self.position, 0)]))
        let other = LogPosition(epoch: 1, index: 300, hash: .of(tag: "q"))
        #expect(name != Knowledge.name(of: [("x/general", other, 0), ("city/catalog", .start, 0)]))
        #expect(name != Knowledge.name(of: [("x/general", Self.position, 7), ("city/catalog", .start, 0)]))
    }
}
