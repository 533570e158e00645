/// How often a device is usually in contact, from the days on which it was. Pure: days are numbers, counted from 1970 on by
/// Vietnam's clocks.
///
/// The usual pause is the one that four fifths of the pauses between days of contact do not exceed, so that a holiday does not
/// make a habit, and two days a week, pauses of three and of four, come out as four. A device of an office pauses for each
/// weekend; where four fifths of its pauses have no working day in them, its habit is every working day.
package struct DeviceRhythm: Hashable, Sendable {
    package enum Habit: Hashable, Sendable {
        /// Too few days are known to say. The device is expected on every working day.
        case unknown
        case workingDays
        /// Every so many days; 1: each day, weekends too.
        case days(Int)
    }

    package let habit: Habit
    private let last: Int?

    /// Days of which contacts are remembered.
    package static let rememberedDays = 60
    /// Fewer pauses than these make no habit.
    private static let fewestPauses = 3

    /// - Parameter days: days with contact, in any order.
    package init(days: some Sequence<Int>) {
        let days = Set(days).sorted()
        last = days.last
        let pauses = zip(days, days.dropFirst()).map { (from: $0, to: $1) }
        guard pauses.count >= Self.fewestPauses else {
            habit = .unknown
            return
        }
        let usual = Self.usual(pauses.map { $1 - $0 })
        let missed = Self.usual(pauses.map { Self.workingDays(after: $0, before: $1) })
        let weekends = days.count { !Self.isWorkingDay($0) }
        // Who comes on most weekends too comes daily; a pause of one day has no working day in it either.
        let comesDaily = usual == 1 && weekends * 7 >= days.count
        habit = comesDaily ? .days(1) : missed == 0 ? .workingDays : .days(usual)
    }

    /// The pause in days, as a number alone can tell it; `nil` where none is known.
    package var days: Int? {
        switch habit {
        case .unknown: nil
        case .workingDays: 1
        case .days(let count): count
        }
    }

    /// Whether `today` is later than the habit and a day's grace allow. A day that has not ended is not missed yet.
    package func isLate(on today: Int) -> Bool {
        guard let last else { return false }
        switch habit {
        case .unknown, .workingDays: return Self.workingDays(after: last, before: today) > 0
        case .days(let count): return today - last > count
        }
    }

    /// What four fifths of the numbers do not exceed.
    private static func usual(_ numbers: [Int]) -> Int {
        let sorted = numbers.sorted()
        return sorted[(sorted.count * 4 + 4) / 5 - 1]
    }

    /// Working days strictly between two days.
    private static func workingDays(after first: Int, before last: Int) -> Int {
        guard last - first > 1 else { return 0 }
        let (weeks, rest) = (last - first - 1).quotientAndRemainder(dividingBy: 7)
        return weeks * 5 + (0..<rest).count { isWorkingDay(first + 1 + $0) }
    }

    /// Monday to Friday. 1970 began on a Thursday.
    static func isWorkingDay(_ day: Int) -> Bool { ((day + 3) % 7 + 7) % 7 < 5 }

    /// The day of a moment in milliseconds since 1970, by Vietnam's clocks.
    package static func day(_ milliseconds: Int64) -> Int {
        let local = milliseconds &+ 7 * 3_600_000
        let (days, rest) = local.quotientAndRemainder(dividingBy: 86_400_000)
        return Int(rest < 0 ? days - 1 : days)
    }
}
