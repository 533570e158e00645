package import Records
package import Wording

/// What a field of a record is called.
package enum FieldLabel {
    /// - Parameter form: `nil` where it is not known: the field's name stands for itself.
    package static func text(_ name: String, _ form: FormDefinition?, _ language: Language) -> String {
        name == RegisterKey.deleted.field
            ? Catalogue.text("case.deletion", language) : form?.field(name)?.label[language] ?? name
    }
}
