import Agent
import Foundation
import Hummingbird
import NIOPosix
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// Values of the person at the keyboard that were not kept where a conflict was settled.
struct NoticesModel {
    struct Notice {
        let noticeName: String
        let recordName: String
        let recordHref: String
        let fieldLabel: String
        let mine: String
        let kept: String
        let settledBy: String
        let settledAt: String
        let reason: String?
        let canObject: Bool
    }

    /// What the hub asks of the person about a case.
    struct Question {
        let questionWord: String
        let questionRecord: String
        let questionHref: String
        let questionText: String
        let questionBy: String
        let questionWhen: String
    }

    let notices: [Notice]
    let questions: [Question]
    let hasQuestions: Bool
    let hasNone: Bool
    let trouble: String?
}

extension AgentSite {
    func valuesNotKept(_ request: Request, _ store: StoreTransaction) throws -> [ValueNotKept] {
        guard let hub = try device.hub(store) else { return [] }
        return try store.valuesNotKept(
            of: try who(request, store).id, hub: try store.hubWriters(key: hub.publicKey), in: device.space)
    }

    /// What the hub asks of the person at the keyboard.
    func questions(_ request: Request, _ store: StoreTransaction) throws -> [CaseQuestion] {
        guard !device.isTraining else { return [] }
        return try store.openQuestions(for: try who(request, store).id, in: device.space)
    }

    /// Saves what somebody answers, for the hub to fetch.
    func answer(_ request: Request, _ word: String) async throws -> Response {
        let body = try await submitted(request)
        let text = body["answer"].trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else {
            return try await notices(request, trouble: Catalogue.text("questions.empty", request.language))
        }
        let isSaved = try await NIOThreadPool.singleton.runIfActive { () throws -> Bool in
            try device.store.write { store in
                let person = try who(request, store).id
                // Also when the case was settled meanwhile: what somebody wrote is kept with it.
                guard let place = try? store.locate(word),
                    let question = try store.question(store.view(ofRow: place.row)),
                    question.waits(for: person)
                else { return false }
                let values = [("question", word), ("person", person), ("text", text)]
                _ = try store.capture([
                    Draft(
                        .put(form: BuiltInForm.answer.form, space: device.space),
                        edits: values.map { ($0.0, .set(.text($0.1))) }, author: person)
                ])
                return true
            }
        }
        guard isSaved else {
            return try await notices(
                request, trouble: Catalogue.text("questions.gone", request.language, ["text": text]))
        }
        sync.noticeSaved()
        return .seeOther("/notices?done=answered")
    }

    func notices(_ request: Request) async throws -> Response { try await notices(request, trouble: nil) }

    private func notices(_ request: Request, trouble: String?) async throws -> Response {
        try await show(request) { store, names in
            let notices = try valuesNotKept(request, store).map { notice -> NoticesModel.Notice in
                let form = try? store.latestForm(notice.form)
                let view = try store.view(ofRow: try store.locate(notice.record).row)
                let field = form?.field(notice.field)
                func shown(_ value: Value) -> String {
                    if notice.field == RegisterKey.deleted.field {
                        return Catalogue.text(value == .flag(true) ? "case.deletes" : "case.keeps", names.language)
                    }
                    let text = ValueText.shown(value, field, names.language)
                    return text.isEmpty ? "—" : text
                }
                return NoticesModel.Notice(
                    noticeName: notice.name, recordName: RecordSummary(view, form, names.language).recordName,
                    recordHref: "/records/\(notice.record)",
                    fieldLabel: FieldLabel.text(notice.field, form, names.language),
                    mine: shown(notice.mine), kept: shown(notice.kept), settledBy: names.person(notice.settledBy),
                    settledAt: ValueText.moment(notice.settledAt), reason: notice.reason,
                    canObject: notice.before != nil)
            }
            let questions = try questions(request, store).map { question in
                let view = try store.view(ofRow: try store.locate(question.record).row)
                return NoticesModel.Question(
                    questionWord: question.word,
                    questionRecord: RecordSummary(view, try? store.latestForm(view.form), names.language).recordName,
                    questionHref: "/records/\(view.word)", questionText: question.text,
                    questionBy: names.person(question.by), questionWhen: ValueText.moment(question.at))
            }
            var page = Page(
                "notices", title: Catalogue.text("agent.notices", names.language),
                NoticesModel(
                    notices: notices, questions: questions, hasQuestions: !questions.isEmpty,
                    hasNone: notices.isEmpty && questions.isEmpty, trouble: trouble))
            if trouble != nil { page.status = .unprocessableContent }
            return page
        }
    }

    func acceptNotice(_ request: Request, _ name: String) async throws -> Response {
        _ = try await submitted(request)
        try await NIOThreadPool.singleton.runIfActive {
            try device.store.write { store in
                guard try valuesNotKept(request, store).contains(where: { $0.name == name }) else { return }
                try store.acceptValueNotKept(name, by: try who(request, store).id)
            }
        }
        return .seeOther("/notices")
    }

    /// The value once more, as somebody says it who has not seen the settlement: the case is open again.
    func object(_ request: Request, _ name: String) async throws -> Response {
        let body = try await submitted(request)
        let reason = body["reason"].trimmingCharacters(in: .whitespacesAndNewlines)
        guard !reason.isEmpty else {
            return try await notices(request, trouble: Catalogue.text("notices.reason-missing", request.language))
        }
        let word = try await NIOThreadPool.singleton.runIfActive { () throws -> String? in
            try device.store.write { store in
                let notice = try valuesNotKept(request, store).first { $0.name == name }
                guard let notice, let before = notice.before else { return nil }
                let draft = Draft(
                    .edit(notice.record), edits: [(notice.field, .set(notice.mine))], baseToken: before.text,
                    author: try who(request, store).id, reason: reason)
                _ = try store.capture([draft])
                return notice.record
            }
        }
        guard let word else { return .seeOther("/notices") }
        sync.noticeSaved()
        return .seeOther("/records/\(word)?done=objected")
    }
}
