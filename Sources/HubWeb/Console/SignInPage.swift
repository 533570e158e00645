import Hub
import Hummingbird
import NIOCore
import NIOPosix
import RecordStore
import Records
import Synchronization
import WebPages
import Wording

struct SignInModel {
    let back: String
    let name: String
    let trouble: String?
    let troubleRemedy: String?
}

extension Console {
    func signInPage(_ request: Request) -> Response {
        signInPage(request, name: "", back: request.uri.queryParameters.get("back").map { String($0) }, error: nil)
    }

    private func signInPage(_ request: Request, name: String, back: String?, error: (any CodedError)?) -> Response {
        let language = request.language
        let token = token.current(request)
        var shell = Shell(request, Self.templates)
        shell.place = Catalogue.text("hub.name", language)
        shell.token = token.text
        var page = Page(
            "signin", title: Catalogue.text("sign-in.title", language),
            SignInModel(
                back: back.flatMap { SitePath($0) }?.text ?? "/", name: name,
                trouble: error?.message(in: language), troubleRemedy: error?.remedy(in: language)))
        if let error { page.status = error.code == "sign-in.wrong" ? .unauthorized : ErrorPages.status(of: error) }
        var response = page.response(in: shell)
        self.token.attach(token, to: &response)
        return response
    }

    func signIn(_ request: Request, _ context: PageContext) async throws -> Response {
        let body = try await FormBody(request)
        try token.check(body, of: request)
        let name = body["name"].lowercased().filter { !$0.isWhitespace }
        let address = address(of: request, context)
        do {
            let now = hub.store.world.now()
            let (person, mark) = try await Self.passwords.runIfActive { [self] in
                try countTry(name: name, address: address)
                // Before the password is looked at: one that is changed meanwhile ends the session.
                let mark = try sessionMark()
                return (try hub.signIn(name, password: body["password"]), mark)
            }
            limiter.withLock { $0.succeeded(name: name, address: address) }
            guard person.rights.scope(of: .readRecords, on: .inVietnam(milliseconds: now)) != .units([]) else {
                throw ReportedError(code: Right.readRecords.refusal)
            }
            try await NIOThreadPool.singleton.runIfActive { [hub] in
                try hub.audit(.signedIn, by: person.id, to: person.id, unit: person.unit, ["address": address])
            }
            if let old = sessionCookie.value(in: request) { sessions.close(old) }
            var response = Response.seeOther(SitePath(body["back"])?.text ?? "/")
            response.setCookie(sessionCookie.holding(sessions.open(person: person.id, mark: mark, now: now)))
            return response
        } catch let error as any CodedError {
            return signInPage(request, name: body["name"], back: body["back"], error: error)
        }
    }

    func signOut(_ request: Request) async throws -> Response {
        let form = try await FormBody(request)
        var response = Response.seeOther("/sign-in")
        guard let id = sessionCookie.value(in: request), let session = sessions.find(id, now: hub.store.world.now())
        else { return response }
        guard FormToken.isSame(form[FormToken.field], session.token) else { throw PagesError(.tokenMissing) }
        sessions.close(id)
        response.setCookie(sessionCookie.holding("", maxAge: 0))
        return response
    }

    /// Counts a try to sign in before its password is looked at. The first of those that are turned away is noted, under the name
    /// of somebody who is there: whatever else was typed as a name may be a password.
    /// - Throws: `sign-in.too-often`.
    func countTry(name: String, address: String) throws {
        let now = hub.store.world.now()
        guard let stop = limiter.withLock({ $0.stop(name: name, address: address, now: now) }) else { return }
        if stop.isNew {
            let person = try hub.person(name)
            try hub.audit(.signInStopped, by: "", to: person?.id ?? "", unit: person?.unit, ["address": address])
        }
        throw stop.error
    }

    /// Passwords cost a while each, and pages are not to wait for those who try many.
    private static let passwords: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 2)
        pool.start()
        return pool
    }()

    /// Where a request came from.
    func address(of request: Request, _ context: PageContext) -> String {
        ClientAddress.of(request, context, isBehindProxy: isBehindProxy)
    }

    /// What sessions are marked with that are opened now.
    func sessionMark() throws -> String { String(try hub.store.read { try AuditLog.head($0).number }) }
}
