import Foundation
import Hub
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// What a record would be if a case was settled as chosen, and what totals would become. Nothing is saved.
struct CasePreview {
    struct Row {
        let previewLabel: String
        let previewNow: String
        let previewThen: String
        let isChanged: Bool
    }

    struct Total {
        let totalText: String
    }

    let previewRows: [Row]
    let totals: [Total]
    let isStillOpen: String?

    /// Records that are added up at once. Of more nobody waits for a sum.
    private static let mostRecords = 3_000

    init(
        _ view: RecordView, _ settlements: [String: Settlement], in store: StoreTransaction, _ names: NameBook
    ) throws {
        let language = names.language
        let form = try? store.latestForm(view.form)
        var fields = view.fields
        var deleted = view.deleted
        for (name, settlement) in settlements {
            let value: Value
            switch settlement {
            case .value(let typed): value = typed
            case .pick(let word):
                let version = view.contestants(of: name).first { $0.dotWord == word }
                guard let version else { continue }
                value = name == RegisterKey.deleted.field && version.register != .deleted ? .flag(false) : version.value
            }
            if name == RegisterKey.deleted.field { deleted = value == .flag(true) } else { fields[name] = value }
        }
        if let form { fields.merge(form.computed(fields)) { _, result in result } }
        func shown(_ value: Value?, _ field: FieldDefinition?) -> String {
            let text = ValueText.shown(value ?? .null, field, language)
            return text.isEmpty ? "—" : text
        }
        var rows = (form?.fields ?? []).compactMap { field -> Row? in
            let (now, then) = (shown(view.fields[field.name], field), shown(fields[field.name], field))
            guard now != "—" || then != "—" else { return nil }
            return Row(
                previewLabel: field.label[language], previewNow: now, previewThen: then,
                isChanged: view.fields[field.name] ?? .null != fields[field.name] ?? .null)
        }
        if settlements[RegisterKey.deleted.field] != nil {
            let then = Catalogue.text(deleted ? "case.deletes" : "case.keeps", language)
            rows.insert(
                Row(
                    previewLabel: Catalogue.text("case.deletion", language), previewNow: "—", previewThen: then,
                    isChanged: true), at: 0)
        }
        previewRows = rows
        let open = view.conflicts.filter { settlements[$0] == nil }
        isStillOpen =
            open.isEmpty
            ? nil
            : Catalogue.text(
                "case.preview.open", language,
                ["fields": open.map { FieldLabel.text($0, form, language) }.joined(separator: ", ")])
        totals = try Self.totals(view, fields, deleted: deleted, form, in: store, names)
    }

    /// Sums over all records of the form in the unit, of numbers that would be others.
    private static func totals(
        _ view: RecordView, _ fields: [String: Value], deleted: Bool, _ form: FormDefinition?,
        in store: StoreTransaction, _ names: NameBook
    ) throws -> [Total] {
        let numbers = (form?.fields ?? []).filter { field in
            [.integer, .decimal].contains(field.type)
                && (deleted != view.deleted || view.fields[field.name] ?? .null != fields[field.name] ?? .null)
        }
        guard !numbers.isEmpty else { return [] }
        let records = try store.records(RecordFilter(form: view.form, space: view.space), limit: mostRecords + 1)
        guard records.count <= mostRecords else {
            return [Total(totalText: Catalogue.text("case.preview.many", names.language))]
        }
        func number(_ value: Value?) -> Decimal { Decimal(string: (value ?? .null).plainText) ?? 0 }
        return numbers.map { field in
            let others = records.filter { $0.row != view.row }.reduce(Decimal(0)) { $0 + number($1.fields[field.name]) }
            let now = others + (view.deleted ? 0 : number(view.fields[field.name]))
            let then = others + (deleted ? 0 : number(fields[field.name]))
            return Total(
                totalText: Catalogue.text(
                    "case.preview.total", names.language,
                    [
                        "field": field.label[names.language], "unit": names.space(view.space),
                        "count": VietnameseFormat.number(String(records.count)),
                        "now": VietnameseFormat.number("\(now)"), "then": VietnameseFormat.number("\(then)"),
                    ]))
        }
    }
}
