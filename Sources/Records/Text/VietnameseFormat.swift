/// Numbers, days and moments as people in Vietnam read and write them.
package enum VietnameseFormat {
    /// `1.234,56`.
    package static func number(_ text: String) -> String {
        let negative = text.hasPrefix("-")
        let parts = (negative ? text.dropFirst() : text[...]).split(separator: ".", maxSplits: 1)
        guard let whole = parts.first else { return text }
        var grouped = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { grouped.append(".") }
            grouped.append(digit)
        }
        return (negative ? "-" : "") + grouped + (parts.count == 2 ? "," + parts[1] : "")
    }

    /// `999 B`, `1,2 kB`, `34,5 MB`, `6,7 GB`.
    package static func bytes(_ count: Int64) -> String {
        let units: [(name: String, size: Int64)] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)]
        guard let unit = units.first(where: { count >= $0.size }) else { return "\(count) B" }
        let tenths = count / (unit.size / 10)
        return number("\(tenths / 10)" + (tenths % 10 == 0 ? "" : ".\(tenths % 10)")) + " " + unit.name
    }

    /// `01/07/2026`.
    package static func date(_ date: CalendarDate) -> String {
        let (year, month, day) = date.civil
        return [CalendarDate.padded(day, 2), CalendarDate.padded(month, 2), CalendarDate.padded(year, 4)].joined(
            separator: "/")
    }

    /// `ngày 05 tháng 02 năm 2026`, as official papers write it: a zero before days below 10 and the months 1 and 2.
    package static func longDate(milliseconds: Int64) -> String {
        guard let local = Moment(milliseconds: milliseconds)?.local else { return "" }
        let (year, month, day) = local.date.civil
        let monthText = month <= 2 ? CalendarDate.padded(month, 2) : String(month)
        return "ngày \(CalendarDate.padded(day, 2)) tháng \(monthText) năm \(year)"
    }

    /// `01/07/2026 07:30` by Vietnam's clocks.
    package static func moment(milliseconds: Int64) -> String {
        guard let local = Moment(milliseconds: milliseconds)?.local else { return "…" }
        return date(local.date) + " " + local.time.iso.prefix(5)
    }
}
