import Foundation
package import Hummingbird
import NIOPosix
package import RecordStore
import Records
package import WebPages
import Wording

/// Everything that was typed and is not saved yet.
struct DraftsModel {
    /// Where drafts are, and who sees them.
    let about: String
    let drafts: [DraftSummary]
    let hasDrafts: Bool
    let isReady: Bool
    let finishLabel: String
    let outcome: String?
    /// Of people who are no longer here.
    let left: [DraftSummary]
    let hasLeft: Bool
}

extension EntrySite {
    /// The drafts of whoever was chosen in this browser.
    package func drafts(_ request: Request, _ store: StoreTransaction) throws -> [FormDraft] {
        try store.drafts(of: try typist(request, store).id)
    }

    package func draftList(_ request: Request) async throws -> Response {
        let query = request.uri.queryParameters
        let counts = query.get("saved").flatMap { Int($0) }.flatMap { saved in
            query.get("left").flatMap { Int($0) }.map { (saved, $0) }
        }
        return try await show(request) { store, names in
            let drafts = try drafts(request, store)
            let ready = drafts.count { $0.problems == 0 }
            let left = try leftDrafts(request, store)
            let model = DraftsModel(
                about: Catalogue.text(aboutDrafts, names.language),
                drafts: drafts.prefix(200).map { DraftSummary($0, store, names) }, hasDrafts: !drafts.isEmpty,
                isReady: ready > 0,
                finishLabel: Catalogue.text("drafts.finish", names.language, ["count": String(ready)]),
                outcome: counts.map { saved, left in
                    Catalogue.text("drafts.finished", names.language, ["saved": "\(saved)", "left": "\(left)"])
                }, left: left.prefix(200).map { DraftSummary($0, store, names) }, hasLeft: !left.isEmpty)
            return Page("drafts", title: Catalogue.text("agent.drafts", names.language), model)
        }
    }

    /// Saves every draft without errors, each by itself.
    package func finishDrafts(_ request: Request) async throws -> Response {
        _ = try await submitted(request)
        let (saved, left) = try await NIOThreadPool.singleton.runIfActive { () -> (Int, Int) in
            let drafts = try store.read { store in try self.drafts(request, store) }
            var saved = 0
            for draft in drafts where draft.problems == 0 {
                let isSaved = try? store.write { store in try finish(draft, request, store) }
                if isSaved == true { saved += 1 }
            }
            return (saved, drafts.count - saved)
        }
        if saved > 0 { noticeSaved() }
        return .seeOther("/drafts?saved=\(saved)&left=\(left)")
    }

    /// The form with what was typed into it.
    package func draft(_ request: Request, _ name: String) async throws -> Response {
        try await show(request) { store, names in
            let draft = try ownDraft(name, request, store)
            let body = try FormBody(bytes: draft.body)
            if body.has("grid") {
                let grid = try grid(body, draft.form.form, store, names.language)
                try requireEntry(of: grid.form, in: grid.place.space, request, store)
                var model = try model(grid, body, request, store, names)
                model.draftNote = Catalogue.text(
                    "draft.note", names.language, ["when": ValueText.moment(draft.changed)])
                return Page("grid", title: grid.form.title[names.language], model)
            }
            let view =
                draft.record.isEmpty ? nil : try store.view(ofRow: try store.locate(draft.record).row)
            let newest = try store.latestForm(draft.form.form)
            let form = try store.form(draft.form) ?? newest
            try requireEntry(of: form, in: try view?.space ?? place(of: form, body, store).space, request, store)
            let submitted = SubmittedForm(
                body, form, isNew: view == nil, known: view?.fields ?? [:], today: store.today)
            var model = try model(form, view, Returned(submitted: submitted, body: body), request, store, names)
            model.draftNote = Catalogue.text(
                "draft.note", names.language, ["when": ValueText.moment(draft.changed)])
            if newest.version > form.version { model.upgrade = FormModel.Upgrade(form, newest, names.language) }
            return Page("form", title: "\(model.heading): \(model.formTitle)", model)
        }
    }

    package func discardDraft(_ request: Request, _ name: String) async throws -> Response {
        _ = try await submitted(request)
        try await NIOThreadPool.singleton.runIfActive {
            try store.write { store in try store.dropDraft(try ownDraft(name, request, store).name) }
        }
        return .seeOther("/drafts?done=draft-discarded")
    }

    /// Takes a draft over to the form's newest version.
    package func upgradeDraft(_ request: Request, _ name: String) async throws -> Response {
        _ = try await submitted(request)
        try await NIOThreadPool.singleton.runIfActive {
            try store.write { store in
                let draft = try ownDraft(name, request, store)
                try store.moveDraft(name, to: try store.latestForm(draft.form.form).version)
            }
        }
        return .seeOther("/drafts/\(name)")
    }

    /// Keeps what stands in a form now, and tells the page what follows from it.
    package func keepDraft(_ request: Request, _ name: String) async throws -> Response {
        let isAsked = request.headers[.accept]?.contains("application/json") == true
        do {
            let body = try await submitted(request)
            let kept = try await keepDraft(body, request, page: body["page"])
            guard isAsked else { return .seeOther("/drafts/\(kept.name)?done=draft-kept") }
            return .json(try kept.json(request.language))
        } catch let error as any CodedError where isAsked {
            return try DraftAnswer.failure(error, request.language)
        }
    }

    /// A person's own draft, or one of nobody named or of somebody who has left.
    /// - Throws: `draft.gone`, the same for others' drafts.
    private func ownDraft(_ name: String, _ request: Request, _ store: StoreTransaction) throws -> FormDraft {
        guard let draft = try store.draft(name), try mayOpen(draft, request, store) else {
            throw StoreError(.draftGone)
        }
        return draft
    }

    /// - Parameter page: the window that sends it.
    package func keepDraft(_ body: FormBody, _ request: Request, page: String) async throws -> KeptDraft {
        let name = body[SavedForms.field]
        guard FormToken.isToken(name), page.utf8.count <= 64 else { throw PagesError(.malformed) }
        let spare = FormToken.make()
        return try await NIOThreadPool.singleton.runIfActive {
            try store.write { store in
                let record = body["record"]
                let view = record.isEmpty ? nil : try store.view(ofRow: try store.locate(record).row)
                let known = try store.draft(name)
                var form = try filledForm(view?.form ?? body["form"], body, store)
                if let known, known.form.form == form.form { form = try store.form(known.form) ?? form }
                // What follows from what was typed tells nothing of a record that is not for whoever types.
                let isSeen = view.map { (try? requireEntry(of: form, in: $0.space, request, store)) != nil } ?? true
                let standing = isSeen ? view?.fields ?? [:] : [:]
                let typed: KeptDraft.Typed
                if body.has("grid") {
                    typed = .grid(SubmittedGrid(body, try grid(body, form.form, store, .vi), today: store.today))
                } else {
                    typed = .form(
                        SubmittedForm(body, form, isNew: view == nil, known: standing, today: store.today))
                }
                guard let author = try draftAuthor(body, request, store) else {
                    throw ReportedError(code: "sign-in.needed")
                }
                let turn = Int64(body["turn"]) ?? (known?.stamp.turn ?? 0) + 1
                let stamp = FormDraft.Stamp(page: page.isEmpty ? "page" : page, turn: turn)
                var kept = KeptDraft(
                    name: name, stamp: stamp, form: form, typed: typed, isBeside: false, now: store.now)
                // A key that arrives after the form was saved is no new draft.
                if try SavedForms.find(body, store) != nil { return kept }
                let draft = FormDraft(
                    name: name, form: form.reference, record: view?.word ?? "",
                    author: author, body: body.bytes, changed: store.now, problems: typed.problems, stamp: stamp)
                // Posted by the form's own button, it goes on from whatever is there.
                let from = FormDraft.Stamp(body["from"]) ?? (body["turn"].isEmpty ? known?.stamp : nil)
                if case .keptBeside(let other) = try store.keep(draft, from: from, spare: spare) {
                    kept.name = other
                    kept.isBeside = true
                }
                return kept
            }
        }
    }
}

extension FormModel.Upgrade {
    /// What the newer version asks otherwise.
    init(_ old: FormDefinition, _ new: FormDefinition, _ language: Language) {
        func line(_ kind: String, _ field: FieldDefinition) -> Change {
            Change(
                changeText: Catalogue.text("draft.change.\(kind)", language, ["field": field.label[language]]))
        }
        upgradeTitle = Catalogue.text("draft.newer-form", language)
        upgradeChanges =
            new.fields.filter { old.field($0.name) == nil }.map { line("added", $0) }
            + old.fields.filter { new.field($0.name) == nil }.map { line("removed", $0) }
            + new.fields.filter { field in old.field(field.name).map { $0 != field } ?? false }
            .map { line("changed", $0) }
    }
}
