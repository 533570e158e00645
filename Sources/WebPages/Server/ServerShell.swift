package import Hummingbird
package import HummingbirdCore
package import Logging
import NIOCore
package import ServiceLifecycle
import UnixSignals

/// What serving has in common at agent and hub: the port, the signals, and an end within five seconds.
package enum ServerShell {
    /// Serves until SIGTERM or SIGINT; requests under way have four seconds to end.
    /// - Parameters:
    ///   - server: how connections are spoken on.
    ///   - services: what runs beside it, and stops with it.
    ///   - onListening: called once with the port, when it is open.
    /// - Throws: `listen.failed` when the address cannot be had.
    package static func run(
        _ router: Router<PageContext>, server: HTTPServerBuilder = .http1(configuration: connections),
        at address: ListenAddress, name: String,
        logger: Logger,
        services: [any Service] = [], onListening: @escaping @Sendable (Int) -> Void
    ) async throws {
        let application = Application(
            router: router, server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: name),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? address.port) },
            logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: [application] + services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(4)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError {
            throw PagesError(
                .listenFailed, ["address": "\(address.host):\(address.port)", "code": "\(error.errnoCode)"])
        }
    }

    /// Who says nothing for so long while a request is open, or keeps a connection without using it, is let go.
    package static let connections = HTTP1Channel.Configuration(idleTimeout: .seconds(75))

    /// The log of a program that serves: on standard error, warnings and worse.
    package static func logger(_ name: String) -> Logger {
        var logger = Logger(label: name) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        return logger
    }
}

/// Work beside the server, cancelled when the program is asked to stop.
package struct BackgroundService: Service {
    private let body: @Sendable () async -> Void

    package init(_ body: @escaping @Sendable () async -> Void) { self.body = body }

    package func run() async throws { await cancelWhenGracefulShutdown { await body() } }
}
