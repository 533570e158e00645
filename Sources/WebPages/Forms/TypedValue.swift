import Foundation
package import Records

/// Reads what a person typed or picked in an input of a field.
package enum TypedValue {
    /// - Parameter typed: the input's text; of a set, its members.
    /// - Throws: ``RecordsError``, or ``PagesError`` `number.ambiguous` where a number can be read in two ways.
    package static func read(_ typed: [String], _ field: FieldDefinition) throws -> Value {
        let value: Value
        if field.type == .selectMultiple {
            value = FieldDefinition.items(typed)
        } else {
            let text = (typed.first ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
            guard !text.isEmpty else { return .null }
            switch field.type {
            case .integer, .decimal: value = try number(text, field)
            case .date: value = try date(text, field)
            default: value = try field.parse(text)
            }
        }
        try field.check(value)
        return value
    }

    private static func number(_ text: String, _ field: FieldDefinition) throws -> Value {
        let wrongType = RecordsError(.fieldType, ["field": field.name, "type": field.type.rawValue])
        if let plain = VietnameseFormat.parseNumber(text) {
            let value: Value? =
                field.type == .integer
                ? Int64(plain).flatMap { $0 > .min ? .integer($0) : nil } : DecimalNumber(plain).map { .decimal($0) }
            guard let value else { throw wrongType }
            return value
        }
        // One group of three digits after a point, `1.234`: in Vietnam a thousand, elsewhere a fraction.
        let digits = text.filter { $0.isASCII && $0.isNumber }
        guard VietnameseFormat.parseNumber(text.replacingOccurrences(of: ".", with: ",")) != nil, digits.count > 3
        else {
            throw wrongType
        }
        let sign = text.hasPrefix("-") ? "-" : ""
        // Whole numbers have no fractions, so there is nothing to ask.
        if field.type == .integer, let whole = Int64(sign + digits) { return .integer(whole) }
        throw PagesError(
            .numberAmbiguous,
            [
                "typed": text, "whole": sign + digits,
                "fraction": text.replacingOccurrences(of: ".", with: ",").filter { !$0.isWhitespace },
            ])
    }

    /// A native date input sends `2026-07-01`; where there is none, people type `1/7/2026`.
    private static func date(_ text: String, _ field: FieldDefinition) throws -> Value {
        if let date = CalendarDate(iso: text) { return .date(date) }
        let parts = text.split { "/-. ".contains($0) }.map { Int($0) }
        guard parts.count == 3, let day = parts[0], let month = parts[1], let year = parts[2],
            let date = CalendarDate(year: year, month: month, day: day)
        else { throw RecordsError(.fieldType, ["field": field.name, "type": field.type.rawValue]) }
        return .date(date)
    }
}
