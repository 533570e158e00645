/// An exact decimal of at most 18 digits: `coefficient` × 10^-`scale`, with no trailing zero after the point, so that
/// 12.5 and 12.50 are one value.
package struct DecimalNumber: Hashable, Comparable, Sendable {
    package static let maximumDigits = 18

    package let coefficient: Int64
    package let scale: UInt8

    /// The reduced decimal; `nil` when it has more than 18 digits before or after the point.
    package init?(coefficient: Int64, scale: UInt8) {
        var coefficient = coefficient
        var scale = scale
        while scale > 0, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        guard scale <= Self.maximumDigits, coefficient.magnitude < 1_000_000_000_000_000_000 else { return nil }
        self.coefficient = coefficient
        self.scale = scale
    }

    /// Reads `-12.5`: digits, at most one point between digits, no exponent, no grouping.
    package init?(_ text: String) {
        var digits = Substring(text)
        let negative = digits.first == "-"
        if negative { digits = digits.dropFirst() }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isDigit) })
        else {
            return nil
        }
        let fraction = parts.count == 2 ? Self.trimmingZeros(parts[1]) : ""
        guard fraction.count <= Self.maximumDigits, let magnitude = Int64(parts[0] + fraction) else { return nil }
        self.init(coefficient: negative ? -magnitude : magnitude, scale: UInt8(fraction.count))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func trimmingZeros(_ digits: Substring) -> Substring {
        var digits = digits
        while digits.last == "0" { digits.removeLast() }
        return digits
    }

    /// The decimal with `.` as its point and no grouping, as commands and interfaces write it.
    package var text: String {
        guard scale > 0 else { return String(coefficient) }
        var digits = String(coefficient.magnitude)
        if digits.count <= Int(scale) { digits = String(repeating: "0", count: Int(scale) + 1 - digits.count) + digits }
        let point = digits.index(digits.endIndex, offsetBy: -Int(scale))
        return (coefficient < 0 ? "-" : "") + digits[..<point] + "." + digits[point...]
    }

    package static func < (a: Self, b: Self) -> Bool {
        if a.scale == b.scale { return a.coefficient < b.coefficient }
        // Compare the whole parts first; only equal ones need the fractions, which then fit when scaled.
        return a.split < b.split
    }

    /// The floor and the fraction above it in units of 10^-18.
    private var split: (Int64, Int64) {
        let unit = Self.powers[Int(scale)]
        var whole = coefficient / unit
        var rest = coefficient % unit
        if rest < 0 {
            whole -= 1
            rest += unit
        }
        return (whole, rest * Self.powers[Self.maximumDigits - Int(scale)])
    }

    private static let powers: [Int64] = (0...maximumDigits).map { (0..<$0).reduce(1) { power, _ in power * 10 } }
}
