/// Reads an expression's text: a scanner of words, and one function for each strength of binding.
struct ExpressionParser {
    private enum Word: Hashable {
        case number(DecimalNumber)
        case text(String)
        case name(String)
        case sign(String)
    }

    private var words: [Word] = []
    private var next = 0
    private var depth = 0

    init(_ text: String) throws(Expression.Fault) {
        guard text.utf8.count <= Expression.longestText else {
            throw Expression.Fault(what: "longer than \(Expression.longestText) bytes")
        }
        words = try Self.words(of: text)
    }

    mutating func whole() throws(Expression.Fault) -> Expression.Node {
        let node = try either()
        guard next == words.count else { throw unexpected() }
        return node
    }

    // MARK: Words

    private static func words(of text: String) throws(Expression.Fault) -> [Word] {
        let bytes = Array(text.utf8)
        var words: [Word] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 32 || byte == 9 || byte == 10 {
                index += 1
            } else if isDigit(byte) {
                let end = bytes[index...].firstIndex { !isDigit($0) && $0 != UInt8(ascii: ".") } ?? bytes.count
                let digits = String(decoding: bytes[index..<end], as: UTF8.self)
                guard let number = DecimalNumber(digits) else { throw .init(what: "\(digits) is no number") }
                words.append(.number(number))
                index = end
            } else if byte == UInt8(ascii: "'") {
                let (quoted, end) = try quoted(bytes, from: index)
                words.append(.text(quoted))
                index = end
            } else if isLetter(byte) {
                let end = bytes[index...].firstIndex { !isLetter($0) && !isDigit($0) } ?? bytes.count
                words.append(.name(String(decoding: bytes[index..<end], as: UTF8.self)))
                index = end
            } else {
                let pair = String(decoding: bytes[index..<Swift.min(index + 2, bytes.count)], as: UTF8.self)
                let one = String(decoding: bytes[index...index], as: UTF8.self)
                guard let sign = ["!=", "<=", ">="].contains(pair) ? pair : "=<>+-*/(),".contains(one) ? one : nil
                else {
                    throw .init(what: "\(one) at \(index + 1) means nothing")
                }
                words.append(.sign(sign))
                index += sign.utf8.count
            }
        }
        return words
    }

    private static func quoted(_ bytes: [UInt8], from start: Int) throws(Expression.Fault) -> (String, end: Int) {
        var text: [UInt8] = []
        var index = start + 1
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "'") else {
                text.append(bytes[index])
                index += 1
                continue
            }
            guard index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "'") else {
                return (TextFold.normalized(String(decoding: text, as: UTF8.self)), index + 1)
            }
            text.append(bytes[index])
            index += 2
        }
        throw .init(what: "a text without its closing quote")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte) || byte == UInt8(ascii: "_") }

    // MARK: Grammar

    private func unexpected() -> Expression.Fault {
        guard next < words.count else { return Expression.Fault(what: "ends too early") }
        return switch words[next] {
        case .number(let number): Expression.Fault(what: "\(number.text) is out of place")
        case .text(let text): Expression.Fault(what: "'\(text)' is out of place")
        case .name(let word), .sign(let word): Expression.Fault(what: "\(word) is out of place")
        }
    }

    private mutating func takes(_ word: Word) -> Bool {
        guard next < words.count, words[next] == word else { return false }
        next += 1
        return true
    }

    private mutating func either() throws(Expression.Fault) -> Expression.Node {
        var node = try both()
        while takes(.name("or")) { node = .either(node, try both()) }
        return node
    }

    private mutating func both() throws(Expression.Fault) -> Expression.Node {
        var node = try negation()
        while takes(.name("and")) { node = .both(node, try negation()) }
        return node
    }

    private mutating func negation() throws(Expression.Fault) -> Expression.Node {
        guard takes(.name("not")) else { return try comparison() }
        try deeper()
        defer { depth -= 1 }
        return .not(try negation())
    }

    private mutating func comparison() throws(Expression.Fault) -> Expression.Node {
        let left = try total()
        guard let sign = Expression.Comparison.allCases.first(where: { takes(.sign($0.rawValue)) }) else { return left }
        return .compared(sign, left, try total())
    }

    private mutating func total() throws(Expression.Fault) -> Expression.Node {
        var node = try product()
        while let sign = [Expression.Arithmetic.plus, .minus].first(where: { takes(.sign($0.rawValue)) }) {
            node = .calculated(sign, node, try product())
        }
        return node
    }

    private mutating func product() throws(Expression.Fault) -> Expression.Node {
        var node = try signed()
        while let sign = [Expression.Arithmetic.times, .by].first(where: { takes(.sign($0.rawValue)) }) {
            node = .calculated(sign, node, try signed())
        }
        return node
    }

    private mutating func signed() throws(Expression.Fault) -> Expression.Node {
        guard takes(.sign("-")) else { return try single() }
        try deeper()
        defer { depth -= 1 }
        return .negated(try signed())
    }

    private mutating func single() throws(Expression.Fault) -> Expression.Node {
        try deeper()
        defer { depth -= 1 }
        guard next < words.count else { throw unexpected() }
        let word = words[next]
        next += 1
        switch word {
        case .number(let number): return .constant(.decimal(number))
        case .text(let text): return .constant(text.isEmpty ? .null : .text(text))
        case .name("true"): return .constant(.flag(true))
        case .name("false"): return .constant(.flag(false))
        case .name(let name) where ["and", "or", "not"].contains(name): break
        case .name(let name):
            guard takes(.sign("(")) else { return .field(name) }
            return try call(name)
        case .sign("("):
            let node = try either()
            guard takes(.sign(")")) else { throw unexpected() }
            return node
        case .sign: break
        }
        next -= 1
        throw unexpected()
    }

    private mutating func call(_ name: String) throws(Expression.Fault) -> Expression.Node {
        guard let function = Expression.Function(rawValue: name) else { throw .init(what: "\(name)() is not known") }
        var arguments: [Expression.Node] = []
        if !takes(.sign(")")) {
            repeat { arguments.append(try either()) } while takes(.sign(","))
            guard takes(.sign(")")) else { throw unexpected() }
        }
        guard function.arguments.contains(arguments.count) else {
            throw .init(what: "\(name)() takes another number of arguments")
        }
        return .call(function, arguments)
    }

    private mutating func deeper() throws(Expression.Fault) {
        depth += 1
        guard depth <= Expression.deepest else { throw .init(what: "nested too deeply") }
    }
}
