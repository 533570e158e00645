package import Hummingbird
package import RecordStore
package import Records
package import WebPages

/// What stands behind the pages on which people record: an agent's site, or the hub's console for whoever is signed in there. The
/// pages, their forms and what is checked are the same at both.
package protocol EntrySite: Sendable {
    var store: ReplicaStore { get }
    /// Where photos and files are taken in.
    var attachments: AttachmentPlace { get }

    /// Who is at the keyboard.
    func typist(_ request: Request, _ store: StoreTransaction) throws -> EntryTypist
    /// Whose a draft becomes that is sent now; `nil` for somebody who leaves no drafts here.
    func draftAuthor(_ body: FormBody, _ request: Request, _ store: StoreTransaction) throws -> String?
    /// Who saves: whom the page showed as the author.
    /// - Throws: `sign-in.other` where somebody else is signed in by now, `rights.role`.
    func author(_ body: FormBody, _ request: Request, _ store: StoreTransaction) throws -> String
    /// Whether somebody's draft is theirs, or left to them.
    func mayOpen(_ draft: FormDraft, _ request: Request, _ store: StoreTransaction) throws -> Bool
    /// The sentence that says where drafts are, and who sees them.
    var aboutDrafts: String { get }
    /// Drafts of people who have left, for whoever goes on with their work.
    func leftDrafts(_ request: Request, _ store: StoreTransaction) throws -> [FormDraft]

    /// Where new records go.
    /// - Parameters:
    ///   - chosen: what the address or the form says; empty where it says nothing.
    ///   - parent: the record that the new one is to belong to.
    func place(_ chosen: String, parent: RecordView?, _ store: StoreTransaction) throws -> EntryPlace
    /// What a place is called.
    func unitName(_ place: EntryPlace, _ store: StoreTransaction, _ names: NameBook) throws -> String
    /// - Throws: `rights.…` where records of the form are not written here by whoever is at the keyboard.
    func requireEntry(of form: FormDefinition, in space: String, _ request: Request, _ store: StoreTransaction) throws

    /// Saves drafts as a part of a transaction.
    func capture(_ drafts: [Draft], _ request: Request, in store: StoreTransaction) throws -> [Captured]
    /// Something was saved, and may go out.
    func noticeSaved()
    /// A file was taken in.
    func noticeAttached(_ attachment: Attachment) throws

    /// Reads a submitted form, and makes sure that a page of this site made it.
    func submitted(_ request: Request) async throws -> FormBody
    /// - Parameter text: what came in a header, in place of a form's token.
    func checkToken(_ text: String, of request: Request) throws
    /// Reads the store for a page, and renders it.
    func show(
        _ request: Request, _ body: @escaping @Sendable (StoreTransaction, NameBook) throws -> Page
    ) async throws -> Response
}

/// Who is at the keyboard of a page of entry.
package struct EntryTypist: Sendable {
    /// Empty for nobody.
    package let id: String
    /// Whether nobody comes in without signing in.
    package let mustSignIn: Bool
    package let mayWrite: Bool
    /// Whether there are people to choose from.
    package let isAnybodyKnown: Bool

    package init(id: String, mustSignIn: Bool, mayWrite: Bool, isAnybodyKnown: Bool) {
        self.id = id
        self.mustSignIn = mustSignIn
        self.mayWrite = mayWrite
        self.isAnybodyKnown = isAnybodyKnown
    }
}

/// Whose records new ones are.
package struct EntryPlace: Hashable, Sendable {
    package let unit: String
    package let space: String
    /// Whether it was chosen among several, so that addresses and forms say which it is.
    package let isChosen: Bool

    package init(unit: String, space: String, isChosen: Bool) {
        self.unit = unit
        self.space = space
        self.isChosen = isChosen
    }

    /// What forms carry; empty where there is only one place.
    var choice: String { isChosen ? space : "" }

    /// The address with the place in it.
    func address(_ path: String) -> String {
        guard isChosen else { return path }
        return path + (path.contains("?") ? "&" : "?") + "unit=\(space.percentEncoded)"
    }

    /// Where records to choose from are looked for; `nil` for everywhere.
    var pickedSpace: String? { isChosen ? space : nil }
}
