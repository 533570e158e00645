package import Records

/// What a column of a form's table holds.
package enum TableColumn: Hashable, Sendable {
    /// What a table has of a record beside its fields.
    case own(OwnColumn)
    case field(FieldDefinition)
    /// A column without a heading, which spreadsheets leave at the end.
    case blank
}

package enum OwnColumn: String, CaseIterable, Sendable {
    /// The record's word.
    case record
    case space
    /// How far the hub has it; not read back.
    case state
    /// Which fields wait for a person; not read back.
    case conflicts
    /// Whether the record is deleted; only where deleted ones were asked for.
    case deleted
    /// What the record was when it was written: the base of what its row changes.
    case base
}

/// The columns of a form's table, by their headings.
package struct TableColumns: Sendable {
    private let fields: [String: FieldDefinition]
    private let own: [String: OwnColumn]
    /// By the folded name and labels of each field, since people write headings as they see them on a page.
    private let folded: [String: [FieldDefinition]]

    package init(_ form: FormDefinition) {
        fields = Dictionary(form.fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let names = Set(form.fields.map(\.name))
        own = Dictionary(
            OwnColumn.allCases.flatMap { column in
                [("_" + column.rawValue, column)]
                    + (names.contains(column.rawValue) ? [] : [(column.rawValue, column)])
            }, uniquingKeysWith: { first, _ in first })
        var folded: [String: [FieldDefinition]] = [:]
        for field in form.fields {
            for text in Set([field.name, field.label.vi, field.label.en].map(TextFold.folded)) where !text.isEmpty {
                folded[text, default: []].append(field)
            }
        }
        self.folded = folded
    }

    /// The heading of a column that is not a field's: with `_` before it where a field has its name.
    package func heading(_ column: OwnColumn) -> String {
        own[column.rawValue] == nil ? "_" + column.rawValue : column.rawValue
    }

    /// The column with a heading: a field's name, or its label in either language, whatever its case and diacritics.
    /// - Throws: `table.column-unknown` or `table.column-ambiguous`.
    package func column(_ heading: String) throws(TableError) -> TableColumn {
        let heading = TextFold.normalized(heading)
        if heading.isEmpty { return .blank }
        if let field = fields[heading] { return .field(field) }
        if let column = own[heading] { return .own(column) }
        let found = folded[TextFold.folded(heading)] ?? []
        let shown = ["column": Self.shown(heading)]
        guard let field = found.first else { throw TableError(.columnUnknown, shown) }
        guard found.count == 1 else {
            throw TableError(
                .columnAmbiguous,
                shown.merging(["fields": found.map(\.name).joined(separator: ", ")]) { first, _ in first })
        }
        return .field(field)
    }

    /// A heading as a message may show it.
    private static func shown(_ heading: String) -> String {
        String(TextFold.normalized(heading).prefix(RecordLimits.nameBytes))
    }

    /// The columns of all headings.
    /// - Throws: also `table.column-twice`.
    package func columns(_ headings: [String]) throws(TableError) -> [TableColumn] {
        var columns: [TableColumn] = []
        var seen: Set<TableColumn> = [.blank]
        for heading in headings {
            let column = try column(heading)
            guard column == .blank || seen.insert(column).inserted else {
                throw TableError(.columnTwice, ["column": Self.shown(heading)])
            }
            columns.append(column)
        }
        return columns
    }
}
