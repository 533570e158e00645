import HTTPTypes
import Hub
import Hummingbird
import NIOPosix
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// The pages of entry for whoever is signed in at the console, made anew for each request.
struct HubEntry: EntrySite {
    let console: Console
    let visitor: Visitor

    var store: ReplicaStore { console.hub.store }
    var attachments: AttachmentPlace { console.hub.attachments }
    var aboutDrafts: String { "drafts.about.hub" }

    func typist(_ request: Request, _ store: StoreTransaction) -> EntryTypist {
        EntryTypist(
            id: visitor.person.id, mustSignIn: true, mayWrite: visitor.entersAnywhere, isAnybodyKnown: true)
    }

    func draftAuthor(_ body: FormBody, _ request: Request, _ store: StoreTransaction) throws -> String? {
        // Nobody types on in what another began, whatever name they found out.
        if let known = try store.draft(body[SavedForms.field]), known.author != visitor.person.id {
            throw StoreError(.draftGone)
        }
        return visitor.person.id
    }

    func author(_ body: FormBody, _ request: Request, _ store: StoreTransaction) throws -> String {
        guard body["author"] == visitor.person.id else {
            throw ReportedError(code: "sign-in.other", details: ["person": visitor.person.name])
        }
        return visitor.person.id
    }

    func mayOpen(_ draft: FormDraft, _ request: Request, _ store: StoreTransaction) -> Bool {
        draft.author == visitor.person.id
    }

    /// Drafts are private to whoever typed them.
    func leftDrafts(_ request: Request, _ store: StoreTransaction) -> [FormDraft] { [] }

    /// What the form or the address says, else where the record is that the new one belongs to.
    func place(_ chosen: String, parent: RecordView?, _ store: StoreTransaction) throws -> EntryPlace {
        let named = chosen.isEmpty || chosen.contains("/") ? chosen : SpaceName.general(chosen)
        let space = named.isEmpty ? parent?.space ?? "" : named
        guard let unit = SpaceName.unit(of: space), SpaceName.isValid(space), !SpaceName.isPeople(space),
            !SpaceName.isTraining(space), try store.hasSpace(space) || Self.isKnown(unit, store)
        else { throw StoreError(.spaceUnknown, ["space": space]) }
        return EntryPlace(unit: unit, space: space, isChosen: true)
    }

    private static func isKnown(_ unit: String, _ store: StoreTransaction) throws -> Bool {
        let key = NaturalKey(form: BuiltInForm.unit.form, values: ["code": .text(unit)])
        return try store.record(keyed: key, in: SpaceName.catalogue) != nil
    }

    func unitName(_ place: EntryPlace, _ store: StoreTransaction, _ names: NameBook) -> String {
        names.space(place.space)
    }

    func requireEntry(
        of form: FormDefinition, in space: String, _ request: Request, _ store: StoreTransaction
    ) throws {
        // Tasks are given by the hub; the other lists that it writes come from its folder of fixtures.
        guard form.form != TaskForm.task else { return try visitor.require(.assign, in: space) }
        guard form.writers == .unit, !form.form.hasPrefix("@"), SpaceName.unit(of: space) != nil,
            !SpaceName.isPeople(space)
        else { throw ReportedError(code: "rights.hub-only") }
        try visitor.require(.record, in: space)
    }

    func capture(_ drafts: [Draft], _ request: Request, in store: StoreTransaction) throws -> [Captured] {
        try console.hub.capture(entered: drafts, by: visitor.person.id, in: store)
    }

    /// Devices ask for it at their next contact.
    func noticeSaved() {}

    func noticeAttached(_ attachment: Attachment) throws {
        try console.hub.note(attached: attachment.hash, by: visitor.person.id)
    }

    func submitted(_ request: Request) async throws -> FormBody {
        let body = try await FormBody(request)
        try checkToken(body[FormToken.field], of: request)
        return body
    }

    func checkToken(_ text: String, of request: Request) throws {
        guard FormToken.isSame(text, visitor.token) else { throw PagesError(.tokenMissing) }
    }

    func show(
        _ request: Request, _ body: @escaping @Sendable (StoreTransaction, NameBook) throws -> Page
    ) async throws -> Response {
        try await console.show(request, .readRecords) { store, names, _, _ in try body(store, names) }
    }
}

extension Console {
    /// Does what a page of entry asks for, under the name of whoever is signed in. Who is not is sent to sign in, and comes back to
    /// the draft of what they had typed.
    func enter(
        _ request: Request, _ body: @Sendable (HubEntry) async throws -> Response
    ) async throws -> Response {
        let visitor = try await NIOThreadPool.singleton.runIfActive { [self] in try self.visitor(request) }
        if let visitor {
            guard visitor.entersAnywhere else { throw ReportedError(code: Right.record.refusal) }
            return try await body(HubEntry(console: self, visitor: visitor))
        }
        let isScript = request.headers[.accept]?.contains("application/json") == true
        guard !isScript, request.uri.path != AttachmentPath.all else {
            var response = try DraftAnswer.failure(ReportedError(code: "sign-in.needed"), request.language)
            response.status = .forbidden
            return response
        }
        guard request.method == .post, let form = try? await FormBody(request),
            FormToken.isToken(form[SavedForms.field])
        else { return Self.signInFirst(request) }
        let draft = "/drafts/\(form[SavedForms.field])"
        let isKept = try await NIOThreadPool.singleton.runIfActive { [hub] in
            try hub.store.read { try $0.draft(form[SavedForms.field]) != nil }
        }
        return isKept ? .seeOther("/sign-in?back=\(draft.percentEncoded)") : Self.signInFirst(request)
    }
}
