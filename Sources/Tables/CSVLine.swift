/// A row of cells as a file holds it.
package enum CSVLine {
    /// The line with its end, CRLF. What holds a separator, a quote, a new line or spaces at its ends stands in quotes.
    package static func bytes(_ cells: [String], separator: UInt8) -> [UInt8] {
        var line: [UInt8] = []
        for (index, cell) in cells.enumerated() {
            if index > 0 { line.append(separator) }
            append(cell, separator, to: &line)
        }
        return line + [13, 10]
    }

    /// By bytes, since a mark that joins itself to a quote makes another letter of it.
    private static func append(_ cell: String, _ separator: UInt8, to line: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let space = UInt8(ascii: " ")
        let text = cell.utf8
        let needsQuotes =
            text.first == space || text.last == space
            || text.contains { $0 == quote || $0 == 10 || $0 == 13 || $0 == separator }
        guard needsQuotes else {
            line.append(contentsOf: text)
            return
        }
        line.append(quote)
        for byte in text {
            if byte == quote { line.append(quote) }
            line.append(byte)
        }
        line.append(quote)
    }
}
