/// Reads RFC 4180 row by row, however long the file is: UTF-8 with or without a byte order mark, lines that end in CRLF, LF
/// or CR, cells parted by comma, semicolon or tab, whichever stands most in the heading.
///
/// What is wrong with a row is told with the row, and reading goes on after it. Spaces around a cell without quotes are not
/// part of it. Rows with nothing in any cell are passed over, since spreadsheets leave many.
package struct CSVReader {
    package struct Row: Sendable {
        /// The line that the row begins at, counted from 1.
        package let line: Int
        package let cells: [String]
        /// What keeps the row from being read; its cells mean nothing then.
        package let problem: TableError?
    }

    private var input: ByteInput
    private var line = 1
    private let separator: UInt8

    /// - Parameter source: the file's next bytes each time; none at its end.
    package init(_ source: @escaping () throws -> [UInt8]) throws {
        input = ByteInput(source)
        try input.skipByteOrderMark()
        separator = try Self.separator(of: &input)
    }

    /// The next row that holds something; `nil` at the file's end. The first is the heading.
    /// - Throws: what the source throws.
    package mutating func next() throws -> Row? {
        while let row = try nextRow() {
            if row.problem != nil || row.cells.contains(where: { !$0.isEmpty }) { return row }
        }
        return nil
    }

    private mutating func nextRow() throws -> Row? {
        guard try input.peek() != nil else { return nil }
        var row = RowBuilder(line: line, separator: separator)
        while let byte = try input.next() {
            let isReturn = byte == UInt8(ascii: "\r") && !row.isInQuotes
            if isReturn, try input.peek() == UInt8(ascii: "\n") { _ = try input.next() }
            if isReturn || byte == UInt8(ascii: "\n") {
                line += 1
                if !row.isInQuotes { break }
            }
            row.take(byte)
        }
        return row.finished()
    }

    private static func separator(of input: inout ByteInput) throws -> UInt8 {
        var isInQuotes = false
        var counts: [UInt8: Int] = [:]
        _ = try input.ahead(most: TableLimits.rowBytes) { byte in
            if byte == UInt8(ascii: "\"") { isInQuotes.toggle() }
            if isInQuotes { return false }
            counts[byte, default: 0] += 1
            return byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
        }
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        return candidates.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? candidates[0]
    }
}

/// One row while its bytes come.
private struct RowBuilder {
    private enum Place {
        /// Before a cell's first byte, in a cell without quotes, within quotes, after a quote within quotes.
        case start, plain, quoted, quote
        /// After an error, until the line's end.
        case lost
    }

    private let line: Int
    private let separator: UInt8
    private var place = Place.start
    private var cells: [String] = []
    private var cell: [UInt8] = []
    private var length = 0
    /// Lines within quotes so far, and where the latest quotes began.
    private var ends = 0
    private var opened = 0
    private var problem: TableError?

    init(line: Int, separator: UInt8) {
        self.line = line
        self.separator = separator
    }

    var isInQuotes: Bool { place == .quoted }

    mutating func take(_ byte: UInt8) {
        length += 1
        if length > TableLimits.rowBytes {
            fail(TableError(.rowTooLong, ["limit": String(TableLimits.rowBytes / 1024)]))
        }
        switch (place, byte) {
        case (.lost, _): return
        case (.quoted, UInt8(ascii: "\"")): place = .quote
        case (.quoted, _):
            if byte == UInt8(ascii: "\n") { ends += 1 }
            append(byte)
        case (.quote, UInt8(ascii: "\"")):
            append(byte)
            place = .quoted
        case (_, separator): endCell()
        case (.start, UInt8(ascii: "\"")):
            place = .quoted
            opened = line + ends
        // Spaces around quotes do no harm.
        case (.start, UInt8(ascii: " ")), (.quote, UInt8(ascii: " ")): return
        case (.quote, _), (_, UInt8(ascii: "\"")):
            fail(TableError(.quoteStray))
            place = .lost
        default:
            append(byte)
            place = .plain
        }
    }

    mutating func finished() -> CSVReader.Row {
        if place == .quoted { problem = TableError(.quoteOpen, ["line": String(opened)]) }
        endCell()
        return CSVReader.Row(line: line, cells: problem == nil ? cells : [], problem: problem)
    }

    private mutating func append(_ byte: UInt8) { if problem == nil { cell.append(byte) } }

    private mutating func fail(_ error: TableError) {
        guard problem == nil else { return }
        problem = error
        cells = []
        cell = []
    }

    private mutating func endCell() {
        if place == .plain { while cell.last == UInt8(ascii: " ") { cell.removeLast() } }
        place = .start
        guard problem == nil else { return }
        if cell.contains(0) {
            fail(TableError(.zeroByte))
        } else if cells.count == TableLimits.columns {
            fail(TableError(.tooManyColumns, ["limit": String(TableLimits.columns)]))
        } else if let text = String(validating: cell, as: UTF8.self) {
            cells.append(text)
        } else {
            fail(TableError(.notUTF8))
        }
        cell.removeAll(keepingCapacity: true)
    }
}
