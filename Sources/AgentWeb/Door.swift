import Agent
import Hummingbird
import NIOPosix
import RecordStore
import Records
import Synchronization
import WebPages
import Wording

/// Who is at the keyboard of an agent's pages. Where any of the unit's people has a password, everybody comes in by the door: those
/// with a password prove it, without a network; those without are chosen by name. Where nobody has one, a name is chosen from a
/// list, and may be left out.
final class Door: Sendable {
    let personCookie: String
    let sessionCookie: String
    let sessions = Sessions()
    private let limiter = Mutex(SignInLimiter())

    init(machine: String) {
        // Cookies know no port, so those of several agents on one machine go by the device.
        personCookie = "person-\(machine)"
        sessionCookie = "session-\(machine)"
    }

    /// Opens a session for the person whose password it is.
    /// - Throws: `sign-in.wrong`, the same whether the name or the password is at fault; `sign-in.too-often`.
    func signIn(_ member: Member?, name: String, password: String, address: String, now: Int64) throws -> String {
        try limiter.withLock { try $0.begin(name: name, address: address, now: now) }
        let isRight: Bool
        if let member, member.verifier == nil {
            isRight = true
        } else {
            isRight = (member?.verifier ?? .nobodys).accepts(password) && member != nil
        }
        guard let member, isRight else { throw AgentError(.signInWrong) }
        limiter.withLock { $0.succeeded(name: name, address: address) }
        return sessions.open(person: member.id, now: now)
    }
}

extension AgentSite {
    /// Who is at the keyboard, and who could be.
    struct Who: Sendable {
        let people: [Member]
        let member: Member?
        /// Whether one of the people has a password.
        let mustSignIn: Bool

        /// Empty for nobody.
        var id: String { member?.id ?? "" }
        var isIn: Bool { !mustSignIn || member != nil }
        /// Whether forms are offered: to nobody named too, where nobody has to sign in.
        var mayWrite: Bool { member?.writes ?? !mustSignIn }
    }

    func who(_ request: Request, _ store: StoreTransaction) throws -> Who {
        let people = try store.members(of: device.spaceOwner)
        let mustSignIn = people.contains { $0.verifier != nil }
        let id =
            mustSignIn
            ? request.cookies[door.sessionCookie].flatMap { door.sessions.find($0.value, now: store.now) }?.person
            : request.cookies[door.personCookie]?.value
        return Who(people: people, member: people.first { $0.id == id }, mustSignIn: mustSignIn)
    }

    /// Who saves: whom the page showed as the author.
    /// - Throws: `sign-in.other` where somebody else is signed in by now.
    func author(_ body: FormBody, _ request: Request, _ store: StoreTransaction) throws -> String {
        let who = try who(request, store)
        let id = body["author"]
        guard who.mustSignIn else { return who.people.contains { $0.id == id } ? id : "" }
        guard let member = who.member else { throw AgentError(.signInNeeded) }
        guard member.writes else {
            throw ReportedError(
                code: "rights.role", details: ["person": member.name, "role": member.role?.rawValue ?? ""])
        }
        guard member.id == id else { throw AgentError(.signInOther, ["person": member.name]) }
        return id
    }

    /// Chooses who is at the keyboard, and goes back to where they were.
    func choosePerson(_ request: Request) async throws -> Response {
        let body = try await submitted(request)
        let who = try await NIOThreadPool.singleton.runIfActive {
            try device.store.read { store in try self.who(request, store) }
        }
        let back = SitePath(body["back"])?.text ?? "/"
        guard !who.mustSignIn else { return .seeOther("/sign-in?back=\(back.percentEncoded)") }
        let id = who.people.contains { $0.id == body["person"] } ? body["person"] : ""
        var response = Response.seeOther(back)
        response.setCookie(
            Cookie(
                name: door.personCookie, value: id, maxAge: 30 * 86_400, path: "/", httpOnly: true, sameSite: .strict))
        return response
    }
}
