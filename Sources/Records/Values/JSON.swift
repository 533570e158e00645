/// A JSON value to be printed, its keys in order.
package enum JSON: Sendable {
    case null
    case bool(Bool)
    case number(Int64)
    case text(String)
    case array([JSON])
    case object([String: JSON])

    package static func number(_ value: Int) -> JSON { .number(Int64(value)) }
    package static func texts(_ values: [String]) -> JSON { .array(values.map { .text($0) }) }
    /// `null` for no moment.
    package static func moment(_ milliseconds: Int64?) -> JSON {
        milliseconds.map { .text(isoMoment($0)) } ?? .null
    }

    package var line: String {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): String(number)
        case .text(let text): Self.quoted(text)
        case .array(let items): "[" + items.map(\.line).joined(separator: ", ") + "]"
        case .object(let members):
            "{"
                + members.sorted { $0.key < $1.key }.map { Self.quoted($0.key) + ": " + $0.value.line }
                .joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var line = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case _ where scalar.value < 32:
                let hex = String(scalar.value, radix: 16)
                line += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line + "\""
    }
}

/// A moment as every output writes it: ISO 8601, Vietnam's time.
package func isoMoment(_ milliseconds: Int64) -> String {
    Moment(milliseconds: milliseconds)?.iso ?? String(milliseconds)
}
