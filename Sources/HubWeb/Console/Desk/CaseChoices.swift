import Hub
import RecordStore
import Records
import WebPages
import Wording

/// What an admin chose on a case's page, and what is wrong with it.
struct CaseChoices: Sendable {
    /// Keeps the inputs for other values apart from the record's own.
    static let prefix = "x."
    /// What a radio button sends for "another value".
    static let other = "other"

    private(set) var settlements: [String: Settlement] = [:]
    private(set) var picked: [String: String] = [:]
    private(set) var typed: [String: [String]] = [:]
    private(set) var fieldProblems: [String: String] = [:]
    var problems: [String] = []
    let reason: String
    /// Whether the page is to show what would come of it.
    let isPreview: Bool

    /// Everything from one side, for the page to show; nothing is decided by it.
    /// - Parameter side: the word of the side's change.
    init(allOf side: String, _ view: RecordView, reason: String) {
        self.reason = reason
        isPreview = false
        for name in view.conflicts {
            picked[name] = view.contestants(of: name).first { $0.dotWord == side }?.dotWord
        }
    }

    init(_ body: FormBody, fields: [String], _ form: FormDefinition?, _ language: Language) {
        reason = body["reason"]
        isPreview = !body["preview"].isEmpty
        for name in fields {
            let choice = body["pick.\(name)"]
            let sent = body.all("\(Self.prefix)v.\(name)").filter { !$0.isEmpty }
            typed[name] = sent
            guard !choice.isEmpty else { continue }
            picked[name] = choice
            guard choice == Self.other else {
                settlements[name] = .pick(choice)
                continue
            }
            guard let field = form?.field(name) else { continue }
            do {
                let value = try TypedValue.read(sent, field)
                if field.required, value == .null { throw RecordsError(.fieldRequired, ["field": name]) }
                settlements[name] = .value(value)
            } catch {
                let problem = SubmittedForm.Problem(
                    field: field, error: error as? any CodedError ?? PagesError(.failed))
                fieldProblems[name] = "\(problem.message(in: language)). \(problem.remedy(in: language))."
                problems.append(problem.message(in: language))
            }
        }
        if picked.isEmpty { problems.append(Catalogue.text("case.choose", language)) }
        if !isPreview, reason.allSatisfy(\.isWhitespace) {
            problems.append(Catalogue.text("case.reason.missing", language))
        }
    }
}
