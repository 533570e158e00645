import Foundation
package import Hummingbird
import RecordStore
import Records
import WebPages
package import Wording

/// A draft that was kept, and what the form makes of it.
package struct KeptDraft: Sendable {
    package var name: String
    let stamp: FormDraft.Stamp
    let form: FormDefinition
    let typed: Typed
    /// Whether another window went on with the draft, so that this is one of its own.
    var isBeside: Bool
    let now: Int64

    enum Typed: Sendable {
        case form(SubmittedForm)
        case grid(SubmittedGrid)

        var problems: Int {
            switch self {
            case .form(let form): form.problems.count
            case .grid(let grid): grid.problems
            }
        }
    }

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
        switch typed {
        case .form(let submitted): add(submitted, to: &answer, language)
        case .grid(let grid):
            for row in grid.rows where row.isTouched {
                for field in form.fields {
                    answer.fields[row.row.prefix + field.name] = DraftAnswer.Field(
                        seen: true, shown: "", problem: Self.problem(of: field, row.submitted, language), choices: nil)
                }
            }
        }
        return String(decoding: try JSONEncoder().encode(answer), as: UTF8.self)
    }

    private func add(_ submitted: SubmittedForm, to answer: inout DraftAnswer, _ language: Language) {
        let evaluation = submitted.evaluation
        for field in form.fields {
            let shown =
                field.compute == nil
                ? "" : ValueText.shown(evaluation.values[field.name] ?? .null, field, language)
            answer.fields[field.name] = DraftAnswer.Field(
                seen: evaluation.visible.contains(field.name), shown: shown.isEmpty ? "—" : shown,
                problem: Self.problem(of: field, submitted, language),
                choices: evaluation.choices[field.name].map { $0.sorted() })
        }
    }

    /// What is missing is said when the form is saved, not while it is being filled in.
    private static func problem(
        of field: FieldDefinition, _ submitted: SubmittedForm, _ language: Language
    ) -> String {
        let problem = submitted.problems.first {
            $0.field.name == field.name && $0.error.code != RecordsError.Code.fieldRequired.rawValue
        }
        return problem.map { "\($0.message(in: language)). \($0.remedy(in: language))." } ?? ""
    }
}

/// What a page is told when it sends what stands in its form.
package struct DraftAnswer: Encodable {
    struct Field: Encodable {
        let seen: Bool
        /// Of a computed field, its value as people read it.
        let shown: String
        /// Empty where nothing is wrong.
        let problem: String
        /// Where they depend on other fields, the choices there are.
        let choices: [String]?
    }

    private struct Failure: Encodable { let message: String }

    /// Why nothing was kept, for the page's script.
    package static func failure(_ error: any CodedError, _ language: Language) throws -> Response {
        let failure = Failure(message: "\(error.message(in: language)). \(error.remedy(in: language)).")
        var response = Response.json(String(decoding: try JSONEncoder().encode(failure), as: UTF8.self))
        response.status = .unprocessableContent
        return response
    }

    /// Under which name it is kept, and where the next is sent.
    let name: String
    let action: String
    let from: String
    let message: String
    var fields: [String: Field]
}
