import Hub
import Hummingbird
import WebPages

/// The console's pages, beside the protocol's routes on one router.
struct ConsoleRoutes {
    let console: Console

    func add(to router: Router<PageContext>) {
        let console = console
        let pages = router.group().addMiddleware {
            SecurityHeaders()
            ErrorPages()
            HostGuard(nil)
            PageGate()
        }
        Asset.add(to: pages)
        LanguageRoutes.add(to: pages)
        pages.get("/") { request, _ in try await console.home(request) }
        pages.get("/sign-in") { request, _ in console.signInPage(request) }
        pages.post("/sign-in") { request, context in try await console.signIn(request, context) }
        pages.post("/sign-out") { request, _ in try await console.signOut(request) }
        pages.get("/conflicts") { request, _ in try await console.cases(request) }
        pages.get("/conflicts/settled") { request, _ in try await console.resolutions(request) }
        pages.get("/conflicts/settled/file") { request, _ in try await console.resolutionsFile(request) }
        pages.get("/conflicts/:record") { request, context in
            try await console.openCase(request, try context.parameters.require("record"))
        }
        pages.post("/conflicts/:record") { request, context in
            try await console.settle(request, try context.parameters.require("record"))
        }
        pages.post("/conflicts/:record/ask") { request, context in
            try await console.ask(request, try context.parameters.require("record"))
        }
        pages.post("/conflicts/:record/reopen") { request, context in
            try await console.reopen(request, try context.parameters.require("record"))
        }
        pages.get("/refused") { request, _ in try await console.refused(request) }
        pages.post("/refused/:change") { request, context in
            try await console.dispose(request, try context.parameters.require("change"))
        }
        pages.get("/inspections") { request, _ in try await console.inspections(request) }
        addDevices(to: pages)
        addPeople(to: pages)
        addEntry(to: pages)
        pages.get("/records") { request, _ in try await console.records(request) }
        pages.get("/records/:record/compare") { request, context in
            try await console.compare(request, try context.parameters.require("record"))
        }
        pages.get("/records/:record/paper") { request, context in
            try await console.paper(request, try context.parameters.require("record"))
        }
        pages.get("/attachments/:hash") { request, context in
            try await console.attachment(request, try context.parameters.require("hash"))
        }
        pages.get("/paper/:record/:hash") { request, context in
            try await console.checkPaper(
                request, try context.parameters.require("record"), try context.parameters.require("hash"))
        }
        pages.get("/records/:record") { request, context in
            try await console.record(request, try context.parameters.require("record"))
        }
        pages.get("**") { _, _ -> Response in throw PagesError(.notFound) }
    }

    private func addDevices(to pages: RouterGroup<PageContext>) {
        let console = console
        @Sendable func word(_ context: PageContext) throws -> String { try context.parameters.require("device") }
        pages.get("/devices") { request, _ in try await console.devices(request) }
        pages.get("/devices/enrol") { request, _ in try await console.enrolPage(request) }
        pages.post("/devices/enrol") { request, _ in try await console.makeCode(request) }
        pages.get("/devices/:device") { request, context in try await console.device(request, try word(context)) }
        pages.post("/devices/:device/revoke") { request, context in
            try await console.revoke(request, try word(context), asLost: false)
        }
        pages.post("/devices/:device/retire") { request, context in
            try await console.retire(request, try word(context))
        }
        pages.get("/devices/:device/lost") { request, context in
            try await console.lostDevice(request, try word(context))
        }
        pages.post("/devices/:device/lost") { request, context in
            try await console.revoke(request, try word(context), asLost: true)
        }
    }

    private func addPeople(to pages: RouterGroup<PageContext>) {
        let console = console
        @Sendable func id(_ context: PageContext) throws -> String { try context.parameters.require("person") }
        pages.get("/people") { request, _ in try await console.people(request) }
        pages.get("/people/new") { request, _ in try await console.newPerson(request) }
        pages.post("/people/new") { request, _ in try await console.addPerson(request) }
        pages.get("/people/:person") { request, context in try await console.person(request, try id(context)) }
        pages.post("/people/:person/roles") { request, context in
            try await console.changeRoles(request, try id(context), gives: true)
        }
        pages.post("/people/:person/roles/withdraw") { request, context in
            try await console.changeRoles(request, try id(context), gives: false)
        }
        pages.post("/people/:person/password") { request, context in
            try await console.renewPassword(request, try id(context))
        }
        pages.post("/people/:person/account") { request, context in
            try await console.lockPerson(request, try id(context))
        }
        pages.post("/people/:person/sessions") { request, context in
            try await console.endSessions(request, try id(context))
        }
        pages.get("/audit") { request, _ in try await console.audit(request) }
        pages.get("/backups") { request, _ in try await console.backups(request) }
        pages.post("/backups") { request, _ in try await console.backUpNow(request) }
    }
}
