import Causality
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// A field that the sides of a case wrote and that nobody has to decide about, with the reason.
struct MergedField {
    let mergedLabel: String
    let mergedText: String
    let mergedWhy: String

    /// - Parameters:
    ///   - sides: the letters of the changes that take part.
    ///   - changes: all of the record's.
    static func all(
        _ view: RecordView, _ form: FormDefinition?, sides: [Dot: String], _ changes: [StoredChange], _ names: NameBook
    ) -> [MergedField] {
        let language = names.language
        var writers: [String: Set<String>] = [:]
        for change in changes {
            guard let letter = sides[change.dot] else { continue }
            for operation in change.operations { writers[operation.register.field, default: []].insert(letter) }
        }
        let order = form?.fields.map(\.name) ?? []
        return writers.keys.filter { !view.conflicts.contains($0) && $0 != RegisterKey.deleted.field }
            .sorted { (order.firstIndex(of: $0) ?? order.count, $0) < (order.firstIndex(of: $1) ?? order.count, $1) }
            .map { name in
                let field = form?.field(name)
                let letters = (writers[name] ?? []).sorted()
                let standing = view.versions[name] ?? []
                let why: String
                if letters.count == 1 {
                    why = Catalogue.text("case.merged.one", language, ["side": letters[0]])
                } else if field?.type.isSet ?? false {
                    why = Catalogue.text("case.merged.union", language)
                } else if Set(standing.map(\.value)).count <= 1 {
                    why = Catalogue.text("case.merged.same", language)
                } else {
                    why = Catalogue.text("case.merged.\((field?.policy ?? .ask).rawValue)", language)
                }
                let text = ValueText.shown(view.fields[name] ?? .null, field, language)
                return MergedField(
                    mergedLabel: FieldLabel.text(name, form, language), mergedText: text.isEmpty ? "—" : text,
                    mergedWhy: why)
            }
    }
}
