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
        let isOpen = try await NIOThreadPool.singleton.runIfActive { [self] in
            guard let visitor = try visitor(request) else { return true }
            return try hub.store.read { store in
                let view = try store.view(ofRow: try store.locate(word).row)
                try visitor.require(.readDesk, in: view.space)
                return !view.conflicts.isEmpty
            }
        }
        guard isOpen else { return .seeOther("/records/\(word)?done=settled-before") }
        return try await casePage(request, word, returned: nil)
    }

    private func casePage(_ request: Request, _ word: String, returned: CaseChoices?) async throws -> Response {
        try await show(request, .readDesk) { store, names, visitor, _ in
            let view = try store.view(ofRow: try store.locate(word).row)
            try visitor.require(.readDesk, in: view.space)
            let model = try CaseModel(
                view, in: store, names, canSettle: visitor.may(.settle, in: view.space), returned: returned)
            var page = Page("case", title: model.recordName, model)
            if let returned, !returned.problems.isEmpty { page.status = .unprocessableContent }
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
            try visitor.require(.settle)
            return try settle(word, body, by: visitor.person, language)
        }
        switch outcome {
        case nil: return Self.signInFirst(request)
        case .away(let path): return .seeOther(path)
        case .again(let choices): return try await casePage(request, word, returned: choices)
        }
    }

    /// Asks everybody who wrote one of the values.
    func ask(_ request: Request, _ word: String) async throws -> Response {
        let asked: Void? = try await take(request) { [hub] body, visitor in
            _ = try hub.ask(word, body["question"], author: visitor.person.id)
        }
        guard asked != nil else { return Self.signInFirst(request) }
        return .seeOther("/conflicts/\(word)?done=asked")
    }

    /// Opens a case again that was settled.
    func reopen(_ request: Request, _ word: String) async throws -> Response {
        let reopened: Void? = try await take(request) { [hub] body, visitor in
            _ = try hub.reopen(
                word, resolution: body["resolution"], reason: body["reason"], author: visitor.person.id)
        }
        guard reopened != nil else { return Self.signInFirst(request) }
        return .seeOther("/conflicts/\(word)?done=reopened")
    }

    private func settle(_ word: String, _ body: FormBody, by person: Person, _ language: Language) throws -> Outcome {
        let (view, form) = try hub.store.read { store in
            let view = try store.view(ofRow: try store.locate(word).row)
            return (view, try? store.latestForm(view.form))
        }
        guard !view.conflicts.isEmpty else { return .away("/records/\(word)?done=settled-before") }
        if !body["all"].isEmpty { return .again(CaseChoices(allOf: body["all"], view, reason: body["reason"])) }
        var choices = CaseChoices(body, fields: view.conflicts, form, language)
        guard choices.problems.isEmpty, !choices.isPreview else { return .again(choices) }
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
}
