import Causality
package import RecordStore
package import Records
import WebPages
package import Wording

/// A record's page: what each field shows, every standing version where there are several, and the history.
package struct RecordModel {
    package struct Version {
        let versionText: String
        let versionWho: String
        let versionDevice: String
        let versionWhen: String
        let state: StateBadge
    }

    /// A photo or file that a field lists.
    package struct File {
        let fileLabel: String
        let fileLink: String
        /// When and where it was taken, as far as it said.
        let fileFacts: String?
        /// What shows it: its small picture where that is here, else the photo itself; `nil` for a document.
        let fileImage: String?
        /// Whether its bytes are here, for this page to show.
        let isHere: Bool
        /// Where to ask for them; `nil` where there is nothing to ask.
        let fetchAction: String?
        /// Whether it is not here, and nobody can be asked for it.
        let isAway: Bool
    }

    package struct Field {
        let fieldLabel: String
        let fieldText: String
        /// Of a field that names another record, its page.
        let fieldHref: String?
        let files: [File]
        /// Of a signature, what was drawn.
        let drawn: String?
        let isBlank: Bool
        let isContested: Bool
        let standing: [Version]
        let hasSeveral: Bool
    }

    package struct Section {
        let sectionHeading: String?
        let fields: [Field]
    }

    let formTitle: String
    let recordName: String
    let recordWord: String
    let unitName: String
    let states: [StateBadge]
    let isDeleted: Bool
    let isInConflict: Bool
    let isAboutDeletion: Bool
    let sections: [Section]
    /// Records that name this one as their parent, form by form.
    package struct Children {
        let childrenTitle: String
        let childrenNewHref: String?
        let rows: [RecordSummary]
        let hasRows: Bool
    }

    package var children: [Children] = [] {
        didSet { mayAddChildren = children.contains { $0.childrenNewHref != nil } }
    }
    private(set) var mayAddChildren = false
    /// Of inspections and what belongs to them.
    package var inspection: InspectionPanel?
    package var facility: FacilityPanel?
    package var map: PlaceMap?
    /// What was decided about conflicts of it.
    package var resolutions: [ResolutionModel] = [] { didSet { hasResolutions = !resolutions.isEmpty } }
    private(set) var hasResolutions = false
    /// Where it went, or came from.
    let moved: MovedNote?
    let blankCount: Int
    let hasBlank: Bool
    let history: [HistoryEntry]
    /// Where two of its versions are compared; `nil` where there is one.
    let compareHref: String?
    /// Whether older changes are at the hub only.
    let isHistoryCut: Bool
    /// Where the ways on lead; `nil` where this page has none.
    package var listHref: String?
    package var editHref: String?
    package var deleteHref: String?
    package var restoreHref: String?
    package var caseHref: String?

    /// - Parameters:
    ///   - mayFetch: whether there is somebody to ask for what is not here.
    ///   - isHere: whether the bytes of an attachment are on this machine.
    package init(
        _ view: RecordView, in store: StoreTransaction, _ names: NameBook, mayFetch: Bool,
        isHere: (Attachment) throws -> Bool
    ) throws {
        let language = names.language
        let form = try? store.latestForm(view.form)
        let summary = RecordSummary(view, form, language)
        formTitle = form?.title[language] ?? view.form
        recordName = summary.recordName
        recordWord = view.word
        unitName = names.space(view.space)
        states = summary.states
        isDeleted = view.deleted
        isInConflict = !view.conflicts.isEmpty
        moved = try store.move(of: view).map { MovedNote($0, in: store, names) }
        isAboutDeletion = view.conflicts.contains(RegisterKey.deleted.field)
        sections = try Self.sections(view, form, names) { attachment in
            (try isHere(attachment), mayFetch)
        }
        blankCount = sections.reduce(0) { $0 + $1.fields.count { $0.isBlank } }
        hasBlank = blankCount > 0
        let changes = try store.changes(ofRecord: view.row)
        history = try HistoryEntry.all(changes, form, names) { try names.image(of: $0, in: view.space, isHere) }
        compareHref = changes.count > 1 ? "/records/\(view.word)/compare" : nil
        isHistoryCut = store.isCut(changes, in: try store.space(view.space))
    }

    /// - Parameter mayAdd: whether forms for new children are offered.
    package static func children(
        of view: RecordView, mayAdd: Bool, in store: StoreTransaction, _ language: Language
    ) throws -> [Children] {
        let isSealed = try store.seal(over: view) != nil
        return try store.children(of: view).compactMap { children in
            // Another one of the same form is made for its own sake, and not from here.
            let isAlike = children.form.form == view.form
            if isAlike, children.records.isEmpty { return nil }
            // What is signed takes nothing more in.
            let isClosed =
                isSealed
                && (children.form.isSeal && !isSupplement(children, of: view, in: store)
                    || children.form.partField?.name == children.field)
            let rows = children.records.map { RecordSummary($0, children.form, language) }
            let mayAdd = mayAdd && !view.deleted && children.form.writers == .unit && !isClosed && !isAlike
            return Children(
                childrenTitle: children.form.title[language],
                childrenNewHref: mayAdd ? "/forms/\(children.form.form)/new?v.\(children.field)=\(view.word)" : nil,
                rows: rows, hasRows: !rows.isEmpty)
        }
    }

    private static func isSupplement(
        _ children: ChildRecords, of view: RecordView, in store: StoreTransaction
    ) -> Bool {
        (try? store.latestForm(view.form))?.isSeal ?? false
    }

    private static func sections(
        _ view: RecordView, _ form: FormDefinition?, _ names: NameBook,
        _ whereabouts: (Attachment) throws -> (isHere: Bool, mayFetch: Bool)
    ) throws -> [Section] {
        var sections: [(heading: String?, fields: [Field])] = [(nil, [])]
        for field in form?.fields ?? [] {
            if let heading = field.section { sections.append((heading[names.language], [])) }
            if form?.isSeal ?? false, field.name == SealedContent.field { continue }
            sections[sections.count - 1].fields.append(try self.field(field.name, field, view, names, whereabouts))
        }
        // What a newer form wrote, by its names.
        let known = Set((form?.fields ?? []).map(\.name))
        let others = view.fields.keys.filter { !known.contains($0) }.sorted()
        if !others.isEmpty {
            sections.append(
                (
                    Catalogue.text("record.other-fields", names.language),
                    try others.map { try field($0, nil, view, names, whereabouts) }
                ))
        }
        return sections.filter { !$0.fields.isEmpty }.map { Section(sectionHeading: $0.heading, fields: $0.fields) }
    }

    private static func field(
        _ name: String, _ definition: FieldDefinition?, _ view: RecordView, _ names: NameBook,
        _ whereabouts: (Attachment) throws -> (isHere: Bool, mayFetch: Bool)
    ) throws -> Field {
        var files: [File] = []
        if definition?.type.isAttachments ?? false, case .items(let words)? = view.fields[name] {
            files = try words.compactMap { Attachment(word: $0) }.map { attachment in
                let link = "/attachments/\(attachment.name)"
                let (isThere, mayFetch) = try whereabouts(attachment)
                let facts = ["taken_at", "place"].compactMap { name -> String? in
                    guard let photo = names.photo(attachment.hash, in: view.space), let value = photo.fields[name],
                        value != .null
                    else { return nil }
                    return ValueText.shown(value, nil, names.language)
                }
                return File(
                    fileLabel: ValueText.shown(attachment), fileLink: link,
                    fileFacts: facts.isEmpty ? nil : facts.joined(separator: " · "),
                    fileImage: try names.image(of: attachment, in: view.space) { try whereabouts($0).isHere },
                    isHere: isThere, fetchAction: isThere || !mayFetch ? nil : link + "/fetch",
                    isAway: !isThere && !mayFetch)
            }
        }
        var text = ValueText.shown(view.fields[name] ?? .null, definition, names.language)
        let parent = definition?.parent == nil ? nil : names.record(text)
        if let parent { text = parent.recordName }
        if !files.isEmpty { text = "" }
        var drawn: String?
        if definition?.appearance == .signature, let strokes = view.fields[name]?.plainText {
            drawn = Signature(strokes)?.path
        }
        // Equal values are one, however many people entered them.
        let whole = (view.versions[name] ?? []).filter { $0.register.item == nil }
        let standing = Set(whole.map(\.value)).count > 1 ? whole : []
        return Field(
            fieldLabel: definition?.label[names.language] ?? name, fieldText: text,
            fieldHref: parent?.recordHref, files: files, drawn: drawn, isBlank: text.isEmpty && files.isEmpty,
            isContested: view.conflicts.contains(name),
            standing: standing.map { version($0, definition, names) }, hasSeveral: !standing.isEmpty)
    }

    private static func version(
        _ version: RecordView.Version, _ field: FieldDefinition?, _ names: NameBook
    ) -> Version {
        let text = ValueText.shown(version.value, field, names.language)
        return Version(
            versionText: text.isEmpty ? "—" : text, versionWho: names.person(version.author),
            versionDevice: names.device(version.replica), versionWhen: ValueText.moment(version.time.milliseconds),
            state: StateBadge(version.state, names.language))
    }
}
