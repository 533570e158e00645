import Causality
package import Hummingbird
import NIOPosix
import RecordStore
import Records
import WebPages
import Wording

/// Why a form comes back.
private enum Hindrance: Sendable {
    case problems
    /// A record with this key is there already.
    case exists(record: String, deleted: Bool)
    /// The form was saved before, with other contents.
    case savedBefore(record: String)
    case refused(any CodedError)
}

private enum Outcome: Sendable {
    case saved(record: String)
    case unchanged(record: String)
    case hindered(Hindrance)
}

/// New records and edits: the form, and what becomes of it when it comes back.
extension EntrySite {
    package func newRecord(_ request: Request, _ name: String) async throws -> Response {
        try await show(request) { store, names in
            let form = try store.latestForm(name)
            let place = try place(of: form, request, store)
            try requireEntry(of: form, in: place.space, request, store)
            var model = try model(form, nil, nil, request, store, names)
            model.drafts = try drafts(request, store).filter { $0.form.form == name && $0.record.isEmpty }.prefix(5)
                .map { DraftSummary($0, store, names) }
            model.hasDrafts = !model.drafts.isEmpty
            return Page("form", title: "\(model.heading): \(model.formTitle)", model)
        }
    }

    package func edit(_ request: Request, _ word: String) async throws -> Response {
        let draft = try await NIOThreadPool.singleton.runIfActive {
            try store.read { store in try self.drafts(request, store).first { $0.record == word } }
        }
        if let draft { return .seeOther("/drafts/\(draft.name)") }
        return try await show(request) { store, names in
            let view = try store.view(ofRow: try store.locate(word).row)
            let form = try store.latestForm(view.form)
            try requireEntry(of: form, in: view.space, request, store)
            guard !view.deleted else { throw StoreError(.recordDeleted) }
            let model = try model(form, view, nil, request, store, names)
            return Page("form", title: "\(model.heading): \(model.formTitle)", model)
        }
    }

    package func saveNew(_ request: Request, _ name: String) async throws -> Response {
        let body = try await submitted(request)
        let outcome = try await onceSaved(body) { store in try saveNew(body, name, request, store) }
        return try await answer(outcome, body, request, form: name, record: nil)
    }

    package func saveEdit(_ request: Request, _ word: String) async throws -> Response {
        let body = try await submitted(request)
        let outcome = try await onceSaved(body) { store in try saveEdit(body, word, request, store) }
        return try await answer(outcome, body, request, form: nil, record: word)
    }

    private func saveNew(_ body: FormBody, _ name: String, _ request: Request, _ store: StoreTransaction) throws
        -> Outcome
    {
        let form = try filledForm(name, body, store)
        let space = try place(of: form, body, store).space
        try requireEntry(of: form, in: space, request, store)
        let submitted = SubmittedForm(body, form, isNew: true, today: store.today)
        guard submitted.problems.isEmpty else { return .hindered(.problems) }
        let values = Dictionary(uniqueKeysWithValues: submitted.changed.map { ($0.field.name, $0.value) })
        // Whoever makes a record that is there already has not seen what stands in it: they are shown it instead.
        if let key = form.naturalKey(values), let known = try store.record(keyed: key, in: space),
            !known.versions.isEmpty
        {
            return .hindered(.exists(record: known.word, deleted: known.deleted))
        }
        var draft = Draft(
            .new(form: name, space: space), edits: submitted.edits, author: try author(body, request, store))
        draft.formVersion = form.version
        try requireSeen(body, form, values, store)
        let captured = try capture([draft], request, in: store)
        return .saved(record: try store.view(ofRow: captured[0].record).word)
    }

    private func saveEdit(_ body: FormBody, _ word: String, _ request: Request, _ store: StoreTransaction) throws
        -> Outcome
    {
        let view = try store.view(ofRow: try store.locate(word).row)
        let form = try filledForm(view.form, body, store)
        try requireEntry(of: form, in: view.space, request, store)
        let submitted = SubmittedForm(body, form, isNew: false, known: view.fields, today: store.today)
        guard submitted.problems.isEmpty else { return .hindered(.problems) }
        guard !submitted.changed.isEmpty else { return .unchanged(record: word) }
        var draft = Draft(
            .edit(word), edits: submitted.edits, baseToken: body["base"], author: try author(body, request, store))
        draft.formVersion = form.version
        _ = try capture([draft], request, in: store)
        return .saved(record: word)
    }

    /// Nobody signs what they were not shown: somebody's edit may have come since the page was opened.
    private func requireSeen(
        _ body: FormBody, _ form: FormDefinition, _ values: [String: Value], _ store: StoreTransaction
    ) throws {
        guard form.isSeal, case .text(let word)? = values[SealedContent.target] else { return }
        guard try seen(word, store) == body["seen"] else { throw StoreError(.sealChanged) }
    }

    /// Names what a seal of the record would hold now; empty where that cannot be told.
    private func seen(_ word: String, _ store: StoreTransaction) throws -> String {
        guard let row = try? store.locate(word).row else { return "" }
        return (try? store.sealedContent(of: store.view(ofRow: row)))?.digest.hex ?? ""
    }

    /// Saves what a draft holds, as its page would.
    /// - Returns: whether it is saved; a draft that cannot be is left as it is.
    func finish(_ draft: FormDraft, _ request: Request, _ store: StoreTransaction) throws -> Bool {
        // Taken over to a newer version of its form since it was typed, it is saved by that.
        let body = try FormBody(bytes: draft.body).setting(["version": String(draft.form.version)])
        // A table may be right in part: whoever made it looks at it as it is saved.
        guard !body.has("grid") else { return false }
        let outcome =
            draft.record.isEmpty
            ? try saveNew(body, draft.form.form, request, store) : try saveEdit(body, draft.record, request, store)
        switch outcome {
        case .saved(let record): try SavedForms.keep(body, record: record, store)
        case .unchanged: break
        case .hindered: return false
        }
        try store.dropDraft(draft.name)
        return true
    }

    /// The form in the version that was filled in.
    func filledForm(_ name: String, _ body: FormBody, _ store: StoreTransaction) throws -> FormDefinition {
        let version = UInt64(body["version"])
        return try version.flatMap { try store.form(FormReference(name, version: $0)) } ?? store.latestForm(name)
    }

    /// Runs `save` in one transaction, unless the form was saved before.
    private func onceSaved(
        _ body: FormBody, _ save: @escaping @Sendable (StoreTransaction) throws -> Outcome
    ) async throws -> Outcome {
        try await NIOThreadPool.singleton.runIfActive {
            do {
                return try store.write { store in
                    if let saved = try SavedForms.find(body, store) {
                        return saved.isSame
                            ? .saved(record: saved.record) : .hindered(.savedBefore(record: saved.record))
                    }
                    let outcome = try save(store)
                    switch outcome {
                    case .saved(let record):
                        try SavedForms.keep(body, record: record, store)
                        try store.dropDraft(body[SavedForms.field])
                    case .unchanged: try store.dropDraft(body[SavedForms.field])
                    case .hindered: break
                    }
                    return outcome
                }
            } catch let error as any CodedError {
                // Nothing was written; what was typed stays on the page.
                return .hindered(.refused(error))
            }
        }
    }

    private func answer(
        _ outcome: Outcome, _ body: FormBody, _ request: Request, form: String?, record: String?
    ) async throws -> Response {
        switch outcome {
        case .saved(let word):
            noticeSaved()
            return .seeOther("/records/\(word)?done=saved")
        case .unchanged(let word): return .seeOther("/records/\(word)?done=unchanged")
        case .hindered(let hindrance):
            // What cannot be saved must not depend on the page that it is typed into.
            if case .savedBefore = hindrance {
            } else {
                _ = try? await keepDraft(body, request, page: "saved")
            }
            return try await show(request) { store, names in
                try again(hindrance, body, request, form: form, record: record, store, names)
            }
        }
    }

    /// The form once more, with what was typed and why it was not saved.
    private func again(
        _ hindrance: Hindrance, _ body: FormBody, _ request: Request, form name: String?, record: String?,
        _ store: StoreTransaction, _ names: NameBook
    ) throws -> Page {
        var word = record
        if case .savedBefore(let saved) = hindrance { word = saved }
        let view = try word.map { try store.view(ofRow: try store.locate($0).row) }
        let form = try filledForm(name ?? view?.form ?? "", body, store)
        // What was typed is in a draft. A form shows what stands in the record, too.
        try requireEntry(of: form, in: try view?.space ?? place(of: form, body, store).space, request, store)
        var returned = Returned(
            submitted: SubmittedForm(
                body, form, isNew: name != nil, known: view?.fields ?? [:], today: store.today), body: body)
        var warning: (key: String, href: String?) = ("form.wrong", nil)
        switch hindrance {
        case .problems: break
        case .exists(let word, let deleted):
            warning = (deleted ? "form.exists-deleted" : "form.exists", "/records/\(word)")
        case .savedBefore(let word):
            returned.isFresh = true
            returned.isAnother = true
            warning = ("form.saved-before", "/records/\(word)")
        case .refused(let error):
            returned.isFresh = error.code.hasPrefix("base.")
            // A signature is under what was read, and under nothing else.
            returned.isUnsigned = error.code == StoreError.Code.sealChanged.rawValue
            warning = ("", nil)
        }
        var model = try model(form, view, returned, request, store, names)
        model.add(returned, names.language)
        model.warning = Catalogue.text(warning.key, names.language)
        model.warningHref = warning.href
        if case .refused(let error) = hindrance {
            model.warning = "\(error.message(in: names.language)). \(error.remedy(in: names.language))."
        }
        if case .refused(let error) = hindrance, error.code == StoreError.Code.sealChanged.rawValue {
            model.seen = try seen(body["v.\(SealedContent.target)"], store)
        }
        var page = Page("form", title: "\(model.heading): \(model.formTitle)", model)
        page.status = .unprocessableContent
        return page
    }

    /// The record that a new one is to belong to.
    private func parent(_ form: FormDefinition, _ request: Request, _ store: StoreTransaction) -> RecordView? {
        parent(form, store) { request.uri.queryParameters.get("v.\($0)").map { String($0) } }
    }

    /// The record of the same form that a new one begins with the values of.
    private func copied(_ form: FormDefinition, _ request: Request, _ store: StoreTransaction) -> RecordView? {
        guard let word = request.uri.queryParameters.get("from").map({ String($0) }),
            let row = try? store.locate(word).row, let view = try? store.view(ofRow: row), view.form == form.form,
            (try? requireEntry(of: form, in: view.space, request, store)) != nil
        else { return nil }
        return view
    }

    private func parent(
        _ form: FormDefinition, _ store: StoreTransaction, _ word: (String) -> String?
    ) -> RecordView? {
        for field in form.fields where field.parent != nil {
            guard let word = word(field.name), let row = try? store.locate(word).row,
                let view = try? store.view(ofRow: row)
            else { continue }
            return view
        }
        return nil
    }

    /// Where a record goes that an address asks for.
    func place(of form: FormDefinition, _ request: Request, _ store: StoreTransaction) throws -> EntryPlace {
        let chosen = request.uri.queryParameters.get("unit").map { String($0) } ?? ""
        return try place(chosen, parent: parent(form, request, store), store)
    }

    /// Where a record goes that a form makes.
    func place(of form: FormDefinition, _ body: FormBody, _ store: StoreTransaction) throws -> EntryPlace {
        try place(body["unit"], parent: parent(form, store) { body["v.\($0)"] }, store)
    }

    private func place(
        of form: FormDefinition, _ body: FormBody?, _ request: Request, _ store: StoreTransaction
    ) throws -> EntryPlace {
        try body.map { try place(of: form, $0, store) } ?? place(of: form, request, store)
    }

    /// Where records that a record may belong to are looked for.
    private func pickedSpace(of view: RecordView, _ store: StoreTransaction) throws -> String? {
        try place(view.space, parent: nil, store).pickedSpace
    }

    func model(
        _ form: FormDefinition, _ view: RecordView?, _ returned: Returned?, _ request: Request,
        _ store: StoreTransaction, _ names: NameBook
    ) throws -> FormModel {
        let language = names.language
        let who = try typist(request, store)
        // Where people sign in, whoever goes on with a form is its author.
        let author = who.mustSignIn ? who.id : returned.map { $0.body["author"] } ?? who.id
        var base = ""
        if let view {
            let place = try store.locate(view.word)
            let known = returned.flatMap { $0.isFresh ? nil : $0.body["base"] }
            base = try known ?? store.baseToken(record: place.record, in: place.space).text
        }
        let place = try view == nil ? place(of: form, returned?.body, request, store) : nil
        let saved = returned.flatMap { $0.isAnother ? nil : $0.body[SavedForms.field] } ?? FormToken.make()
        var model = FormModel(
            formName: form.form, record: view?.word ?? "", version: String(form.version),
            draftFrom: try store.draft(saved)?.stamp.text ?? "",
            formTitle: form.title[language],
            heading: view.map { RecordSummary($0, form, language).recordName } ?? Catalogue.text("form.new", language),
            isNew: view == nil,
            action: view.map { "/records/\($0.word)/edit" } ?? "/forms/\(form.form)/new",
            formPlace: place?.choice ?? "", formPlaceName: place.flatMap { $0.isChosen ? names.space($0.space) : nil },
            cancelHref: view.map { "/records/\($0.word)" } ?? place?.address("/forms/\(form.form)") ?? "/", base: base,
            saved: saved,
            author: author, authorName: names.person(author), isAuthorMissing: author.isEmpty && who.isAnybodyKnown,
            sections: try FormModel.sections(
                form, view, returned, pickedIn: try view.map { try pickedSpace(of: $0, store) } ?? place?.pickedSpace,
                initial: view == nil && returned == nil
                    ? FormModel.initial(
                        form, unit: place?.unit ?? "", today: store.today, parent: parent(form, request, store),
                        copied: copied(form, request, store)
                    ) {
                        name in request.uri.queryParameters.get("v.\(name)").map { String($0) }
                    } : [:], today: store.today, names),
            similarField: view == nil ? FormModel.namingField(of: form) : nil,
            similarHref: place?.address("/forms/\(form.form)/similar") ?? "")
        let target =
            returned.map { $0.body["v.\(SealedContent.target)"] }
            ?? request.uri.queryParameters.get("v.\(SealedContent.target)").map { String($0) } ?? ""
        if form.isSeal, view == nil, !target.isEmpty {
            model.sealHref = "/records/\(target)/paper"
            let known = returned?.body["seen"] ?? ""
            model.seen = try known.isEmpty ? seen(target, store) : known
        }
        return model
    }
}

extension SubmittedForm {
    /// The changes as the store takes them: of a set, what was added and what was taken out.
    var edits: [(field: String, edit: Draft.Edit)] {
        changed.flatMap { field, value, was -> [(field: String, edit: Draft.Edit)] in
            guard field.isUnion else { return [(field.name, .set(value))] }
            let before = Set(was.split(separator: ",").map(String.init))
            var after: Set<String> = []
            if case .items(let items) = value { after = Set(items) }
            return after.subtracting(before).sorted().map { (field.name, .add($0)) }
                + before.subtracting(after).sorted().map { (field.name, .drop($0)) }
        }
    }
}
