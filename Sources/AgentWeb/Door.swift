import Agent
import Hummingbird
import NIOPosix
import RecordPages
import RecordStore
import Records
import Synchronization
import WebPages
import Wording

/// Who is at the keyboard of an agent's pages. Where any of the unit's people has a password, everybody comes in by the door: those
/// with a password prove it, without a network; those without are chosen by name. Where nobody has one, a name is chosen from a
/// list, and may be left out.
final class Door: Sendable {
    let personCookie: SiteCookie
    let sessionCookie: SiteCookie
    let sessions = Sessions()
    private let limiter: Mutex<SignInLimiter>

    init(machine: String, reach: Reach) {
        personCookie = reach.cookie("person", machine: machine)
        sessionCookie = reach.cookie("session", machine: machine)
        limiter = Mutex(SignInLimiter(reach == .machine ? .everywhere : .address))
    }

    /// Opens a session for the person whose password it is.
    /// - Parameter member: whom the visitor named; `nil` for nobody who may come in by this door.
    /// - Throws: `sign-in.wrong`, the same whether the name or the password is at fault; `sign-in.too-often`.
    func signIn(_ member: Member?, password: String, address: String, now: Int64) throws -> String {
        // Names that are nobody's count as one, so that no visitor chooses what is remembered.
        let name = member?.id ?? ""
        try limiter.withLock { try $0.begin(name: name, address: address, now: now) }
        let isRight: Bool
        if let member, member.verifier == nil {
            isRight = true
        } else {
            isRight = (member?.verifier ?? .nobodys).accepts(password) && member != nil
        }
        guard let member, isRight else { throw AgentError(.signInWrong) }
        limiter.withLock { $0.succeeded(name: name, address: address) }
        return sessions.open(person: member.id, mark: Self.mark(of: member), now: now)
    }

    /// What sessions are marked with: that by which their person proved themselves. Another password, given anywhere, ends them.
    private static func mark(of member: Member) -> String { member.verifier?.text ?? "" }

    /// Before the mark of a session that takes over the next password, since its own person gave it.
    private static let passing = "after "

    /// Has the request's session outlast the change of its person's password, which this machine is told of by a later sync.
    func keepSession(of request: Request, over change: Member) {
        guard let id = sessionCookie.value(in: request) else { return }
        sessions.renew(id, mark: Self.passing + Self.mark(of: change))
    }

    /// Who is signed in by the request's session.
    func member(_ request: Request, among people: [Member], now: Int64) -> Member? {
        guard let id = sessionCookie.value(in: request), let session = sessions.find(id, now: now),
            let member = people.first(where: { $0.id == session.person })
        else { return nil }
        let mark = Self.mark(of: member)
        if session.mark == mark || session.mark == Self.passing + mark { return member }
        guard session.mark.hasPrefix(Self.passing) else { return nil }
        sessions.renew(id, mark: mark)
        return member
    }
}

extension AgentSite {
    /// Who is at the keyboard, and who could be.
    struct Who: Sendable {
        /// Those who may come in by this door.
        let people: [Member]
        let member: Member?
        /// Whether nobody comes in without signing in: one of the people has a password, or it is the office's door.
        let mustSignIn: Bool

        /// Empty for nobody.
        var id: String { member?.id ?? "" }
        var isIn: Bool { !mustSignIn || member != nil }
        /// Whether forms are offered: to nobody named too, where nobody has to sign in.
        var mayWrite: Bool { member?.writes ?? !mustSignIn }
    }

    func who(_ request: Request, _ store: StoreTransaction) throws -> Who {
        let people = try comers(store)
        let mustSignIn = reach == .office || people.contains { $0.verifier != nil }
        let chosen = door.personCookie.value(in: request)
        let member =
            mustSignIn
            ? door.member(request, among: people, now: store.now) : people.first { $0.id == chosen }
        return Who(people: people, member: member, mustSignIn: mustSignIn)
    }

    /// The people who may come in by this door: over the network, those alone whom a password proves.
    func comers(_ store: StoreTransaction) throws -> [Member] {
        let people = try store.members(of: device.spaceOwner)
        return reach == .machine ? people : people.filter { $0.verifier != nil }
    }

    func typist(_ request: Request, _ store: StoreTransaction) throws -> EntryTypist {
        let who = try who(request, store)
        return EntryTypist(
            id: who.id, mustSignIn: who.mustSignIn, mayWrite: who.mayWrite, isAnybodyKnown: !who.people.isEmpty)
    }

    /// Whose a draft becomes that is sent now. On this machine it is whoever had opened the form. Over the network it is whoever
    /// is signed in, or was until the session was left too long; `nil` for anybody else, who leaves no drafts here.
    func draftAuthor(_ body: FormBody, _ request: Request, _ store: StoreTransaction) throws -> String? {
        let claimed =
            reach == .machine
            ? body["author"]
            : door.sessionCookie.value(in: request).flatMap { door.sessions.owner($0, now: store.now) }
        guard let claimed else { return nil }
        let isKnown = try comers(store).contains { $0.id == claimed }
        return isKnown ? claimed : reach == .machine ? "" : nil
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
        response.setCookie(door.personCookie.holding(id, maxAge: 30 * 86_400))
        return response
    }
}
