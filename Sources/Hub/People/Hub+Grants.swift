import GRDB
package import RecordStore
import Records
import Wording

/// Who may do what.
extension Hub {
    /// Gives a person a role in a unit, in place of the one that they had there.
    /// - Throws: `person.unknown`, `unit.unknown`, `space.invalid`, `grant.days`, `person.self`, `rights.people`.
    package func give(_ grant: Grant, to id: String, by actor: String = "") throws {
        try store.write { store in
            try require(.runPeople, of: actor, in: SpaceName.people(grant.unit), store)
            guard try Self.person(id, store) != nil else { throw HubError(.personUnknown, ["person": id]) }
            guard actor != id else { throw HubError(.personSelf) }
            try check(grant, store)
            try Self.keep(grant, of: id, store)
            try AuditLog.add(.roleGiven, by: actor, to: id, unit: grant.unit, grant.audited, in: store)
            try publish(id, store)
        }
    }

    /// Takes a person's role in a unit away, at once: what comes from there on is judged without it, whenever it was saved. A role that
    /// ends with a day leaves what was saved until then.
    /// - Throws: `person.unknown`, `grant.unknown`, `person.self`, `rights.people`.
    package func withdraw(unit: String, from id: String, by actor: String = "") throws {
        try store.write { store in
            try require(.runPeople, of: actor, in: SpaceName.people(unit), store)
            guard let person = try Self.person(id, store) else { throw HubError(.personUnknown, ["person": id]) }
            guard let grant = person.grants.first(where: { $0.unit == unit }) else {
                throw HubError(.grantUnknown, ["person": id, "unit": unit])
            }
            guard actor != id else { throw HubError(.personSelf) }
            try store.db.cachedStatement(sql: "DELETE FROM role_grant WHERE person = ? AND unit = ?").execute(
                arguments: [id, unit])
            try AuditLog.add(.roleTaken, by: actor, to: id, unit: unit, grant.audited, in: store)
            try publish(id, withdrawnFrom: unit, store)
        }
    }

    /// - Throws: `rights.` and what is missing, for somebody who is known and has not got the right there today. Commands on the hub's
    ///   own machine name nobody.
    package func require(_ right: Right, of actor: String, in space: String, _ store: StoreTransaction) throws {
        guard let person = try Self.person(actor, store) else { return }
        if !person.disabled, person.rights.allow(right, in: space, on: store.today) { return }
        throw ReportedError(code: right.refusal, details: ["person": actor])
    }

    func check(_ grant: Grant, _ store: StoreTransaction) throws {
        guard SpaceName.isUnitCode(grant.unit), try Self.knowsUnit(grant.unit, store) else {
            throw HubError(.unitUnknown, ["unit": grant.unit])
        }
        for space in grant.spaces where !SpaceName.isValid(space) || SpaceName.unit(of: space) != grant.unit {
            throw HubError(.spaceInvalid, ["space": space])
        }
        if let from = grant.from, let until = grant.until, from > until { throw HubError(.grantDays) }
    }

    static func keep(_ grant: Grant, of id: String, _ store: StoreTransaction) throws {
        try store.db.cachedStatement(
            sql: "INSERT OR REPLACE INTO role_grant (person, unit, role, spaces, first, last) VALUES (?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            id, grant.unit, grant.role.rawValue, grant.spaces.sorted().joined(separator: " "),
            grant.from.map { Int64($0.days) }, grant.until.map { Int64($0.days) },
        ])
    }

    static func grants(of id: String, _ store: StoreTransaction) throws -> [Grant] {
        try Row.fetchAll(
            store.db.cachedStatement(sql: "SELECT * FROM role_grant WHERE person = ? ORDER BY unit"), arguments: [id]
        ).compactMap(grant)
    }

    static func grant(_ row: Row) throws -> Grant? {
        guard let role = Role(rawValue: try row.at("role")) else { return nil }
        func day(_ column: String) throws -> CalendarDate? {
            (try row.at(column) as Int64?).map { CalendarDate(days: Int32(clamping: $0)) }
        }
        return Grant(
            unit: try row.at("unit"), role: role,
            spaces: Set((try row.at("spaces") as String).split(separator: " ").map(String.init)),
            from: try day("first"), until: try day("last"))
    }
}

extension Right {
    /// The code of what somebody is told who has not got it.
    package var refusal: String {
        switch self {
        case .record: "rights.record"
        case .readRecords, .readDesk: "rights.console"
        case .assign: "rights.assign"
        case .settle: "rights.settle"
        case .runDevices: "rights.devices"
        case .readPeople, .runPeople: "rights.people"
        case .readAudit: "rights.audit"
        case .runHub: "rights.hub"
        }
    }
}

extension Grant {
    /// As the audit holds it.
    var audited: [String: String] {
        var details = ["role": role.rawValue]
        if !spaces.isEmpty { details["spaces"] = spaces.sorted().joined(separator: " ") }
        if let from { details["from"] = from.iso }
        if let until { details["until"] = until.iso }
        return details
    }
}
