import Agent
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// The first page: what is where, whether the hub was reached, and the way to every form.
struct HomeModel {
    struct Tile {
        let tileTitle: String
        let tileHref: String
        let tileCount: String
        let newHref: String?
        /// Where many of them are entered at once: forms whose key leaves one question open.
        let gridHref: String?
    }

    struct Group {
        let groupTitle: String
        let tiles: [Tile]
    }

    let unitName: String
    let waiting: String
    let received: String
    let refused: String
    let hasRefused: Bool
    /// What was found damaged of the work that was saved here.
    let damaged: String?
    /// Said where the disk runs low.
    let disk: DiskNote?
    /// What stands in the way of a copy.
    let copyTrouble: String?
    let panel: SyncPanel
    let cases: [RecordSummary]
    let hasCases: Bool
    let caseCount: Int
    /// How many of the person's values were not kept; `nil` for none.
    let notices: String?
    let questions: String?
    let groups: [Group]
    let hasForms: Bool
    let rows: [RecordSummary]
    let hasRows: Bool
    /// Whether how the program runs is shown and set here.
    let isOwnMachine: Bool
}

extension AgentSite {
    private static let latestRecords = 8
    private static let shownCases = 5

    func home(_ request: Request) async throws -> Response {
        try await show(request) { store, names in
            let language = names.language
            let counts = try store.ownCounts()
            let forms = try store.allForms()
            let titles = Dictionary(forms.map { ($0.form, $0) }, uniquingKeysWith: { first, _ in first })
            let notices = try valuesNotKept(request, store).count
            let questions = try questions(request, store).count
            let cases = try store.cases(limit: Self.shownCases).map {
                RecordSummary($0.view, titles[$0.view.form], language)
            }
            let rows = try store.records(RecordFilter(), limit: Self.latestRecords).map {
                RecordSummary($0, titles[$0.form], language)
            }
            let model = HomeModel(
                unitName: try unitName(store, names), waiting: VietnameseFormat.number(String(counts.waiting)),
                received: VietnameseFormat.number(String(counts.received)),
                refused: VietnameseFormat.number(String(counts.refused)), hasRefused: counts.refused > 0,
                damaged: try device.damagedWork(store).flatMap { work in
                    work.changes == 0
                        ? nil
                        : Catalogue.text(
                            "home.damaged", language, ["count": "\(work.changes)", "copy": work.copy])
                }, disk: DiskNote(premises.room(), language),
                copyTrouble: premises.backups == nil || reach != .machine
                    ? nil : try store.backupRecord().trouble?.error.message(in: language),
                panel: try syncPanel(store, language), cases: cases, hasCases: !cases.isEmpty,
                caseCount: try store.conflictCount(), notices: notices == 0 ? nil : String(notices),
                questions: questions == 0 ? nil : String(questions),
                groups: try Self.groups(forms, mayWrite: try who(request, store).mayWrite, store, language),
                hasForms: !forms.isEmpty, rows: rows, hasRows: !rows.isEmpty,
                isOwnMachine: reach == .machine)
            return Page("home", title: Catalogue.text("agent.home", language), model)
        }
    }

    private static func groups(
        _ forms: [FormDefinition], mayWrite: Bool, _ store: StoreTransaction, _ language: Language
    ) throws
        -> [HomeModel.Group]
    {
        // What photos say of themselves nobody enters or looks for by itself: it stands with the photos.
        let byGroup = Dictionary(grouping: forms.filter { $0.form != StoreTransaction.photoForm }, by: \.group)
        return try byGroup.sorted { $0.key < $1.key }.map { group, forms in
            let tiles = try forms.map { form in
                let count = try store.recordCount(RecordFilter(form: form.form))
                return HomeModel.Tile(
                    tileTitle: form.title[language], tileHref: "/forms/\(form.form)",
                    tileCount: Catalogue.text(
                        "home.records", language, ["count": VietnameseFormat.number(String(count))]),
                    newHref: form.writers == .unit && mayWrite && !form.isOfAnother ? "/forms/\(form.form)/new" : nil,
                    gridHref: mayWrite && Grid.fits(form) && !form.keyFields.isEmpty ? "/forms/\(form.form)/grid" : nil)
            }
            let key = "group.\(group)"
            return HomeModel.Group(
                groupTitle: Catalogue.knows(key) ? Catalogue.text(key, language) : group, tiles: tiles)
        }
    }
}
