import Records

/// A table in RFC 4180 form with a heading, each row with the number of the line it begins at.
package struct CSVTable: Sendable {
    package struct Row: Sendable {
        /// Counted from 1; the heading is line 1.
        package let line: Int
        private let values: [String: String]

        init(line: Int, values: [String: String]) {
            self.line = line
            self.values = values
        }

        /// The text of a column, empty when there is none.
        package subscript(column: String) -> String { values[column] ?? "" }
    }

    package let columns: [String]
    package let rows: [Row]

    /// Reads UTF-8 bytes.
    /// - Throws: `fixtures.invalid` with the line.
    package init(_ bytes: [UInt8], file: String) throws(FixturesError) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw FixturesError(file, 1, "not UTF-8") }
        var lines = try Self.parse(Array(text.unicodeScalars), file: file)[...]
        guard let heading = lines.popFirst() else { throw FixturesError(file, 1, "empty") }
        columns = heading.cells
        guard Set(columns).count == columns.count else { throw FixturesError(file, 1, "a column stands twice") }
        var rows: [Row] = []
        for (line, cells) in lines where cells != [""] {
            guard cells.count == columns.count else {
                throw FixturesError(file, line, "\(cells.count) cells instead of \(columns.count)")
            }
            let values = Dictionary(
                zip(columns, cells.map(TextFold.normalized)), uniquingKeysWith: { first, _ in first })
            rows.append(Row(line: line, values: values))
        }
        self.rows = rows
    }

    private static func parse(
        _ scalars: [Unicode.Scalar], file: String
    ) throws(FixturesError) -> [(line: Int, cells: [String])] {
        var lines: [(line: Int, cells: [String])] = []
        var cells: [String] = []
        var cell = String.UnicodeScalarView()
        var quoted = false
        var line = 1
        var begin = 1
        var index = 0
        func end(_ cell: inout String.UnicodeScalarView) -> String {
            defer { cell = .init() }
            return String(cell)
        }
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            if scalar == "\n" { line += 1 }
            switch scalar {
            case "\"" where quoted && index < scalars.count && scalars[index] == "\"":
                cell.append(scalar)
                index += 1
            case "\"": quoted.toggle()
            case _ where quoted: cell.append(scalar)
            case ",": cells.append(end(&cell))
            case "\r": continue
            case "\n":
                cells.append(end(&cell))
                lines.append((begin, cells))
                cells = []
                begin = line
            default: cell.append(scalar)
            }
        }
        guard !quoted else { throw FixturesError(file, begin, "a quote is not closed") }
        if !cell.isEmpty || !cells.isEmpty { lines.append((begin, cells + [String(cell)])) }
        return lines
    }
}
