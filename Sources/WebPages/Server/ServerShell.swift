package import Hummingbird
package import HummingbirdCore
package import Logging
import NIOCore
package import ServiceLifecycle
import UnixSignals

/// What serving has in common at agent and hub: the port, the signals, and an end within five seconds.
package enum ServerShell {
    /// One port of a program.
    package struct Listener {
        let router: Router<PageContext>
        let server: HTTPServerBuilder
        let address: ListenAddress
        let mostConnections: Int?
        let onListening: @Sendable (Int) -> Void

        /// - Parameters:
        ///   - server: how connections are spoken on.
        ///   - mostConnections: at once; more wait. `nil`: what the system allows.
        ///   - onListening: called once with the port, when it is open.
        package init(
            _ router: Router<PageContext>, server: HTTPServerBuilder = plain(),
            at address: ListenAddress, mostConnections: Int? = nil, onListening: @escaping @Sendable (Int) -> Void
        ) {
            self.router = router
            self.server = server
            self.address = address
            self.mostConnections = mostConnections
            self.onListening = onListening
        }

        fileprivate func application(_ name: String, _ logger: Logger) -> some ApplicationProtocol {
            let (address, onListening) = (address, onListening)
            return Application(
                router: router, server: server,
                configuration: ApplicationConfiguration(
                    address: .hostname(address.host, port: address.port), serverName: name,
                    availableConnectionsDelegate: mostConnections.map { MaximumAvailableConnections($0) }),
                onServerRunning: { channel in onListening(channel.localAddress?.port ?? address.port) },
                logger: logger)
        }
    }

    /// Serves until SIGTERM or SIGINT; requests under way have three seconds to end.
    /// - Parameter services: what runs beside it, and stops with it.
    /// - Throws: `listen.failed` when an address cannot be had.
    package static func run(
        _ listeners: [Listener], name: String, logger: Logger, services: [any Service] = []
    ) async throws {
        let doors = listeners.map { OpenPort(application: $0.application(name, logger), address: $0.address) }
        var configuration = ServiceGroupConfiguration(
            services: doors + services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(3)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// Who says nothing for so long while a request is open, or keeps a connection without using it, is let go; so is who gets on
    /// by the drop. Heads are a browser's, with a few cookies, at most.
    package static let connections = HTTP1Channel.Configuration(
        additionalChannelHandlers: [SlowClient()], idleTimeout: .seconds(75),
        httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 16 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 100))

    /// At once, on one port; fewer where the system lets the program open fewer files.
    package static func mostConnections() -> Int {
        OpenFiles.connections(of: OpenFiles.raise(), atMost: 4096)
    }

    /// HTTP/1.1 without TLS.
    package static func plain() -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            Doorkeeper(HTTP1Channel(responder: responder, configuration: connections), counts: AddressCounts())
        }
    }

    /// The log of a program that serves: on standard error, warnings and worse.
    package static func logger(_ name: String) -> Logger {
        var logger = Logger(label: name) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        return logger
    }
}

/// A listener that says which address could not be had.
private struct OpenPort<Served: Service>: Service {
    let application: Served
    let address: ListenAddress

    func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw PagesError(
                .listenFailed, ["address": "\(address.host):\(address.port)", "code": "\(error.errnoCode)"])
        }
    }
}

/// Work beside the server, cancelled when the program is asked to stop.
package struct BackgroundService: Service {
    private let body: @Sendable () async throws -> Void

    /// - Parameter body: runs until it is cancelled; what it throws ends the program.
    package init(_ body: @escaping @Sendable () async throws -> Void) { self.body = body }

    package func run() async throws { try await cancelWhenGracefulShutdown { try await body() } }
}
