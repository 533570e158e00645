import Agent
import Causality
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import NIOPosix
import PageTesting
import RecordStore
import Records
import SyncProtocol
import Testing
import Wording

/// Photos over HTTP, from the agent's own line.
@Suite struct AttachmentRouteTests {
    private let ward: Ward

    init() throws { ward = try Ward() }

    private static func photo(_ count: Int) -> [UInt8] {
        [0xFF, 0xD8, 0xFF, 0xE0] + (0..<count - 4).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 5) }
    }

    /// Runs `body`, which blocks, beside a hub that serves.
    private func serving(_ body: @escaping @Sendable (CurlTransport) throws -> Void) async throws {
        try await Application(router: HubServer(hub: ward.hub).router()).test(.live) { client in
            let port = try #require(client.port)
            let line = try CurlTransport(url: "http://127.0.0.1:\(port)")
            try await NIOThreadPool.singleton.runIfActive { try body(line) }
        }
    }

    @Test func aPhotoGoesOverHTTPAndComesBackTheSame() async throws {
        let ward = ward
        let bytes = Self.photo(1_000_000)
        let intake = try ward.a.attachmentIntake()
        try intake.add(bytes)
        let photo = try intake.finish()
        try ward.save(
            ward.a, [("place", .set(.text("Chợ"))), ("photos", .set(.items([photo.word])))], form: "visit")
        try await serving { line in
            let report = try ward.a.sync(over: line)
            #expect(report.complete && report.attachments.sent == 1 && report.attachments.bytesSent == bytes.count)
            _ = try ward.b.sync(over: line)
            try ward.b.fetchAttachment(photo.hash, over: line)
        }
        #expect(try ward.hub.blobs.isSound(photo.hash))
        #expect(try ward.b.blobs.read(photo.hash, from: 0, count: 2_000_000) == bytes)
    }

    @Test func whoIsRefusedWhileSendingReadsWhy() async throws {
        let ward = ward
        let bytes = Self.photo(5_000_000)
        let size = ProtocolLimits.attachmentChunkBytes
        let chunks = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
        var sum = RunningHash()
        sum.add(bytes)
        let identity = try ward.a.store.identity
        let put = AttachmentPut(
            replica: identity.replica, item: AttachmentQuery.Item(hash: sum.value, byteCount: bytes.count), first: 0,
            chunks: chunks.map(AttachmentChunks.hash))
        let pieces = [put.bytes(signedBy: identity, hub: ward.hub.replica)] + chunks.map(AttachmentPut.chunk)
        try await serving { line in
            var rest = pieces[...]
            let answer = try line.exchange(.putAttachment) { rest.popFirst() }
            #expect(try Refusal(bytes: answer).code == "attachment.unlisted")
        }
        #expect(try ward.hub.blobs.beginning(of: sum.value) == 0)
    }

    @Test(arguments: [[], [14], [14, 0], [14, 1, 1], [14, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [1, 2, 3]] as [[UInt8]])
    func whatIsNoMessageIsRefusedWithACode(body: [UInt8]) async throws {
        try await serving { line in
            var rest: [UInt8]? = body
            let answer = try line.exchange(.putAttachment) {
                defer { rest = nil }
                return rest.flatMap { $0.isEmpty ? nil : $0 }
            }
            #expect(try !Refusal(bytes: answer).code.isEmpty)
        }
    }
}
