/// What a JSON line says of one column.
package enum JSONCell: Hashable, Sendable {
    case null
    case text(String)
    /// As it is written, so that no digit is lost.
    case number(String)
    case flag(Bool)
    case texts([String])
}

/// A JSON object of one line: texts, numbers, lists of texts; nothing deeper. Members keep their order, and a name that
/// stands twice does so here too.
package enum JSONRow {
    /// - Parameter line: UTF-8, without the line's end.
    /// - Throws: `table.not-json`, `table.not-utf8` or `table.zero-byte`.
    package static func read(_ line: [UInt8]) throws(TableError) -> [(name: String, cell: JSONCell)] {
        if line.contains(0) { throw TableError(.zeroByte) }
        guard String(validating: line, as: UTF8.self) != nil else { throw TableError(.notUTF8) }
        var scanner = JSONScanner(line)
        return try scanner.object()
    }
}

/// Reads the grammar of RFC 8259 as far as a row needs it.
private struct JSONScanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func object() throws(TableError) -> [(name: String, cell: JSONCell)] {
        var members: [(name: String, cell: JSONCell)] = []
        try expect("{")
        if take("}") {
            try finish()
            return members
        }
        repeat {
            guard members.count < TableLimits.columns else {
                throw TableError(.tooManyColumns, ["limit": String(TableLimits.columns)])
            }
            let name = try text()
            try expect(":")
            members.append((name, try cell()))
        } while take(",")
        try expect("}")
        try finish()
        return members
    }

    private func wrong() -> TableError { TableError(.notJSON, ["place": String(index + 1)]) }

    private mutating func skipSpace() {
        while index < bytes.count, [32, 9, 10, 13].contains(bytes[index]) { index += 1 }
    }

    private mutating func finish() throws(TableError) {
        skipSpace()
        guard index == bytes.count else { throw wrong() }
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: sign) else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ sign: Unicode.Scalar) throws(TableError) {
        guard take(sign) else { throw wrong() }
    }

    private mutating func cell() throws(TableError) -> JSONCell {
        skipSpace()
        guard index < bytes.count else { throw wrong() }
        switch bytes[index] {
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "["): return .texts(try texts())
        case UInt8(ascii: "-"), 48...57: return .number(try number())
        default:
            for (word, cell) in [("null", JSONCell.null), ("true", .flag(true)), ("false", .flag(false))]
            where bytes[index...].starts(with: word.utf8) {
                index += word.utf8.count
                return cell
            }
            throw wrong()
        }
    }

    private mutating func texts() throws(TableError) -> [String] {
        var texts: [String] = []
        try expect("[")
        if take("]") { return texts }
        repeat { texts.append(try text()) } while take(",")
        try expect("]")
        return texts
    }

    private mutating func digits() throws(TableError) {
        let begin = index
        while index < bytes.count, (48...57).contains(bytes[index]) { index += 1 }
        guard index > begin else { throw wrong() }
    }

    private mutating func number() throws(TableError) -> String {
        let begin = index
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let whole = index
        try digits()
        guard index == whole + 1 || bytes[whole] != UInt8(ascii: "0") else { throw wrong() }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            try digits()
        }
        if index < bytes.count, bytes[index] | 32 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            try digits()
        }
        return String(decoding: bytes[begin..<index], as: UTF8.self)
    }

    private mutating func text() throws(TableError) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text.append(contentsOf: String(Character(try escaped())).utf8)
            case 0..<32: throw wrong()
            default: text.append(byte)
            }
        }
        throw wrong()
    }

    private mutating func escaped() throws(TableError) -> Unicode.Scalar {
        guard index < bytes.count else { throw wrong() }
        index += 1
        switch bytes[index - 1] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicode()
        default: throw wrong()
        }
    }

    /// The four digits of `\uXXXX`, and of a second one where the first is half a scalar.
    private mutating func unicode() throws(TableError) -> Unicode.Scalar {
        let first = try hexadecimal()
        if first == 0 { throw TableError(.zeroByte) }
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, bytes[index...].starts(with: "\\u".utf8) else { throw wrong() }
        index += 2
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw wrong() }
        return scalar
    }

    private mutating func hexadecimal() throws(TableError) -> UInt32 {
        guard index + 4 <= bytes.count else { throw wrong() }
        let digits = bytes[index..<index + 4]
        guard digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0 | 32) }),
            let number = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw wrong() }
        index += 4
        return number
    }
}
