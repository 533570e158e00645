import Foundation
import Hub
import HubWeb
import PageTesting
import SyncProtocol
import Testing
import WebPages

/// Requests that no browser sends, byte for byte, to the hub's server on its port.
@Suite struct RawRequestTests {
    private let siege: Siege

    init() throws { siege = try Siege(signingIn: []) }

    /// How many answers there are.
    private static func answers(_ text: String) -> Int { text.components(separatedBy: "HTTP/1.1 ").count - 1 }

    private static func status(_ text: String) -> Int {
        text.hasPrefix("HTTP/1.1 ") ? Int(text.dropFirst(9).prefix(3)) ?? 0 : 0
    }

    /// Two readings of where a request ends, so that a proxy before the hub takes for a body what the hub takes for a request.
    @Test(arguments: [
        "Content-Length: 4\r\nContent-Length: 41\r\n", "Content-Length: 4, 41\r\n",
        "Content-Length: 41\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked, identity\r\n",
        "Content-Length: +4\r\n", "Content-Length: -1\r\n", "Content-Length: 0x4\r\n", "Content-Length: 4 4\r\n",
        "Content-Length : 4\r\n", "Content-Length: 4\r\n Content-Length: 41\r\n", "Content-Length:\r\n 4\r\n",
        "Content-Length: 99999999999999999999999\r\n",
    ]) func noSecondRequestHidesInTheFirst(lines: String) async throws {
        try await siege.stormPort { port, _, _ in
            let text = try await Siege.ask(
                "POST /sign-in HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\(lines)\r\n"
                    + "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n", port: port)
            #expect(Self.answers(text) <= 1, "\(text)")
            #expect(!text.contains("\r\n\r\nok"), "the hidden request was answered")
            #expect(text.isEmpty || Self.status(text) >= 400, "\(text)")
        }
    }

    @Test(arguments: [
        "GET /sign-in\r\n\r\n",
        "GET /sign-in HTTP/9.9\r\nHost: hub\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}",
        "GET /sign\u{0}in HTTP/1.1\r\nHost: hub\r\n\r\n",
        "GET /sign-in HTTP/1.1\r\nHost: hub\r\nX: a\u{0}b\r\n\r\n", "GET /sign-in HTTP/1.1\r\nHo st: hub\r\n\r\n",
        "GET /sign-in HTTP/1.1\r\n: hub\r\n\r\n", "G\u{7f}T / HTTP/1.1\r\nHost: hub\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ]) func whatIsNoRequestEndsTheConnection(text: String) async throws {
        try await siege.stormPort { port, _, _ in
            let answer = try await Siege.ask(
                text + "GET /healthz HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n", port: port)
            #expect(Self.answers(answer) <= 1, "\(answer)")
            #expect(!answer.contains("PhuSa"), "no page for it")
            let next = try await Siege.ask(
                "GET /healthz HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n", port: port)
            #expect(Self.status(next) == 200, "the server goes on")
        }
    }

    /// A head without an end, in one line or in many, is not kept in memory.
    @Test(arguments: ["X: " + String(repeating: "a", count: 1 << 20), String(repeating: "X: a\r\n", count: 100_000)])
    func aHeadWithoutAnEndIsCutOff(lines: String) async throws {
        try await siege.stormPort { port, _, _ in
            let answer = try await Siege.attack {
                let line = try RawLine(port: port)
                line.send("GET /sign-in HTTP/1.1\r\nHost: hub\r\n")
                line.send(lines)
                return try line.receive()
            }
            #expect(answer.isEmpty || Self.status(answer) >= 400)
        }
    }

    @Test func anAddressOfAnotherSiteLeadsNowhereElse() async throws {
        try await siege.stormPort { port, _, _ in
            for target in [
                "http://evil.example/sign-in", "//evil.example/sign-in", "/\\evil.example", "http:/evil", "*",
            ] {
                let answer = try await Siege.ask(
                    "GET \(target) HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n", port: port)
                #expect(Self.status(answer) != 500, "\(target)")
                #expect(Markup(answer).injuries == [], "\(target)")
                #expect(!answer.contains("value=\"//") && !answer.contains("value=\"http"), "\(target)")
                #expect(!answer.lowercased().contains("location: http") && !answer.contains("ocation: //"), "\(target)")
            }
        }
    }

    /// What is named by an address is a route, and never a file.
    @Test(arguments: [
        "/assets/../../../etc/passwd", "/assets/..%2f..%2f..%2fetc%2fpasswd", "/attachments/..%2f..%2fhub.db",
        "/attachments/%2e%2e%2fhub.db", "/%2e%2e/%2e%2e/etc/passwd", "/assets/%00", "/attachments/%00", "/people/%00",
        "/language/%0d%0aSet-Cookie:%20x=1", "/assets/style.css%00.js", "/..", "/.", "//", "/%", "/%zz", "/%ff%fe",
        "/records/%c0%ae%c0%ae", "/./sign-in/../records", "/sign-in/", "/SIGN-IN", "/healthz%0d%0a",
    ]) func noFileIsReachedByAnAddress(path: String) async throws {
        try await siege.stormPort { port, _, _ in
            let answer = try await Siege.ask(
                "GET \(path) HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n", port: port)
            #expect([200, 303, 400, 404].contains(Self.status(answer)), "\(path) \(answer.prefix(200))")
            #expect(!answer.contains("root:") && !answer.contains("SQLite format"), "\(path)")
            #expect(!answer.contains("\r\nSet-Cookie: x"), "\(path)")
        }
    }

    /// A body that is larger than what is taken, whether its length is said or not: it is refused before it has ended.
    @Test(arguments: [
        "/sign-in", "/enrol/1", "/succeed/1", "/password/1", "/device/1", "/attachments/1", "/attachment/get/1",
    ])
    func aBodyWithoutAnEndIsRefused(path: String) async throws {
        try await siege.stormPort { port, _, _ in
            let head = "POST \(path) HTTP/1.1\r\nHost: hub\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            let limit = max(FormBody.limitBytes, ProtocolLimits.messageBytes)
            let body = String(
                repeating: "10000\r\n" + String(repeating: "a", count: 0x10000) + "\r\n", count: limit >> 16)
            let answer = try await Siege.attack {
                let line = try RawLine(port: port)
                line.send(head + "Transfer-Encoding: chunked\r\n\r\n" + body + "1\r\nx\r\n")
                return try line.receiveHead()
            }
            #expect(Self.status(answer) == 413, "\(answer)")
        }
    }

    @Test func aBodyThatIsToldToBeTooLargeIsRefusedUnread() async throws {
        try await siege.stormPort { port, _, _ in
            let answer = try await Siege.attack {
                let line = try RawLine(port: port)
                line.send(
                    "POST /sign-in HTTP/1.1\r\nHost: hub\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                        + "Content-Length: 9000000000\r\n\r\n")
                return try line.receiveHead()
            }
            #expect(Self.status(answer) == 413, "\(answer)")
        }
    }

    /// What nobody has proven to be a device's is not read to its end.
    @Test func anExchangeOfNobodysIsRefusedAtItsHead() async throws {
        try await siege.stormPort { port, _, _ in
            for start in ["\u{1}\u{7f}", "\u{2}\u{7f}", "x", "\u{0}"] {
                let body = start + String(repeating: "a", count: 0x10000 - 2)
                let answer = try await Siege.attack {
                    let line = try RawLine(port: port)
                    line.send("POST /sync/1 HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\n")
                    line.send("\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n")
                    return try line.receiveHead()
                }
                #expect(Self.status(answer) == 400, "\(answer)")
            }
        }
    }

    /// What is packed is not unpacked: there is nothing to burst.
    @Test func aPackedBodyIsReadAsItIs() async throws {
        try await siege.stormPort { port, _, _ in
            for path in ["/sign-in", "/sync/1", "/enrol/1"] {
                let answer = try await Siege.ask(
                    "POST \(path) HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nContent-Encoding: gzip\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 4\r\n\r\n\u{1f}\u{1}\u{8}\u{0}",
                    port: port)
                #expect((400..<500).contains(Self.status(answer)), "\(path) \(answer.prefix(100))")
            }
        }
    }

    /// The name that a request gives the hub stands in no address of a page but those that its own reader asked for.
    @Test(arguments: ["evil.example", "hub\"><xss>", "hub:99999", "", "a b", "127.0.0.1@evil.example", "hub/../x"])
    func anotherNameOfTheHubLeadsNowhereElse(host: String) async throws {
        try await siege.stormPort { port, _, _ in
            for path in ["/", "/sign-in", "/records", "/nowhere"] {
                let answer = try await Siege.ask(
                    "GET \(path) HTTP/1.1\r\nHost: \(host)\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\n"
                        + "Connection: close\r\n\r\n", port: port)
                #expect(Self.status(answer) < 500, "\(path)")
                #expect(!answer.contains("evil") && Markup(answer).injuries == [], "\(path)")
            }
        }
    }

    @Test func otherMethodsDoNothing() async throws {
        try await siege.stormPort { port, ward, _ in
            for method in ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "CONNECT", "PROPFIND", "HEAD"] {
                let answer = try await Siege.ask(
                    "\(method) /people/hoa HTTP/1.1\r\nHost: hub\r\nX-HTTP-Method-Override: POST\r\nConnection: close\r\n\r\n",
                    port: port)
                #expect([0, 303, 400, 404, 405].contains(Self.status(answer)), "\(method) \(answer.prefix(80))")
                #expect(!answer.contains("X-HTTP-Method-Override"), "\(method)")
            }
            #expect(try ward.hub.person("hoa") != nil)
        }
    }
}
