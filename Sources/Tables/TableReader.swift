package import Records
package import Wording

/// One row of a form's table.
package struct TableRow: Sendable {
    /// The line of the file that it begins at, counted from 1.
    package let line: Int
    /// What stands in the columns beside the fields; empty where nothing does.
    package var own: [OwnColumn: String] = [:]
    package var fields: [(field: FieldDefinition, cell: TableCell)] = []
    /// What keeps the row from being read.
    package var problem: (any CodedError)?
}

/// Reads a form's table row by row, whichever way it is written.
package struct TableReader {
    private enum Form {
        case csv(CSVReader, [TableColumn])
        case jsonLines(LineReader)
    }

    private let columns: TableColumns
    private var form: Form
    private var count = 0

    /// - Parameter source: the file's next bytes each time; none at its end.
    /// - Throws: ``TableFailure`` where the heading is wrong.
    package init(_ kind: TableKind, of form: FormDefinition, _ source: @escaping () throws -> [UInt8]) throws {
        columns = TableColumns(form)
        switch kind {
        case .csv:
            var reader = try CSVReader(source)
            guard let heading = try reader.next() else { throw TableFailure(line: 1, TableError(.empty)) }
            if let problem = heading.problem { throw TableFailure(line: heading.line, problem) }
            do throws(TableError) {
                self.form = .csv(reader, try columns.columns(heading.cells.map(FormulaGuard.unguarded)))
            } catch {
                throw TableFailure(line: heading.line, error)
            }
        case .jsonLines: self.form = .jsonLines(try LineReader(source))
        }
    }

    /// The next row; `nil` at the file's end.
    /// - Throws: ``TableFailure`` for a file with too many rows, and what the source throws.
    package mutating func next() throws -> TableRow? {
        let row: TableRow?
        switch form {
        case .csv(var reader, let heading):
            row = try reader.next().map { Self.row($0, heading) }
            form = .csv(reader, heading)
        case .jsonLines(var reader):
            row = try reader.next().map(self.row)
            form = .jsonLines(reader)
        }
        guard let row else { return nil }
        count += 1
        guard count <= TableLimits.rows else {
            throw TableFailure(line: row.line, TableError(.tooManyRows, ["limit": String(TableLimits.rows)]))
        }
        return row
    }

    private static func row(_ read: CSVReader.Row, _ heading: [TableColumn]) -> TableRow {
        var row = TableRow(line: read.line, problem: read.problem)
        guard read.problem == nil else { return row }
        guard read.cells.count == heading.count else {
            row.problem = TableError(
                .cellCount, ["cells": String(read.cells.count), "columns": String(heading.count)])
            return row
        }
        for (column, cell) in zip(heading, read.cells) {
            switch column {
            case .own(let own): row.own[own] = FormulaGuard.unguarded(cell)
            case .field(let field): row.fields.append((field, .typed(cell)))
            case .blank: if !cell.isEmpty { row.problem = TableError(.columnUnknown, ["column": ""]) }
            }
        }
        return row
    }

    private func row(_ line: LineReader.Line) -> TableRow {
        var row = TableRow(line: line.number)
        guard !line.isTooLong else {
            row.problem = TableError(.rowTooLong, ["limit": String(TableLimits.rowBytes / 1024)])
            return row
        }
        do throws(TableError) {
            let members = try JSONRow.read(line.bytes)
            for (column, member) in zip(try columns.columns(members.map(\.name)), members) {
                switch column {
                case .own(let own): row.own[own] = TableCell.json(member.cell).text ?? ""
                case .field(let field): row.fields.append((field, .json(member.cell)))
                case .blank: throw TableError(.columnUnknown, ["column": ""])
                }
            }
        } catch {
            row.problem = error
        }
        return row
    }
}
