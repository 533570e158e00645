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
    /// - Parameters:
    ///   - writers: which of these the hub has written under.
    ///   - mayReopen: whether whoever looks may open cases again.
    package static func all(
        of view: RecordView, writers: (Set<ReplicaID>) throws -> Set<ReplicaID>, mayReopen: Bool,
        in store: StoreTransaction, _ names: NameBook
    ) throws -> [ResolutionModel] {
        let changes = try store.changes(ofRecord: view.row)
        let hub = try writers(Set(changes.map(\.dot.replica)))
        let isSealed = try store.seal(over: view) != nil
        return try changes.reversed().filter { hub.contains($0.dot.replica) }
            .compactMap { try store.resolution($0, among: changes) }
            .map { ResolutionModel($0, view, mayReopen: mayReopen && !isSealed, in: store, names) }
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
            !field.overruled.isEmpty && !view.conflicts.contains(field.register.field)
                && (view.versions[field.register.field] ?? []).contains { $0.dot == resolution.change.dot }
        }
        reopenAction = mayReopen && isStanding ? "/conflicts/\(view.word)/reopen" : nil
    }
}
