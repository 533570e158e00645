package import RecordStore
import Records

/// A person as the hub knows them.
package struct Person: Sendable {
    package let id: String
    package let name: String
    /// The unit that they belong to.
    package let unit: String
    package let disabled: Bool
    /// What they are, and where; one for each unit.
    package let grants: [Grant]

    package var rights: Rights { Rights(grants) }

    /// What they are in their own unit; `nil` when that was taken away.
    package var role: Role? { grants.first { $0.unit == unit }?.role }
}
