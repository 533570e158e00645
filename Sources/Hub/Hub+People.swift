import CryptoExtras
import Foundation
import GRDB
import RecordStore
import Records
import SyncProtocol

/// What a person may do.
package enum Role: String, CaseIterable, Sendable {
    case wardStaff = "ward_staff"
    case inspector
    case unitLeader = "unit_leader"
    case department
    case hubAdmin = "hub_admin"
    case auditor
    case viewer

    /// Whether people of this role record anything.
    package var writes: Bool { self != .auditor && self != .viewer }
    /// Whether people of this role see every unit's cases and records at the hub.
    package var readsConsole: Bool { self == .hubAdmin || self == .auditor }
    /// Whether people of this role settle conflicts at the hub.
    package var settles: Bool { self == .hubAdmin }
}

package struct Person: Sendable {
    package let id: String
    package let name: String
    package let role: Role
    package let unit: String
    package let disabled: Bool
}

extension Hub {
    /// Adds a person. Name and role travel to the unit's devices in its people space; the password does not leave the hub.
    /// - Parameter password: `nil` for people who never sign in here.
    package func addPerson(id: String, name: String, role: String, unit: String, password: String?) throws {
        guard let role = Role(rawValue: role) else { throw HubError(.roleUnknown, ["role": role]) }
        guard Self.isPersonID(id) else { throw RecordsError(.personInvalid) }
        let verifier = try password.map(makeVerifier)
        try store.write { store in
            guard try Self.person(id, store) == nil else { throw HubError(.personExists, ["person": id]) }
            guard try Self.knowsUnit(unit, store) else { throw HubError(.unitUnknown, ["unit": unit]) }
            try store.db.cachedStatement(
                sql: "INSERT INTO person (id, name, role, unit, verifier) VALUES (?, ?, ?, ?, ?)"
            ).execute(arguments: [id, TextFold.normalized(name), role.rawValue, unit, verifier.map { Data($0) }])
            try publish(id, store)
        }
    }

    package func setPassword(of id: String, to password: String) throws {
        let verifier = try makeVerifier(password)
        try store.write { store in
            guard try Self.person(id, store) != nil else { throw HubError(.personUnknown, ["person": id]) }
            try store.db.cachedStatement(sql: "UPDATE person SET verifier = ? WHERE id = ?").execute(arguments: [
                Data(verifier), id,
            ])
        }
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
            (
                try Self.person(id, store),
                try Data.fetchOne(
                    store.db.cachedStatement(sql: "SELECT verifier FROM person WHERE id = ?"), arguments: [id])
            )
        }
        // A wrong name costs as much time as a wrong password.
        let expected = verifier.map { Array($0) } ?? [UInt8](repeating: 0, count: 48)
        let derived = try Self.derive(password, salt: Array(expected.prefix(16)))
        let same = ConstantTime.areEqual(derived, expected.dropFirst(16))
        guard let person, verifier != nil, same, !person.disabled else { throw HubError(.signInWrong) }
        return person
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
        ]
        _ = try capture(
            [
                Draft(
                    .put(form: BuiltInForm.person.form, space: space),
                    edits: values.map { ($0.0, .set(.text($0.1))) })
            ], in: store)
    }

    /// Brings the table of people up to date with their records, where those came back from devices.
    func adoptPeople(in space: SpaceState, _ store: StoreTransaction) throws {
        for view in try store.records(form: BuiltInForm.person.form, space: space.name) {
            func text(_ field: String) -> String? {
                if case .text(let text)? = view.fields[field] { text } else { nil }
            }
            guard let id = text("person"), let name = text("name"), let role = text("role"), let unit = text("unit"),
                Role(rawValue: role) != nil
            else { continue }
            try store.db.cachedStatement(
                sql: """
                    INSERT INTO person (id, name, role, unit, disabled) VALUES (?1, ?2, ?3, ?4, ?5)
                    ON CONFLICT (id) DO UPDATE SET name = ?2, role = ?3, unit = ?4, disabled = ?5
                    """
            ).execute(arguments: [id, name, role, unit, text("disabled") == "yes"])
        }
    }

    private func makeVerifier(_ password: String) throws -> [UInt8] {
        let salt = store.world.random(16)
        return salt + (try Self.derive(password, salt: salt))
    }

    /// scrypt, RFC 7914, with N = 2^15, r = 8, p = 1: 32 MiB for a moment.
    private static func derive(_ password: String, salt: [UInt8]) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: Array(password.precomposedStringWithCanonicalMapping.utf8), salt: salt, outputByteCount: 32,
            rounds: 1 << 15, blockSize: 8, parallelism: 1)
        return key.withUnsafeBytes { Array($0) }
    }
}
