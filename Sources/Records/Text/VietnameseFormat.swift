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

    /// `01/07/2026`.
    package static func date(_ date: CalendarDate) -> String {
        let (year, month, day) = date.civil
        return [CalendarDate.padded(day, 2), CalendarDate.padded(month, 2), CalendarDate.padded(year, 4)].joined(
            separator: "/")
    }

    /// `01/07/2026 07:30` by Vietnam's clocks.
    package static func moment(milliseconds: Int64) -> String {
        guard let local = Moment(milliseconds: milliseconds)?.local else { return "…" }
        return date(local.date) + " " + local.time.iso.prefix(5)
    }

    /// Reads a number typed on a Vietnamese keyboard, `1.234,56` or `1 234,56`, into the form with a point. A text such as
    /// `1.234` could be a thousand or a fraction; it is `nil`, and the caller asks.
    package static func parseNumber(_ typed: String) -> String? {
        var text = typed.filter { !$0.isWhitespace }
        let negative = text.hasPrefix("-")
        if negative { text.removeFirst() }
        let halves = text.split(separator: ",", omittingEmptySubsequences: false)
        guard halves.count <= 2, !text.isEmpty else { return nil }
        let groups = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = halves.count == 2 ? String(halves[1]) : ""
        guard groups.allSatisfy(Self.isDigits), halves.count == 1 || Self.isDigits(halves[1]) else { return nil }
        let sign = negative ? "-" : ""
        if groups.count > 1 {
            let grouped = groups[0].count <= 3 && groups.dropFirst().allSatisfy { $0.count == 3 }
            if halves.count == 1, groups.count == 2 { return grouped ? nil : sign + groups.joined(separator: ".") }
            guard grouped else { return nil }
        }
        return sign + groups.joined() + (fraction.isEmpty ? "" : "." + fraction)
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
    }
}
