package import Records
package import Wording

/// A record's form as it came back from a page: which fields the person changed, to what, and what is wrong with them.
package struct SubmittedForm {
    /// A field that cannot be saved as it was typed.
    package struct Problem {
        package let field: FieldDefinition
        package let error: any CodedError

        package init(field: FieldDefinition, error: any CodedError) {
            self.field = field
            self.error = error
        }
    }

    /// Fields with another value than the page showed.
    package private(set) var changed: [(field: FieldDefinition, value: Value, was: String)] = []
    package private(set) var problems: [Problem] = []
    /// Fields with something else in the input than the page had put there.
    package private(set) var touched: Set<String> = []
    /// What stood in each input.
    package private(set) var typed: [String: [String]] = [:]

    /// - Parameters:
    ///   - isNew: whether the record is made now: then required fields must be there, and key fields may be typed.
    package init(_ body: FormBody, _ form: FormDefinition, isNew: Bool, prefix: String = "") {
        for field in form.fields where isNew || !field.key {
            let sent = body.all("\(prefix)v.\(field.name)").filter { !$0.isEmpty }
            let was = body["\(prefix)was.\(field.name)"]
            typed[field.name] = sent
            let isSame = Self.comparable(sent, field) == was
            if !isSame { touched.insert(field.name) }
            if isSame, !(isNew && field.required) { continue }
            do {
                let value = try TypedValue.read(sent, field)
                if field.required, value == .null { throw RecordsError(.fieldRequired, ["field": field.name]) }
                if !isSame { changed.append((field, value, was)) }
            } catch let error as any CodedError {
                problems.append(Problem(field: field, error: error))
            } catch {
                problems.append(Problem(field: field, error: PagesError(.failed)))
            }
        }
    }

    private static func comparable(_ sent: [String], _ field: FieldDefinition) -> String {
        field.type == .selectMultiple ? ValueText.typed(FieldDefinition.items(sent)) : sent.first ?? ""
    }
}

extension SubmittedForm.Problem {
    /// What is wrong, in words that name the field as the page does.
    package func message(in language: Language) -> String {
        Catalogue.text("error.\(error.code)", language, details(language))
    }

    package func remedy(in language: Language) -> String {
        Catalogue.text("remedy.\(error.code)", language, details(language))
    }

    private func details(_ language: Language) -> [String: String] {
        var details = error.details
        details["field"] = field.label[language]
        details["type"] = Catalogue.text("type.\(field.type.rawValue)", language)
        for bound in ["min", "max"] {
            guard let text = details[bound], let value = try? field.parse(text) else { continue }
            details[bound] = ValueText.shown(value, field, language)
        }
        return details
    }
}
