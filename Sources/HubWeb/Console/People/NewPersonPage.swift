import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// Somebody to be added; afterwards their first password, which is shown once.
struct NewPersonModel {
    let id: String
    let name: String
    let isWithPassword: Bool
    let grant: GrantFields
    let problem: String?
}

/// A password that was just made. It stands in the answer to the form alone.
struct NewPasswordModel {
    let personName: String
    let personID: String
    let personHref: String
    let password: String
}

extension Console {
    private struct Typed: Sendable {
        var id = ""
        var name = ""
        var isWithPassword = true
        var grant = GrantForm()
        var problem: String?
    }

    private enum Outcome: Sendable {
        case added(id: String, password: String?)
        case wrong(Typed)
    }

    func newPerson(_ request: Request) async throws -> Response { try await newPerson(request, Typed()) }

    private func newPerson(_ request: Request, _ typed: Typed) async throws -> Response {
        try await show(request, .runPeople) { store, names, _, _ in
            let model = NewPersonModel(
                id: typed.id, name: typed.name, isWithPassword: typed.isWithPassword,
                grant: try GrantFields(typed.grant, in: store, names), problem: typed.problem)
            var page = Page("newperson", title: Catalogue.text("people.add", names.language), model)
            if typed.problem != nil { page.status = .unprocessableContent }
            return page
        }
    }

    func addPerson(_ request: Request) async throws -> Response {
        let language = request.language
        let outcome = try await take(request) { [hub] body, visitor -> Outcome in
            try visitor.require(.runPeople)
            var typed = Typed(
                id: body["id"].filter { !$0.isWhitespace }.lowercased(), name: body["name"],
                isWithPassword: !body["with-password"].isEmpty, grant: GrantForm(body))
            do {
                let password = typed.isWithPassword ? try NewPassword.make(hub.store.world) : nil
                try hub.addPerson(
                    id: typed.id, name: typed.name, try typed.grant.grant(), password: password,
                    by: visitor.person.id)
                return .added(id: typed.id, password: password)
            } catch let error as any CodedError {
                typed.problem = "\(error.message(in: language)). \(error.remedy(in: language))."
                return .wrong(typed)
            }
        }
        switch outcome {
        case nil: return Self.signInFirst(request)
        case .wrong(let typed)?: return try await newPerson(request, typed)
        case .added(let id, nil)?: return .seeOther("/people/\(id)?done=person-added")
        case .added(let id, let password?)?: return try await passwordPage(request, id, password)
        }
    }

    /// Shows a password, this once.
    func passwordPage(_ request: Request, _ id: String, _ password: String) async throws -> Response {
        try await show(request, .runPeople) { store, names, _, _ in
            guard let person = try Hub.person(id, store) else { throw HubError(.personUnknown, ["person": id]) }
            let model = NewPasswordModel(
                personName: person.name, personID: id, personHref: "/people/\(id)", password: password)
            return Page("newpassword", title: Catalogue.text("people.password", names.language), model)
        }
    }
}

/// Passwords that nobody guesses and anybody can type: 60 bits in three groups of letters and digits that are not mistaken for each other.
enum NewPassword {
    static func make(_ world: World) throws -> String {
        let signs = Array("abcdefghjkmnpqrstvwxyz0123456789".utf8)
        let groups = world.random(12).map { signs[Int($0 & 31)] }
        return stride(from: 0, to: 12, by: 4).map { String(decoding: groups[$0..<$0 + 4], as: UTF8.self) }
            .joined(separator: "-")
    }
}
