/// Exact arithmetic in 128 bits. `nil` where a result has more digits than a value may hold.
extension DecimalNumber {
    package static let zero = DecimalNumber(whole: 0)
    /// Digits after the point of a quotient that does not end.
    private static let quotientScale = 12

    func plus(_ other: DecimalNumber) -> DecimalNumber? {
        let scale = max(self.scale, other.scale)
        guard let a = widened(to: scale), let b = other.widened(to: scale) else { return nil }
        let (sum, overflows) = a.addingReportingOverflow(b)
        return overflows ? nil : Self.reduced(sum, scale: Int(scale))
    }

    func minus(_ other: DecimalNumber) -> DecimalNumber? {
        let scale = max(self.scale, other.scale)
        guard let a = widened(to: scale), let b = other.widened(to: scale) else { return nil }
        let (difference, overflows) = a.subtractingReportingOverflow(b)
        return overflows ? nil : Self.reduced(difference, scale: Int(scale))
    }

    func times(_ other: DecimalNumber) -> DecimalNumber? {
        Self.reduced(Int128(coefficient) * Int128(other.coefficient), scale: Int(scale) + Int(other.scale))
    }

    /// Rounded half away from zero to 12 digits after the point, fewer where the digits before it leave no room.
    func divided(by other: DecimalNumber) -> DecimalNumber? {
        guard other.coefficient != 0 else { return nil }
        for scale in stride(from: Self.quotientScale, through: 0, by: -1) {
            let shift = scale + Int(other.scale) - Int(self.scale)
            var numerator = Int128(coefficient)
            var denominator = Int128(other.coefficient)
            guard let factor = Self.power(of: Swift.abs(shift)) else { continue }
            let widened =
                shift >= 0
                ? numerator.multipliedReportingOverflow(by: factor)
                : denominator.multipliedReportingOverflow(by: factor)
            guard !widened.overflow else { continue }
            if shift >= 0 { numerator = widened.partialValue } else { denominator = widened.partialValue }
            if let quotient = Self.reduced(Self.rounded(numerator, denominator), scale: scale) { return quotient }
        }
        return nil
    }

    /// Rounded half away from zero.
    package func rounded(to places: UInt8) -> DecimalNumber? {
        guard places < scale, let factor = Self.power(of: Int(scale - places)) else { return self }
        return Self.reduced(Self.rounded(Int128(coefficient), factor), scale: Int(places))
    }

    private init(whole: Int64) {
        guard let number = DecimalNumber(coefficient: whole, scale: 0) else { preconditionFailure("some digits") }
        self = number
    }

    private static func rounded(_ numerator: Int128, _ denominator: Int128) -> Int128 {
        let (quotient, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
        guard rest.magnitude * 2 >= denominator.magnitude else { return quotient }
        return quotient + ((numerator < 0) == (denominator < 0) ? 1 : -1)
    }

    private func widened(to scale: UInt8) -> Int128? {
        Self.power(of: Int(scale - self.scale)).map { Int128(coefficient) * $0 }
    }

    private static func power(of exponent: Int) -> Int128? {
        (0...37).contains(exponent) ? (0..<exponent).reduce(Int128(1)) { power, _ in power * 10 } : nil
    }

    /// With as many digits after the point as a value may have; those beyond are rounded.
    private static func reduced(_ coefficient: Int128, scale: Int) -> DecimalNumber? {
        var coefficient = coefficient
        var scale = scale
        while scale > 0, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        if scale > maximumDigits {
            guard let factor = power(of: scale - maximumDigits) else { return nil }
            coefficient = rounded(coefficient, factor)
            scale = maximumDigits
        }
        return Int64(exactly: coefficient).flatMap { DecimalNumber(coefficient: $0, scale: UInt8(scale)) }
    }
}
