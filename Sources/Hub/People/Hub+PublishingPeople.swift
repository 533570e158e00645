import Foundation
import GRDB
package import RecordStore
import Records

/// What devices are told of people, and what the hub takes back of it that lost its own tables.
extension Hub {
    /// Writes the person into the people space of each unit where they are something, or what changed.
    /// - Parameter withdrawn: a unit where they are nothing any more.
    func publish(_ id: String, withdrawnFrom withdrawn: String? = nil, _ store: StoreTransaction) throws {
        guard let person = try Self.person(id, store) else { return }
        let verifier = try Self.verifier(of: id, store)
        for unit in Set(person.grants.map(\.unit) + [person.unit] + (withdrawn.map { [$0] } ?? [])).sorted() {
            let grant = person.grants.first { $0.unit == unit }
            let standing: PublishedPerson.Standing =
                person.disabled ? .disabled : grant == nil ? .withdrawn : .active
            let published = PublishedPerson(
                id: id, name: person.name, home: person.unit, standing: standing, grant: grant,
                verifier: grant == nil ? nil : verifier)
            let space = SpaceName.people(unit)
            try store.ensureSpace(space)
            _ = try capture(
                [
                    Draft(
                        .put(form: BuiltInForm.person.form, space: space),
                        edits: published.fields.map { ($0.field, .set($0.value)) })
                ], in: store)
        }
    }

    /// Brings the tables of people and roles up to date with their records, where those came back from devices.
    package func adoptPeople(in space: SpaceState, _ store: StoreTransaction) throws {
        guard let unit = SpaceName.unit(of: space.name) else { return }
        for view in try store.records(form: BuiltInForm.person.form, space: space.name) {
            guard let found = PublishedPerson(view.fields, in: unit) else { continue }
            // A role that this program does not know is nobody's loss: the record stays.
            guard found.grant != nil || found.standing != .active else { continue }
            // A record from before verifiers travelled takes nobody's password away.
            let verifier = found.verifier.map { Data($0.bytes) }
            if found.home == unit {
                try store.db.cachedStatement(
                    sql: """
                        INSERT INTO person (id, name, unit, disabled, verifier) VALUES (?1, ?2, ?3, ?4, ?5)
                        ON CONFLICT (id) DO UPDATE SET name = ?2, unit = ?3, disabled = ?4, verifier = coalesce(?5, verifier)
                        """
                ).execute(arguments: [found.id, found.name, unit, found.standing == .disabled, verifier])
            } else {
                try store.db.cachedStatement(
                    sql: """
                        INSERT INTO person (id, name, unit, disabled, verifier) VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (id) DO UPDATE SET verifier = coalesce(verifier, excluded.verifier)
                        """
                ).execute(arguments: [found.id, found.name, found.home, found.standing == .disabled, verifier])
            }
            if let grant = found.grant {
                try Self.keep(grant, of: found.id, store)
            } else {
                try store.db.cachedStatement(sql: "DELETE FROM role_grant WHERE person = ? AND unit = ?").execute(
                    arguments: [found.id, unit])
            }
        }
    }
}
