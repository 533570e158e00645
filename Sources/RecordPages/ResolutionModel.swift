package import Causality
package import RecordStore
import Records
import WebPages
import Wording

/// A case that was settled: what was decided, against what, why, and by whom.
package struct ResolutionModel {
    package struct Field {
        let resolvedLabel: String
        let resolvedText: String
        let overruled: [Version]
    }

    package struct Version {
        let overruledText: String
        let overruledWho: String
    }

    let resolutionWord: String
    let resolvedName: String
    let resolvedHref: String
    let resolvedForm: String
    let resolvedUnit: String
    let resolvedBy: String
    let resolvedWhen: String
    let resolvedReason: String
    let resolvedFields: [Field]
    /// Whether it can be opened again from here.
    let reopenAction: String?

    /// What was decided about a record, the newest first.
    /// - Parameter mayReopen: whether whoever looks may open cases again.
    package static func all(
        of view: RecordView, hub: ReplicaID, mayReopen: Bool, in store: StoreTransaction, _ names: NameBook
    ) throws -> [ResolutionModel] {
        try store.changes(ofRecord: view.row).reversed().filter { $0.dot.replica == hub }
            .compactMap { try store.resolution($0) }
            .map { ResolutionModel($0, view, mayReopen: mayReopen, in: store, names) }
    }

    /// - Parameter mayReopen: whether whoever looks may open cases again.
    package init(
        _ resolution: Resolution, _ view: RecordView, mayReopen: Bool, in store: StoreTransaction, _ names: NameBook
    ) {
        let language = names.language
        let form = try? store.latestForm(view.form)
        let summary = RecordSummary(view, form, language)
        resolutionWord = resolution.change.dotWord
        resolvedName = summary.recordName
        resolvedHref = summary.recordHref
        resolvedForm = form?.title[language] ?? view.form
        resolvedUnit = names.space(view.space)
        resolvedBy = names.person(resolution.change.author)
        resolvedWhen = ValueText.moment(resolution.change.time.milliseconds)
        resolvedReason = resolution.reason ?? ""
        resolvedFields = resolution.fields.map { field in
            let definition = form?.field(field.register.field)
            func text(_ value: Value) -> String {
                if field.register == .deleted {
                    return Catalogue.text(value == .flag(true) ? "case.deletes" : "case.keeps", language)
                }
                let text = ValueText.shown(value, definition, language)
                return text.isEmpty ? "—" : text
            }
            return Field(
                resolvedLabel: FieldLabel.text(field.register.field, form, language),
                resolvedText: text(field.decided),
                overruled: field.overruled.map { version in
                    Version(overruledText: text(version.value), overruledWho: names.person(version.change.author))
                })
        }
        let isStanding = resolution.fields.contains { field in
            !field.overruled.isEmpty
                && (view.versions[field.register.field] ?? []).contains { $0.dot == resolution.change.dot }
        }
        let isOpen = resolution.fields.contains { view.conflicts.contains($0.register.field) }
        reopenAction = mayReopen && isStanding && !isOpen ? "/conflicts/\(view.word)/reopen" : nil
    }
}
