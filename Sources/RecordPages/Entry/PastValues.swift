import Records
import WebPages
import Wording

/// What a cell held in the periods before, for whoever types the next: an outlier is seen before it is saved.
struct PastValues {
    /// So many months are looked back on.
    static let periods = 12

    /// What the period just before has; empty where it has nothing.
    var latest = ""
    /// The least and the greatest of them; `nil` where fewer than two have a number.
    var range: String?
    /// They as a line, the oldest on the left, in a picture of ``width`` by ``height``; a gap where a period has none.
    var lines: [String] = []

    static let width = 72
    static let height = 20

    init() {}

    /// - Parameter values: of the periods before, the latest first; null where there is none.
    init(_ values: [Value], _ field: FieldDefinition, _ language: Language) {
        latest = values.first.map { ValueText.shown($0, field, language) } ?? ""
        let numbers = values.map(\.plotted)
        let known = zip(values, numbers).compactMap { value, number in number.map { (value, $0) } }
        guard known.count > 1, let least = known.min(by: { $0.1 < $1.1 }), let most = known.max(by: { $0.1 < $1.1 })
        else { return }
        range = "\(ValueText.shown(least.0, field, language)) – \(ValueText.shown(most.0, field, language))"
        lines = Self.lines(numbers.reversed(), from: least.1, to: most.1)
    }

    /// The periods before that of a key, the latest first; none where the key has none that is a month.
    static func periods(before key: [String: Value]) -> [String] {
        guard case .text(let period)? = key["period"] else { return [] }
        let parts = period.split(separator: "-").map { Int($0) }
        guard period.utf8.count == 7, parts.count == 2, let year = parts[0], let month = parts[1],
            (1...12).contains(month), (1...9999).contains(year)
        else { return [] }
        return (1...periods).compactMap { back in
            let months = year * 12 + month - 1 - back
            guard months >= 12 else { return nil }
            let text = "0000\(months / 12)".suffix(4) + "-" + "0\(months % 12 + 1)".suffix(2)
            return String(text)
        }
    }

    /// The points of each run of periods without a gap, as an SVG polyline has them.
    private static func lines(_ numbers: [Double?], from least: Double, to most: Double) -> [String] {
        let step = Double(width - 4) / Double(max(1, numbers.count - 1))
        var runs: [[String]] = [[]]
        for (index, number) in numbers.enumerated() {
            guard let number else {
                runs.append([])
                continue
            }
            let part = most > least ? (number - least) / (most - least) : 0.5
            let x = 2 + Double(index) * step
            let y = Double(height - 3) - part * Double(height - 6)
            runs[runs.count - 1].append("\((x * 10).rounded() / 10),\((y * 10).rounded() / 10)")
        }
        // A point alone is a line of no length, which round ends make a dot.
        return runs.filter { !$0.isEmpty }.map { ($0.count == 1 ? $0 + $0 : $0).joined(separator: " ") }
    }
}

extension Value {
    /// Where the value stands in a picture; `nil` for what is no number. Nothing is computed with it.
    fileprivate var plotted: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .decimal(let number): Double(number.text)
        default: nil
        }
    }
}
