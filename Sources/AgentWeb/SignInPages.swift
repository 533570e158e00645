import Agent
import Hummingbird
import NIOCore
import NIOPosix
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

struct AgentSignInModel {
    struct Choice {
        let memberID: String
        let memberName: String
        let isMember: Bool
    }

    let members: [Choice]
    let isNobody: Bool
    let title: String
    let hint: String
    let back: String
    let trouble: String?
    let troubleRemedy: String?
}

struct SignOutModel {
    let draftsLeft: String?
    let workLeft: String?
}

extension AgentSite {
    func signInPage(_ request: Request) async throws -> Response {
        try await signInPage(
            request, name: "", back: request.uri.queryParameters.get("back").map { String($0) }, error: nil)
    }

    private func signInPage(
        _ request: Request, name: String, back: String?, error: (any CodedError)?
    ) async throws -> Response {
        let trouble = error.map {
            (
                code: $0.code, message: $0.message(in: request.language), remedy: $0.remedy(in: request.language),
                status: ErrorPages.status(of: $0)
            )
        }
        return try await show(request) { store, names in
            let people = try comers(store)
            let (title, hint) =
                reach == .machine ? ("sign-in.here", "sign-in.offline") : ("sign-in.office", "sign-in.office.about")
            let model = AgentSignInModel(
                members: people.map {
                    AgentSignInModel.Choice(memberID: $0.id, memberName: $0.name, isMember: $0.id == name)
                }, isNobody: reach == .office && people.isEmpty, title: Catalogue.text(title, names.language),
                hint: Catalogue.text(hint, names.language), back: back.flatMap { SitePath($0) }?.text ?? "/",
                trouble: trouble?.message,
                troubleRemedy: trouble?.remedy)
            var page = Page("agentsignin", title: model.title, model)
            if let trouble { page.status = trouble.code == "sign-in.wrong" ? .unauthorized : trouble.status }
            return page
        }
    }

    func signIn(_ request: Request, _ context: PageContext) async throws -> Response {
        let body = try await submitted(request)
        let name = body["name"]
        let address = context.remoteAddress?.ipAddress ?? "here"
        do {
            let id = try await NIOThreadPool.singleton.runIfActive {
                let (member, now) = try device.store.read { store in
                    (try comers(store).first { $0.id == name }, store.now)
                }
                return try door.signIn(member, password: body["password"], address: address, now: now)
            }
            if let old = door.sessionCookie.value(in: request) { door.sessions.close(old) }
            var response = Response.seeOther(SitePath(body["back"])?.text ?? "/")
            response.setCookie(door.sessionCookie.holding(id))
            return response
        } catch let error as any CodedError {
            return try await signInPage(request, name: name, back: body["back"], error: error)
        }
    }

    /// Asks once more where something would stay behind: it is safe here, and the next person must not wonder.
    func signOutPage(_ request: Request) async throws -> Response {
        try await show(request) { store, names in
            let who = try who(request, store)
            let counts = try store.ownCounts()
            let drafts = try store.draftCount(of: who.id)
            func sentence(_ key: String, _ count: Int) -> String? {
                count == 0
                    ? nil : Catalogue.text(key, names.language, ["count": VietnameseFormat.number(String(count))])
            }
            return Page(
                "signout", title: Catalogue.text("page.sign-out", names.language),
                SignOutModel(
                    draftsLeft: sentence("sign-out.drafts", drafts),
                    workLeft: sentence("sign-out.waiting", counts.waiting + counts.refused)))
        }
    }

    func signOut(_ request: Request) async throws -> Response {
        let body = try await submitted(request)
        if body["sure"] != "yes" {
            let isLeft = try await NIOThreadPool.singleton.runIfActive {
                try device.store.read { store in
                    let counts = try store.ownCounts()
                    return try counts.waiting + counts.refused > 0 || store.draftCount(of: who(request, store).id) > 0
                }
            }
            if isLeft { return .seeOther("/sign-out") }
        }
        if let id = door.sessionCookie.value(in: request) { door.sessions.close(id) }
        var response = Response.seeOther("/sign-in")
        response.setCookie(door.sessionCookie.holding("", maxAge: 0))
        return response
    }
}

/// Lets nobody in who has not signed in, where that is asked. What somebody sent whose session had ended is kept as a draft first.
struct SignInGuard: RouterMiddleware {
    typealias Context = PageContext

    let site: AgentSite

    func handle(
        _ request: Request, context: PageContext, next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        if site.reach.openPaths.contains(path) || path.hasPrefix("/assets/") || path.hasPrefix("/language/") {
            return try await next(request, context)
        }
        let isIn = try await NIOThreadPool.singleton.runIfActive {
            try site.device.store.read { store in try site.who(request, store).isIn }
        }
        if isIn { return try await next(request, context) }
        guard request.method == .post else {
            guard request.headers[.accept]?.contains("application/json") != true else {
                throw AgentError(.signInNeeded)
            }
            return .seeOther("/sign-in?back=\(request.address.percentEncoded)")
        }
        // A photo is no form; the page's script says why it was not taken.
        guard path != AttachmentPath.all else {
            var response = try DraftAnswer.failure(AgentError(.signInNeeded), request.language)
            response.status = .forbidden
            return response
        }
        return try await site.keepUnsigned(request)
    }
}

extension AgentSite {
    /// What was sent without a session: a form is kept under the name of whoever had opened it, everything else is not done.
    fileprivate func keepUnsigned(_ request: Request) async throws -> Response {
        let body = try await submitted(request)
        let isTypists = try await NIOThreadPool.singleton.runIfActive {
            try device.store.read { store in try draftAuthor(body, request, store) != nil }
        }
        guard FormToken.isToken(body[SavedForms.field]), body.has("form"), isTypists else {
            return .seeOther("/sign-in")
        }
        let isAsked = request.headers[.accept]?.contains("application/json") == true
        let kept = try await keepDraft(body, request, page: isAsked ? body["page"] : "saved")
        if isAsked { return try DraftAnswer.failure(AgentError(.signInNeeded), request.language) }
        return .seeOther("/sign-in?back=\("/drafts/\(kept.name)".percentEncoded)")
    }
}
