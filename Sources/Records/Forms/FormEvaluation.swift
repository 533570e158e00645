import Wording

/// What a form makes of the values in it: which questions are asked, what is computed, which choices there are, what is wrong.
package struct FormEvaluation: Sendable {
    /// Fields that are asked or shown now.
    package private(set) var visible: Set<String> = []
    /// Values as they count: none of what is not visible, and of computed fields the result.
    package private(set) var values: [String: Value] = [:]
    /// Of fields whose choices depend on others, the choices there are now.
    package private(set) var choices: [String: Set<String>] = [:]

    /// A condition that does not hold.
    package struct Problem: Sendable {
        package let field: FieldDefinition
        package let error: RecordsError
        /// The form's own words for it.
        package let message: Label?
    }

    /// The form whose values these are.
    private let form: FormDefinition
    private let today: CalendarDate

    /// - Parameter given: what was typed or is stored; nothing of computed fields.
    package init(_ form: FormDefinition, _ given: [String: Value], today: CalendarDate) {
        self.form = form
        self.today = today
        let evaluator = Evaluator(form, given, today: today)
        for field in form.fields {
            if evaluator.isVisible(field) { visible.insert(field.name) }
            values[field.name] = evaluator.value(field)
        }
        let context = self.context
        for field in form.fields where field.hasConditionalChoices {
            choices[field.name] = Set(
                (field.choices ?? []).filter { $0.when?.holds(in: context) ?? true }.map(\.name))
        }
    }

    private var context: Expression.Context {
        Expression.Context(today: today) { [values] name in values[name] ?? .null }
    }

    /// Whether a choice may be taken now.
    package func offers(_ choice: String, of field: FieldDefinition) -> Bool {
        choices[field.name]?.contains(choice) ?? true
    }

    /// What is wrong among fields that are visible: conditions, choices that are not there, and, where the whole record is meant,
    /// what is missing.
    /// - Parameters:
    ///   - isWhole: whether all that is known of the record is here.
    ///   - concerns: whether a condition that reads these fields is to be looked at.
    package func problems(isWhole: Bool, concerns: (Set<String>) -> Bool = { _ in true }) -> [Problem] {
        var problems: [Problem] = []
        let context = self.context
        for field in form.fields where visible.contains(field.name) && field.compute == nil {
            let value = values[field.name] ?? .null
            if value == .null {
                if isWhole, field.required, concerns((field.visible?.fields ?? []).union([field.name])) {
                    problems.append(problem(.fieldRequired, field))
                }
                continue
            }
            if let choices = choices[field.name], concerns(field.choiceFields.union([field.name])),
                !value.members.allSatisfy(choices.contains)
            {
                problems.append(problem(.fieldChoiceNow, field))
            }
            for check in field.checks ?? [] where concerns(check.must.fields.union([field.name])) {
                guard check.must.value(in: context) == .flag(false) else { continue }
                problems.append(problem(.fieldCheck, field, check.message))
            }
        }
        return problems
    }

    private func problem(_ code: RecordsError.Code, _ field: FieldDefinition, _ message: Label? = nil) -> Problem {
        var details = ["field": field.name]
        if let message { details["message"] = message.vi }
        if let message { details["message_en"] = message.en }
        return Problem(field: field, error: RecordsError(code, details), message: message)
    }
}

extension FormDefinition {
    /// What the computed fields show where the others hold `values`. No formula depends on the day.
    package func computed(_ values: [String: Value]) -> [String: Value] {
        guard hasComputedFields else { return [:] }
        let evaluator = Evaluator(self, values, today: CalendarDate(days: 0))
        let computed = fields.filter { $0.compute != nil }
        return Dictionary(
            computed.map { ($0.name, evaluator.value($0)) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Works fields out as they are asked for, each once.
private final class Evaluator {
    private let fields: [String: FieldDefinition]
    private let given: [String: Value]
    private let today: CalendarDate
    private var shown: [String: Bool] = [:]
    private var values: [String: Value] = [:]
    /// A definition that goes round in a circle is refused when it is read; one made otherwise must end all the same.
    private var underWay: Set<String> = []

    init(_ form: FormDefinition, _ given: [String: Value], today: CalendarDate) {
        fields = Dictionary(form.fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.given = given
        self.today = today
    }

    private var context: Expression.Context {
        Expression.Context(today: today) { name in self.fields[name].map(self.value) ?? .null }
    }

    func isVisible(_ field: FieldDefinition) -> Bool {
        guard let condition = field.visible else { return true }
        if let known = shown[field.name] { return known }
        guard underWay.insert(field.name).inserted else { return false }
        let isVisible = condition.holds(in: context)
        underWay.remove(field.name)
        shown[field.name] = isVisible
        return isVisible
    }

    func value(_ field: FieldDefinition) -> Value {
        if let known = values[field.name] { return known }
        guard isVisible(field) else { return .null }
        guard let formula = field.compute else { return given[field.name] ?? .null }
        guard underWay.insert(field.name).inserted else { return .null }
        let value = field.typed(formula.value(in: context))
        underWay.remove(field.name)
        values[field.name] = value
        return value
    }
}

extension FieldDefinition {
    /// Whether which choices there are depends on other fields.
    package var hasConditionalChoices: Bool { choices?.contains { $0.when != nil } ?? false }

    /// The fields on which the choices depend.
    fileprivate var choiceFields: Set<String> {
        (choices ?? []).reduce(into: []) { names, choice in names.formUnion(choice.when?.fields ?? []) }
    }

    /// What a formula gives, as a value of this field; null where it is none.
    fileprivate func typed(_ value: Value) -> Value {
        switch (type, value) {
        case (.integer, .decimal(let number)):
            number.scale == 0 && number.coefficient > .min ? .integer(number.coefficient) : .null
        case (.decimal, .integer(let number)): DecimalNumber(coefficient: number, scale: 0).map(Value.decimal) ?? .null
        case (.text, .text), (.decimal, .decimal), (.integer, .integer), (.date, .date), (.time, .time),
            (.dateTime, .moment):
            value
        case (.selectOne, .text(let name)): choices?.contains { $0.name == name } ?? false ? value : .null
        default: .null
        }
    }
}

extension Value {
    /// The names of choices that it holds.
    fileprivate var members: [String] {
        switch self {
        case .text(let name): [name]
        case .items(let names): names
        default: []
        }
    }
}
