import Records

/// One of a unit's people, as its devices know them.
package struct Member: Sendable {
    package let id: String
    package let name: String
    /// What they are in the unit; `nil`: something that a newer version knows. Such people record nothing here.
    package let grant: Grant?
    /// `nil`: somebody without a password, who is chosen by name.
    package let verifier: PasswordVerifier?

    package var role: Role? { grant?.role }

    /// Whether they record what the unit's people do.
    package var writes: Bool {
        grant.map { $0.gives(.record, in: SpaceName.general($0.unit)) } ?? false
    }
}

extension StoreTransaction {
    /// The unit's people by name: who is not disabled, and has a role there today.
    package func members(of unit: String) throws -> [Member] {
        let filter = RecordFilter(form: BuiltInForm.person.form, space: SpaceName.people(unit))
        let today = self.today
        return try records(filter, limit: 1000).compactMap { record -> Member? in
            let published = PublishedPerson(record.fields, in: unit)
            guard let published, published.standing == .active else { return nil }
            guard published.grant?.holds(on: today...today) ?? true else { return nil }
            return Member(
                id: published.id, name: published.name, grant: published.grant, verifier: published.verifier)
        }.sorted(byName: \.name)
    }
}
