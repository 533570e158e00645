/// What somebody is in a unit. What they may do by it says ``reach(of:)``.
package enum Role: String, CaseIterable, Sendable {
    case wardStaff = "ward_staff"
    case inspector
    case unitLeader = "unit_leader"
    case department
    case hubAdmin = "hub_admin"
    case auditor
    case viewer
}
