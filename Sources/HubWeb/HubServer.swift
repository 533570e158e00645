import Foundation
import HTTPTypes
package import Hub
package import Hummingbird
import Logging
import NIOCore
import NIOPosix
import RecordStore
import SyncProtocol
package import WebPages
import Wording

/// The hub's HTTP edge: hands messages to the hub on threads that may block, and refusals back as the protocol words them.
package struct HubServer: Sendable {
    let hub: Hub
    private let copies: HubCopies
    private let isBehindProxy: Bool
    private let boards = Boards()
    private let logger: Logger
    private let gate: ExchangeGate
    let attachmentGate = ExchangeGate(most: 64)
    private let requests = RequestCounts()
    /// Exchanges block on the disk. So many may wait for it at once, and those that do share a commit.
    private static let exchanges: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 32)
        pool.start()
        return pool
    }()

    /// - Parameters:
    ///   - copies: whoever makes copies of the hub; `nil`: nobody.
    ///   - isBehindProxy: whether a proxy on this machine speaks TLS with browsers, and says where they come from.
    ///   - mostExchanges: how many may be under way at once.
    package init(
        hub: Hub, copies: HubCopies? = nil, isBehindProxy: Bool = false, mostExchanges: Int = ExchangeGate.most
    ) {
        self.hub = hub
        self.isBehindProxy = isBehindProxy
        self.copies = copies ?? HubCopies(started: hub.store.world.now())
        gate = ExchangeGate(most: mostExchanges)
        logger = ServerShell.logger("phusa-hub")
    }

    /// Serves until SIGTERM or SIGINT; exchanges under way have three seconds to end.
    /// - Parameters:
    ///   - tls: left out, the hub speaks plain HTTP, for loopback or a proxy before it.
    ///   - metrics: where figures of the hub are told to whoever asks; `nil`: nowhere.
    ///   - onListening: called once with the address, when the port is open.
    package func run(
        at address: ListenAddress, tls: TLSFiles? = nil, metrics: ListenAddress? = nil,
        onListening: @escaping @Sendable (String) -> Void
    ) async throws {
        let listener = ServerShell.Listener(
            router(isSecure: tls != nil || isBehindProxy), server: tls?.server() ?? ServerShell.plain(),
            at: address, mostConnections: ServerShell.mostConnections()
        ) { port in onListening(address.url(port: port, scheme: tls == nil ? "http" : "https")) }
        let figures = metrics.map { ServerShell.Listener(metricsRouter(), at: $0) { _ in } }
        var background = [BackgroundService(keepSnapshots), BackgroundService(keepBoards)]
        if let backups = copies.backups { background.append(BackgroundService { await backups.run() }) }
        try await ServerShell.run(
            [listener] + (figures.map { [$0] } ?? []), name: "phusa-hub", logger: logger, services: background)
    }

    /// How often the hub looks whether a snapshot is due.
    private static let snapshotInterval = Duration.seconds(300)

    /// Snapshots are made ahead, so that a new device's first screen does not wait for one.
    private func keepSnapshots() async {
        while !Task.isCancelled {
            do {
                try await NIOThreadPool.singleton.runIfActive { try hub.makeDueSnapshots() }
            } catch is CancellationError {
                return
            } catch {
                logger.error("snapshots", metadata: ["error": "\(type(of: error))"])
            }
            try? await Task.sleep(for: Self.snapshotInterval)
        }
    }

    /// How soon what has changed is worked out before somebody asks.
    private static let boardInterval = Duration.seconds(5)

    /// Boards are worked out ahead while somebody is signed in, so that no page waits for all that a morning brought.
    private func keepBoards() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.boardInterval)
            do { try await NIOThreadPool.singleton.runIfActive { try boards.warm(from: hub) } } catch {
                guard !(error is CancellationError) else { return }
                logger.error("boards", metadata: ["error": "\(type(of: error))"])
            }
        }
    }

    /// What a collector of figures asks.
    package func metricsRouter() -> Router<PageContext> {
        HubMetrics(hub: hub, copies: copies, requests: requests).router()
    }

    /// - Parameter isSecure: whether browsers come over TLS.
    package func router(isSecure: Bool = false) -> Router<PageContext> {
        let router = Router(context: PageContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: requests)
        router.get("healthz") { _, _ in "ok" }
        router.post("sync/1") { request, _ in await exchange(request) }
        router.post("enrol/1") { request, _ in await reply(to: request, "enrol") { try hub.enrol($0) } }
        router.post("succeed/1") { request, _ in await reply(to: request, "succeed") { try hub.succeed($0) } }
        let console = Console(
            hub: hub, copies: copies, boards: boards, isSecure: isSecure, isBehindProxy: isBehindProxy)
        router.post("password/1") { request, context in
            let address = console.address(of: request, context)
            return await reply(to: request, "password", on: .singleton) {
                try console.changePassword($0, from: address)
            }
        }
        router.post("device/1") { request, _ in await reply(to: request, "device") { try hub.note(report: $0) } }
        addAttachments(to: router)
        ConsoleRoutes(console: console).add(to: router)
        return router
    }

    /// An exchange, taken in and answered piece by piece, so that neither side's size costs memory here.
    private func exchange(_ request: Request) async -> Response {
        var place: ExchangeGate.Place?
        defer { withExtendedLifetime(place) {} }
        do {
            var exchange = HubExchange(hub)
            for try await buffer in request.body {
                exchange = try await Self.next(exchange) { try $0.take(buffer.readableBytesView) }.exchange
                // Only who has proven who they are takes up a place.
                if exchange.isAdmitted, place == nil {
                    guard let free = gate.enter() else { return Self.busy }
                    place = free
                }
            }
            let begun = try await Self.next(exchange) { exchange in
                try exchange.endRequest()
                return try Self.pieces(&exchange)
            }
            guard let start = begun.result, start.count >= Self.wholeBytes else {
                return Self.response(.ok, begun.result ?? [])
            }
            return streamed(start, begun.exchange, place)
        } catch {
            return refuse(error, "sync")
        }
    }

    /// An answer up to this size is sent with its length, a longer one as it is made.
    private static let wholeBytes = 64 * 1024

    private static func pieces(_ exchange: inout HubExchange) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < wholeBytes, let piece = try exchange.nextPiece() { bytes += piece }
        return bytes.isEmpty ? nil : bytes
    }

    private func streamed(_ start: [UInt8], _ exchange: HubExchange, _ place: ExchangeGate.Place?) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/octet-stream"],
            body: ResponseBody { writer in
                defer { withExtendedLifetime(place) {} }
                try await writer.write(ByteBuffer(bytes: start))
                var exchange = exchange
                while true {
                    let more = try await Self.next(exchange) { try Self.pieces(&$0) }
                    guard let bytes = more.result else { break }
                    exchange = more.exchange
                    try await writer.write(ByteBuffer(bytes: bytes))
                }
                try await writer.finish(nil)
            })
    }

    private static func next<Result: Sendable>(
        _ exchange: HubExchange, _ body: @escaping @Sendable (inout HubExchange) throws -> Result
    ) async throws -> (exchange: HubExchange, result: Result) {
        try await Self.exchanges.runIfActive {
            var exchange = exchange
            let result = try body(&exchange)
            return (exchange, result)
        }
    }

    private static var busy: Response {
        let seconds = String(ExchangeGate.retrySeconds)
        var response = response(
            .serviceUnavailable, Refusal(code: "hub.busy", details: ["seconds": seconds], retryable: true).bytes)
        response.headers[.retryAfter] = seconds
        return response
    }

    /// - Parameter pool: where the work is done; what takes much memory goes where few threads are.
    func reply(
        to request: Request, _ route: String, on pool: NIOThreadPool = Self.exchanges,
        _ body: @escaping @Sendable ([UInt8]) throws -> [UInt8]
    ) async -> Response {
        do {
            let buffer = try await request.body.collect(upTo: ProtocolLimits.messageBytes)
            let message = Array(buffer.readableBytesView)
            return Self.response(.ok, try await pool.runIfActive { try body(message) })
        } catch {
            return refuse(error, route)
        }
    }

    func refuse(_ error: any Error, _ route: String) -> Response {
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

    static func response(_ status: HTTPResponse.Status, _ bytes: [UInt8]) -> Response {
        Response(
            status: status, headers: [.contentType: "application/octet-stream"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
