import Causality
import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// The open cases, oldest first.
struct CasesModel {
    struct Case {
        let caseHref: String
        let caseName: String
        let caseForm: String
        let caseUnit: String
        let caseFields: String
        let caseSince: String
        let caseAuthors: String
    }

    let found: String
    let units: [Shell.Option]
    let forms: [Shell.Option]
    let cases: [Case]
    let hasCases: Bool
    let pager: Pager?
}

extension Console {
    func cases(_ request: Request) async throws -> Response {
        let query = request.uri.queryParameters
        let space = query.get("unit").flatMap { $0.isEmpty ? nil : String($0) }
        let name = query.get("form").flatMap { $0.isEmpty ? nil : String($0) }
        let page = Pager.page(of: request)
        return try await show(request) { store, names, _, _ in
            let language = names.language
            let counts = try store.caseCounts()
            let shown = counts.filter { (space ?? $0.space) == $0.space && (name ?? $0.form) == $0.form }
            let count = shown.reduce(0) { $0 + $1.count }
            let cases = try store.cases(
                space: space, form: name, limit: Pager.size, offset: page * Pager.size
            ).map { Self.row($0, in: store, names) }
            var path = "/conflicts?"
            if let space { path += "unit=\(space.percentEncoded)&" }
            if let name { path += "form=\(name.percentEncoded)&" }
            let model = CasesModel(
                found: Catalogue.text(
                    "cases.count", language, ["count": VietnameseFormat.number(String(count))]),
                units: Self.options(
                    counts.map { ($0.space, $0.count) }, chosen: space,
                    all: Catalogue.text("cases.all-units", language)
                ) { names.space($0) },
                forms: Self.options(
                    counts.map { ($0.form, $0.count) }, chosen: name,
                    all: Catalogue.text("cases.all-forms", language)
                ) { (try? store.latestForm($0))?.title[language] ?? $0 },
                cases: cases, hasCases: !cases.isEmpty,
                pager: Pager(path: path, page: page, count: count, language))
            return Page("cases", title: Catalogue.text("hub.conflicts", language), model)
        }
    }

    /// Choices of a filter, each with how many cases it has.
    private static func options(
        _ counts: [(key: String, count: Int)], chosen: String?, all: String, _ label: (String) -> String
    ) -> [Shell.Option] {
        let sums = Dictionary(counts.map { ($0.key, $0.count) }, uniquingKeysWith: +)
        let labelled = sums.map { (key: $0.key, label: label($0.key), count: $0.value) }
            .sorted { TextFold.precedes($0.label, $1.label) }
        return [Shell.Option("", all, isSelected: chosen == nil)]
            + labelled.map { Shell.Option($0.key, "\($0.label) (\($0.count))", isSelected: $0.key == chosen) }
    }

    private static func row(_ open: OpenCase, in store: StoreTransaction, _ names: NameBook) -> CasesModel.Case {
        let language = names.language
        let form = try? store.latestForm(open.view.form)
        let fields = open.view.conflicts.map { fieldLabel($0, form, language) }
        let sides = CaseSide.all(of: open.view)
        var authors: [String] = []
        for side in sides where !authors.contains(names.person(side.author)) {
            authors.append(names.person(side.author))
        }
        let age = ValueText.age(milliseconds: store.now - open.since, language)
        return CasesModel.Case(
            caseHref: "/conflicts/\(open.view.word)",
            caseName: RecordSummary(open.view, form, language).recordName,
            caseForm: form?.title[language] ?? open.view.form, caseUnit: names.space(open.view.space),
            caseFields: fields.joined(separator: ", "), caseSince: "\(ValueText.moment(open.since)) (\(age))",
            caseAuthors: authors.joined(separator: ", "))
    }

    static func fieldLabel(_ name: String, _ form: FormDefinition?, _ language: Language) -> String {
        name == RegisterKey.deleted.field
            ? Catalogue.text("case.deletion", language) : form?.field(name)?.label[language] ?? name
    }
}
