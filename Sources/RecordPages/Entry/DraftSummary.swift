import RecordStore
import Records
import WebPages
import Wording

/// A draft as a line of a list.
struct DraftSummary {
    let draftHref: String
    let draftTitle: String
    let draftForm: String
    let draftWho: String
    let draftWhen: String
    let draftState: String
    let hasProblems: Bool

    init(_ draft: FormDraft, _ store: StoreTransaction, _ names: NameBook) {
        let language = names.language
        let form = (try? store.form(draft.form)) ?? (try? store.latestForm(draft.form.form))
        draftHref = "/drafts/\(draft.name)"
        draftForm = form?.title[language] ?? draft.form.form
        draftTitle = Self.title(draft, form, store, language)
        draftWho = names.person(draft.author)
        draftWhen = ValueText.moment(draft.changed)
        hasProblems = draft.problems > 0
        draftState =
            hasProblems
            ? Catalogue.text("drafts.wrong", language, ["count": String(draft.problems)])
            : Catalogue.text("drafts.ready", language)
    }

    /// The record's name, or the first words of what was typed.
    private static func title(
        _ draft: FormDraft, _ form: FormDefinition?, _ store: StoreTransaction, _ language: Language
    ) -> String {
        if !draft.record.isEmpty, let place = try? store.locate(draft.record),
            let view = try? store.view(ofRow: place.row)
        {
            return RecordSummary(view, form, language).recordName
        }
        guard let form, let body = try? FormBody(bytes: draft.body) else { return draft.form.form }
        if body.has("grid") {
            let key = form.keyFields.compactMap { field -> String? in
                guard let value = try? TypedValue.read([body["fixed.\(field.name)"]], field), value != .null else {
                    return nil
                }
                return ValueText.shown(value, field, language)
            }
            return ([Catalogue.text("list.grid", language)] + key).joined(separator: " · ")
        }
        let words = form.fields.lazy.compactMap { field -> String? in
            let sent = body.all("v.\(field.name)").filter { !$0.isEmpty }
            guard let value = try? TypedValue.read(sent, field), value != .null else { return sent.first }
            return ValueText.shown(value, field, language)
        }.prefix(3)
        let title = words.joined(separator: " · ")
        return title.isEmpty ? Catalogue.text("form.new", language) : String(title.prefix(120))
    }
}
