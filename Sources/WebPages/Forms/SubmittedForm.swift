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

    /// Fields with another value than the page showed; of fields that are not asked any more, null.
    package private(set) var changed: [(field: FieldDefinition, value: Value, was: String)] = []
    package private(set) var problems: [Problem] = []
    /// Fields with something else in the input than the page had put there.
    package private(set) var touched: Set<String> = []
    /// What stood in each input.
    package private(set) var typed: [String: [String]] = [:]
    /// What the form makes of it.
    package let evaluation: FormEvaluation

    /// - Parameters:
    ///   - isNew: whether the record is made now: then required fields must be there, and key fields may be typed.
    ///   - known: the record's values, of which the key is not sent.
    package init(
        _ body: FormBody, _ form: FormDefinition, isNew: Bool, known: [String: Value] = [:], today: CalendarDate,
        prefix: String = ""
    ) {
        var given: [String: Value] = [:]
        var unread: [String: Problem] = [:]
        for field in form.fields where field.compute == nil {
            guard isNew || !field.key else {
                given[field.name] = known[field.name]
                continue
            }
            let sent = body.all("\(prefix)v.\(field.name)").filter { !$0.isEmpty }
            typed[field.name] = sent
            if Self.comparable(sent, field) != body["\(prefix)was.\(field.name)"] { touched.insert(field.name) }
            do {
                given[field.name] = try TypedValue.read(sent, field)
            } catch {
                unread[field.name] = Problem(field: field, error: error as? any CodedError ?? PagesError(.failed))
            }
        }
        evaluation = FormEvaluation(form, given, today: today)
        let touched = touched
        let conditions = evaluation.problems(isWhole: true) { isNew || !$0.isDisjoint(with: touched) }
        for field in form.fields where typed[field.name] != nil {
            let was = body["\(prefix)was.\(field.name)"]
            guard evaluation.visible.contains(field.name) else {
                if !was.isEmpty { changed.append((field, .null, was)) }
                continue
            }
            let isTouched = touched.contains(field.name)
            if let problem = unread[field.name] {
                if isTouched || (isNew && field.required) { problems.append(problem) }
            } else if let found = conditions.first(where: { $0.field.name == field.name }) {
                problems.append(Problem(field: field, error: found.error))
            } else if isTouched, let value = given[field.name] {
                changed.append((field, value, was))
            }
        }
    }

    private static func comparable(_ sent: [String], _ field: FieldDefinition) -> String {
        field.type.isSet ? ValueText.typed(FieldDefinition.items(sent)) : sent.first ?? ""
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
        if language == .en, let message = details["message_en"] { details["message"] = message }
        details["type"] = Catalogue.text("type.\(field.type.rawValue)", language)
        for bound in ["min", "max"] {
            guard let text = details[bound], let value = try? field.parse(text) else { continue }
            details[bound] = ValueText.shown(value, field, language)
        }
        return details
    }
}
