import Foundation
import Wording

/// A number whose text can be read in two ways.
package struct AmbiguousNumber: CodedError {
    package let typed: String
    /// Both readings, the fraction with a comma.
    package let whole: String
    package let fraction: String

    package var code: String { "number.ambiguous" }
    package var details: [String: String] { ["typed": typed, "whole": whole, "fraction": fraction] }
}

/// Reads what a person typed or picked in an input of a field, or put into a cell of a table.
package enum TypedValue {
    /// - Parameters:
    ///   - typed: the input's text; of a set, its members.
    ///   - sign: which sign stands before fractions, where that was said.
    /// - Throws: ``RecordsError``, or ``AmbiguousNumber`` where a number can be read in two ways.
    package static func read(_ typed: [String], _ field: FieldDefinition, decimal sign: DecimalSign? = nil) throws
        -> Value
    {
        let value: Value
        if field.type.isSet {
            value = FieldDefinition.items(typed)
        } else {
            let text = (typed.first ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
            guard !text.isEmpty else { return .null }
            switch field.type {
            case .integer, .decimal: value = try number(text, field, sign)
            case .date:
                guard let date = date(text) else { throw wrongType(field) }
                value = .date(date)
            case .dateTime:
                guard let moment = moment(text) else { throw wrongType(field) }
                value = .moment(moment)
            default: value = try field.parse(text)
            }
        }
        try field.check(value)
        return value
    }

    private static func wrongType(_ field: FieldDefinition) -> RecordsError {
        RecordsError(.fieldType, ["field": field.name, "type": field.type.rawValue])
    }

    private static func number(_ text: String, _ field: FieldDefinition, _ sign: DecimalSign?) throws -> Value {
        switch TypedNumber.read(text, decimal: sign) {
        case .plain(let plain) where field.type == .decimal:
            guard let number = DecimalNumber(plain) else { throw wrongType(field) }
            return .decimal(number)
        // Whole numbers have no fractions, so there is nothing to ask.
        case .plain(let plain),
            .ambiguous(let plain, _) where field.type == .integer:
            guard let whole = whole(plain) else { throw wrongType(field) }
            return .integer(whole)
        case .ambiguous(let whole, let fraction):
            throw AmbiguousNumber(typed: text, whole: whole, fraction: fraction.replacing(".", with: ","))
        default: throw wrongType(field)
        }
    }

    /// A whole number, also where a program wrote it as `12.0`.
    private static func whole(_ plain: String) -> Int64? {
        let number = Int64(plain) ?? DecimalNumber(plain).flatMap { $0.scale == 0 ? $0.coefficient : nil }
        return number.flatMap { $0 > .min ? $0 : nil }
    }

    /// A native date input sends `2026-07-01`; where there is none, people type `1/7/2026`.
    private static func date(_ text: String) -> CalendarDate? {
        if let date = CalendarDate(iso: text) { return date }
        let parts = text.split { "/-. ".contains($0) }
        // A year of two digits would be one of the first century.
        guard parts.count == 3, parts[2].count == 4, let day = Int(parts[0]), let month = Int(parts[1]),
            let year = Int(parts[2])
        else { return nil }
        return CalendarDate(year: year, month: month, day: day)
    }

    /// `2026-07-01T07:30`, or `1/7/2026 07:30` by Vietnam's clocks.
    private static func moment(_ text: String) -> Moment? {
        if let moment = Moment(iso: text) { return moment }
        let parts = text.split(separator: " ")
        guard parts.count == 2, let date = date(String(parts[0])) else { return nil }
        let clock =
            parts[1].firstIndex(of: ":") == parts[1].index(parts[1].startIndex, offsetBy: 1)
            ? "0" + parts[1] : String(parts[1])
        return TimeOfDay(iso: clock).flatMap { Moment(iso: date.iso + "T" + $0.iso) }
    }
}
