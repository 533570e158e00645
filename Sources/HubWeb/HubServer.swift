import Foundation
import HTTPTypes
package import Hub
package import Hummingbird
import Logging
import NIOCore
import NIOPosix
import SyncProtocol
package import WebPages
import Wording

/// The hub's HTTP edge: hands messages to the hub on threads that may block, and refusals back as the protocol words them.
package struct HubServer: Sendable {
    private let hub: Hub
    private let logger: Logger
    /// Exchanges block on the disk. So many may wait for it at once, and those that do share a commit.
    private static let exchanges: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 32)
        pool.start()
        return pool
    }()

    package init(hub: Hub) {
        self.hub = hub
        logger = ServerShell.logger("phusa-hub")
    }

    /// Serves until SIGTERM or SIGINT; exchanges under way have four seconds to end.
    /// - Parameters:
    ///   - tls: left out, the hub speaks plain HTTP, for loopback or a proxy before it.
    ///   - onListening: called once with the address, when the port is open.
    package func run(
        at address: ListenAddress, tls: TLSFiles? = nil, onListening: @escaping @Sendable (String) -> Void
    ) async throws {
        try await ServerShell.run(
            router(isSecure: tls != nil), server: try tls?.server() ?? .http1(), at: address, name: "phusa-hub",
            logger: logger
        ) { port in onListening(address.url(port: port, scheme: tls == nil ? "http" : "https")) }
    }

    /// - Parameter isSecure: whether browsers come over TLS.
    package func router(isSecure: Bool = false) -> Router<PageContext> {
        let router = Router(context: PageContext.self, options: .autoGenerateHeadEndpoints)
        router.get("healthz") { _, _ in "ok" }
        router.post("sync/1") { request, _ in await exchange(request) }
        router.post("enrol/1") { request, _ in await reply(to: request, "enrol") { try hub.enrol($0) } }
        ConsoleRoutes(hub: hub, isSecure: isSecure).add(to: router)
        return router
    }

    /// An exchange, taken in and answered piece by piece, so that neither side's size costs memory here.
    private func exchange(_ request: Request) async -> Response {
        do {
            var exchange = HubExchange(hub)
            for try await buffer in request.body {
                exchange = try await Self.next(exchange) { try $0.take(buffer.readableBytesView) }
            }
            exchange = try await Self.next(exchange) { try $0.endRequest() }
            let begun = exchange
            return Response(
                status: .ok, headers: [.contentType: "application/octet-stream"],
                body: ResponseBody { writer in
                    var exchange = begun
                    while true {
                        let piece: [UInt8]?
                        (exchange, piece) = try await Self.piece(exchange)
                        guard let piece else { break }
                        try await writer.write(ByteBuffer(bytes: piece))
                    }
                    try await writer.finish(nil)
                })
        } catch {
            return refuse(error, "sync")
        }
    }

    private static func next(
        _ exchange: HubExchange, _ body: @escaping @Sendable (inout HubExchange) throws -> Void
    ) async throws -> HubExchange {
        try await Self.exchanges.runIfActive {
            var exchange = exchange
            try body(&exchange)
            return exchange
        }
    }

    private static func piece(_ exchange: HubExchange) async throws -> (HubExchange, [UInt8]?) {
        try await Self.exchanges.runIfActive {
            var exchange = exchange
            let piece = try exchange.nextPiece()
            return (exchange, piece)
        }
    }

    private func reply(
        to request: Request, _ route: String, _ body: @escaping @Sendable ([UInt8]) throws -> [UInt8]
    ) async -> Response {
        do {
            let buffer = try await request.body.collect(upTo: ProtocolLimits.messageBytes)
            let message = Array(buffer.readableBytesView)
            return Self.response(.ok, try await Self.exchanges.runIfActive { try body(message) })
        } catch {
            return refuse(error, route)
        }
    }

    private func refuse(_ error: any Error, _ route: String) -> Response {
        if let error = error as? any CodedError {
            return Self.response(error.retryable ? .serviceUnavailable : .badRequest, Self.refusal(error))
        }
        if error is NIOTooManyBytesError {
            let limit = String(ProtocolLimits.messageBytes)
            return Self.response(.contentTooLarge, Refusal(code: "request.too-large", details: ["limit": limit]).bytes)
        }
        logger.error("request failed", metadata: ["route": "\(route)", "error": "\(type(of: error))"])
        return Self.response(.internalServerError, Refusal(code: "hub.failed", retryable: true).bytes)
    }

    private static func refusal(_ error: some CodedError) -> [UInt8] { Refusal(error).bytes }

    private static func response(_ status: HTTPResponse.Status, _ bytes: [UInt8]) -> Response {
        Response(
            status: status, headers: [.contentType: "application/octet-stream"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
