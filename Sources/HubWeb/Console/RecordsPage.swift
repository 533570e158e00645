import Hub
import Hummingbird
import NIOPosix
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// Records of the whole city, the newest first.
struct RecordsModel {
    struct File {
        let fileLabel: String
        let fileHref: String
    }

    let forms: [Shell.Option]
    let units: [Shell.Option]
    let find: String
    let found: String
    /// Said while what is searched is not all there yet.
    let unready: String?
    let rows: [RecordSummary]
    let hasRows: Bool
    let newHref: String?
    /// The same as a file; none where forms are mixed.
    let files: [File]
    let hasFiles: Bool
    let pager: Pager?
}

extension Console {
    /// A search that finds more than this is told to say more.
    private static let countedMatches = 500
    /// How long one search works on what nobody has searched before. The next one goes on.
    private static let patience = Duration.seconds(1)

    func records(_ request: Request) async throws -> Response {
        let (form, asked) = (request.chosen("form"), request.chosen("unit"))
        let find = String((request.chosen("find") ?? "").prefix(200))
        let isSearch = !find.allSatisfy(\.isWhitespace)
        let page = Pager.page(of: request)
        if isSearch { try await NIOThreadPool.singleton.runIfActive { [self] in try readySearch(for: request) } }
        return try await show(request, .readRecords) { store, names, visitor, _ in
            let language = names.language
            guard form.map({ !$0.hasPrefix("@") }) ?? true else {
                throw RecordsError(.formUnknown, ["form": form ?? ""])
            }
            let space = try visitor.space(asked, for: .readRecords)
            let isCity = visitor.scope(of: .readRecords) == .everywhere
            let filter = RecordFilter(form: form, space: space, find: isSearch ? find : nil)
            let most = isSearch ? max(Self.countedMatches, (page + 2) * Pager.size) : nil
            let count = try store.recordCount(filter, atMost: most)
            let isEndKnown = most.map { count < $0 } ?? true
            let definitions = Dictionary(
                try store.allForms().map { ($0.form, $0) }, uniquingKeysWith: { first, _ in first })
            let rows = try store.records(filter, limit: Pager.size, offset: page * Pager.size).map {
                RecordSummary($0, definitions[$0.form], language)
            }
            let query = [("form", form), ("unit", space), ("find", isSearch ? find : nil)].compactMap { name, value in
                value.map { "\(name)=\($0.percentEncoded)&" }
            }.joined()
            let files = form == nil ? [] : Self.files(query, language)
            let left = isSearch ? try store.searchDueCount() : 0
            let model = RecordsModel(
                forms: Self.choices(
                    definitions.values.filter { !$0.form.hasPrefix("@") }.map { ($0.form, $0.title[language]) },
                    chosen: form, all: Catalogue.text("cases.all-forms", language)),
                units: Self.choices(
                    try store.allSpaces().map(\.name).filter {
                        SpaceName.unit(of: $0) != nil && !SpaceName.isPeople($0) && visitor.may(.readRecords, in: $0)
                    }
                    .map { ($0, names.space($0)) }, chosen: space,
                    all: isCity ? Catalogue.text("cases.all-units", language) : nil),
                find: find,
                found: Catalogue.text(
                    isEndKnown ? "home.records" : "list.found-many", language,
                    ["count": VietnameseFormat.number(String(count))]),
                unready: left == 0
                    ? nil
                    : Catalogue.text(
                        "records.unready", language, ["count": VietnameseFormat.number(String(left))]),
                rows: rows, hasRows: !rows.isEmpty,
                newHref: visitor.entersAnywhere ? "/records/new?\(query)" : nil, files: files,
                hasFiles: !files.isEmpty && !rows.isEmpty,
                pager: Pager(path: "/records?\(query)", page: page, count: count, isEndKnown: isEndKnown, language))
            return Page("records", title: Catalogue.text("hub.records", language), model)
        }
    }

    /// The ways to take home what is listed.
    private static func files(_ query: String, _ language: Language) -> [RecordsModel.File] {
        [ExportedRecords.Kind.spreadsheet, .csv, .jsonLines].map { kind in
            RecordsModel.File(
                fileLabel: Catalogue.text("records.file.\(kind.rawValue)", language),
                fileHref: "/records/export?\(query)as=\(kind.rawValue)")
        }
    }

    private static func choices(
        _ choices: [(value: String, label: String)], chosen: String?, all: String?
    ) -> [Shell.Option] {
        (all.map { [Shell.Option("", $0, isSelected: chosen == nil)] } ?? [])
            + choices.sorted(byName: \.label)
            .map { Shell.Option($0.value, $0.label, isSelected: $0.value == chosen) }
    }

    /// Brings up what is searched, for a while and only for somebody who may look.
    func readySearch(for request: Request) throws {
        guard try visitor(request) != nil else { return }
        let start = ContinuousClock.now
        while try hub.store.write({ try $0.catchUpSearch() }), start.duration(to: .now) < Self.patience {}
    }
}
