import Agent
import Hummingbird
import NIOPosix
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// A form's records, newest first.
struct ListModel {
    let formTitle: String
    let newHref: String?
    let gridHref: String?
    let blankHref: String?
    let found: String
    let filling: String?
    let find: String
    let isSearch: Bool
    let rows: [RecordSummary]
    let hasRows: Bool
    let pager: Pager?
    let address: String
}

extension AgentSite {
    /// A search that finds more than this is told to say more.
    private static let countedMatches = 500

    func list(_ request: Request, _ name: String) async throws -> Response {
        let find = String((request.chosen("find") ?? "").prefix(200))
        let page = Pager.page(of: request)
        if !find.isEmpty { try await NIOThreadPool.singleton.runIfActive { try device.store.catchUpSearch() } }
        return try await show(request) { store, names in
            let language = names.language
            guard name != BuiltInForm.person.form else { throw RecordsError(.formUnknown, ["form": name]) }
            let form = try store.latestForm(name)
            let mayWrite = try who(request, store).mayWrite
            let filter = RecordFilter(form: name, find: find.allSatisfy(\.isWhitespace) ? nil : find)
            let most = filter.find == nil ? nil : max(Self.countedMatches, (page + 2) * Pager.size)
            let count = try store.recordCount(filter, atMost: most)
            let isEndKnown = most.map { count < $0 } ?? true
            let found = Catalogue.text(
                isEndKnown ? "home.records" : "list.found-many", language,
                ["count": VietnameseFormat.number(String(count))])
            let rows = try store.records(filter, limit: Pager.size, offset: page * Pager.size).map {
                RecordSummary($0, form, language)
            }
            let query = filter.find == nil ? "" : "find=\(find.percentEncoded)&"
            let model = ListModel(
                formTitle: form.title[language],
                newHref: form.writers == .unit && mayWrite && !form.isOfAnother ? "/forms/\(name)/new" : nil,
                gridHref: Grid.fits(form) && mayWrite ? "/forms/\(name)/grid" : nil,
                blankHref: form.writers == .unit ? "/forms/\(name)/blank" : nil,
                found: found, filling: try FillingNote.text(store, language), find: find, isSearch: filter.find != nil,
                rows: rows,
                hasRows: !rows.isEmpty,
                pager: Pager(
                    path: "/forms/\(name)?\(query)", page: page, count: count, isEndKnown: isEndKnown, language),
                address: "/forms/\(name)")
            return Page("list", title: form.title[language], model)
        }
    }
}
