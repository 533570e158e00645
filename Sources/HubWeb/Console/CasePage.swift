import Hub
import Hummingbird
import NIOPosix
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

extension Console {
    /// A case to be looked at, and by an admin to be settled.
    func openCase(_ request: Request, _ word: String) async throws -> Response {
        let isOpen = try await NIOThreadPool.singleton.runIfActive { [hub] in
            try hub.store.read { store in try !store.view(ofRow: try store.locate(word).row).conflicts.isEmpty }
        }
        guard isOpen else { return .seeOther("/records/\(word)?done=settled-before") }
        return try await casePage(request, word, returned: nil)
    }

    private func casePage(_ request: Request, _ word: String, returned: CaseChoices?) async throws -> Response {
        try await show(request) { store, names, visitor, _ in
            let view = try store.view(ofRow: try store.locate(word).row)
            let model = try CaseModel(
                view, in: store, names, canSettle: visitor.person.role.settles, returned: returned)
            var page = Page("case", title: model.recordName, model)
            if returned != nil { page.status = .unprocessableContent }
            return page
        }
    }

    private enum Outcome: Sendable {
        case away(String)
        case again(CaseChoices)
    }

    func settle(_ request: Request, _ word: String) async throws -> Response {
        let language = request.language
        let outcome = try await take(request) { [self] body, visitor -> Outcome in
            guard visitor.person.role.settles else { throw ReportedError(code: "rights.settle") }
            return try settle(word, body, by: visitor.person, language)
        }
        switch outcome {
        case nil: return Self.signInFirst(request)
        case .away(let path): return .seeOther(path)
        case .again(let choices): return try await casePage(request, word, returned: choices)
        }
    }

    private func settle(_ word: String, _ body: FormBody, by person: Person, _ language: Language) throws -> Outcome {
        let (view, form) = try hub.store.read { store in
            let view = try store.view(ofRow: try store.locate(word).row)
            return (view, try? store.latestForm(view.form))
        }
        guard !view.conflicts.isEmpty else { return .away("/records/\(word)?done=settled-before") }
        var choices = CaseChoices(body, fields: view.conflicts, form, language)
        guard choices.problems.isEmpty else { return .again(choices) }
        do {
            // The base is what the page showed: a version that came in since stays beside the decision.
            _ = try hub.settle(
                word, choices.settlements, reason: choices.reason, author: person.id, baseToken: body["base"])
        } catch let error as any CodedError {
            choices.problems = ["\(error.message(in: language)). \(error.remedy(in: language))."]
            return .again(choices)
        }
        let left = try hub.store.read { store in try store.view(ofRow: try store.locate(word).row).conflicts }
        if left.isEmpty { return .away("/conflicts?done=settled&record=\(word)") }
        let isLate = left.contains { choices.settlements[$0] != nil }
        return .away("/conflicts/\(word)?done=\(isLate ? "late" : "partly")")
    }

    func compare(_ request: Request, _ word: String) async throws -> Response {
        try await show(request) { [hub] store, names, _, _ in
            let view = try store.view(ofRow: try store.locate(word).row)
            let chosen = request.uri.queryParameters
            let model = try CompareModel(
                view, first: chosen.get("a"), second: chosen.get("b"), in: store, names
            ) { try hub.blobs.byteCount(of: $0.hash) == $0.byteCount }
            return Page("compare", title: model.recordName, model)
        }
    }

    func record(_ request: Request, _ word: String) async throws -> Response {
        try await show(request) { [hub] store, names, _, _ in
            let view = try store.view(ofRow: try store.locate(word).row)
            var model = try RecordModel(view, in: store, names, mayFetch: false) {
                try hub.blobs.byteCount(of: $0.hash) == $0.byteCount
            }
            model.children = try RecordModel.children(of: view, mayAdd: false, in: store, names.language)
            model.inspection = try InspectionPanel(view, in: store, mayWrite: false, names.language)
            model.facility = try FacilityPanel(view, in: store, names.language)
            model.map = try PlaceMap(of: view, in: store, names)
            if !view.conflicts.isEmpty { model.caseHref = "/conflicts/\(word)" }
            let form = try? store.latestForm(view.form)
            return Page("record", title: RecordSummary(view, form, names.language).recordName, model)
        }
    }
}
