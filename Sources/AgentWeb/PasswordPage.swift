import Agent
import Hummingbird
import NIOPosix
import RecordPages
import RecordStore
import WebPages
import Wording

struct PasswordModel {
    let trouble: String?
    let troubleRemedy: String?
    let hint: String
}

/// Another password for whoever is signed in. It is asked for at the hub, so only while there is a line; nothing of it is kept to be
/// sent later.
extension AgentSite {
    func passwordPage(_ request: Request) async throws -> Response { try await passwordPage(request, error: nil) }

    private func passwordPage(_ request: Request, error: (any CodedError)?) async throws -> Response {
        let language = request.language
        let model = PasswordModel(
            trouble: error.map { Self.plain($0.message(in: language)) }, troubleRemedy: error?.remedy(in: language),
            hint: Catalogue.text("password.hint", language, ["count": String(PasswordRule.fewestCharacters)]))
        return try await show(request) { store, _ in
            guard try who(request, store).member?.verifier != nil else { throw PagesError(.notFound) }
            var page = Page("password", title: Catalogue.text("password.title", language), model)
            if let error { page.status = ErrorPages.status(of: error) }
            return page
        }
    }

    func changePassword(_ request: Request) async throws -> Response {
        let body = try await submitted(request)
        let member = try await NIOThreadPool.singleton.runIfActive {
            try device.store.read { store in try who(request, store).member }
        }
        guard let member, member.verifier != nil else { throw PagesError(.notFound) }
        let (old, new) = (body["password"], body["new"])
        do {
            guard new == body["again"] else { throw AgentError(.passwordTwice) }
            try await sync.atHub { device, line in
                try device.changePassword(of: member.id, from: old, to: new, over: line)
            }
        } catch let error as any CodedError {
            return try await passwordPage(request, error: Self.asToAPassword(error))
        }
        door.sessions.closeAll(of: member.id, but: door.sessionCookie.value(in: request))
        door.keepSession(of: request, over: member)
        // Brings what the new one is known by.
        sync.press()
        return .seeOther("/?done=password")
    }

    /// What went wrong, in the words of this page: the name is not asked for, and a line that broke may have brought the wish.
    private static func asToAPassword(_ error: any CodedError) -> any CodedError {
        switch error.code {
        case AgentError.Code.signInWrong.rawValue: AgentError(.passwordWrong)
        case AgentError.Code.hubUnreachable.rawValue: AgentError(.passwordUnsure, error.details)
        default: error
        }
    }
}
