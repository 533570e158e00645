import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// What somebody chose among open cases, as the address of the list says it.
struct CaseQuery {
    private static let names = ["unit", "form", "kind", "field", "author", "cause", "age", "order"]
    private static let days: [Int64] = [1, 3, 7, 30]
    private static let newest = "newest"
    /// What stands in an address for somebody who gave no name.
    private static let nobody = "-"

    private var values: [String: String] = [:]

    init(_ request: Request) {
        for name in Self.names {
            guard let value = request.uri.queryParameters.get(name), !value.isEmpty else { continue }
            values[name] = String(value)
        }
    }

    /// The space that was chosen.
    var space: String? { values["unit"] }

    /// The same, of one space.
    func limited(to space: String?) -> CaseQuery {
        var query = self
        query.values["unit"] = space
        return query
    }

    /// Whether every case is asked for.
    var isEmpty: Bool { values.keys.allSatisfy { $0 == "order" } }

    /// As a part of an address, with a sign to go on behind it.
    var text: String {
        Self.names.compactMap { name in values[name].map { "\(name)=\($0.percentEncoded)&" } }.joined()
    }

    func filter(now: Int64) -> CaseFilter {
        var filter = CaseFilter(space: values["unit"], form: values["form"])
        filter.field = values["field"]
        filter.author = values["author"].map { $0 == Self.nobody ? "" : $0 }
        filter.kind = CaseFacets.Kind.allCases.first { $0.name == values["kind"] }
        filter.cause = CaseFacets.Cause.allCases.first { $0.name == values["cause"] }
        if let days = values["age"].flatMap({ Int64($0) }), Self.days.contains(days) {
            filter.openBy = now - days * 86_400_000
        }
        filter.isNewestFirst = values["order"] == Self.newest
        return filter
    }

    /// Everything that can be chosen, each with how many cases it has.
    func choices(_ counts: CaseCounts, _ store: StoreTransaction, _ names: NameBook) -> [CasesModel.Choice] {
        let language = names.language
        func text(_ key: String) -> String { Catalogue.text(key, language) }
        func title(_ form: String) -> String { (try? store.latestForm(form))?.title[language] ?? form }
        let forms = counts.forms.keys.compactMap { try? store.latestForm($0) }
        func field(_ name: String) -> String {
            let labels = Set(forms.compactMap { $0.field(name)?.label[language] })
            return labels.count == 1 ? labels.first ?? name : FieldLabel.text(name, nil, language)
        }
        let authors = Dictionary(uniqueKeysWithValues: counts.authors.map { ($0.isEmpty ? Self.nobody : $0, $1) })
        let kinds = counts.kinds.map { ($0.key.name, $0.value) }
        let causes = counts.causes.map { ($0.key.name, $0.value) }
        let ages = Self.days.map {
            Shell.Option(
                String($0), Catalogue.text("cases.age.days", language, ["days": String($0)]),
                isSelected: values["age"] == String($0))
        }
        return [
            choice("unit", "cases.unit", counts.spaces.map { ($0, $1) }, language, names.space),
            choice("form", "cases.form", counts.forms.map { ($0, $1) }, language, title),
            choice("kind", "cases.kind", kinds, language) { text("case.kind.\($0)") },
            choice("field", "case.field", counts.fields.map { ($0, $1) }, language, field),
            choice("author", "cases.author", authors.map { ($0, $1) }, language) {
                names.person($0 == Self.nobody ? "" : $0)
            },
            choice("cause", "cases.cause", causes, language) { text("case.cause.\($0)") },
            CasesModel.Choice(
                choiceName: "age", choiceLabel: text("cases.age"),
                options: [Shell.Option("", text("cases.all"), isSelected: values["age"] == nil)] + ages),
            CasesModel.Choice(
                choiceName: "order", choiceLabel: text("cases.order"),
                options: [
                    Shell.Option("", text("cases.oldest"), isSelected: values["order"] == nil),
                    Shell.Option(Self.newest, text("cases.newest"), isSelected: values["order"] == Self.newest),
                ]),
        ]
    }

    /// Lists grow no longer than people can look through; what was chosen is always there.
    private static let mostOptions = 500

    private func choice(
        _ name: String, _ label: String, _ counts: [(String, Int)], _ language: Language, _ shown: (String) -> String
    ) -> CasesModel.Choice {
        let chosen = values[name]
        let most = counts.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(Self.mostOptions)
        let gone = chosen.flatMap { chosen in most.contains { $0.0 == chosen } ? nil : [(chosen, 0)] } ?? []
        let labelled = (most + gone).map { (value: $0.0, label: shown($0.0), count: $0.1) }
            .sorted(byName: \.label)
        let all = Shell.Option("", Catalogue.text("cases.all", language), isSelected: chosen == nil)
        return CasesModel.Choice(
            choiceName: name, choiceLabel: Catalogue.text(label, language),
            options: [all]
                + labelled.map { option in
                    let count = VietnameseFormat.number(String(option.count))
                    return Shell.Option(
                        option.value, "\(option.label) (\(count))", isSelected: option.value == chosen)
                })
    }
}
