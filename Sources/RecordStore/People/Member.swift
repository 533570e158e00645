import Records

/// One of a unit's people, as its devices know them.
package struct Member: Sendable {
    package let id: String
    package let name: String
    /// `nil`: one that a newer version knows; such people record nothing here.
    package let role: Role?
    /// `nil`: somebody without a password, who is chosen by name.
    package let verifier: PasswordVerifier?

    package var writes: Bool { role?.writes ?? false }
}

extension StoreTransaction {
    /// The unit's people who are not disabled, by name.
    package func members(of unit: String) throws -> [Member] {
        let filter = RecordFilter(form: BuiltInForm.person.form, space: SpaceName.people(unit))
        return try records(filter, limit: 1000).compactMap { record -> Member? in
            func text(_ field: String) -> String? {
                if case .text(let text)? = record.fields[field] { text } else { nil }
            }
            guard text("disabled") != "yes", let id = text("person") else { return nil }
            return Member(
                id: id, name: text("name") ?? id, role: text("role").flatMap(Role.init),
                verifier: text(BuiltInForm.verifier).flatMap { PasswordVerifier(text: $0) })
        }.sorted { TextFold.precedes($0.name, $1.name) }
    }
}
