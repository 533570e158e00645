import Foundation
import HTTPTypes
package import Hub
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import SyncProtocol
import UnixSignals
import Wording

/// The hub's HTTP edge: hands messages to the hub on threads that may block, and refusals back as the protocol words them.
package struct HubServer: Sendable {
    private let hub: Hub
    private let logger: Logger

    package init(hub: Hub) {
        self.hub = hub
        var logger = Logger(label: "phusa-hub") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        self.logger = logger
    }

    /// Serves until SIGTERM or SIGINT; exchanges under way have four seconds to end.
    /// - Parameters:
    ///   - onListening: called once with the address, when the port is open.
    ///   - tls: left out, the hub speaks plain HTTP, for loopback or a proxy before it.
    package func run(host: String, port: Int, tls: TLSFiles? = nil, onListening: @escaping @Sendable (String) -> Void)
        async throws
    {
        let application = Application(
            router: router(), server: try tls?.server() ?? .http1(),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: "phusa-hub"),
            onServerRunning: { channel in
                let name = host.contains(":") ? "[\(host)]" : host
                onListening("\(tls == nil ? "http" : "https")://\(name):\(channel.localAddress?.port ?? port)")
            },
            logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(4)
        try await ServiceGroup(configuration: configuration).run()
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("healthz") { _, _ in "ok" }
        router.post("sync/1") { request, _ in await reply(to: request, "sync") { try hub.answer($0) } }
        router.post("enrol/1") { request, _ in await reply(to: request, "enrol") { try hub.enrol($0) } }
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
            let limit = String(ProtocolLimits.requestBytes)
            return Self.response(.contentTooLarge, Refusal(code: "request.too-large", details: ["limit": limit]).bytes)
        } catch {
            logger.error("request failed", metadata: ["route": "\(route)", "error": "\(type(of: error))"])
            return Self.response(.internalServerError, Refusal(code: "hub.failed", retryable: true).bytes)
        }
    }

    private static func refusal(_ error: some CodedError) -> [UInt8] { Refusal(error).bytes }

    private static func response(_ status: HTTPResponse.Status, _ bytes: [UInt8]) -> Response {
        Response(
            status: status, headers: [.contentType: "application/octet-stream"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
