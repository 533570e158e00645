package import Hummingbird
import NIOPosix
import RecordStore
import Records
import WebPages
import Wording

private struct SavedGrid: Sendable {
    var count = 0
    var hasProblems = false
    /// What was sent, with the rows that are saved as ones that nobody has touched since.
    var rest: FormBody?
    /// The form was saved before, with other contents: whoever goes back to an old page looks before it is saved again.
    var isAnother = false
    /// Why nothing was saved at all.
    var trouble: String?
}

/// Entry of many records of one form at once.
extension EntrySite {
    package func grid(_ request: Request, _ name: String) async throws -> Response {
        let query = request.uri.queryParameters
        return try await show(request) { store, names in
            let form = try store.latestForm(name)
            guard Grid.fits(form) else { throw ReportedError(code: "rights.hub-only") }
            let place = try place(of: form, request, store)
            try requireEntry(of: form, in: place.space, request, store)
            let grid = try Grid(
                form, place,
                typed: { field in query.get("v.\(field.name)").map { [$0] } }, store,
                names.language)
            var model = try model(grid, nil, request, store, names)
            if let saved = query.get("saved").flatMap({ Int($0) }) {
                model.outcome = Catalogue.text("grid.saved", names.language, ["count": "\(saved)"])
            }
            return Page("grid", title: form.title[names.language], model)
        }
    }

    package func saveGrid(_ request: Request, _ name: String) async throws -> Response {
        let body = try await submitted(request)
        let outcome = try await NIOThreadPool.singleton.runIfActive { () throws -> SavedGrid in
            do {
                return try store.write { store in try saveOnce(body, name, request, store) }
            } catch let error as any CodedError {
                // Nothing was written; what was typed stays on the page.
                let language = request.language
                return SavedGrid(
                    hasProblems: true, rest: body,
                    trouble: "\(error.message(in: language)). \(error.remedy(in: language)).")
            }
        }
        if outcome.count > 0 { noticeSaved() }
        return try await answer(outcome, body, request, name)
    }

    private func saveOnce(_ body: FormBody, _ name: String, _ request: Request, _ store: StoreTransaction) throws
        -> SavedGrid
    {
        // Rows beyond the most would be left out unsaid.
        guard (Int(body["rows"]) ?? 0) <= Grid.mostRows else { throw PagesError(.tooLarge) }
        if let saved = try SavedForms.find(body, store) {
            guard !saved.isSame else { return SavedGrid() }
            let rest = try body.setting([SavedForms.field: FormToken.make()])
            return SavedGrid(hasProblems: true, rest: rest, isAnother: true)
        }
        let saved = try saveGrid(body, name, request, store)
        // What is wrong stays under its name until it is mended.
        if !saved.hasProblems {
            try SavedForms.keep(body, record: "grid", store)
            try store.dropDraft(body[SavedForms.field])
        }
        return saved
    }

    /// On to the saved table, or back to what is not saved.
    private func answer(_ outcome: SavedGrid, _ body: FormBody, _ request: Request, _ name: String) async throws
        -> Response
    {
        let address = SitePath(body["grid"])?.text ?? "/forms/\(name)/grid"
        guard let rest = outcome.rest else {
            let mark = address.contains("?") ? "&" : "?"
            return .seeOther("\(address)\(mark)saved=\(outcome.count)")
        }
        _ = try? await keepDraft(rest, request, page: "saved")
        return try await show(request) { store, names in
            let grid = try self.grid(rest, name, store, names.language)
            var model = try model(grid, rest, request, store, names)
            model.outcome =
                outcome.trouble
                ?? Catalogue.text(
                    outcome.isAnother ? "grid.saved-before" : "grid.partly", names.language,
                    ["count": "\(outcome.count)"])
            model.hasProblems = true
            var page = Page("grid", title: grid.form.title[names.language], model)
            page.status = .unprocessableContent
            return page
        }
    }

    /// Saves the rows that are right, all in one transaction. What is wrong stays on the page.
    private func saveGrid(_ body: FormBody, _ name: String, _ request: Request, _ store: StoreTransaction) throws
        -> SavedGrid
    {
        let grid = try grid(body, name, store, .vi)
        try requireEntry(of: grid.form, in: grid.place.space, request, store)
        let author = try author(body, request, store)
        var outcome = SavedGrid()
        var drafts: [Draft] = []
        var prefixes: [String] = []
        for line in SubmittedGrid(body, grid, today: store.today).rows where line.isTouched {
            guard line.submitted.problems.isEmpty else {
                outcome.hasProblems = true
                continue
            }
            guard !line.submitted.changed.isEmpty else { continue }
            let base = body["\(line.row.prefix)base"]
            var draft: Draft
            if let view = line.row.view, !base.isEmpty {
                draft = Draft(.edit(view.word), edits: line.submitted.edits, baseToken: base, author: author)
            } else {
                draft = Draft(
                    .new(form: name, space: grid.place.space), edits: line.submitted.edits, author: author
                )
            }
            draft.formVersion = grid.form.version
            drafts.append(draft)
            prefixes.append(line.row.prefix)
        }
        let captured = drafts.isEmpty ? [] : try capture(drafts, request, in: store)
        outcome.count = captured.count
        guard outcome.hasProblems else { return outcome }
        var changes: [String: String] = [:]
        for (prefix, change) in zip(prefixes, captured) {
            let place = try store.locate(try store.view(ofRow: change.record).word)
            changes["\(prefix)base"] = try store.baseToken(record: place.record, in: place.space).text
            for column in grid.columns { changes["\(prefix)was.\(column.name)"] = body["\(prefix)v.\(column.name)"] }
        }
        outcome.rest = try body.setting(changes)
        return outcome
    }

    /// The grid that a page was made of.
    func grid(_ body: FormBody, _ name: String, _ store: StoreTransaction, _ language: Language) throws -> Grid {
        let form = try filledForm(name, body, store)
        guard Grid.fits(form) else { throw ReportedError(code: "rights.hub-only") }
        return try Grid(
            form, try place(of: form, body, store), typed: { field in [body["fixed.\(field.name)"]] }, store,
            language)
    }

    func model(
        _ grid: Grid, _ body: FormBody?, _ request: Request, _ store: StoreTransaction, _ names: NameBook
    ) throws -> GridModel {
        let language = names.language
        let form = grid.form
        let who = try typist(request, store)
        let author = who.mustSignIn ? who.id : body.map { $0["author"] } ?? who.id
        var bases: [String: String] = [:]
        for row in grid.rows {
            guard body == nil, let view = row.view else { continue }
            let place = try store.locate(view.word)
            bases[row.prefix] = try store.baseToken(record: place.record, in: place.space).text
        }
        let submitted = body.map { SubmittedGrid($0, grid, today: store.today) }
        let saved = body.map { $0[SavedForms.field] } ?? FormToken.make()
        let fixedInputs = grid.fixed.map { field in
            var input = FieldInput(field, value: grid.fixedValues[field.name] ?? .null, language)
            if let problem = grid.problems.first(where: { $0.field.name == field.name }) {
                input.problem = problem.message(in: language)
                input.remedy = problem.remedy(in: language)
            }
            return input
        }
        let query = grid.fixed.map { field in
            "v.\(field.name)=\(ValueText.typed(grid.fixedValues[field.name] ?? .null).percentEncoded)"
        }
        let rows = GridModel.rows(grid, submitted, bases: bases, body, today: store.today, language)
        return GridModel(
            formTitle: form.title[language], formName: form.form, version: String(form.version),
            action: "/forms/\(form.form)/grid", backHref: grid.place.address("/forms/\(form.form)"),
            formPlace: grid.place.choice,
            formPlaceName: grid.place.isChosen ? names.space(grid.place.space) : nil, isKeyed: !grid.fixed.isEmpty,
            fixedInputs: fixedInputs,
            fixedText: grid.fixed.compactMap { field in
                let text = ValueText.shown(grid.fixedValues[field.name] ?? .null, field, language)
                return text.isEmpty ? nil : text
            }.joined(separator: " · "),
            address: grid.place.address(
                "/forms/\(form.form)/grid" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))),
            columns: grid.columns.map {
                GridModel.Column(
                    columnLabel: $0.label[language], columnID: "c-\($0.name)", columnHint: $0.hint?[language])
            }, hasBefore: rows.contains { !$0.before.isEmpty || $0.hasPast }, rows: rows, hasRows: !rows.isEmpty,
            rowCount: rows.count, saved: saved,
            draftFrom: try store.draft(saved)?.stamp.text ?? "", author: author, authorName: names.person(author),
            isAuthorMissing: author.isEmpty && who.isAnybodyKnown, mostRows: Grid.mostRows)
    }
}
