/// Which sign stands before a number's fraction; the other one parts its thousands.
package enum DecimalSign: String, CaseIterable, Sendable {
    case comma, point
}

/// What a person may have meant by a number's text.
package enum TypedNumber: Hashable, Sendable {
    /// With a point and without grouping, as ``DecimalNumber`` reads it.
    case plain(String)
    /// One group of three digits after a point, `1.234`: in Vietnam a thousand, elsewhere a fraction. Both are plain.
    case ambiguous(whole: String, fraction: String)

    /// Reads `1.234,56`, `1 234,56`, `1,234.56` or `1234.56`.
    /// - Parameter sign: which sign is the decimal one, where that is known. Otherwise the text must tell: by both signs, of
    ///   which the later is the decimal one, by a sign that stands twice, or by groups that are none of thousands. A single
    ///   comma is the decimal one, as on Vietnamese keyboards.
    /// - Returns: `nil` for what is no number.
    package static func read(_ typed: String, decimal sign: DecimalSign? = nil) -> TypedNumber? {
        var text = typed.filter { !$0.isWhitespace }[...]
        let isNegative = text.first == "-" || text.first == "\u{2212}"
        if isNegative { text = text.dropFirst() }
        let minus = isNegative ? "-" : ""
        if let sign { return plain(text, decimal: sign).map { .plain(minus + $0) } }
        switch (text.count { $0 == "," }, text.count { $0 == "." }) {
        case (0, 0), (1, 0): return plain(text, decimal: .comma).map { .plain(minus + $0) }
        case (0, 1):
            guard let fraction = plain(text, decimal: .point) else { return nil }
            guard let whole = plain(text, decimal: .comma) else { return .plain(minus + fraction) }
            return .ambiguous(whole: minus + whole, fraction: minus + fraction)
        case (0, _): return plain(text, decimal: .comma).map { .plain(minus + $0) }
        case (_, 0): return plain(text, decimal: .point).map { .plain(minus + $0) }
        default:
            let last: DecimalSign = text.last { $0 == "," || $0 == "." } == "," ? .comma : .point
            return plain(text, decimal: last).map { .plain(minus + $0) }
        }
    }

    private static func plain(_ text: Substring, decimal sign: DecimalSign) -> String? {
        let (point, comma): (Character, Character) = sign == .point ? (".", ",") : (",", ".")
        let halves = text.split(separator: point, omittingEmptySubsequences: false)
        guard halves.count <= 2, halves.allSatisfy({ !$0.isEmpty }) else { return nil }
        let groups = halves[0].split(separator: comma, omittingEmptySubsequences: false)
        guard groups.allSatisfy(isDigits), halves.dropFirst().allSatisfy(isDigits) else { return nil }
        // Nobody parts the thousands of `0.125`.
        if groups.count > 1,
            groups[0].count > 3 || groups[0].first == "0" || groups.dropFirst().contains(where: { $0.count != 3 })
        {
            return nil
        }
        return groups.joined() + (halves.count == 2 ? "." + halves[1] : "")
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
    }
}
