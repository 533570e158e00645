import Foundation
import GRDB
package import RecordStore
import Records
package import SyncProtocol

/// Accounts: who there is, and by what they prove themselves.
extension Hub {
    /// Adds a person. Name, role and the password's verifier travel to the unit's devices in its people space, where they sign in
    /// without a network; the password itself is kept nowhere.
    /// - Parameters:
    ///   - password: `nil` for people who never sign in here.
    ///   - actor: who adds them; empty for a command on the hub's own machine, here and in all that follows.
    package func addPerson(
        id: String, name: String, role: String, unit: String, password: String?, by actor: String = ""
    ) throws {
        guard let role = Role(rawValue: role) else { throw HubError(.roleUnknown, ["role": role]) }
        try addPerson(id: id, name: name, Grant(unit: unit, role: role), password: password, by: actor)
    }

    /// Adds a person who belongs to the unit of a grant.
    package func addPerson(
        id: String, name: String, _ grant: Grant, password: String?, by actor: String = ""
    ) throws {
        guard Self.isPersonID(id) else { throw RecordsError(.personInvalid) }
        let name = TextFold.normalized(name)
        guard !name.allSatisfy(\.isWhitespace) else { throw HubError(.personNameless) }
        let verifier = try password.map {
            try PasswordVerifier($0, salt: store.world.random(PasswordVerifier.saltBytes))
        }
        try store.write { store in
            try require(.runPeople, of: actor, in: SpaceName.people(grant.unit), store)
            guard try Self.person(id, store) == nil else { throw HubError(.personExists, ["person": id]) }
            try check(grant, store)
            try store.db.cachedStatement(
                sql: "INSERT INTO person (id, name, unit, verifier) VALUES (?, ?, ?, ?)"
            ).execute(arguments: [id, name, grant.unit, verifier.map { Data($0.bytes) }])
            try Self.keep(grant, of: id, store)
            try AuditLog.add(.personAdded, by: actor, to: id, unit: grant.unit, grant.audited, in: store)
            try publish(id, store)
        }
    }

    package func setPassword(of id: String, to password: String, by actor: String = "") throws {
        let verifier = try PasswordVerifier(password, salt: store.world.random(PasswordVerifier.saltBytes))
        try store.write { store in
            guard let person = try Self.person(id, store) else { throw HubError(.personUnknown, ["person": id]) }
            if actor != id { try require(.runPeople, of: actor, in: SpaceName.people(person.unit), store) }
            try store.db.cachedStatement(sql: "UPDATE person SET verifier = ? WHERE id = ?").execute(arguments: [
                Data(verifier.bytes), id,
            ])
            try AuditLog.add(.passwordSet, by: actor, to: id, unit: person.unit, in: store)
            try publish(id, store)
        }
    }

    /// Gives a person the password that they wish for, who proves themselves by the one they have. A wish that was fulfilled
    /// before, and whose answer the line lost, is fulfilled.
    /// - Throws: `sign-in.wrong`; what ``PasswordRule`` says.
    package func changePassword(_ change: PasswordChange) throws {
        let person: Person
        do {
            person = try signIn(change.person, password: change.old)
        } catch {
            _ = try signIn(change.person, password: change.new)
            return
        }
        try PasswordRule.check(change.new, of: person.id)
        try setPassword(of: person.id, to: change.new, by: person.id)
    }

    /// Answers a ``PasswordChange``.
    package func changePassword(_ message: [UInt8]) throws -> [UInt8] {
        try changePassword(try PasswordChange(bytes: message))
        return PasswordChange.done
    }

    /// Locks somebody out, everywhere and at once. What they have saved before and comes later is refused, for an admin to look at.
    package func disablePerson(_ id: String, by actor: String = "") throws {
        try setDisabled(true, id, by: actor)
    }

    package func enablePerson(_ id: String, by actor: String = "") throws { try setDisabled(false, id, by: actor) }

    private func setDisabled(_ isDisabled: Bool, _ id: String, by actor: String) throws {
        try store.write { store in
            guard let person = try Self.person(id, store) else { throw HubError(.personUnknown, ["person": id]) }
            try require(.runPeople, of: actor, in: SpaceName.people(person.unit), store)
            guard actor != id else { throw HubError(.personSelf) }
            guard person.disabled != isDisabled else { return }
            try store.db.cachedStatement(sql: "UPDATE person SET disabled = ? WHERE id = ?").execute(arguments: [
                isDisabled, id,
            ])
            try AuditLog.add(
                isDisabled ? .personDisabled : .personEnabled, by: actor, to: id, unit: person.unit, in: store)
            try publish(id, store)
        }
    }

    package func people() throws -> [Person] { try store.read(Self.people) }

    /// By unit and id.
    package static func people(_ store: StoreTransaction) throws -> [Person] {
        var grants: [String: [Grant]] = [:]
        for row in try Row.fetchAll(store.db, sql: "SELECT * FROM role_grant ORDER BY person, unit") {
            guard let grant = try grant(row) else { continue }
            grants[try row.at("person"), default: []].append(grant)
        }
        return try Row.fetchAll(store.db, sql: "SELECT * FROM person ORDER BY unit, id").map { row in
            try person(row, grants[try row.at("id")] ?? [])
        }
    }

    /// - Returns: `nil` when there is none of this id.
    package func person(_ id: String) throws -> Person? { try store.read { try Self.person(id, $0) } }

    /// The person who signs in with this password.
    /// - Throws: `sign-in.wrong`, the same whether the person, the password or the account is at fault.
    package func signIn(_ id: String, password: String) throws -> Person {
        let (person, verifier) = try store.read { store in
            (try Self.person(id, store), try Self.verifier(of: id, store))
        }
        // A wrong name costs as much time as a wrong password.
        let same = (verifier ?? .nobodys).accepts(password)
        guard let person, verifier != nil, same, !person.disabled else { throw HubError(.signInWrong) }
        return person
    }

    package func hasPassword(_ id: String, _ store: StoreTransaction) throws -> Bool {
        try Self.verifier(of: id, store) != nil
    }

    static func verifier(of id: String, _ store: StoreTransaction) throws -> PasswordVerifier? {
        try Data.fetchOne(
            store.db.cachedStatement(sql: "SELECT verifier FROM person WHERE id = ?"), arguments: [id]
        ).flatMap { PasswordVerifier(bytes: Array($0)) }
    }

    package static func person(_ id: String, _ store: StoreTransaction) throws -> Person? {
        let row = try Row.fetchOne(
            store.db.cachedStatement(sql: "SELECT * FROM person WHERE id = ?"), arguments: [id])
        return try row.map { try person($0, grants(of: id, store)) }
    }

    private static func person(_ row: Row, _ grants: [Grant]) throws -> Person {
        Person(
            id: try row.at("id"), name: try row.at("name"), unit: try row.at("unit"),
            disabled: (try row.at("disabled") as Int64) == 1, grants: grants)
    }

    static func isPersonID(_ id: String) -> Bool {
        (1...RecordLimits.personBytes).contains(id.utf8.count)
            && id.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || [45, 46, 95].contains($0) }
    }
}
