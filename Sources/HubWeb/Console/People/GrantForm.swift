import Hub
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// The fields of a role in a unit, as they were typed.
struct GrantForm: Sendable {
    var unit = ""
    var role = ""
    var from = ""
    var until = ""

    init() {}

    init(_ body: FormBody) {
        (unit, role, from, until) = (body["unit"], body["role"], body["from"], body["until"])
    }

    /// - Throws: `role.missing`, `role.unknown`, `grant.days`.
    func grant() throws -> Grant {
        guard !role.isEmpty else { throw HubError(.roleMissing) }
        guard let role = Role(rawValue: role) else { throw HubError(.roleUnknown, ["role": String(role.prefix(40))]) }
        func day(_ text: String) throws -> CalendarDate? {
            guard !text.isEmpty else { return nil }
            guard let day = CalendarDate(iso: text) else { throw HubError(.grantDays) }
            return day
        }
        return Grant(unit: unit, role: role, from: try day(from), until: try day(until))
    }
}

/// The same on a page.
struct GrantFields {
    let units: [Shell.Option]
    let roles: [Shell.Option]
    let from: String
    let until: String

    init(_ form: GrantForm, in store: StoreTransaction, _ names: NameBook) throws {
        let choose = Catalogue.text("form.choose", names.language)
        units = try Console.units(store, chosen: form.unit, names)
        roles =
            [Shell.Option("", choose, isSelected: form.role.isEmpty)]
            + Role.allCases.map {
                Shell.Option(
                    $0.rawValue, GrantRow.label($0, names.language), isSelected: $0.rawValue == form.role)
            }
        from = form.from
        until = form.until
    }
}
