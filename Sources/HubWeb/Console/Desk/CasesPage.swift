import Foundation
import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// The open cases, and what they can be chosen by.
struct CasesModel {
    struct Case {
        let caseHref: String
        let caseName: String
        let caseForm: String
        let caseUnit: String
        let caseFields: String
        let caseSince: String
        let caseAuthors: String
        let caseCause: String
        let kindName: String
        let kindLabel: String
        /// What was asked about it and how many have answered; `nil` for nothing.
        let caseQuestion: String?
    }

    struct Choice {
        let choiceName: String
        let choiceLabel: String
        let options: [Shell.Option]

        /// Without what is for everybody, for those who see one unit.
        func offered(everyUnit: Bool) -> Choice {
            guard choiceName == "unit", !everyUnit else { return self }
            return Choice(choiceName: choiceName, choiceLabel: choiceLabel, options: Array(options.dropFirst()))
        }
    }

    let found: String
    let choices: [Choice]
    let isFiltered: Bool
    let cases: [Case]
    let hasCases: Bool
    let pager: Pager?
    let figures: [CaseFigures]
}

extension Console {
    func cases(_ request: Request) async throws -> Response {
        let asked = CaseQuery(request)
        let page = Pager.page(of: request)
        return try await show(request, .readDesk) { [self] store, names, visitor, _ in
            let language = names.language
            let isCity = visitor.scope(of: .readDesk) == .everywhere
            let query = isCity ? asked : asked.limited(to: try visitor.space(asked.space, for: .readDesk))
            let counts = try caseCounts(in: isCity ? nil : query.space, store)
            let filter = query.filter(now: store.now)
            let count = query.isEmpty ? counts.all : try store.caseCount(filter)
            let cases = try store.cases(filter, limit: Pager.size, offset: page * Pager.size)
                .map { try Self.row($0, in: store, names) }
            let model = CasesModel(
                found: Catalogue.text(
                    "cases.count", language, ["count": VietnameseFormat.number(String(count))]),
                choices: query.choices(counts, store, names).map { $0.offered(everyUnit: isCity) },
                isFiltered: !asked.isEmpty, cases: cases,
                hasCases: !cases.isEmpty,
                pager: Pager(path: "/conflicts?" + query.text, page: page, count: count, language),
                figures: counts.all == 0 ? [] : CaseFigures.all(counts, store, names))
            return Page("cases", title: Catalogue.text("hub.conflicts", language), model)
        }
    }

    private static func row(_ open: OpenCase, in store: StoreTransaction, _ names: NameBook) throws -> CasesModel.Case {
        let language = names.language
        let form = try? store.latestForm(open.view.form)
        let fields = open.view.conflicts.map { FieldLabel.text($0, form, language) }
        let authors = open.facets.authors.map(names.person)
        let age = ValueText.age(milliseconds: store.now - open.since, language)
        let question = try store.questions(about: open.view).last
        return CasesModel.Case(
            caseHref: "/conflicts/\(open.view.word)",
            caseName: RecordSummary(open.view, form, language).recordName,
            caseForm: form?.title[language] ?? open.view.form, caseUnit: names.space(open.view.space),
            caseFields: fields.joined(separator: ", "), caseSince: "\(ValueText.moment(open.since)) (\(age))",
            caseAuthors: authors.joined(separator: ", "),
            caseCause: Catalogue.text("case.cause.\(open.facets.cause.name)", language),
            kindName: open.facets.kind.name,
            kindLabel: Catalogue.text("case.kind.\(open.facets.kind.name)", language),
            caseQuestion: question.map { question in
                Catalogue.text(
                    question.isWaiting ? "cases.asked" : "cases.answered", language,
                    ["count": String(question.answers.count), "all": String(question.asked.count)])
            })
    }
}
