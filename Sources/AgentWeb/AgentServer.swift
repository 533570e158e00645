package import Agent
package import Hummingbird
import RecordStore
import Synchronization
package import WebPages

/// The pages of an agent: for this machine's browsers and, where it is asked for, for the office's.
package struct AgentServer: Sendable {
    /// A port that was opened.
    package enum Opened: Sendable {
        case machine(url: String)
        case office(url: String, fingerprint: Fingerprint)

        /// As `serve` prints it.
        package var line: String {
            switch self {
            case .machine(let url): "listening \(url)"
            case .office(let url, let fingerprint): "office \(url) fingerprint \(fingerprint.text)"
            }
        }
    }

    private let site: AgentSite
    private let sync: BackgroundSync
    private let hosts = HostGuard(.local)
    private let office: Office?
    private let officeSite: AgentSite
    private let officeHosts: HostGuard

    /// - Parameters:
    ///   - premises: what the pages tell of the machine.
    ///   - office: left out, other machines get nothing.
    package init(
        device: AgentDevice, sync: BackgroundSync, premises: Premises = Premises(started: 0), office: Office? = nil
    ) throws {
        site = try AgentSite(device: device, sync: sync, premises: premises, reach: .machine, office: office)
        officeSite = try AgentSite(device: device, sync: sync, premises: premises, reach: .office, office: nil)
        let machine = office?.machine
        officeHosts = HostGuard(HostGuard.Site(isSecure: true) { machine?.accepted() ?? [] })
        self.sync = sync
        self.office = office
    }

    /// Serves until SIGTERM or SIGINT.
    /// - Parameter onOpened: called once for each port, this machine's own first.
    /// - Throws: `store.damaged` where the self-check finds so, `agent.listen-local` when `address` could be reached from other machines,
    ///   `listen.failed`.
    package func run(at address: ListenAddress, onOpened: @escaping @Sendable (Opened) -> Void) async throws {
        guard address.isLocal else { throw AgentError(.listenLocal, ["address": address.host]) }
        let order = OpeningOrder(onOpened)
        var listeners = [
            ServerShell.Listener(router(), at: address) { port in
                hosts.serve(port: port)
                order.open(.machine(url: address.url(port: port)))
            }
        ]
        if let office {
            listeners.append(
                ServerShell.Listener(
                    officeRouter(), server: try office.certificate.server(), at: office.address,
                    mostConnections: Self.officeConnections
                ) { port in
                    officeHosts.serve(port: port)
                    office.serve(port: port)
                    order.open(
                        .office(url: office.urls.first ?? "", fingerprint: office.certificate.fingerprint))
                })
        }
        let premises = site.premises
        let checkpoint = try BackgroundCheckpoint(of: site.device.store)
        // Whoever closes the store after it has the log emptied.
        defer { try? checkpoint.close() }
        var background = [
            BackgroundService { await checkpoint.run() },
            BackgroundService { await sync.run() },
            BackgroundService { [store = site.device.store] in await BackgroundSearch(store: store).run() },
            BackgroundService { [store = site.device.store] in try await premises.selfCheck.run(beside: store) },
        ]
        if let backups = premises.backups { background.append(BackgroundService { await backups.run() }) }
        try await ServerShell.run(
            listeners, name: "phusa", logger: ServerShell.logger("phusa"), services: background)
    }

    /// At once from the office: some for each browser, and few enough that whoever holds them open leaves this machine its own.
    private static let officeConnections = 256

    /// Whether there is somebody who can sign in from the office.
    package func isAnybodyLetIn() throws -> Bool {
        try site.device.store.read { store in try !officeSite.comers(store).isEmpty }
    }

    /// What this machine's browsers get.
    package func router() -> Router<PageContext> {
        let router = router(of: site, hosts)
        site.addOwnMachine(to: router)
        return router
    }

    /// What the office's browsers get.
    package func officeRouter() -> Router<PageContext> { router(of: officeSite, officeHosts) }

    private func router(of site: AgentSite, _ hosts: HostGuard) -> Router<PageContext> {
        let router = Router(context: PageContext.self, options: .autoGenerateHeadEndpoints)
        router.addMiddleware {
            SecurityHeaders()
            ErrorPages()
            hosts
            SignInGuard(site: site)
        }
        Asset.add(to: router)
        LanguageRoutes.add(to: router)
        router.get("/") { request, _ in try await site.home(request) }
        site.addPeople(to: router)
        site.addRecords(to: router)
        site.addDrafts(to: router)
        site.addAttachments(to: router)
        router.get("/tasks") { request, _ in try await site.tasks(request) }
        router.get("/outbox/file") { request, _ in try await site.unsentFile(request) }
        router.get("/outbox") { request, _ in try await site.outbox(request) }
        router.post("/sync/preview") { request, _ in try await site.preview(request) }
        router.post("/outbox/send") { request, _ in try await site.sendNow(request) }
        router.get("/sync") { request, _ in try await site.syncPage(request) }
        router.get("/sync/state") { request, _ in try site.syncState(request) }
        router.post("/sync") { request, _ in try await site.syncNow(request) }
        return router
    }
}

/// Tells of the ports in the order that scripts rely on, whichever opens first: this machine's own, then the office's.
private final class OpeningOrder: Sendable {
    private struct State {
        var isMachineOpen = false
        var early: AgentServer.Opened?
    }

    private let state = Mutex(State())
    private let tell: @Sendable (AgentServer.Opened) -> Void

    init(_ tell: @escaping @Sendable (AgentServer.Opened) -> Void) { self.tell = tell }

    func open(_ opened: AgentServer.Opened) {
        state.withLock { state in
            switch opened {
            case .machine:
                state.isMachineOpen = true
                tell(opened)
                if let early = state.early { tell(early) }
            case .office:
                if state.isMachineOpen { tell(opened) } else { state.early = opened }
            }
        }
    }
}
