package import Records

/// A person as the hub tells a unit's devices of them: the fields of a record of the form `@person` in the unit's people space.
package struct PublishedPerson: Sendable {
    package enum Standing: String, Sendable {
        case active = "no"
        case disabled = "yes"
        /// Their role in this unit was taken away; they may have others elsewhere.
        case withdrawn
    }

    package let id: String
    package let name: String
    /// The unit that they belong to, which need not be the one whose devices are told.
    package let home: String
    package let standing: Standing
    /// What they are in the unit whose devices are told; `nil` when that was taken away, or is a role that is not known here.
    package let grant: Grant?
    package let verifier: PasswordVerifier?

    package init(
        id: String, name: String, home: String, standing: Standing, grant: Grant?, verifier: PasswordVerifier?
    ) {
        self.id = id
        self.name = name
        self.home = home
        self.standing = standing
        self.grant = grant
        self.verifier = verifier
    }

    /// Reads a record's fields.
    /// - Parameter unit: the unit of the people space that it is in.
    /// - Returns: `nil` for one that names nobody.
    package init?(_ fields: [String: Value], in unit: String) {
        func text(_ field: String) -> String? {
            if case .text(let text)? = fields[field] { text } else { nil }
        }
        guard let id = text("person") else { return nil }
        let grant = text("role").flatMap(Role.init).map { role in
            Grant(
                unit: unit, role: role,
                spaces: Set((text("spaces") ?? "").split(separator: " ").map(String.init)),
                from: text("from").flatMap { CalendarDate(iso: $0) },
                until: text("until").flatMap { CalendarDate(iso: $0) })
        }
        self.init(
            id: id, name: text("name") ?? id, home: text("unit") ?? unit,
            standing: text("disabled").map { Standing(rawValue: $0) ?? .disabled } ?? .active, grant: grant,
            verifier: text(BuiltInForm.verifier).flatMap { PasswordVerifier(text: $0) })
    }

    /// The record's fields, with null for what is not said.
    package var fields: [(field: String, value: Value)] {
        [
            ("person", id), ("name", name), ("role", grant?.role.rawValue ?? ""), ("unit", home),
            ("disabled", standing.rawValue), ("spaces", grant?.spaces.sorted().joined(separator: " ") ?? ""),
            ("from", grant?.from?.iso ?? ""), ("until", grant?.until?.iso ?? ""),
            (BuiltInForm.verifier, verifier?.text ?? ""),
        ].map { ($0.0, $0.1.isEmpty ? .null : .text($0.1)) }
    }
}
