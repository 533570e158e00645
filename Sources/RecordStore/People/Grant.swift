package import Records

/// A role in a unit, for a time.
package struct Grant: Hashable, Sendable {
    package let unit: String
    package let role: Role
    /// The unit's spaces that it is for; empty: all of them.
    package let spaces: Set<String>
    /// The first and the last day, in Vietnam; `nil`: no end on that side.
    package let from: CalendarDate?
    package let until: CalendarDate?

    package init(
        unit: String, role: Role, spaces: Set<String> = [], from: CalendarDate? = nil, until: CalendarDate? = nil
    ) {
        self.unit = unit
        self.role = role
        self.spaces = spaces
        self.from = from
        self.until = until
    }

    /// Whether it holds on any of these days.
    package func holds(on days: ClosedRange<CalendarDate>) -> Bool {
        (from ?? days.upperBound) <= days.upperBound && (until ?? days.lowerBound) >= days.lowerBound
    }

    /// In the space of a unit's people only what is about people.
    package func gives(_ right: Right, in space: String) -> Bool {
        guard !SpaceName.isPeople(space) || right == .readPeople || right == .runPeople else { return false }
        return switch role.reach(of: right) {
        case .nowhere: false
        case .everywhere: true
        case .unit: unit == SpaceName.unit(of: space) && (spaces.isEmpty || spaces.contains(space))
        }
    }
}

/// What one person may do: all that was given to them.
package struct Rights: Sendable {
    /// Where a right holds.
    package enum Scope: Equatable, Sendable {
        case everywhere
        /// In these units, or in some of their spaces.
        case units(Set<String>)

        package var isNowhere: Bool { self == .units([]) }
        package func contains(unit: String) -> Bool {
            switch self {
            case .everywhere: true
            case .units(let units): units.contains(unit)
            }
        }
    }

    package let grants: [Grant]

    package init(_ grants: [Grant]) { self.grants = grants }

    package func allow(_ right: Right, in space: String, on days: ClosedRange<CalendarDate>) -> Bool {
        grants.contains { $0.holds(on: days) && $0.gives(right, in: space) }
    }

    package func allow(_ right: Right, in space: String, on day: CalendarDate) -> Bool {
        allow(right, in: space, on: day...day)
    }

    package func scope(of right: Right, on day: CalendarDate) -> Scope {
        var units: Set<String> = []
        for grant in grants where grant.holds(on: day...day) {
            switch grant.role.reach(of: right) {
            case .nowhere: continue
            case .everywhere: return .everywhere
            case .unit: units.insert(grant.unit)
            }
        }
        return .units(units)
    }
}
