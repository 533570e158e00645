package import Records

/// A record as a row of a table that is written.
package struct WrittenRow: Sendable {
    package let word: String
    package let space: String
    /// How far the hub has it.
    package let state: String
    package let fields: [String: Value]
    package let conflicts: [String]
    package let isDeleted: Bool
    /// What the record is now: the base of what its row changes when it is read back.
    package let base: String

    package init(
        word: String, space: String, state: String, fields: [String: Value], conflicts: [String], isDeleted: Bool,
        base: String
    ) {
        self.word = word
        self.space = space
        self.state = state
        self.fields = fields
        self.conflicts = conflicts
        self.isDeleted = isDeleted
        self.base = base
    }
}

/// A form's records as lines of a table.
package struct TableWriter: Sendable {
    private let form: FormDefinition
    private let columns: TableColumns
    private let style: TableStyle
    private let showsDeleted: Bool

    package init(_ form: FormDefinition, style: TableStyle, showsDeleted: Bool) {
        self.form = form
        columns = TableColumns(form)
        self.style = style
        self.showsDeleted = showsDeleted
    }

    /// The first line of a CSV file, with a byte order mark before it for spreadsheets.
    package var heading: [UInt8] {
        let own = [OwnColumn.record, .space, .state].map(columns.heading)
        let after = ([OwnColumn.conflicts] + (showsDeleted ? [.deleted] : []) + [.base]).map(columns.heading)
        let line = CSVLine.bytes(own + form.fields.map(\.name) + after, separator: style.separator)
        return style == .spreadsheet ? [0xEF, 0xBB, 0xBF] + line : line
    }

    /// A line of a CSV file.
    package func line(_ row: WrittenRow) -> [UInt8] {
        let own = [row.word, row.space, row.state].map(FormulaGuard.guarded)
        let cells = form.fields.map { CellText.text(row.fields[$0.name] ?? .null, style) }
        let after =
            [FormulaGuard.guarded(row.conflicts.joined(separator: ","))]
            + (showsDeleted ? [row.isDeleted ? "true" : "false"] : []) + [row.base]
        return CSVLine.bytes(own + cells + after, separator: style.separator)
    }

    /// A line of a file of JSON lines.
    package func object(_ row: WrittenRow) -> [UInt8] {
        var members: [String: JSON] = [
            columns.heading(.record): .text(row.word), columns.heading(.space): .text(row.space),
            columns.heading(.state): .text(row.state), columns.heading(.conflicts): .texts(row.conflicts),
            columns.heading(.base): .text(row.base),
        ]
        if showsDeleted { members[columns.heading(.deleted)] = .bool(row.isDeleted) }
        for field in form.fields { members[field.name] = (row.fields[field.name] ?? .null).json }
        return Array((JSON.object(members).line + "\n").utf8)
    }
}
