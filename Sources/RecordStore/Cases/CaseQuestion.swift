import Causality
import Records

/// What an admin asked the authors of a case, and what they answered. Both travel as records of the unit.
package struct CaseQuestion: Sendable {
    package struct Answer: Sendable {
        package let person: String
        package let text: String
        /// In milliseconds since 1970.
        package let at: Int64
    }

    /// The question's own word.
    package let word: String
    /// The word of the record that it is about.
    package let record: String
    package let number: Int
    package let text: String
    /// Ids of those who are asked.
    package let asked: [String]
    package let by: String
    /// In milliseconds since 1970.
    package let at: Int64
    package let answers: [Answer]

    /// Whether somebody has not answered yet.
    package var isWaiting: Bool { answers.count < asked.count }
    package func waits(for person: String) -> Bool {
        asked.contains(person) && !answers.contains { $0.person == person }
    }
}

extension StoreTransaction {
    /// So many of the latest questions of a unit are looked through for those that one person has to answer.
    private static let latestQuestions = 200

    /// What was asked about a record, in that order.
    package func questions(about view: RecordView) throws -> [CaseQuestion] {
        var questions: [CaseQuestion] = []
        while let found = try record(keyed: Self.key(view.word, questions.count + 1), in: view.space) {
            guard let question = try question(found) else { break }
            questions.append(question)
        }
        return questions
    }

    /// What is asked of a person in a space and not answered, while its case is open; the newest first.
    package func openQuestions(for person: String, in space: String) throws -> [CaseQuestion] {
        guard !person.isEmpty, try hasSpace(space) else { return [] }
        let filter = RecordFilter(form: BuiltInForm.question.form, space: space)
        return try records(filter, limit: Self.latestQuestions).filter { view in
            view.fields["asked"]?.plainText.split(separator: " ").contains { $0 == person } ?? false
        }.compactMap(question).filter { question in
            guard question.waits(for: person), let row = try? locate(question.record).row else { return false }
            return try !view(ofRow: row).conflicts.isEmpty
        }
    }

    /// - Returns: `nil` for a record that is no question.
    package func question(_ view: RecordView) throws -> CaseQuestion? {
        guard view.form == BuiltInForm.question.form, !view.deleted, case .text(let record)? = view.fields["record"],
            case .integer(let number)? = view.fields["number"]
        else { return nil }
        func text(_ name: String) -> String { view.fields[name]?.plainText ?? "" }
        let asked = text("asked").split(separator: " ").map(String.init)
        return CaseQuestion(
            word: view.word, record: record, number: Int(clamping: number), text: text("text"), asked: asked,
            by: text("by"), at: view.versions["text"]?.first?.time.milliseconds ?? 0,
            answers: try asked.compactMap { try answer(to: view.word, of: $0, in: view.space) })
    }

    private func answer(to question: String, of person: String, in space: String) throws -> CaseQuestion.Answer? {
        let key = NaturalKey(
            form: BuiltInForm.answer.form, values: ["question": .text(question), "person": .text(person)])
        guard let view = try record(keyed: key, in: space), !view.deleted else { return nil }
        // Nobody answers in somebody else's name.
        let own = (view.versions["text"] ?? []).filter { $0.author == person && !$0.value.plainText.isEmpty }
        guard let latest = own.max(by: { $0.time < $1.time }) else { return nil }
        return CaseQuestion.Answer(person: person, text: latest.value.plainText, at: latest.time.milliseconds)
    }

    private static func key(_ record: String, _ number: Int) -> NaturalKey {
        NaturalKey(
            form: BuiltInForm.question.form, values: ["record": .text(record), "number": .integer(Int64(number))])
    }
}
