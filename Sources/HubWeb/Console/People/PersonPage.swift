import Hub
import Hummingbird
import NIOPosix
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// A person: what they are, where and until when, and what was done about them.
struct PersonModel {
    let personName: String
    let personID: String
    let personUnit: String
    let personHref: String
    let isDisabled: Bool
    let hasPassword: String
    let grants: [GrantRow]
    let hasGrants: Bool
    /// At the hub's pages, now.
    let sessionCount: String
    let hasSessions: Bool
    let isOneself: Bool
    let mayManage: Bool
    let grant: GrantFields?
    let problem: String?
    let entries: [AuditRow]
    let hasEntries: Bool
    let auditHref: String?
}

extension Console {
    /// What was tried at a person's page and did not go.
    private struct Returned: Sendable {
        let grant: GrantForm
        let problem: String
    }

    private static let shownEntries = 10

    func person(_ request: Request, _ id: String) async throws -> Response {
        try await person(request, id, returned: nil)
    }

    private func person(_ request: Request, _ id: String, returned: Returned?) async throws -> Response {
        try await show(request, .readPeople) { [self] store, names, visitor, _ in
            guard let person = try Hub.person(id, store), visitor.mayRead(person) else {
                throw PagesError(.notFound)
            }
            let language = names.language
            let mayManage = visitor.may(.runPeople)
            let isOneself = visitor.person.id == id
            let isAuditor = visitor.may(.readAudit)
            var filter = AuditFilter()
            filter.object = id
            let entries =
                isAuditor
                ? try AuditLog.entries(filter, limit: Self.shownEntries, store).map { AuditRow($0, names) } : []
            let sessionCount = sessions.count(of: id, now: store.now)
            let model = PersonModel(
                personName: person.name, personID: id, personUnit: names.unit(person.unit), personHref: "/people/\(id)",
                isDisabled: person.disabled,
                hasPassword: Catalogue.text(
                    try hub.hasPassword(id, store) ? "people.password.there" : "people.password.none", language),
                grants: person.grants.map {
                    GrantRow($0, today: visitor.today, mayTake: mayManage && !isOneself, names)
                },
                hasGrants: !person.grants.isEmpty,
                sessionCount: Catalogue.text("people.sessions", language, ["count": String(sessionCount)]),
                hasSessions: sessionCount > 0, isOneself: isOneself, mayManage: mayManage,
                grant: mayManage && !isOneself
                    ? try GrantFields(returned?.grant ?? GrantForm(), in: store, names) : nil,
                problem: returned?.problem, entries: entries, hasEntries: !entries.isEmpty,
                auditHref: isAuditor ? "/audit?object=\(id)" : nil)
            var page = Page("person", title: person.name, model)
            if returned != nil { page.status = .unprocessableContent }
            return page
        }
    }

    /// Gives a role, or takes one away.
    func changeRoles(_ request: Request, _ id: String, gives: Bool) async throws -> Response {
        let language = request.language
        let outcome = try await take(request) { [hub] body, visitor -> Returned? in
            try visitor.require(.runPeople)
            let form = GrantForm(body)
            do {
                if gives {
                    try hub.give(try form.grant(), to: id, by: visitor.person.id)
                } else {
                    try hub.withdraw(unit: form.unit, from: id, by: visitor.person.id)
                }
                return nil
            } catch let error as HubError where error.code != "person.unknown" {
                return Returned(
                    grant: form, problem: "\(error.message(in: language)). \(error.remedy(in: language)).")
            }
        }
        guard let outcome else { return Self.signInFirst(request) }
        if let returned = outcome { return try await person(request, id, returned: returned) }
        return .seeOther("/people/\(id)?done=\(gives ? "role-given" : "role-taken")")
    }

    /// Makes a new password, which ends what the person had signed in to.
    func renewPassword(_ request: Request, _ id: String) async throws -> Response {
        let password = try await take(request) { [hub] _, visitor -> String in
            try visitor.require(.runPeople)
            let password = try NewPassword.make(hub.store.world)
            try hub.setPassword(of: id, to: password, by: visitor.person.id)
            return password
        }
        guard let password else { return Self.signInFirst(request) }
        try await endSessions(of: id, but: request)
        return try await passwordPage(request, id, password)
    }

    /// Locks an account, or opens it again.
    func lockPerson(_ request: Request, _ id: String) async throws -> Response {
        let isLocked = try await take(request) { [self] body, visitor -> Bool in
            try visitor.require(.runPeople)
            guard body["lock"] == "yes" else {
                try hub.enablePerson(id, by: visitor.person.id)
                return false
            }
            try hub.disablePerson(id, by: visitor.person.id)
            sessions.closeAll(of: id)
            return true
        }
        guard let isLocked else { return Self.signInFirst(request) }
        return .seeOther("/people/\(id)?done=\(isLocked ? "person-disabled" : "person-enabled")")
    }

    /// Ends what a person has open but the session of a request, which goes on where it is theirs.
    private func endSessions(of id: String, but request: Request) async throws {
        let own = sessionCookie.value(in: request)
        sessions.closeAll(of: id, but: own)
        guard let own, sessions.find(own, now: hub.store.world.now())?.person == id else { return }
        sessions.renew(own, mark: try await NIOThreadPool.singleton.runIfActive { [self] in try sessionMark() })
    }

    /// Signs a person out of the hub's pages, wherever they are.
    func endSessions(_ request: Request, _ id: String) async throws -> Response {
        let ended: Void? = try await take(request) { [self] _, visitor in
            guard let person = try hub.person(id) else { throw HubError(.personUnknown, ["person": id]) }
            if visitor.person.id != id { try visitor.require(.runPeople) }
            try hub.audit(.sessionsEnded, by: visitor.person.id, to: id, unit: person.unit)
        }
        guard ended != nil else { return Self.signInFirst(request) }
        try await endSessions(of: id, but: request)
        return .seeOther("/people/\(id)?done=sessions-ended")
    }
}

extension Visitor {
    func mayRead(_ person: Person) -> Bool {
        switch scope(of: .readPeople) {
        case .everywhere: true
        case .units(let units): units.contains { person.belongs(to: $0) }
        }
    }
}
