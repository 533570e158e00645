package import Hummingbird
import NIOPosix
import RecordStore
import Records
import WebPages
import Wording

/// What a person does to a whole record, after they were asked once more.
package enum Deletion: String, Sendable {
    case delete, restore

    var value: Value { .flag(self == .delete) }
}

struct ConfirmModel {
    let recordName: String
    let formTitle: String
    let question: String
    let explanation: String
    let doIt: String
    let base: String
    let saved: String
    let author: String
    let action: String
    let recordHref: String
    let isDeletion: Bool
}

extension EntrySite {
    package func confirm(_ deletion: Deletion, _ request: Request, _ word: String) async throws -> Response {
        try await show(request) { store, names in
            let language = names.language
            let place = try store.locate(word)
            let view = try store.view(ofRow: place.row)
            let form = try store.latestForm(view.form)
            try requireEntry(of: form, in: view.space, request, store)
            let name = "confirm.\(deletion.rawValue)"
            let model = ConfirmModel(
                recordName: RecordSummary(view, form, language).recordName, formTitle: form.title[language],
                question: Catalogue.text(name, language),
                explanation: Catalogue.text("\(name).explained", language),
                doIt: Catalogue.text("record.\(deletion.rawValue)", language),
                base: try store.baseToken(record: place.record, in: place.space).text, saved: FormToken.make(),
                author: try typist(request, store).id, action: "/records/\(word)/\(deletion.rawValue)",
                recordHref: "/records/\(word)", isDeletion: deletion == .delete)
            return Page("confirm", title: model.question, model)
        }
    }

    package func carryOut(_ deletion: Deletion, _ request: Request, _ word: String) async throws -> Response {
        let body = try await submitted(request)
        try await NIOThreadPool.singleton.runIfActive {
            try store.write { store in
                guard try SavedForms.find(body, store) == nil else { return }
                let view = try store.view(ofRow: try store.locate(word).row)
                try requireEntry(of: try store.latestForm(view.form), in: view.space, request, store)
                let draft = Draft(
                    .edit(word), edits: [(RegisterKey.deleted.field, .set(deletion.value))], baseToken: body["base"],
                    author: try author(body, request, store), reason: body["reason"].isEmpty ? nil : body["reason"])
                _ = try capture([draft], request, in: store)
                try SavedForms.keep(body, record: word, store)
            }
        }
        noticeSaved()
        return .seeOther("/records/\(word)?done=\(deletion == .delete ? "deleted" : "restored")")
    }
}
