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
import Synchronization
import Testing
import WebPages

/// Requests of devices that somebody recorded, sent to the hub again: as they were, changed, and in another's name.
@Suite struct ReplayedSyncTests {
    /// A line that somebody listens to.
    final class Tap: HubTransport, Sendable {
        let hub: Hub
        private let heard = Mutex<[(route: HubRoute, request: [UInt8], answer: [UInt8])]>([])

        init(_ hub: Hub) { self.hub = hub }

        var requests: [(route: HubRoute, request: [UInt8], answer: [UInt8])] { heard.withLock { $0 } }

        func exchange(
            _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
        ) throws {
            var message: [UInt8] = []
            while let piece = try next() { message += piece }
            let answer = try hub.reply(to: message, at: route)
            heard.withLock { $0.append((route, message, answer)) }
            try take(answer)
        }
    }

    private let siege: Siege

    init() throws { siege = try Siege(signingIn: []) }

    private static func send(
        _ client: any TestClientProtocol, _ bytes: [UInt8], to path: String = "/sync/1"
    ) async throws -> (status: Int, code: String, bytes: [UInt8]) {
        let reply = try await client.executeRequest(
            uri: path, method: .post, headers: [:], body: ByteBuffer(bytes: bytes))
        let bytes = Array(reply.body.readableBytesView)
        return (reply.status.code, (try? Refusal(bytes: bytes))?.code ?? "", bytes)
    }

    /// Everything that a request can change: where each space's log ends, what stands there, and what is known of devices.
    private static func state(_ hub: Hub) throws -> String {
        let ends = try hub.store.read { store in
            try store.allSpaces().map { "\($0.name) \($0.position.index) \($0.digest)" }.joined(separator: "|")
        }
        return try ends + hub.devices().map { "\($0.replica) \($0.counter) \($0.revoked ?? 0)" }.joined()
    }

    /// A third device, everything that it ever sent, and a record that it saved.
    private static func tapped(_ ward: Ward) throws -> (device: AgentDevice, tap: Tap) {
        let tap = Tap(ward.hub)
        let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 4, count: 32)))
        let device = try AgentDevice(
            path: ward.path + "/tapped.db", identity: identity, unit: Ward.unit, world: ward.hub.store.world)
        let code = try ward.hub.makeEnrolCode(unit: Ward.unit, spaces: [], hours: 1).code
        _ = try device.enrol(url: "test:", code: code, over: tap)
        _ = try device.sync(over: tap)
        try ward.save(device, [("key", .set(.text("k1"))), ("note", .set(.text("BÍ MẬT")))], by: "lan")
        _ = try device.sync(over: tap)
        try ward.save(device, [("key", .set(.text("k2")))], by: "lan")
        _ = try device.sync(over: tap)
        return (device, tap)
    }

    @Test func whatWasSentOnceIsWorthNothingAgain() async throws {
        try await siege.storm { client, ward, clock in
            let (device, tap) = try Self.tapped(ward)
            let before = try Self.state(ward.hub)
            let syncs = tap.requests.filter { $0.route == .sync }.map(\.request)
            let kinds = Set(syncs.compactMap(\.first))
            #expect(kinds == [MessageKind.firstRequest.rawValue, MessageKind.sessionRequest.rawValue])
            for wait: Int64 in [0, 43_200] {
                clock.pass(minutes: wait)
                for request in syncs + syncs.reversed() {
                    let reply = try await Self.send(client, request)
                    #expect(reply.code == "request.replayed", "\(reply)")
                    #expect(String(decoding: reply.bytes, as: UTF8.self).contains("BÍ MẬT") == false)
                }
            }
            #expect(try Self.state(ward.hub) == before)
            // The device itself goes on undisturbed, in its session.
            #expect(try device.sync(over: tap).complete)
        }
    }

    /// After a restart the hub remembers no session; what began one is refused all the same.
    @Test func aRestartOpensNoDoor() async throws {
        let (_, tap) = try Self.tapped(siege.ward)
        let restarted = try Hub(
            path: siege.ward.path + "/hub.db", identity: siege.ward.hub.anchor, world: siege.ward.hub.store.world)
        let application = Application(router: HubServer(hub: restarted).router())
        try await application.test(.router) { client in
            let before = try Self.state(restarted)
            for heard in tap.requests where heard.route == .sync {
                let reply = try await Self.send(client, heard.request)
                let isFirst = heard.request.first == MessageKind.firstRequest.rawValue
                #expect(reply.code == (isFirst ? "request.replayed" : "session.unknown"), "\(reply.code)")
            }
            #expect(try Self.state(restarted) == before)
        }
    }

    /// The head of one request before the frames of another: what is signed is known already, and nothing is stored twice.
    @Test func framesOfAnotherRequestChangeNothing() async throws {
        try await siege.storm { client, ward, _ in
            let (device, tap) = try Self.tapped(ward)
            let (_, fresh) = try Self.request(of: device)
            let digest = try Self.digest(ward.hub)
            let head = try Self.headCount(fresh)
            let old = try #require(tap.requests.last { $0.route == .sync }?.request)
            let frames = Array(old.dropFirst(try Self.headCount(old)))
            #expect(!frames.isEmpty)
            let reply = try await Self.send(client, Array(fresh.prefix(head)) + frames)
            #expect(reply.status == 200, "\(reply.code)")
            #expect(try Self.digest(ward.hub) == digest)
            #expect(try ward.hub.store.read { try $0.recordCount(RecordFilter(form: "reading")) } == 2)
            #expect(try ward.hub.store.verify().isEmpty)
        }
    }

    /// Every bit of a genuine request's head, turned round: the proof fails, and nothing of what follows is looked at.
    @Test func aHeadThatWasAlteredIsRefused() async throws {
        try await siege.storm { client, ward, _ in
            let (device, _) = try Self.tapped(ward)
            try ward.save(device, [("key", .set(.text("k3")))], by: "lan")
            let (_, genuine) = try Self.request(of: device)
            let before = try Self.state(ward.hub)
            for index in 0..<(try Self.headCount(genuine)) {
                for bit in [UInt8(1), 0x80] {
                    var altered = genuine
                    altered[index] ^= bit
                    let reply = try await Self.send(client, altered)
                    #expect(reply.status >= 400 && !reply.code.isEmpty, "\(index) \(reply.status)")
                }
            }
            #expect(try Self.state(ward.hub) == before)
            #expect(try await Self.send(client, genuine).status == 200)
        }
    }

    /// Every byte of a genuine request's contents: what is stored is what the device signed, or nothing.
    @Test func contentsThatWereAlteredAreNotStored() async throws {
        try await siege.storm { client, ward, _ in
            let (device, _) = try Self.tapped(ward)
            let word = try ward.save(device, [("key", .set(.text("k3"))), ("note", .set(.text("thật")))], by: "lan")
            for step in 0..<40 {
                let (_, genuine) = try Self.request(of: device)
                let start = try Self.headCount(genuine)
                var altered = genuine
                altered[start + step * (genuine.count - start) / 40] ^= 0x21
                _ = try await Self.send(client, altered)
                let notes = try ward.hub.store.read { store in
                    try store.records(form: "reading").compactMap { $0.fields["note"]?.plainText }
                }
                #expect(Set(notes).isSubset(of: ["BÍ MẬT", "thật"]), "\(notes)")
            }
            _ = try device.sync(over: ward.line)
            #expect(try ward.show(ward.hub.store, word).fields["note"] == .text("thật"))
            #expect(try ward.hub.store.verify().isEmpty)
        }
    }

    /// A device proves itself by its own key, and by nobody else's; for this hub, and for no other.
    @Test func anotherDevicesSignatureIsNone() async throws {
        try await siege.storm { client, ward, clock in
            let (a, b) = (try ward.a.store.identity, try ward.b.store.identity)
            let before = try Self.state(ward.hub)
            let places = try ward.a.store.read { store in
                try [Ward.space, SpaceName.people(Ward.unit), SpaceName.catalogue].map {
                    Knowledge.Place(try store.space($0).position)
                }
            }
            func head(_ replica: ReplicaID, _ signer: ReplicaIdentity, _ hub: ReplicaID) -> [UInt8] {
                let offer = SessionOffer(random: [UInt8](repeating: 7, count: 32))
                return RequestHead(
                    kind: .first(replica: replica, offer: offer.publicKey), counter: UInt64(clock.now) + 1_000_000,
                    clock: clock.now / 1000, answerLimit: 0, knowledge: .listed(places)
                ).bytes(signedBy: signer, hub: hub)
            }
            let stranger = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 77, count: 32)))
            for (bytes, code) in [
                (head(b.replica, a, ward.hub.replica), "request.forged"),
                (head(a.replica, stranger, ward.hub.replica), "request.forged"),
                (head(a.replica, a, b.replica), "request.forged"),
                (head(stranger.replica, stranger, ward.hub.replica), "device.unknown"),
                (head(ward.hub.replica, a, ward.hub.replica), "device.unknown"),
            ] {
                #expect(try await Self.send(client, bytes).code == code)
            }
            #expect(try Self.state(ward.hub) == before)
            #expect(try await Self.send(client, head(a.replica, a, ward.hub.replica)).status == 200, "its own holds")
        }
    }

    /// A code that somebody heard, and what was sent with it, let in nobody else, and nobody back who was shut out.
    @Test func anEnrolmentThatWasHeardLetsNobodyIn() async throws {
        try await siege.storm { client, ward, _ in
            let (device, tap) = try Self.tapped(ward)
            let heard = try #require(tap.requests.first { $0.route == .enrol })
            let count = try ward.hub.devices().count
            let again = try await Self.send(client, heard.request, to: "/enrol/1")
            #expect(again.bytes == heard.answer)
            for index in heard.request.indices {
                var altered = heard.request
                altered[index] ^= 1
                #expect(try await Self.send(client, altered, to: "/enrol/1").status >= 400)
            }
            try ward.hub.revoke(try device.replica.word, reason: "mất máy")
            _ = try await Self.send(client, heard.request, to: "/enrol/1")
            let devices = try ward.hub.devices()
            #expect(devices.count == count)
            let replica = try device.replica
            #expect(devices.first { $0.replica == replica }?.revoked != nil)
            #expect(try device.sync(over: ward.line).refusals.values.contains("device.revoked"))
        }
    }

    // MARK: What it takes

    /// A request that is made and not yet sent.
    private static func request(of device: AgentDevice) throws -> (DeviceExchange, [UInt8]) {
        let exchange = DeviceExchange(device, with: try #require(try device.hub()))
        var request: [UInt8] = []
        while let piece = try exchange.nextPiece() { request += piece }
        return (exchange, request)
    }

    private static func headCount(_ request: [UInt8]) throws -> Int {
        var reader = MessageReader()
        reader.feed(request)
        let head = try #require(try reader.takeBlock(skipping: 1, limit: ProtocolLimits.headBytes))
        return head.whole.count
    }

    private static func digest(_ hub: Hub) throws -> String {
        try hub.store.read { "\(try $0.space(Ward.space).digest)" }
    }
}
