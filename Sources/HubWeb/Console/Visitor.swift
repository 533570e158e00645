import Hub
import RecordStore
import Records
import Wording

/// Somebody who is signed in, as they are now: what was taken away counts at once.
struct Visitor: Sendable {
    let person: Person
    let token: String
    let today: CalendarDate

    /// Where they have the right.
    func scope(of right: Right) -> Rights.Scope { person.rights.scope(of: right, on: today) }

    /// Whether they have the right anywhere.
    func may(_ right: Right) -> Bool { !scope(of: right).isNowhere }

    func may(_ right: Right, in space: String) -> Bool { person.rights.allow(right, in: space, on: today) }

    /// - Throws: that they have not got it anywhere.
    func require(_ right: Right) throws {
        guard may(right) else { throw ReportedError(code: right.refusal) }
    }

    /// - Throws: that they have not got it there.
    func require(_ right: Right, in space: String) throws {
        guard may(right, in: space) else { throw ReportedError(code: right.refusal) }
    }

    /// The unit that a list is of: the one that was chosen; with nothing chosen, every one for whom the right holds everywhere, and else
    /// their own.
    /// - Returns: `nil` for every unit.
    /// - Throws: that they have not got the right there.
    func unit(_ chosen: String?, for right: Right) throws -> String? {
        switch scope(of: right) {
        case .everywhere: return chosen
        case .units(let units):
            let unit = chosen ?? (units.contains(person.unit) ? person.unit : units.min())
            guard let unit, units.contains(unit) else { throw ReportedError(code: right.refusal) }
            return unit
        }
    }

    /// The space that a list is of, as ``unit(_:for:)``.
    func space(_ chosen: String?, for right: Right) throws -> String? {
        guard let unit = try unit(chosen.flatMap(SpaceName.unit), for: right) else { return chosen }
        let space = chosen ?? SpaceName.general(unit)
        try require(right, in: space)
        return space
    }
}
