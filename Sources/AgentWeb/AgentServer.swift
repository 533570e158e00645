package import Agent
package import Hummingbird
package import WebPages

/// The pages of an agent, for this machine's browsers only.
package struct AgentServer: Sendable {
    private let site: AgentSite
    private let sync: BackgroundSync
    private let hosts = HostGuard(localOnly: true)

    package init(device: AgentDevice, sync: BackgroundSync) throws {
        site = try AgentSite(device: device, sync: sync)
        self.sync = sync
    }

    /// Serves until SIGTERM or SIGINT.
    /// - Throws: `agent.listen-local` when `address` could be reached from other machines.
    package func run(at address: ListenAddress, onListening: @escaping @Sendable (String) -> Void) async throws {
        guard address.isLocal else { throw AgentError(.listenLocal, ["address": address.host]) }
        let background = BackgroundService { await sync.run() }
        try await ServerShell.run(
            router(), at: address, name: "phusa", logger: ServerShell.logger("phusa"), services: [background]
        ) { port in
            hosts.serve(port: port)
            onListening(address.url(port: port))
        }
    }

    package func router() -> Router<PageContext> {
        let router = Router(context: PageContext.self, options: .autoGenerateHeadEndpoints)
        let site = site
        router.addMiddleware {
            SecurityHeaders()
            ErrorPages()
            hosts
            SignInGuard(site: site)
        }
        Asset.add(to: router)
        LanguageRoutes.add(to: router)
        router.get("/healthz") { _, _ in "ok" }
        router.get("/") { request, _ in try await site.home(request) }
        site.addPeople(to: router)
        site.addRecords(to: router)
        site.addDrafts(to: router)
        router.get("/tasks") { request, _ in try await site.tasks(request) }
        router.get("/outbox") { request, _ in try await site.outbox(request) }
        router.post("/sync/preview") { request, _ in try await site.preview(request) }
        router.post("/outbox/send") { request, _ in try await site.sendNow(request) }
        router.get("/sync") { request, _ in try await site.syncPage(request) }
        router.get("/sync/state") { request, _ in try site.syncState(request) }
        router.post("/sync") { request, _ in try await site.syncNow(request) }
        return router
    }
}
