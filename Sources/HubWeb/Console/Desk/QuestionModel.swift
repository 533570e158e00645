import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// What was asked about a case, and what came back.
struct QuestionModel {
    struct Answer {
        let answerWho: String
        let answerText: String
        let answerWhen: String
    }

    let questionText: String
    let questionBy: String
    let questionWhen: String
    let answers: [Answer]
    /// Who has not answered yet; `nil` when everybody has.
    let stillAsked: String?

    init(_ question: CaseQuestion, _ names: NameBook) {
        questionText = question.text
        questionBy = names.person(question.by)
        questionWhen = ValueText.moment(question.at)
        answers = question.answers.map {
            Answer(answerWho: names.person($0.person), answerText: $0.text, answerWhen: ValueText.moment($0.at))
        }
        let waiting = question.asked.filter { question.waits(for: $0) }.map(names.person)
        stillAsked =
            waiting.isEmpty
            ? nil : Catalogue.text("case.asked.waiting", names.language, ["who": waiting.joined(separator: ", ")])
    }
}
