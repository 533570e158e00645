import Foundation
import HTTPTypes
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Testing
import WebPages

/// Behind a proxy on the hub's machine, tries count for where they come from, by what the proxy wrote and nobody else.
@Suite struct ProxyTests {
    private let siege: Siege

    init() throws { siege = try Siege() }

    /// Twenty wrong tries for twenty names.
    /// - Returns: the status of one more from each of the headers.
    private func tries(
        isBehindProxy: Bool, by header: String, then others: [String]
    ) async throws -> [Int] {
        let application = Application(
            router: HubServer(hub: siege.ward.hub, isBehindProxy: isBehindProxy).router(), server: .http1())
        return try await application.test(.live) { client in
            let port = try #require(client.port)
            func ask(_ name: String, _ header: String) async throws -> Int {
                let page = try await Siege.ask(
                    "GET /sign-in HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n", port: port)
                let token = String(
                    page.components(separatedBy: "name=\"token\" value=\"").dropFirst().first?.prefix { $0 != "\"" }
                        ?? "")
                let cookie = String(
                    page.components(separatedBy: "Set-Cookie: ").dropFirst().first?.prefix { $0 != ";" } ?? "")
                let body = "token=\(token)&name=\(name)&password=x"
                let answer = try await Siege.ask(
                    "POST /sign-in HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nCookie: \(cookie)\r\n\(header)"
                        + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)",
                    port: port)
                return Int(answer.dropFirst(9).prefix(3)) ?? 0
            }
            for number in 0..<20 {
                let status = try await ask("n\(number)", header)
                #expect(status == 401, "try \(number)")
            }
            var statuses: [Int] = []
            for (number, other) in others.enumerated() { statuses.append(try await ask("m\(number)", other)) }
            return statuses
        }
    }

    @Test func whatTheProxyWroteLastCounts() async throws {
        let one = "X-Forwarded-For: 10.9.9.9, 203.0.113.7\r\n"
        let statuses = try await tries(
            isBehindProxy: true, by: one,
            then: [
                one, "X-Forwarded-For: 203.0.113.7\r\n", "X-Forwarded-For: 198.51.100.1, 203.0.113.7\r\n",
                "X-Forwarded-For: 203.0.113.7, 198.51.100.1\r\n", "X-Forwarded-For: nonsense\r\n",
            ])
        #expect(statuses == [429, 429, 429, 401, 401])
    }

    @Test func withoutAProxyNobodyWritesTheirOwnAddress() async throws {
        let statuses = try await tries(
            isBehindProxy: false, by: "", then: ["X-Forwarded-For: 198.51.100.1\r\n", ""])
        #expect(statuses == [429, 429])
    }
}
