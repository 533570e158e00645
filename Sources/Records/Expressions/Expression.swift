/// What a form computes: `value > 0 and not empty(note)`. Pure: the same fields give the same answer everywhere, so that a page, the
/// agent that saves and the hub that checks agree.
///
/// Operators, from the loosest: `or`, `and`, `not`, comparisons `= != < <= > >=`, `+ -`, `* /`, sign. Texts stand in single quotes,
/// `''` is a quote within one. A name is a field's value; of a field that is not shown it is null. Logic is Kleene's: what is missing
/// makes an answer null where it matters.
package struct Expression: Hashable, Sendable {
    /// As the form's author wrote it.
    package let text: String
    let node: Node

    indirect enum Node: Hashable, Sendable {
        case constant(Value)
        case field(String)
        case not(Node)
        case negated(Node)
        case both(Node, Node)
        case either(Node, Node)
        case compared(Comparison, Node, Node)
        case calculated(Arithmetic, Node, Node)
        case call(Function, [Node])
    }

    enum Comparison: String, CaseIterable, Sendable {
        case notEqual = "!="
        case atMost = "<="
        case atLeast = ">="
        case equal = "="
        case below = "<"
        case above = ">"
    }

    enum Arithmetic: String, CaseIterable, Sendable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case by = "/"
    }

    enum Function: String, CaseIterable, Sendable {
        case `if`, coalesce, empty, filled, has, count, length, sum, min, max, round, abs, today, year, month, day

        var arguments: ClosedRange<Int> {
            switch self {
            case .today: 0...0
            case .empty, .filled, .count, .length, .abs, .year, .month, .day: 1...1
            case .has: 2...2
            case .if: 3...3
            case .round: 1...2
            case .coalesce, .sum, .min, .max: 1...Expression.longestList
            }
        }
    }

    /// Arguments of one call.
    static let longestList = 200
    /// Bytes of one expression.
    static let longestText = 2000
    /// Parentheses, calls and signs within each other.
    static let deepest = 32

    /// - Throws: ``Fault``.
    package init(_ text: String) throws(Fault) {
        self.text = text
        var parser = try ExpressionParser(text)
        node = try parser.whole()
    }

    /// What is wrong with an expression's text, in English words for whoever writes forms.
    package struct Fault: Error, Hashable {
        package let what: String
    }

    /// The fields that it reads.
    package var fields: Set<String> {
        var names: Set<String> = []
        node.walk { if case .field(let name) = $0 { names.insert(name) } }
        return names
    }

    /// Whether the answer depends on the day.
    package var usesToday: Bool {
        var uses = false
        node.walk { if case .call(.today, _) = $0 { uses = true } }
        return uses
    }
}

extension Expression.Node {
    func walk(_ visit: (Self) -> Void) {
        visit(self)
        switch self {
        case .constant, .field: break
        case .not(let inner), .negated(let inner): inner.walk(visit)
        case .both(let a, let b), .either(let a, let b), .compared(_, let a, let b), .calculated(_, let a, let b):
            a.walk(visit)
            b.walk(visit)
        case .call(_, let arguments): for argument in arguments { argument.walk(visit) }
        }
    }
}

extension Expression: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(try container.decode(String.self))
        } catch let fault as Fault {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: fault.what)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
