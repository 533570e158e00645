/// A day of the Gregorian calendar, as days since 1970-01-01. The algorithms are Howard Hinnant's "chrono-Compatible
/// Low-Level Date Algorithms".
package struct CalendarDate: Hashable, Comparable, Sendable {
    package let days: Int32

    package init(days: Int32) { self.days = days }

    /// 0001-01-01 to 9999-12-31.
    package static let canonicalDays: ClosedRange<Int64> = -719_162...2_932_896

    /// The day; `nil` when no such day exists or the year is not 1 to 9999.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        days = Int32(era * 146097 + dayOfEra - 719468)
        guard civil == (year, month, day) else { return nil }
    }

    /// Reads `2026-07-01`.
    package init?(iso text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The day in Vietnam at a moment, in milliseconds since 1970; of moments beyond the calendar its first or last day.
    package static func inVietnam(milliseconds: Int64) -> CalendarDate {
        let offset = Int64(Moment.vietnamOffsetMinutes) * 60_000
        let shifted = milliseconds < .max - offset ? milliseconds + offset : milliseconds
        let day = shifted / 86_400_000 - (shifted % 86_400_000 < 0 ? 1 : 0)
        return CalendarDate(days: Int32(min(max(day, canonicalDays.lowerBound), canonicalDays.upperBound)))
    }

    /// When the day begins in Vietnam, in milliseconds since 1970.
    package var startInVietnam: Int64 {
        Int64(days) * 86_400_000 - Int64(Moment.vietnamOffsetMinutes) * 60_000
    }

    package var civil: (year: Int, month: Int, day: Int) {
        let z = Int(days) + 719468
        let era = (z >= 0 ? z : z - 146096) / 146097
        let dayOfEra = z - era * 146097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    /// `2026-07-01`.
    package var iso: String {
        let (year, month, day) = civil
        return Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2)
    }

    package static func < (a: Self, b: Self) -> Bool { a.days < b.days }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// A minute of an hour of a day, to the second.
package struct TimeOfDay: Hashable, Comparable, Sendable {
    package let seconds: UInt32

    package init?(seconds: UInt32) {
        guard seconds < 86_400 else { return nil }
        self.seconds = seconds
    }

    /// Reads `07:30` or `07:30:15`.
    package init?(iso text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count),
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hour = UInt32(parts[0]), let minute = UInt32(parts[1]),
            let second = UInt32(parts.count == 3 ? parts[2] : "00"),
            hour < 24, minute < 60, second < 60
        else { return nil }
        seconds = hour * 3600 + minute * 60 + second
    }

    /// `07:30:15`.
    package var iso: String {
        [seconds / 3600, seconds / 60 % 60, seconds % 60].map { CalendarDate.padded(Int($0), 2) }.joined(separator: ":")
    }

    package static func < (a: Self, b: Self) -> Bool { a.seconds < b.seconds }
}

/// A moment with the offset from UTC that it was written in.
package struct Moment: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01 UTC.
    package let milliseconds: Int64
    package let offsetMinutes: Int16

    package static let vietnamOffsetMinutes: Int16 = 7 * 60

    /// `nil` unless the moment lies in the years 1 to 9999 and the offset within 15 hours.
    package init?(milliseconds: Int64, offsetMinutes: Int16 = Self.vietnamOffsetMinutes) {
        guard (-62_135_596_800_000 + 86_400_000..<253_402_300_800_000 - 86_400_000).contains(milliseconds),
            (-900...900).contains(offsetMinutes)
        else { return nil }
        self.milliseconds = milliseconds
        self.offsetMinutes = offsetMinutes
    }

    /// Reads `2026-07-01T07:30`, with optional seconds, thousandths and `Z` or `+07:00`; without an offset it is
    /// Vietnam's.
    package init?(iso text: String) {
        guard let split = text.firstIndex(of: "T"), let date = CalendarDate(iso: String(text[..<split])) else {
            return nil
        }
        var clock = text[text.index(after: split)...]
        var offset = Self.vietnamOffsetMinutes
        if clock.last == "Z" {
            offset = 0
            clock = clock.dropLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            guard let zone = TimeOfDay(iso: String(clock[clock.index(after: sign)...])), zone.seconds % 60 == 0 else {
                return nil
            }
            offset = Int16(zone.seconds / 60) * (clock[sign] == "-" ? -1 : 1)
            clock = clock[..<sign]
        }
        var thousandths: Int64 = 0
        if let point = clock.firstIndex(of: ".") {
            let fraction = clock[clock.index(after: point)...]
            guard (1...3).contains(fraction.count), fraction.utf8.allSatisfy({ (48...57).contains($0) }),
                let number = Int64(fraction)
            else { return nil }
            thousandths = number * [100, 10, 1][fraction.count - 1]
            clock = clock[..<point]
        }
        guard let time = TimeOfDay(iso: String(clock)) else { return nil }
        let local = Int64(date.days) * 86_400_000 + Int64(time.seconds) * 1000 + thousandths
        self.init(milliseconds: local - Int64(offset) * 60_000, offsetMinutes: offset)
    }

    /// The day and the time there and then.
    package var local: (date: CalendarDate, time: TimeOfDay, thousandths: Int) {
        let shifted = milliseconds + Int64(offsetMinutes) * 60_000
        let day = shifted >= 0 ? shifted / 86_400_000 : (shifted - 86_399_999) / 86_400_000
        let rest = shifted - day * 86_400_000
        // `rest` is below a day by construction.
        return (CalendarDate(days: Int32(day)), TimeOfDay(seconds: UInt32(rest / 1000))!, Int(rest % 1000))
    }

    /// `2026-07-01T07:30:00+07:00`, with thousandths only where there are any.
    package var iso: String {
        let (date, time, thousandths) = local
        let fraction = thousandths == 0 ? "" : "." + CalendarDate.padded(thousandths, 3)
        let zone = Int(abs(offsetMinutes))
        let offset =
            offsetMinutes == 0
            ? "Z"
            : (offsetMinutes < 0 ? "-" : "+") + CalendarDate.padded(zone / 60, 2) + ":"
                + CalendarDate.padded(zone % 60, 2)
        return date.iso + "T" + time.iso + fraction + offset
    }

    package static func < (a: Self, b: Self) -> Bool {
        (a.milliseconds, a.offsetMinutes) < (b.milliseconds, b.offsetMinutes)
    }
}
