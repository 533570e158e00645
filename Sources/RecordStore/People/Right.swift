/// What somebody may be allowed to do.
package enum Right: String, CaseIterable, Sendable {
    /// To write a unit's records: at its machines, and at the hub's pages.
    case record
    /// To read a unit's records at the hub.
    case readRecords
    /// To see, at the hub, a unit's open cases, its refused work, and its machines.
    case readDesk
    /// To assign tasks to a unit.
    case assign
    /// To settle cases, and to decide about refused work.
    case settle
    /// To enrol machines, revoke and retire them.
    case runDevices
    /// To see who has which rights.
    case readPeople
    /// To give rights and to take them away.
    case runPeople
    /// To read what was done with rights, and how the hub itself is kept.
    case readAudit
    /// To look after the hub itself: to have copies of it made.
    case runHub
}

/// How far a role has a right.
package enum RightReach: Sendable {
    case nowhere
    /// In the unit that the role was given for.
    case unit
    /// In every unit.
    case everywhere
}

extension Role {
    /// How far people of this role have the right. The one table of rights: the hub's verdicts, its pages, its commands and the
    /// agents' doors all ask it.
    package func reach(of right: Right) -> RightReach {
        let (unit, everywhere) = rights
        return everywhere.contains(right) ? .everywhere : unit.contains(right) ? .unit : .nowhere
    }

    private var rights: (unit: Set<Right>, everywhere: Set<Right>) {
        switch self {
        case .wardStaff: ([.record, .readRecords], [])
        case .inspector: ([.record, .readRecords], [])
        case .unitLeader: ([.record, .readRecords, .readDesk, .assign, .readPeople], [])
        case .department: ([.record, .readRecords, .readDesk], [])
        case .hubAdmin: ([], Set(Right.allCases))
        case .auditor: ([], [.readRecords, .readDesk, .readPeople, .readAudit])
        case .viewer: ([.readRecords], [])
        }
    }

    /// Whether people of this role record anything.
    package var writes: Bool { reach(of: .record) != .nowhere }
}
