package import Hummingbird
import RecordStore
import Records
import WebPages
import Wording

/// A form to be filled in by pen, where there is no machine, and typed in later: laid out for A4.
struct BlankFormModel {
    struct Question {
        let number: String
        let question: String
        let mustAnswer: Bool
        let note: String?
        let boxes: [Box]
        let hasBoxes: Bool
        /// As many lines to write on as the answer may need.
        let lines: [Int]
        let unitText: String?
    }

    struct Box { let boxLabel: String }

    struct Part {
        let partHeading: String?
        let questions: [Question]
    }

    let unitName: String
    let formTitle: String
    let version: String
    let parts: [Part]
    let listHref: String

    /// More choices than these are not listed: they would fill pages.
    private static let mostBoxes = 12

    init(_ form: FormDefinition, unit: String, listHref: String, _ language: Language) {
        unitName = unit
        formTitle = form.title[language]
        version = "\(form.form) · \(form.version)"
        self.listHref = listHref
        var parts: [(heading: String?, questions: [Question])] = [(nil, [])]
        var number = 0
        for field in form.fields {
            if let heading = field.section { parts.append((heading[language], [])) }
            // What a formula gives nobody writes.
            guard field.compute == nil else { continue }
            number += 1
            let choices = field.choices ?? []
            let areBoxes = !choices.isEmpty && choices.count <= Self.mostBoxes
            let isLong = field.type == .text && (field.maxLength ?? .max) > 200
            parts[parts.count - 1].questions.append(
                Question(
                    number: String(number), question: field.label[language], mustAnswer: field.required,
                    note: field.hint?[language],
                    boxes: areBoxes ? choices.map { Box(boxLabel: $0.label[language]) } : [],
                    hasBoxes: areBoxes, lines: areBoxes || field.type == .date ? [] : Array(0..<(isLong ? 3 : 1)),
                    unitText: field.type == .date ? Catalogue.text("blank.date", language) : nil))
        }
        self.parts = parts.filter { !$0.questions.isEmpty }
            .map { Part(partHeading: $0.heading, questions: $0.questions) }
    }
}

extension EntrySite {
    package func blankForm(_ request: Request, _ name: String) async throws -> Response {
        try await show(request) { store, names in
            let form = try store.latestForm(name)
            let place = try place(of: form, request, store)
            try requireEntry(of: form, in: place.space, request, store)
            let model = BlankFormModel(
                form, unit: try unitName(place, store, names), listHref: place.address("/forms/\(form.form)"),
                names.language)
            return Page("blank", title: form.title[names.language], model)
        }
    }
}
