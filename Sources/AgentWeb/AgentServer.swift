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
        router.get("/sign-in") { request, _ in try await site.signInPage(request) }
        router.post("/sign-in") { request, context in try await site.signIn(request, context) }
        router.get("/sign-out") { request, _ in try await site.signOutPage(request) }
        router.post("/sign-out") { request, _ in try await site.signOut(request) }
        router.post("/person") { request, _ in try await site.choosePerson(request) }
        router.get("/forms/:form") { request, context in
            try await site.list(request, try context.parameters.require("form"))
        }
        router.get("/forms/:form/new") { request, context in
            try await site.newRecord(request, try context.parameters.require("form"))
        }
        router.post("/forms/:form/new") { request, context in
            try await site.saveNew(request, try context.parameters.require("form"))
        }
        router.get("/forms/:form/grid") { request, context in
            try await site.grid(request, try context.parameters.require("form"))
        }
        router.post("/forms/:form/grid") { request, context in
            try await site.saveGrid(request, try context.parameters.require("form"))
        }
        router.get("/records/:record") { request, context in
            try await site.record(request, try context.parameters.require("record"))
        }
        router.get("/records/:record/edit") { request, context in
            try await site.edit(request, try context.parameters.require("record"))
        }
        router.post("/records/:record/edit") { request, context in
            try await site.saveEdit(request, try context.parameters.require("record"))
        }
        for deletion in [Deletion.delete, .restore] {
            let path = RouterPath("/records/:record/\(deletion.rawValue)")
            router.get(path) { request, context in
                try await site.confirm(deletion, request, try context.parameters.require("record"))
            }
            router.post(path) { request, context in
                try await site.carryOut(deletion, request, try context.parameters.require("record"))
            }
        }
        router.get("/drafts") { request, _ in try await site.draftList(request) }
        router.post("/drafts") { request, _ in try await site.finishDrafts(request) }
        router.get("/drafts/:draft") { request, context in
            try await site.draft(request, try context.parameters.require("draft"))
        }
        router.post("/drafts/:draft") { request, context in
            try await site.keepDraft(request, try context.parameters.require("draft"))
        }
        router.post("/drafts/:draft/discard") { request, context in
            try await site.discardDraft(request, try context.parameters.require("draft"))
        }
        router.post("/drafts/:draft/upgrade") { request, context in
            try await site.upgradeDraft(request, try context.parameters.require("draft"))
        }
        router.get("/outbox") { request, _ in try await site.outbox(request) }
        router.get("/sync") { request, _ in try await site.syncPage(request) }
        router.get("/sync/state") { request, _ in try site.syncState(request) }
        router.post("/sync") { request, _ in try await site.syncNow(request) }
        return router
    }
}
