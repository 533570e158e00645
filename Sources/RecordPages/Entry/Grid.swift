import RecordStore
package import Records
import WebPages
import Wording

/// Many records of one form as rows: those of a natural key with one question left open, or new ones without a key.
package struct Grid {
    /// Blank rows of a form without a key.
    static let blankRows = 20
    /// Rows of one page; pasting more asks for an import instead.
    static let mostRows = 500
    /// Columns beyond these are left to each record's own page.
    static let mostColumns = 10

    struct Row {
        /// Keeps the row's inputs apart from those of others.
        let prefix: String
        /// What the row is about; empty where its first column says so.
        let label: String
        let detail: String
        let key: [String: Value]
        let view: RecordView?
        /// What the periods before have in the first column.
        let past: PastValues
    }

    let form: FormDefinition
    let place: EntryPlace
    /// Key fields that are the same in every row.
    let fixed: [FieldDefinition]
    let fixedValues: [String: Value]
    /// The key field that tells the rows apart; `nil` for new records without a key.
    let rowField: FieldDefinition?
    let columns: [FieldDefinition]
    let rows: [Row]
    /// Key fields that are wrong or missing: then there are no rows yet.
    let problems: [SubmittedForm.Problem]

    /// Whether records of the form can be entered so.
    package static func fits(_ form: FormDefinition) -> Bool { form.writers == .unit && !columns(of: form).isEmpty }

    private static func columns(of form: FormDefinition) -> [FieldDefinition] {
        let asked = form.fields.filter { !$0.key && $0.compute == nil && !$0.type.isSet }
        return Array(asked.prefix(mostColumns))
    }

    /// - Parameter typed: what was typed for a fixed key field; `nil` where nothing was.
    init(
        _ form: FormDefinition, _ place: EntryPlace, typed: (FieldDefinition) -> [String]?,
        _ store: StoreTransaction,
        _ language: Language
    ) throws {
        self.form = form
        self.place = place
        let (unit, space) = (place.unit, place.space)
        columns = Self.columns(of: form)
        let keys = form.keyFields
        rowField = keys.first { field in
            field.type == .selectOne && !(field.choices ?? []).contains { $0.name == unit }
        }
        fixed = keys.filter { [rowField] in $0.name != rowField?.name }
        var values: [String: Value] = [:]
        var problems: [SubmittedForm.Problem] = []
        for field in fixed {
            do {
                let value =
                    try typed(field).map { try TypedValue.read($0, field) }
                    ?? Self.usual(field, unit: unit, today: store.today)
                if field.required, value == .null { throw RecordsError(.fieldRequired, ["field": field.name]) }
                values[field.name] = value
            } catch let error as any CodedError {
                problems.append(SubmittedForm.Problem(field: field, error: error))
            }
        }
        fixedValues = values
        self.problems = problems
        guard problems.isEmpty else {
            rows = []
            return
        }
        guard let rowField else {
            rows = (0..<Self.blankRows).map {
                Row(prefix: "r\($0).", label: "", detail: "", key: values, view: nil, past: PastValues())
            }
            return
        }
        let facts = try IndicatorFacts(unit: unit, store)
        let before = PastValues.periods(before: values)
        let first = columns[0]
        rows = try (rowField.choices ?? []).filter { facts.concerns($0.name) }.prefix(Self.mostRows).enumerated()
            .map { [form] index, choice in
                let key = values.merging([rowField.name: .text(choice.name)]) { $1 }
                func record(_ key: [String: Value]) throws -> RecordView? {
                    try form.naturalKey(key).flatMap { try store.record(keyed: $0, in: space) }
                        .flatMap { $0.versions.isEmpty ? nil : $0 }
                }
                let past = try before.map { period in
                    try record(key.merging(["period": .text(period)]) { $1 })?.fields[first.name] ?? .null
                }
                return Row(
                    prefix: "r\(index).", label: choice.label[language], detail: facts.measure(choice.name), key: key,
                    view: try record(key), past: PastValues(past, first, language))
            }
    }

    /// What a key field is where nobody said: the unit itself, and this month.
    private static func usual(_ field: FieldDefinition, unit: String, today: CalendarDate) -> Value {
        if field.choices?.contains(where: { $0.name == unit }) == true { return .text(unit) }
        if field.name == "period", field.masks?.contains("9999-99") == true {
            return .text(String(today.iso.prefix(7)))
        }
        return .null
    }
}

/// What the catalogue says of indicators that a grid has as its rows.
private struct IndicatorFacts {
    private var measures: [String: String] = [:]
    private var levels: [String: String] = [:]
    private let level: String

    init(unit: String, _ store: StoreTransaction) throws {
        // Wards and communes have codes of digits.
        level = unit.utf8.allSatisfy { (48...57).contains($0) } ? "xa" : "tp"
        guard try store.hasSpace(SpaceName.catalogue) else { return }
        let filter = RecordFilter(form: BuiltInForm.indicator.form, space: SpaceName.catalogue)
        for record in try store.records(filter, limit: 2000) {
            guard case .text(let code)? = record.fields["code"] else { continue }
            measures[code] = record.fields["unit"]?.plainText
            levels[code] = record.fields["level"]?.plainText
        }
    }

    /// Whether a unit of this kind enters it; what is no indicator is everybody's.
    func concerns(_ code: String) -> Bool { levels[code].map { $0 == level } ?? true }

    func measure(_ code: String) -> String { measures[code] ?? "" }
}
