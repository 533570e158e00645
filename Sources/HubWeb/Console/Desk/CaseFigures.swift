import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// How many open cases there are of one sort, as bars that lead to them.
struct CaseFigures {
    struct Bar {
        let barLabel: String
        let barHref: String
        let barCount: String
        /// Of the longest, in hundredths.
        let barShare: String
    }

    let figuresTitle: String
    let bars: [Bar]

    /// Bars of one sort; the rest is in the lists to choose from.
    private static let most = 6

    static func all(_ counts: CaseCounts, _ store: StoreTransaction, _ names: NameBook) -> [CaseFigures] {
        let language = names.language
        let causes = counts.causes.map { ($0.key.name, $0.value) }
        return [
            CaseFigures("unit", "cases.unit", counts.spaces.map { ($0, $1) }, language, names.space),
            CaseFigures("form", "cases.form", counts.forms.map { ($0, $1) }, language) {
                (try? store.latestForm($0))?.title[language] ?? $0
            },
            CaseFigures("cause", "cases.cause", causes, language) { Catalogue.text("case.cause.\($0)", language) },
        ]
    }

    private init(
        _ name: String, _ title: String, _ counts: [(String, Int)], _ language: Language, _ label: (String) -> String
    ) {
        let sorted = counts.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(Self.most)
        let longest = max(1, sorted.first?.1 ?? 1)
        figuresTitle = Catalogue.text(title, language)
        bars = sorted.map { value, count in
            Bar(
                barLabel: label(value), barHref: "/conflicts?\(name)=\(value.percentEncoded)",
                barCount: VietnameseFormat.number(String(count)), barShare: String(max(1, count * 100 / longest)))
        }
    }
}
