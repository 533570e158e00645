/// JSON with one way to write it: members in the order they are given, two spaces of indentation, short values on one
/// line. Vectors are compared as text, so the text must not depend on a library.
enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Int64)
    case natural(UInt64)
    case text(String)
    case list([JSON])
    case object([Member])

    struct Member: Hashable, Sendable {
        let name: String
        let value: JSON
    }

    static func hex(_ bytes: some Sequence<UInt8>) -> JSON { .text(bytes.hex) }

    subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    var document: String { written(indent: "") + "\n" }

    private static let width = 100

    private func written(indent: String) -> String {
        let line = onOneLine
        guard line.utf8.count + indent.utf8.count > Self.width else { return line }
        let inner = indent + "  "
        switch self {
        case .list(let items):
            return "[\n" + items.map { inner + $0.written(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members):
            let lines = members.map { inner + Self.quoted($0.name) + ": " + $0.value.written(indent: inner) }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        default: return line
        }
    }

    private var onOneLine: String {
        switch self {
        case .null: "null"
        case .bool(let bool): bool ? "true" : "false"
        case .number(let number): String(number)
        case .natural(let number): String(number)
        case .text(let text): Self.quoted(text)
        case .list(let items): "[" + items.map(\.onOneLine).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { Self.quoted($0.name) + ": " + $0.value.onOneLine }.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 32:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral
{
    init(dictionaryLiteral members: (String, JSON)...) {
        self = .object(members.map { Member(name: $0.0, value: $0.1) })
    }
    init(arrayLiteral items: JSON...) { self = .list(items) }
    init(stringLiteral text: String) { self = .text(text) }
    init(integerLiteral number: Int64) { self = .number(number) }
}

extension Sequence<UInt8> {
    var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
