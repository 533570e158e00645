import Agent
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
import Testing
import WebPages

/// Forms that another site has a signed-in admin's browser send: every way that changes anything refuses them.
@Suite struct ForgedFormTests {
    private let siege: Siege
    private let word: String
    private let device: String

    init() throws {
        siege = try Siege(signingIn: ["viet", "an"])
        word = try siege.ward.conflict()
        device = try siege.ward.b.replica.word
    }

    /// Ways that browsers send to. The protocol's own are proven by messages, and a browser's session grants nothing there.
    private static let messages: Set<String> = [
        "/sync/1", "/enrol/1", "/succeed/1", "/password/1", "/attachments/1", "/attachment/1", "/attachment/get/1",
        "/device/1",
    ]

    private static func ways(_ hub: Hub, _ word: String, _ device: String) -> [String] {
        HubServer(hub: hub).router().routes.filter { $0.method == .post }.map(\.path.description)
            .filter { !messages.contains($0) }.sorted().map { path in
                let zeros = String(repeating: "0", count: 64)
                return path.replacing("{record}", with: word).replacing("{hash}", with: zeros)
                    .replacing("{change}", with: "x").replacing("{device}", with: device)
                    .replacing("{person}", with: "hoa").replacing("{form}", with: "reading")
                    .replacing("{draft}", with: "none")
            }
    }

    private static let fields = [
        ("reason", "x"), ("question", "x"), ("outcome", "accept"), ("unit", Ward.unit), ("role", "hub_admin"),
        ("lock", "yes"), ("hours", "1"), ("id", "evil"), ("name", "viet"), ("password", Siege.password),
        ("v.key", "k9"), ("v.value", "9"), ("author", "viet"), ("form", "reading"), ("version", "1"), ("back", "/"),
    ]

    /// What an attack could have changed.
    private static func state(_ ward: Ward, _ word: String) throws -> String {
        let head = try ward.hub.store.read { try AuditLog.head($0) }
        let drafts = try ward.hub.store.read { try $0.draftCount(of: "viet") }
        let records = try ward.hub.store.read { try $0.recordCount(RecordFilter(form: "reading")) }
        let view = try ward.show(ward.hub.store, word)
        return "\(head.number) \(drafts) \(records) \(view.conflicts) \(view.deleted)"
    }

    @Test func withoutTheSessionsTokenNothingIsDone() async throws {
        let (word, device) = (word, device)
        try await siege.storm { client, ward, _ in
            let victim = try await Siege.browser(client)
            let other = try await Siege.token(try await Siege.browser(client, as: "an"))
            let doors = try #require(victim.cookie("token"))
            let before = try Self.state(ward, word)
            for path in Self.ways(ward.hub, word, device) {
                for token in [nil, "", other, doors, FormToken.make()] where !(path == "/sign-in" && token == doors) {
                    let proof = token.map { [(name: "token", value: $0)] } ?? []
                    let reply = try await victim.post(path, proof + Self.fields)
                    // A page's script is told why, and not shown a page.
                    let status = path.hasPrefix("/attachments") ? 422 : 403
                    #expect(reply.status == status, "\(path) \(token ?? "none") \(reply.status)")
                }
            }
            #expect(try Self.state(ward, word) == before)
            #expect(try await victim.get("/records").status == 200, "nor was the victim signed out")
        }
    }

    @Test(arguments: [
        "http://evil.example", "null", "https://localhost.evil.example", "http://localhost:1", "http://localhost@evil",
        "http://evil/localhost", "file://", "HTTP://LOCALHOST", "http://localhost/",
    ]) func whatComesFromAnotherPlaceIsRefusedWithTheRightToken(origin: String) async throws {
        let (word, device) = (word, device)
        try await siege.storm { client, ward, _ in
            let victim = try await Siege.browser(client)
            let token = try await Siege.token(victim)
            let before = try Self.state(ward, word)
            for path in Self.ways(ward.hub, word, device) {
                let reply = try await victim.post(path, [("token", token)] + Self.fields, [.origin: origin])
                #expect(reply.status == 403 && reply.html.contains("page.foreign-origin"), "\(path) \(reply.status)")
            }
            #expect(try Self.state(ward, word) == before)
        }
    }

    /// What another site's page may send without being asked first: no body of another kind is taken for a form.
    @Test(arguments: ["text/plain", "multipart/form-data; boundary=x", "application/json", ""])
    func anotherKindOfBodyIsNoForm(type: String) async throws {
        let (word, device) = (word, device)
        try await siege.storm { client, ward, _ in
            let victim = try await Siege.browser(client)
            let token = try await Siege.token(victim)
            let before = try Self.state(ward, word)
            let pairs = ([("token", token)] + Self.fields).map { "\($0.0)=\($0.1.percentEncoded)" }
            let body = Array(pairs.joined(separator: "&").utf8)
            for path in Self.ways(ward.hub, word, device) {
                let headers: HTTPFields = type.isEmpty ? [:] : [.contentType: type]
                let reply = try await victim.upload(path, body, headers)
                #expect((400..<500).contains(reply.status), "\(path) \(reply.status)")
            }
            #expect(try Self.state(ward, word) == before)
        }
    }

    /// A picture on another site may ask for any address: asking changes nothing.
    @Test func askingForAPageDoesNothing() async throws {
        let (word, device) = (word, device)
        try await siege.storm { client, ward, _ in
            let victim = try await Siege.browser(client)
            let token = try await Siege.token(victim)
            let before = try Self.state(ward, word)
            let query = ([("token", token)] + Self.fields).map { "\($0.0)=\($0.1.percentEncoded)" }
            for path in Self.ways(ward.hub, word, device) {
                let reply = try await victim.get("\(path)?\(query.joined(separator: "&"))")
                #expect(reply.status < 500, "\(path) \(reply.status)")
            }
            #expect(try Self.state(ward, word) == before)
            #expect(try await victim.get("/records").status == 200)
        }
    }

    /// A script's upload beyond what is taken is refused as such, and is no fault of the hub's.
    @Test(arguments: ["small", "original"]) func tooLargeAPictureIsRefused(kind: String) async throws {
        try await siege.storm { client, _, _ in
            let victim = try await Siege.browser(client)
            let headers: HTTPFields = [
                try #require(HTTPField.Name("X-Token")): try await Siege.token(victim),
                try #require(HTTPField.Name("X-Original")): String(repeating: "1", count: 64),
            ]
            let hash = String(repeating: "0", count: 64)
            let reply = try await victim.upload(
                "/attachments/\(hash)/\(kind)", [UInt8](repeating: 0xFF, count: 3 << 20), headers)
            #expect(reply.status == 413, "\(reply.status)")
        }
    }

    /// No page may stand in another site's frame, and no other site's script reads one.
    @Test func noOtherSiteFramesOrReadsAPage() async throws {
        let word = word
        try await siege.storm { client, _, _ in
            let victim = try await Siege.browser(client)
            for path in ["/sign-in", "/conflicts", "/conflicts/\(word)", "/nowhere", "/records/export?form=reading"] {
                let reply = try await victim.get(path, [.origin: "http://evil.example"])
                let policy = reply.headers[.contentSecurityPolicy] ?? ""
                #expect(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"), "\(path)")
                #expect(reply.headers[.accessControlAllowOrigin] == nil, "\(path)")
                #expect(reply.headers[.cacheControl]?.contains("no-store") == true, "\(path)")
            }
        }
    }
}
