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
import SyncProtocol
import Testing

/// The hub's two calls over HTTP.
@Suite struct SyncRouteTests {
    private func answer(
        _ ward: Ward, path: String = "/sync/1", mostExchanges: Int = ExchangeGate.most, body: [UInt8]
    ) async throws -> (status: HTTPResponse.Status, retry: String?, body: [UInt8]) {
        let server = HubServer(hub: ward.hub, mostExchanges: mostExchanges)
        return try await Application(router: server.router()).test(.router) { client in
            try await client.execute(uri: path, method: .post, body: ByteBuffer(bytes: body)) { response in
                #expect(response.headers[.contentType] == "application/octet-stream")
                return (response.status, response.headers[.retryAfter], Array(response.body.readableBytesView))
            }
        }
    }

    private func request(_ device: AgentDevice) throws -> (DeviceExchange, [UInt8]) {
        let exchange = DeviceExchange(device, with: try #require(try device.hub()))
        var request: [UInt8] = []
        while let piece = try exchange.nextPiece() { request += piece }
        return (exchange, request)
    }

    @Test func anExchangeIsAnswered() async throws {
        let ward = try Ward()
        let (exchange, request) = try request(ward.a)
        let answer = try await answer(ward, body: request)
        #expect(answer.status == .ok)
        try exchange.take(answer.body)
        try exchange.finish()
    }

    @Test(arguments: [[], [1], [9, 9, 9], [2, 0x80], [UInt8](repeating: 1, count: 70_000)] as [[UInt8]])
    func whatIsNoRequestIsRefusedWithACode(body: [UInt8]) async throws {
        let ward = try Ward()
        for path in ["/sync/1", "/enrol/1"] {
            let answer = try await answer(ward, path: path, body: body)
            #expect(answer.status.code >= 400)
            #expect(try !Refusal(bytes: answer.body).code.isEmpty)
        }
    }

    @Test func aFullHubSaysWhenToComeAgain() async throws {
        let ward = try Ward()
        let (exchange, request) = try request(ward.a)
        let refused = try await answer(ward, mostExchanges: 0, body: request)
        #expect(refused.status == .serviceUnavailable && refused.retry == "5")
        try exchange.take(refused.body)
        let error = #expect(throws: Refusal.self) { try exchange.finish() }
        #expect(error?.code == "hub.busy" && error?.retryable == true)
        // The place is given back after each exchange, also one that is refused.
        let server = HubServer(hub: ward.hub, mostExchanges: 1)
        try await Application(router: server.router()).test(.router) { client in
            for _ in 0..<3 {
                let status = try await client.execute(uri: "/sync/1", method: .post, body: ByteBuffer(bytes: [9])) {
                    $0.status
                }
                #expect(status == .badRequest)
            }
        }
        let later = try self.request(ward.a)
        #expect(try await answer(ward, mostExchanges: 1, body: later.1).status == .ok)
    }
}
