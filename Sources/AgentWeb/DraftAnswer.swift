import Agent
import Foundation
import Records
import WebPages
import Wording

/// A draft that was kept, and what the form makes of it.
struct KeptDraft: Sendable {
    var name: String
    let stamp: FormDraft.Stamp
    let form: FormDefinition
    let submitted: SubmittedForm
    /// Whether another window went on with the draft, so that this is one of its own.
    var isBeside: Bool
    let now: Int64

    /// What the page's script reads.
    func json(_ language: Language) throws -> String {
        let time = ValueText.moment(now)
        var answer = DraftAnswer(
            name: name, action: "/drafts/\(name)", from: stamp.text,
            message: isBeside
                ? Catalogue.text("draft.kept-beside", language)
                : Catalogue.text(
                    "draft.kept", language, ["time": time.split(separator: " ").last.map(String.init) ?? time]),
            fields: [:])
        let evaluation = submitted.evaluation
        for field in form.fields {
            // What is missing is said when the form is saved, not while it is being filled in.
            let problem = submitted.problems.first {
                $0.field.name == field.name && $0.error.code != RecordsError.Code.fieldRequired.rawValue
            }
            let shown =
                field.compute == nil
                ? "" : ValueText.shown(evaluation.values[field.name] ?? .null, field, language)
            answer.fields[field.name] = DraftAnswer.Field(
                seen: evaluation.visible.contains(field.name), shown: shown.isEmpty ? "—" : shown,
                problem: problem.map { "\($0.message(in: language)). \($0.remedy(in: language))." } ?? "",
                choices: evaluation.choices[field.name].map { $0.sorted() })
        }
        return String(decoding: try JSONEncoder().encode(answer), as: UTF8.self)
    }
}

/// What a page is told when it sends what stands in its form.
struct DraftAnswer: Encodable {
    struct Field: Encodable {
        let seen: Bool
        /// Of a computed field, its value as people read it.
        let shown: String
        /// Empty where nothing is wrong.
        let problem: String
        /// Where they depend on other fields, the choices there are.
        let choices: [String]?
    }

    struct Failure: Encodable { let message: String }

    /// Under which name it is kept, and where the next is sent.
    let name: String
    let action: String
    let from: String
    let message: String
    var fields: [String: Field]
}
