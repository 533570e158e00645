import Agent
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// An agent's pages record the work of its own unit.
extension AgentSite: EntrySite {
    var store: ReplicaStore { device.store }
    var attachments: AttachmentPlace { device.attachments }
    var aboutDrafts: String { "drafts.about" }

    /// A person's own draft, or one of nobody named or of somebody who has left.
    func mayOpen(_ draft: FormDraft, _ request: Request, _ store: StoreTransaction) throws -> Bool {
        let who = try who(request, store)
        if draft.author.isEmpty || draft.author == who.id { return true }
        return try who.mayWrite && !store.members(of: device.spaceOwner).contains { $0.id == draft.author }
    }

    func leftDrafts(_ request: Request, _ store: StoreTransaction) throws -> [FormDraft] {
        guard try who(request, store).mayWrite else { return [] }
        return try store.drafts(ofNoneOf: Set(store.members(of: device.spaceOwner).map(\.id)))
    }

    func place(_ chosen: String, parent: RecordView?, _ store: StoreTransaction) -> EntryPlace {
        EntryPlace(unit: device.unit, space: device.space, isChosen: false)
    }

    func unitName(_ place: EntryPlace, _ store: StoreTransaction, _ names: NameBook) throws -> String {
        try unitName(store, names)
    }

    func requireEntry(
        of form: FormDefinition, in space: String, _ request: Request, _ store: StoreTransaction
    ) throws {
        guard form.writers == .unit else { throw ReportedError(code: "rights.hub-only") }
    }

    func capture(_ drafts: [Draft], _ request: Request, in store: StoreTransaction) throws -> [Captured] {
        try device.capture(drafts, in: store)
    }

    func noticeSaved() { sync.noticeSaved() }

    func noticeAttached(_ attachment: Attachment) {}

    func checkToken(_ text: String, of request: Request) throws { try token.check(text, of: request) }
}
