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
