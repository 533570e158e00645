import Hub
import Hummingbird
import NIOCore
import NIOPosix
import RecordPages
import RecordStore
import Records
import SyncProtocol
import Synchronization
import WebPages
import Wording

/// What every page of the console needs: the hub, who is signed in, and the frame.
final class Console: Sendable {
    let hub: Hub
    let copies: HubCopies
    let sessions = Sessions()
    /// By address: whoever guesses at somebody's password keeps them out nowhere else.
    let limiter = Mutex(SignInLimiter(.address))
    private let missed = MissedDevices()
    let boards: Boards
    /// Files that are made at the same time: each holds a thread while it reads, and the rows that it has before it.
    let exports = ExchangeGate(most: 8)
    private let counts = Mutex<(counts: CaseCounts, stamp: Int64)?>(nil)
    /// For the sign-in page, which has no session yet.
    let token: FormToken
    let sessionCookie: SiteCookie
    /// Whether browsers send the session over TLS only.
    let isSecure: Bool
    /// Whether what comes from this machine comes through a proxy that says where from.
    let isBehindProxy: Bool

    static let templates = Templates(
        RecordTemplates.sources.merging([
            "case": PackageResources.case_mustache, "cases": PackageResources.cases_mustache,
            "board": PackageResources.board_mustache, "resolutions": PackageResources.resolutions_mustache,
            "refused": PackageResources.refused_mustache, "records": PackageResources.records_mustache,
            "signin": PackageResources.signin_mustache, "devices": PackageResources.devices_mustache,
            "device": PackageResources.device_mustache, "devicelost": PackageResources.devicelost_mustache,
            "devicework": PackageResources.devicework_mustache, "enrol": PackageResources.enrol_mustache,
            "people": PackageResources.people_mustache, "person": PackageResources.person_mustache,
            "newperson": PackageResources.newperson_mustache, "newpassword": PackageResources.newpassword_mustache,
            "grantfields": PackageResources.grantfields_mustache, "audit": PackageResources.audit_mustache,
            "auditrows": PackageResources.auditrows_mustache,
            "entrychoice": PackageResources.entrychoice_mustache,
            "taskboard": PackageResources.taskboard_mustache, "backups": PackageResources.backups_mustache,
        ]) { first, _ in first })

    init(hub: Hub, copies: HubCopies, boards: Boards, isSecure: Bool, isBehindProxy: Bool) {
        self.isBehindProxy = isBehindProxy
        self.hub = hub
        self.boards = boards
        self.copies = copies
        self.isSecure = isSecure
        sessionCookie = SiteCookie("session", machine: "hub", isSecure: isSecure)
        token = FormToken(SiteCookie("token", machine: "hub", isSecure: isSecure))
    }

    /// Who asks; `nil` when nobody is signed in.
    /// - Throws: `rights.console` for somebody who has nothing to look for here.
    func visitor(_ request: Request) throws -> Visitor? {
        let now = hub.store.world.now()
        guard let id = sessionCookie.value(in: request), let session = sessions.find(id, now: now) else { return nil }
        let (found, isEnded) = try hub.store.read { store in
            let since = Int64(session.mark) ?? 0
            return (
                try Hub.person(session.person, store),
                try AuditLog.isEnded(sessionOf: session.person, since: since, store)
            )
        }
        guard let person = found else { return nil }
        guard !person.disabled else {
            sessions.closeAll(of: person.id)
            return nil
        }
        guard !isEnded else {
            sessions.close(id)
            return nil
        }
        let visitor = Visitor(person: person, token: session.token, today: .inVietnam(milliseconds: now))
        try visitor.require(.readRecords)
        boards.expectVisitor()
        return visitor
    }

    /// Reads the store for a page, on a thread that may block, and renders it; sends who is not signed in to sign in.
    /// - Parameter right: what the page is for. Where it shows a unit's, `body` has to ask for that unit.
    /// - Throws: that the visitor has not got the right anywhere.
    func show(
        _ request: Request, _ right: Right,
        _ body: @escaping @Sendable (StoreTransaction, NameBook, Visitor, inout Shell) throws -> Page
    ) async throws -> Response {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            guard let visitor = try visitor(request) else { return Self.signInFirst(request) }
            try visitor.require(right)
            return try hub.store.read { store in
                let names = NameBook(
                    store, own: hub.replica, hubKey: hub.anchor.publicKey, request.language)
                var shell = try shell(request, visitor, store)
                let page = try body(store, names, visitor, &shell)
                return page.response(in: shell)
            }
        }
    }

    /// Reads a submitted form of a session, and runs `body` on a thread that may block.
    /// - Returns: `nil` when nobody is signed in.
    func take<T: Sendable>(
        _ request: Request, _ body: @escaping @Sendable (FormBody, Visitor) throws -> T
    ) async throws -> T? {
        let form = try await FormBody(request)
        return try await NIOThreadPool.singleton.runIfActive { [self] in
            guard let visitor = try visitor(request) else { return nil }
            guard FormToken.isSame(form[FormToken.field], visitor.token) else { throw PagesError(.tokenMissing) }
            return try body(form, visitor)
        }
    }

    static func signInFirst(_ request: Request) -> Response {
        .seeOther("/sign-in?back=\(request.address.percentEncoded)")
    }

    /// Counts of open cases, worked out again when any of them has changed.
    /// - Parameter space: `nil` for all.
    func caseCounts(in space: String?, _ store: StoreTransaction) throws -> CaseCounts {
        if let space { return try store.caseCounts(in: space) }
        let stamp = try store.caseStamp()
        if let known = counts.withLock({ $0 }), known.stamp == stamp { return known.counts }
        let fresh = try store.caseCounts()
        counts.withLock { $0 = (fresh, stamp) }
        return fresh
    }

    private func shell(_ request: Request, _ visitor: Visitor, _ store: StoreTransaction) throws -> Shell {
        let language = request.language
        var shell = Shell(request, Self.templates)
        shell.place = Catalogue.text("hub.name", language)
        shell.signedIn = visitor.person.name
        shell.token = visitor.token
        if visitor.may(.runHub), request.uri.path != "/backups", let alarm = try copies.alarm(store) {
            shell.alarm = alarm.text(language)
            shell.alarmHref = "/backups"
        }
        shell.links = try links(request, visitor, store)
        // What is saved at a machine waits there; what is saved here does not.
        let done = request.uri.queryParameters.get("done").flatMap { done in
            ["notice.hub.\(done)", "notice.\(done)"].first(where: Catalogue.knows)
        }
        if let done {
            shell.notice = Catalogue.text(done, language)
            let record = request.uri.queryParameters.get("record").map { String($0) }
            shell.noticeHref = record.flatMap { RecordWord($0) == nil ? nil : "/records/\($0)" }
        }
        return shell
    }

    /// What the visitor may look at, with how much waits there.
    private func links(_ request: Request, _ visitor: Visitor, _ store: StoreTransaction) throws -> [Shell.Link] {
        var links: [Shell.Link] = []
        func add(_ path: String, _ label: String, _ right: Right, count: () throws -> Int = { 0 }) throws {
            guard visitor.may(right) else { return }
            links.append(
                Shell.Link(
                    path, Catalogue.text(label, request.language), isHere: request.uri.path == path,
                    count: try count()))
        }
        let isCity = visitor.scope(of: .readDesk) == .everywhere
        func space() throws -> String? { try visitor.space(nil, for: .readDesk) }
        try add("/conflicts", "hub.conflicts", .readDesk) { try store.caseCount(CaseFilter(space: try space())) }
        try add("/refused", "hub.refused", .readDesk) { try store.refusedWorkCount(in: try space()) }
        try add("/records", "hub.records", .readRecords)
        try add("/tasks", "agent.tasks", .readRecords)
        try add("/inspections", "agent.inspections", .readRecords)
        try add("/devices", "devices.title", .readDesk) {
            guard isCity else { return 0 }
            return try missed.count(now: store.now, isFresh: request.uri.path.hasPrefix("/devices")) {
                try DeviceBoard(hub, store).missedCount
            }
        }
        try add("/people", "people.title", .readPeople)
        try add("/audit", "audit.title", .readAudit)
        try add("/backups", "backups.title", .readAudit) { try copies.alarm(store) == nil ? 0 : 1 }
        let drafts = try store.draftCount(of: visitor.person.id)
        if drafts > 0 || request.uri.path == "/drafts" {
            try add("/drafts", "agent.drafts", .readRecords) { drafts }
        }
        return links
    }
}
