import Agent
import Foundation
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import NIOPosix
import PageTesting
import RecordStore
import Records
import Synchronization
import Testing
import WebPages

/// A hub that is attacked: people of each kind, a clock that stands until it is told to pass, and its real server.
struct Siege {
    final class Clock: Sendable {
        /// 2026-11-02, 08:00 in Vietnam.
        private let time = Mutex<Int64>(1_793_581_200_000)
        var now: Int64 { time.withLock { $0 } }
        func pass(minutes: Int64) { time.withLock { $0 += minutes * 60_000 } }
    }

    static let password = "mật khẩu"
    let clock = Clock()
    let ward: Ward

    /// - Parameter signingIn: who has a password; making them takes its time.
    init(signingIn: Set<String> = ["viet"]) throws {
        let clock = clock
        ward = try Ward(world: World(now: { clock.now }, random: World.system.random))
        for (id, role) in [("viet", "hub_admin"), ("an", "hub_admin"), ("son", "auditor"), ("hoa", "ward_staff")] {
            try ward.hub.addPerson(
                id: id, name: id, role: role, unit: Ward.unit, password: signingIn.contains(id) ? Self.password : nil)
        }
    }

    /// Runs `body` against the hub's routes.
    /// - Parameter isSecure: as over TLS.
    func storm(
        isSecure: Bool = false, _ body: @escaping @Sendable (any TestClientProtocol, Ward, Clock) async throws -> Void
    ) async throws {
        let (ward, clock) = (ward, clock)
        let application = Application(router: HubServer(hub: ward.hub).router(isSecure: isSecure))
        try await application.test(.router) { client in try await body(client, ward, clock) }
    }

    /// Runs `body` against the hub's server, as it serves on a port.
    func stormPort(_ body: @escaping @Sendable (Int, Ward, Clock) async throws -> Void) async throws {
        let (ward, clock) = (ward, clock)
        let application = Application(
            router: HubServer(hub: ward.hub).router(),
            server: .http1(configuration: ServerShell.connections))
        try await application.test(.live) { client in
            let port = try #require(client.port)
            try await body(port, ward, clock)
        }
    }

    /// The server's own threads are not to wait for those who attack it.
    private static let attackers: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 16)
        pool.start()
        return pool
    }()

    /// Runs what blocks on a connection.
    static func attack<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await attackers.runIfActive(body)
    }

    /// Sends a request by itself and takes the answer to the end of the connection.
    static func ask(_ text: String, port: Int, from source: String = "127.0.0.1") async throws -> String {
        try await attack {
            let line = try RawLine(port: port, from: source)
            line.send(text)
            return try line.receive()
        }
    }

    static func signIn(
        _ browser: PageClient, _ name: String = "viet", _ password: String = password
    ) async throws -> PageClient.Reply {
        try await browser.submit("/sign-in", ["name": name, "password": password])
    }

    /// A browser in which somebody is signed in.
    static func browser(_ client: any TestClientProtocol, as name: String = "viet") async throws -> PageClient {
        let browser = PageClient(client)
        let reply = try await signIn(browser, name)
        #expect(reply.status == 303, "\(name) comes in")
        return browser
    }

    /// Another browser with all cookies of one.
    static func thief(_ client: any TestClientProtocol, of browser: PageClient) -> PageClient {
        let thief = PageClient(client)
        for (name, value) in browser.jar { thief.plant(name, value) }
        return thief
    }

    /// The token that the forms of a page send back.
    static func token(_ browser: PageClient, on page: String = "/records") async throws -> String {
        let html = try await browser.get(page).html
        return try #require(
            html.components(separatedBy: "name=\"token\" value=\"").dropFirst().first.map {
                String($0.prefix { $0 != "\"" })
            })
    }

    static func entries(_ hub: Hub, _ act: AuditEntry.Act) throws -> [AuditEntry] {
        var filter = AuditFilter()
        filter.act = act.rawValue
        return try hub.store.read { try AuditLog.entries(filter, limit: 1000, $0) }
    }
}
