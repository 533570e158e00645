import Hub
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// A role in a unit, as pages say it.
struct GrantRow {
    let grantRole: String
    let grantUnit: String
    let unitCode: String
    /// From when until when; `nil` without an end.
    let grantDays: String?
    /// Spaces that it is limited to; `nil` for all of the unit.
    let grantSpaces: String?
    /// `active`, `coming` or `over`.
    let grantKey: String
    let grantState: String
    let mayTake: Bool

    init(_ grant: Grant, today: CalendarDate, mayTake: Bool, _ names: NameBook) {
        let language = names.language
        grantRole = Self.label(grant.role, language)
        grantUnit = names.unit(grant.unit)
        unitCode = grant.unit
        func day(_ day: CalendarDate?) -> [String: String] { ["day": day.map(VietnameseFormat.date) ?? ""] }
        switch (grant.from, grant.until) {
        case (nil, nil): grantDays = nil
        case (let from, nil): grantDays = Catalogue.text("people.from-day", language, day(from))
        case (nil, let until): grantDays = Catalogue.text("people.until-day", language, day(until))
        case (let from?, let until?): grantDays = VietnameseFormat.date(from) + " – " + VietnameseFormat.date(until)
        }
        grantSpaces = grant.spaces.isEmpty ? nil : grant.spaces.sorted().map(names.space).joined(separator: ", ")
        grantKey = grant.holds(on: today...today) ? "active" : (grant.from ?? today) > today ? "coming" : "over"
        grantState = Catalogue.text("people.grant.\(grantKey)", language)
        self.mayTake = mayTake
    }

    static func label(_ role: Role, _ language: Language) -> String {
        Catalogue.text("role.\(role.rawValue)", language)
    }
}

/// A person of a list.
struct PersonRow {
    let personHref: String
    let personName: String
    let personID: String
    let personUnit: String
    /// What they are in their own unit, and what and where else.
    let roles: [String]
    let isDisabled: Bool
    let isIdle: Bool

    init(_ person: Person, today: CalendarDate, _ names: NameBook) {
        personHref = "/people/\(person.id)"
        personName = person.name
        personID = person.id
        personUnit = names.unit(person.unit)
        roles = person.grants.sorted { a, _ in a.unit == person.unit }.map { grant in
            let row = GrantRow(grant, today: today, mayTake: false, names)
            let place = grant.unit == person.unit ? nil : row.grantUnit
            return [row.grantRole, place, row.grantDays].compactMap { $0 }.joined(separator: " · ")
        }
        isDisabled = person.disabled
        isIdle = !person.disabled && !person.grants.contains { $0.holds(on: today...today) }
    }
}
