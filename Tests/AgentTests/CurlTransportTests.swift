import Agent
import Foundation
import SyncProtocol
import Testing
import Wording

/// What a device makes of whatever may stand at the hub's address.
@Suite struct CurlTransportTests {
    private func error(from reply: String, body: [UInt8] = []) throws -> (any CodedError)? {
        let server = try ScriptedServer([Array(reply.utf8) + body])
        return try error(at: "http://127.0.0.1:\(server.port)", keeping: server)
    }

    private func error(at url: String, keeping server: ScriptedServer? = nil) throws -> (any CodedError)? {
        try withExtendedLifetime(server) {
            do {
                _ = try CurlTransport(url: url).exchange([1, 2, 3], route: .sync)
                return nil
            } catch let error as any CodedError {
                return error
            }
        }
    }

    private static func head(_ status: String, _ type: String, _ length: Int) -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(length)\r\nConnection: close\r\n\r\n"
    }

    @Test func anAnswerComesBackAsItIs() throws {
        let server = try ScriptedServer([Array((Self.head("200 OK", "application/octet-stream", 3)).utf8) + [7, 8, 9]])
        let transport = try CurlTransport(url: "http://127.0.0.1:\(server.port)/")
        #expect(try transport.exchange([1], route: .sync) == [7, 8, 9])
    }

    @Test func aRefusalComesBackWhateverItsStatus() throws {
        let refusal = Refusal(code: "device.unknown").bytes
        for status in ["400 Bad Request", "503 Service Unavailable", "500 Internal Server Error"] {
            let head = Self.head(status, "application/octet-stream", refusal.count)
            let server = try ScriptedServer([Array(head.utf8) + refusal])
            let transport = try CurlTransport(url: "http://127.0.0.1:\(server.port)")
            #expect(try transport.exchange([1], route: .sync) == refusal)
        }
    }

    @Test(arguments: [
        ("200 OK", "text/html"), ("404 Not Found", "text/html"), ("302 Found", "text/html"),
        ("401 Unauthorized", "application/octet-stream"), ("500 Internal Server Error", "text/plain"),
    ])
    func anotherServersPageIsNoHub(status: String, type: String) throws {
        let found = try error(from: Self.head(status, type, 5), body: Array("<html".utf8))
        #expect(found?.code == "hub.not-a-hub")
        #expect(found?.retryable == false)
    }

    @Test(arguments: ["502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"])
    func aGatewayWithoutItsHubIsAnUnreachableHub(status: String) throws {
        let found = try error(from: Self.head(status, "text/html", 0))
        #expect(found?.code == "hub.unreachable")
        #expect(found?.retryable == true)
    }

    @Test func aCutAnswerIsAnUnreachableHub() throws {
        let head = Self.head("200 OK", "application/octet-stream", 100)
        #expect(try error(from: head, body: [1, 2, 3])?.code == "hub.unreachable")
    }

    @Test func somethingThatSpeaksNoHTTPIsNoHub() throws {
        #expect(try error(from: "SSH-2.0-OpenSSH_9.2\r\n")?.code == "hub.not-a-hub")
    }

    @Test func aClosedPortIsAnUnreachableHub() throws {
        let port = try ScriptedServer([]).port
        #expect(try error(at: "http://127.0.0.1:\(port)")?.code == "hub.unreachable")
    }

    @Test func anEndlessAnswerEndsAtTheLimit() throws {
        let body = [UInt8](repeating: 1, count: ProtocolLimits.messageBytes + 1)
        let found = try error(from: Self.head("200 OK", "application/octet-stream", body.count), body: body)
        #expect(found?.code == "hub.answer-too-large")
    }

    @Test(arguments: ["", "hub", "ftp://hub", "file:///etc/passwd", "http://", "http://hub?x=1", "http://hub#x"])
    func anAddressMustBeAHubs(url: String) {
        #expect(throws: AgentError.self) { try CurlTransport(url: url) }
    }

    @Test func certificatesMustBeReadable() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-ca-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let directory = AgentDirectory(path: folder.appendingPathComponent("agent").path)
        let file = folder.appendingPathComponent("ca.pem")
        try Data("not a certificate".utf8).write(to: file)
        for path in [file.path, folder.appendingPathComponent("none").path] {
            #expect(throws: AgentError.self) { try directory.keepAuthorities(from: path) }
        }
        try Data("-----BEGIN CERTIFICATE-----\n".utf8).write(to: file)
        try directory.keepAuthorities(from: file.path)
        let kept = folder.appendingPathComponent("agent/hub-ca.pem").path
        let rights = try FileManager.default.attributesOfItem(atPath: kept)[.posixPermissions] as? Int
        #expect(rights == 0o600)
    }
}
