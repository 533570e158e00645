import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// The city's people, by unit and role.
struct PeopleModel {
    let find: String
    let units: [Shell.Option]
    let roles: [Shell.Option]
    let found: String
    let rows: [PersonRow]
    let hasRows: Bool
    let mayManage: Bool
    let pager: Pager?
}

extension Console {
    func people(_ request: Request) async throws -> Response {
        let (asked, role) = (request.chosen("unit"), request.chosen("role"))
        let find = String((request.chosen("find") ?? "").prefix(200))
        let page = Pager.page(of: request)
        return try await show(request, .readPeople) { store, names, visitor, _ in
            let language = names.language
            let unit = try visitor.unit(asked, for: .readPeople)
            let all = try Hub.people(store)
            let isCity = visitor.scope(of: .readPeople) == .everywhere
            let sought = TextFold.folded(find)
            let shown = all.filter { person in
                (unit.map { person.belongs(to: $0) } ?? true)
                    && (role == nil || person.grants.contains { $0.role.rawValue == role })
                    && (sought.isEmpty || TextFold.folded("\(person.name) \(person.id)").contains(sought))
            }.sorted(byName: \.name)
            let query = [("unit", asked), ("role", role), ("find", find.isEmpty ? nil : find)]
                .compactMap { name, value in value.map { "\(name)=\($0.percentEncoded)&" } }.joined()
            let codes = Set(all.flatMap { $0.grants.map(\.unit) + [$0.unit] })
                .filter { visitor.scope(of: .readPeople).contains(unit: $0) }
            let labelled = codes.map { (value: $0, label: names.unit($0)) }
                .sorted(byName: \.label)
            let everyUnit = Shell.Option(
                "", Catalogue.text("cases.all-units", language), isSelected: unit == nil)
            let everyRole = Shell.Option("", Catalogue.text("people.all-roles", language), isSelected: role == nil)
            let rows = shown.dropFirst(page * Pager.size).prefix(Pager.size).map {
                PersonRow($0, today: visitor.today, names)
            }
            let model = PeopleModel(
                find: find,
                units: (isCity ? [everyUnit] : [])
                    + labelled.map { Shell.Option($0.value, $0.label, isSelected: $0.value == unit) },
                roles: [everyRole]
                    + Role.allCases.map {
                        Shell.Option($0.rawValue, GrantRow.label($0, language), isSelected: $0.rawValue == role)
                    },
                found: Catalogue.text(
                    "people.count", language, ["count": VietnameseFormat.number(String(shown.count))]),
                rows: rows, hasRows: !rows.isEmpty, mayManage: visitor.may(.runPeople),
                pager: Pager(path: "/people?\(query)", page: page, count: shown.count, language))
            return Page("people", title: Catalogue.text("people.title", language), model)
        }
    }
}

extension Person {
    /// Whether they belong to the unit or are something there.
    func belongs(to unit: String) -> Bool { self.unit == unit || grants.contains { $0.unit == unit } }
}
