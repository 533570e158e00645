import Agent
import Hummingbird
import NIOPosix
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// What every page of an agent needs: the device, its sync, and the frame with the people to choose from.
struct AgentSite: Sendable {
    let device: AgentDevice
    let sync: BackgroundSync
    let premises: Premises
    let reach: Reach
    /// The port for the office's other machines; `nil` where there is none.
    let office: Office?
    let token: FormToken
    let door: Door

    static let templates = Templates(
        RecordTemplates.sources.merging([
            "agentsignin": PackageResources.agentsignin_mustache, "signout": PackageResources.signout_mustache,
            "tasks": PackageResources.tasks_mustache, "notices": PackageResources.notices_mustache,
            "inspections": PackageResources.inspections_mustache,
            "home": PackageResources.home_mustache, "list": PackageResources.list_mustache,
            "office": PackageResources.office_mustache,
            "outbox": PackageResources.outbox_mustache, "preview": PackageResources.preview_mustache,
            "sync": PackageResources.sync_mustache,
            "syncpanel": PackageResources.syncpanel_mustache, "running": PackageResources.running_mustache,
            "password": PackageResources.password_mustache,
        ]) { first, _ in first })

    init(device: AgentDevice, sync: BackgroundSync, premises: Premises, reach: Reach, office: Office?) throws {
        self.device = device
        self.premises = premises
        self.sync = sync
        self.reach = reach
        self.office = office
        let machine = String(try device.replica.word.prefix(8))
        token = FormToken(reach.cookie("token", machine: machine))
        door = Door(machine: machine, reach: reach)
    }

    /// Reads the store for a page, on a thread that may block, and renders it.
    func show(
        _ request: Request, _ body: @escaping @Sendable (StoreTransaction, NameBook) throws -> Page
    ) async throws -> Response {
        let token = token.current(request)
        return try await NIOThreadPool.singleton.runIfActive {
            let hubKey = try device.hub()?.publicKey
            return try device.store.read { store in
                let names = NameBook(store, own: store.replica, hubKey: hubKey, request.language)
                let page = try body(store, names)
                var response = page.response(in: try shell(request, token.text, store, names))
                self.token.attach(token, to: &response)
                return response
            }
        }
    }

    func unitName(_ store: StoreTransaction, _ names: NameBook) throws -> String {
        try device.practisingUnit(names.language, store) ?? names.unit(device.unit)
    }

    /// Up to when the work of others is here.
    private func asOf(_ store: StoreTransaction, _ language: Language) throws -> String {
        let standing = try device.standing(store)
        guard standing.isEnrolled else { return "" }
        guard let last = standing.lastSync else { return Catalogue.text("page.as-of.never", language) }
        return Catalogue.text(
            "page.as-of", language,
            ["when": ValueText.moment(last), "age": ValueText.age(milliseconds: store.now - last, language)])
    }

    /// Reads a submitted form, and makes sure that a page of this agent made it.
    func submitted(_ request: Request) async throws -> FormBody {
        let body = try await FormBody(request)
        try token.check(body, of: request)
        return body
    }

    private func shell(_ request: Request, _ token: String, _ store: StoreTransaction, _ names: NameBook) throws
        -> Shell
    {
        let language = request.language
        var shell = Shell(request, Self.templates)
        shell.token = token
        shell.place = try unitName(store, names)
        shell.isTraining = device.isTraining
        shell.asOf = try asOf(store, language)
        let counts = try store.ownCounts()
        func link(_ href: String, _ key: String, count: Int = 0) -> Shell.Link {
            Shell.Link(href, Catalogue.text(key, language), isHere: request.uri.path == href, count: count)
        }
        let who = try who(request, store)
        let drafts = try store.draftCount(of: who.id)
        // To count them takes a look at every task, which pages that are opened in haste are spared.
        let pressing = ["/", "/tasks"].contains(request.uri.path) ? try pressingTasks(store) : 0
        shell.links = [
            link("/", "agent.home"), link("/tasks", "agent.tasks", count: pressing),
            link("/inspections", "agent.inspections"),
            link("/drafts", "agent.drafts", count: drafts),
            link("/outbox", "agent.outbox", count: counts.waiting + counts.refused), link("/sync", "agent.sync"),
        ]
        if !who.isIn { shell.links = [] }
        if reach == .machine, office != nil { shell.links.append(link("/office", "agent.office")) }
        if who.mustSignIn {
            shell.signedIn = who.member?.name ?? ""
            shell.signedInHref = who.member?.verifier == nil ? nil : "/password"
        } else if !who.people.isEmpty {
            let nobody = Shell.Option("", Catalogue.text("agent.nobody", language), isSelected: who.id.isEmpty)
            shell.people = [nobody] + who.people.map { Shell.Option($0.id, $0.name, isSelected: $0.id == who.id) }
        }
        if let done = request.uri.queryParameters.get("done"), Catalogue.knows("notice.\(done)") {
            shell.notice = Catalogue.text("notice.\(done)", language)
        }
        return shell
    }
}
