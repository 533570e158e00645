import Foundation
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Testing

/// The figures that a collector asks for, on a port of their own.
@Suite struct MetricsTests {
    @Test func figuresSayHowTheHubStandsAndNameNobody() async throws {
        let ward = try Ward()
        _ = try ward.conflict()
        let server = HubServer(hub: ward.hub)
        try await Application(router: server.router()).test(.router) { client in
            for path in ["/healthz", "/healthz", "/conflicts", "/nowhere"] {
                try await client.execute(uri: path, method: .get) { _ in }
            }
            try await client.execute(uri: "/sync/1", method: .post, body: ByteBuffer(string: "not a message")) { _ in }
        }
        let text = try await Application(router: server.metricsRouter()).test(.router) { client in
            let health = try await client.execute(uri: "/healthz", method: .get) { $0.status }
            #expect(health == .ok)
            return try await client.execute(uri: "/metrics", method: .get) { reply in
                #expect(reply.headers[.contentType]?.hasPrefix("text/plain; version=0.0.4") == true)
                return String(buffer: reply.body)
            }
        }
        let lines = text.split(separator: "\n").map(String.init)
        for line in [
            "phusa_conflicts_open 1", "phusa_refused_open 0", "phusa_epoch 1", "phusa_devices{standing=\"on-time\"} 2",
            "phusa_requests_total{kind=\"healthz\",status=\"200\"} 2",
            "phusa_requests_total{kind=\"page\",status=\"303\"} 1",
            "phusa_requests_total{kind=\"page\",status=\"404\"} 1",
            "phusa_requests_total{kind=\"sync\",status=\"400\"} 1",
        ] { #expect(lines.contains(line), "\(line)\n\(text)") }
        #expect(!text.contains(Ward.unit) && !text.contains("lan") && !text.contains("minh"))
        // Each sample stands under its own type.
        var family = ""
        for line in lines {
            if line.hasPrefix("# TYPE ") { family = String(line.split(separator: " ")[2]) }
            guard !line.hasPrefix("#") else { continue }
            #expect(line.hasPrefix(family) && line.split(separator: " ").count == 2, "\(line)")
        }
    }

    @Test func figuresAreNotOnThePortOfThePages() async throws {
        let ward = try Ward()
        try await Application(router: HubServer(hub: ward.hub).router()).test(.router) { client in
            let status = try await client.execute(uri: "/metrics", method: .get) { $0.status }
            #expect(status == .notFound)
        }
    }
}
