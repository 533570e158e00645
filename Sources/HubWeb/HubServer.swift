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

    package init(hub: Hub) {
        self.hub = hub
        logger = ServerShell.logger("phusa-hub")
    }

    /// Serves until SIGTERM or SIGINT; exchanges under way have four seconds to end.
    /// - Parameter onListening: called once with the address, when the port is open.
    package func run(at address: ListenAddress, onListening: @escaping @Sendable (String) -> Void) async throws {
        try await ServerShell.run(router(), at: address, name: "phusa-hub", logger: logger) { port in
            onListening(address.url(port: port))
        }
    }

    package func router() -> Router<PageContext> {
        let router = Router(context: PageContext.self, options: .autoGenerateHeadEndpoints)
        router.get("healthz") { _, _ in "ok" }
        router.post("sync/1") { request, _ in await reply(to: request, "sync") { try hub.answer($0) } }
        router.post("enrol/1") { request, _ in await reply(to: request, "enrol") { try hub.enrol($0) } }
        ConsoleRoutes(hub: hub).add(to: router)
        return router
    }

    private func reply(
        to request: Request, _ route: String, _ body: @escaping @Sendable ([UInt8]) throws -> [UInt8]
    ) async -> Response {
        do {
            let buffer = try await request.body.collect(upTo: ProtocolLimits.requestBytes)
            let message = Array(buffer.readableBytesView)
            return Self.response(.ok, try await NIOThreadPool.singleton.runIfActive { try body(message) })
        } catch let error as any CodedError {
            return Self.response(error.retryable ? .serviceUnavailable : .badRequest, Self.refusal(error))
        } catch is NIOTooManyBytesError {
            return Response(status: .contentTooLarge)
        } catch {
            logger.error("request failed", metadata: ["route": "\(route)", "error": "\(type(of: error))"])
            return Response(status: .internalServerError)
        }
    }

    private static func refusal(_ error: some CodedError) -> [UInt8] { Refusal(error).bytes }

    private static func response(_ status: HTTPResponse.Status, _ bytes: [UInt8]) -> Response {
        Response(
            status: status, headers: [.contentType: "application/octet-stream"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
