import RecordStore
import Records
import WebPages
import Wording

/// A record's form as a page: the inputs, and what an edit of it rests on.
struct FormModel {
    struct Section {
        let sectionHeading: String?
        let inputs: [FieldInput]
        let isSectionUnseen: Bool
    }

    struct Upgrade {
        let upgradeTitle: String
        let upgradeChanges: [Change]

        struct Change { let changeText: String }
    }

    struct Problem {
        let problemHref: String
        let problemText: String
    }

    /// What the draft belongs to.
    let formName: String
    let record: String
    let version: String
    /// What the program has of the draft that this page goes on with; empty for none.
    let draftFrom: String
    let formTitle: String
    let heading: String
    let isNew: Bool
    let action: String
    /// Whose record it becomes, where that was chosen.
    let formPlace: String
    let formPlaceName: String?
    let cancelHref: String
    /// What is known of the record as the page shows it; empty for a new one.
    let base: String
    /// The form's own name, see ``SavedForms``.
    let saved: String
    let author: String
    let authorName: String
    let isAuthorMissing: Bool
    let sections: [Section]
    var problems: [Problem] = []
    var hasProblems = false
    /// Something to know before going on: a record that is there already, or a form that was saved before.
    var warning: String?
    var warningHref: String?
    var warningLink: String?
    /// When the draft on the page was kept.
    var draftNote: String?
    /// Drafts of this form beside this one.
    var drafts: [DraftSummary] = []
    var hasDrafts = false
    /// The form has a newer version than the draft.
    var upgrade: Upgrade?
    /// The field by which people call a record: while it is typed, records that may be the same are shown. `nil` where a
    /// key tells them apart, and of records that are there already.
    var similarField: String?
    var similarHref = ""
    /// Of a seal: where what is to be signed is read, and which content that was.
    var sealHref: String?
    var seen = ""
}

/// What a form is shown with when it comes back instead of being saved.
struct Returned {
    let submitted: SubmittedForm
    let body: FormBody
    /// Whether the page goes on from what is known now, and not from what was on screen.
    var isFresh = false
    /// Whether what was typed is to be saved as something new, under another name.
    var isAnother = false
    /// Whether what was signed has to be signed again.
    var isUnsigned = false

    /// What is to stand in the input. On a fresh page, what the person had left alone is what it is now.
    func typed(_ field: FieldDefinition) -> [String]? {
        if isUnsigned, field.appearance == .signature { return [] }
        if isFresh, !submitted.touched.contains(field.name) { return nil }
        return submitted.typed[field.name]
    }

    func was(_ field: FieldDefinition) -> String? { isFresh ? nil : body["was.\(field.name)"] }

    func problem(of field: FieldDefinition) -> SubmittedForm.Problem? {
        submitted.problems.first { $0.field.name == field.name }
    }
}

extension FormModel {
    /// Groups the fields under their headings.
    static func sections(
        _ form: FormDefinition, _ view: RecordView?, _ returned: Returned?, pickedIn space: String?,
        initial: [String: Value],
        today: CalendarDate, _ names: NameBook
    ) throws -> [Section] {
        let language = names.language
        let evaluation =
            returned?.submitted.evaluation ?? FormEvaluation(form, view?.fields ?? initial, today: today)
        var sections: [(heading: String?, inputs: [FieldInput])] = [(nil, [])]
        for field in form.fields {
            if let heading = field.section { sections.append((heading[language], [])) }
            // What is signed is frozen when it is, and typed by nobody.
            if form.isSeal, field.name == SealedContent.field { continue }
            let typed = returned?.typed(field) ?? initial[field.name].map { [ValueText.typed($0)] }
            let value = view?.fields[field.name] ?? .null
            // What a record always belongs to is where somebody came from, and not chosen again.
            let isGiven =
                field.parent != nil && field.required && (typed ?? [ValueText.typed(value)]).contains { !$0.isEmpty }
            var input = FieldInput(
                isGiven ? field : try pickable(field, typed?.first ?? ValueText.typed(value), in: space, names),
                value: value,
                typed: typed, was: returned?.was(field),
                isFixed: view != nil && field.key, evaluation: evaluation, language)
            if let problem = returned?.problem(of: field) {
                input.problem = problem.message(in: language)
                input.remedy = problem.remedy(in: language)
            }
            if isGiven { input.parentName = names.record(input.typed)?.recordName }
            if let view, view.conflicts.contains(field.name) { input.remark = remark(view, field, language) }
            sections[sections.count - 1].inputs.append(input)
        }
        return sections.filter { !$0.inputs.isEmpty }.map { heading, inputs in
            Section(sectionHeading: heading, inputs: inputs, isSectionUnseen: inputs.allSatisfy(\.isUnseen))
        }
    }

    /// Records to choose a parent from.
    private static let pickedRecords = 500

    /// A field that names a record, as a list of those that are here.
    /// - Parameter chosen: the word that it holds, whose record is in the list however old it is.
    private static func pickable(
        _ field: FieldDefinition, _ chosen: String, in space: String?, _ names: NameBook
    ) throws -> FieldDefinition {
        guard let parent = field.parent else { return field }
        var records = try names.records(of: parent, in: space, atMost: pickedRecords)
        if !records.contains(where: { $0.recordWord == chosen }), let record = names.record(chosen) {
            records.append(record)
        }
        guard !records.isEmpty else { return field }
        var picked = field
        picked.type = .selectOne
        picked.choices = records.map { record in
            Choice(name: record.recordWord, label: Label(vi: record.recordName, en: record.recordName))
        }
        return picked
    }

    /// The field by which people call records that have no key.
    static func namingField(of form: FormDefinition) -> String? {
        guard form.keyFields.isEmpty else { return nil }
        return form.fields.first { $0.type == .text && $0.masks == nil && $0.compute == nil }?.name
    }

    /// What a new record begins with: what the way to the page says, else what the form does.
    static func initial(
        _ form: FormDefinition, unit: String, today: CalendarDate, parent: RecordView? = nil, copied: RecordView? = nil,
        given: (String) -> String?
    ) -> [String: Value] {
        var values: [String: Value] = [:]
        let context = Expression.Context(today: today) { _ in .null }
        for field in form.fields {
            if field.compute == nil, let text = given(field.name), let value = try? TypedValue.read([text], field) {
                values[field.name] = value
            } else if field.compute == nil, let known = copied?.fields[field.name], (try? field.check(known)) != nil {
                values[field.name] = known
            } else if field.inherits ?? false, let known = parent?.fields[field.name], (try? field.check(known)) != nil
            {
                values[field.name] = known
            } else if let initial = field.initial?.value(in: context), (try? field.check(initial)) != nil {
                values[field.name] = initial
            } else if field.key, field.choices?.contains(where: { $0.name == unit }) == true {
                // A unit enters its own figures, so its own name is there already.
                values[field.name] = .text(unit)
            }
        }
        return values.filter { $0.value != .null }
    }

    /// Tells of values that stand side by side: saving another one replaces them all.
    private static func remark(_ view: RecordView, _ field: FieldDefinition, _ language: Language) -> String {
        let values = (view.versions[field.name] ?? []).map { version in
            let text = ValueText.shown(version.value, field, language)
            return text.isEmpty ? "—" : text
        }
        return Catalogue.text("form.contested", language, ["values": values.joined(separator: " / ")])
    }

    mutating func add(_ returned: Returned, prefix: String = "", _ language: Language) {
        problems = returned.submitted.problems.map { problem in
            Problem(problemHref: "#f-\(problem.field.name)", problemText: problem.message(in: language))
        }
        hasProblems = !problems.isEmpty
    }
}
