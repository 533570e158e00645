import Foundation
import GRDB
package import RecordStore
import Records
package import SyncProtocol

package struct Person: Sendable {
    package let id: String
    package let name: String
    package let role: Role
    package let unit: String
    package let disabled: Bool
}

extension Hub {
    /// Adds a person. Name, role and the password's verifier travel to the unit's devices in its people space, where they sign in
    /// without a network; the password itself is kept nowhere.
    /// - Parameter password: `nil` for people who never sign in here.
    package func addPerson(id: String, name: String, role: String, unit: String, password: String?) throws {
        guard let role = Role(rawValue: role) else { throw HubError(.roleUnknown, ["role": role]) }
        guard Self.isPersonID(id) else { throw RecordsError(.personInvalid) }
        let verifier = try password.map {
            try PasswordVerifier($0, salt: store.world.random(PasswordVerifier.saltBytes))
        }
        try store.write { store in
            guard try Self.person(id, store) == nil else { throw HubError(.personExists, ["person": id]) }
            guard try Self.knowsUnit(unit, store) else { throw HubError(.unitUnknown, ["unit": unit]) }
            try store.db.cachedStatement(
                sql: "INSERT INTO person (id, name, role, unit, verifier) VALUES (?, ?, ?, ?, ?)"
            ).execute(arguments: [id, TextFold.normalized(name), role.rawValue, unit, verifier.map { Data($0.bytes) }])
            try publish(id, store)
        }
    }

    package func setPassword(of id: String, to password: String) throws {
        let verifier = try PasswordVerifier(password, salt: store.world.random(PasswordVerifier.saltBytes))
        try store.write { store in
            guard try Self.person(id, store) != nil else { throw HubError(.personUnknown, ["person": id]) }
            try store.db.cachedStatement(sql: "UPDATE person SET verifier = ? WHERE id = ?").execute(arguments: [
                Data(verifier.bytes), id,
            ])
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
        try setPassword(of: person.id, to: change.new)
    }

    /// Answers a ``PasswordChange``.
    package func changePassword(_ message: [UInt8]) throws -> [UInt8] {
        try changePassword(try PasswordChange(bytes: message))
        return PasswordChange.done
    }

    package func disablePerson(_ id: String) throws {
        try store.write { store in
            guard try Self.person(id, store) != nil else { throw HubError(.personUnknown, ["person": id]) }
            try store.db.cachedStatement(sql: "UPDATE person SET disabled = 1 WHERE id = ?").execute(arguments: [id])
            try publish(id, store)
        }
    }

    package func people() throws -> [Person] {
        try store.read {
            try Row.fetchAll($0.db, sql: "SELECT * FROM person ORDER BY unit, id").compactMap(Self.person)
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

    private static func verifier(of id: String, _ store: StoreTransaction) throws -> PasswordVerifier? {
        try Data.fetchOne(
            store.db.cachedStatement(sql: "SELECT verifier FROM person WHERE id = ?"), arguments: [id]
        ).flatMap { PasswordVerifier(bytes: Array($0)) }
    }

    static func person(_ id: String, _ store: StoreTransaction) throws -> Person? {
        try Row.fetchOne(store.db.cachedStatement(sql: "SELECT * FROM person WHERE id = ?"), arguments: [id]).flatMap(
            person)
    }

    private static func person(_ row: Row) throws -> Person? {
        guard let role = try Role(rawValue: row.at("role")) else { return nil }
        return Person(
            id: try row.at("id"), name: try row.at("name"), role: role, unit: try row.at("unit"),
            disabled: (try row.at("disabled") as Int64) == 1)
    }

    static func isPersonID(_ id: String) -> Bool {
        (1...RecordLimits.personBytes).contains(id.utf8.count)
            && id.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || [45, 46, 95].contains($0) }
    }

    /// Writes the person into the unit's people space, or what changed.
    private func publish(_ id: String, _ store: StoreTransaction) throws {
        guard let person = try Self.person(id, store) else { return }
        let space = SpaceName.people(person.unit)
        try store.ensureSpace(space)
        let values = [
            ("person", person.id), ("name", person.name), ("role", person.role.rawValue), ("unit", person.unit),
            ("disabled", person.disabled ? "yes" : "no"),
            (BuiltInForm.verifier, try Self.verifier(of: id, store)?.text ?? ""),
        ]
        _ = try capture(
            [
                Draft(
                    .put(form: BuiltInForm.person.form, space: space),
                    edits: values.map { ($0.0, .set($0.1.isEmpty ? .null : .text($0.1))) })
            ], in: store)
    }

    /// Brings the table of people up to date with their records, where those came back from devices.
    package func adoptPeople(in space: SpaceState, _ store: StoreTransaction) throws {
        for view in try store.records(form: BuiltInForm.person.form, space: space.name) {
            func text(_ field: String) -> String? {
                if case .text(let text)? = view.fields[field] { text } else { nil }
            }
            guard let id = text("person"), let name = text("name"), let role = text("role"), let unit = text("unit"),
                Role(rawValue: role) != nil
            else { continue }
            // A record from before verifiers travelled takes nobody's password away.
            let verifier = text(BuiltInForm.verifier).flatMap { PasswordVerifier(text: $0) }
            try store.db.cachedStatement(
                sql: """
                    INSERT INTO person (id, name, role, unit, disabled, verifier) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                    ON CONFLICT (id) DO UPDATE SET name = ?2, role = ?3, unit = ?4, disabled = ?5,
                        verifier = coalesce(?6, verifier)
                    """
            ).execute(arguments: [id, name, role, unit, text("disabled") == "yes", verifier.map { Data($0.bytes) }])
        }
    }
}
