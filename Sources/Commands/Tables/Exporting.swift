package import ArgumentParser
import Causality
import RecordStore
import Records
import Tables
package import Wording

/// Where an export goes and what is in it.
package struct ExportOptions: ParsableArguments {
    @Option(help: "The file: .csv, .jsonl or .ndjson.") package var to: String
    @Flag(help: "Replace the file where it is there already.") package var force = false

    package init() {}
}

/// Which records are exported, and how.
package struct RecordExportOptions: ParsableArguments {
    @Flag(help: "CSV as spreadsheets in Vietnam take it: semicolons, decimal commas, dd/MM/yyyy, a byte order mark.")
    package var excel = false
    @Flag(help: "Deleted records too.") package var deleted = false
    @Option(help: "Only this space's.") package var space: String?

    package init() {}
}

extension ExportOptions {
    /// Writes a form's records, oldest first.
    package func write(
        _ form: String, _ records: RecordExportOptions, of keeper: any RecordKeeper, _ language: Language
    ) throws -> Output {
        let kind = try TableKind(ofFile: to)
        guard !records.excel || kind == .csv else { throw ValidationError("--excel is for .csv files") }
        return try keeper.store.read { store in
            let definition = try store.latestForm(form)
            if let space = records.space { _ = try store.space(space) }
            let filter = RecordFilter(form: form, space: records.space, deleted: records.deleted)
            let file = try NewFile(to, replaces: force)
            let writer = RecordWriter(definition, style: records.excel ? .spreadsheet : .machine, records.deleted)
            if kind == .csv { try file.write(writer.heading) }
            var count = 0
            for row in try store.recordRows(filter) {
                let view = try store.view(ofRow: row)
                let base = try store.baseToken(record: view.id, in: store.space(view.space)).text
                try file.write(kind == .csv ? writer.line(view, base) : writer.object(view, base))
                count += 1
            }
            try file.finish()
            return output(count, Catalogue.text("export.summary", language, ["file": to, "count": String(count)]))
        }
    }

    /// Writes what the hub has not accepted, of every form: a JSON object for each change, oldest first.
    package func writeUnsent(of keeper: any RecordKeeper, _ language: Language) throws -> Output {
        guard try TableKind(ofFile: to) == .jsonLines else {
            throw TableError(.endingUnknown, ["endings": TableKind.lineEndings])
        }
        return try keeper.store.read { store in
            let file = try NewFile(to, replaces: force)
            var count = 0
            for work in try store.openWork() {
                let line = try store.line(of: work)
                try file.write(line)
                count += 1
            }
            try file.finish()
            return output(count, Catalogue.text("export.unsent", language, ["file": to, "count": String(count)]))
        }
    }

    private func output(_ count: Int, _ text: String) -> Output {
        Output(.object(["file": .text(to), "count": .number(count)]), text)
    }
}

/// Records as lines of a table.
private struct RecordWriter {
    private let form: FormDefinition
    private let columns: TableColumns
    private let style: TableStyle
    private let showsDeleted: Bool

    init(_ form: FormDefinition, style: TableStyle, _ showsDeleted: Bool) {
        self.form = form
        columns = TableColumns(form)
        self.style = style
        self.showsDeleted = showsDeleted
    }

    var heading: [UInt8] {
        let own = [OwnColumn.record, .space, .state].map(columns.heading)
        let after = ([OwnColumn.conflicts] + (showsDeleted ? [.deleted] : []) + [.base]).map(columns.heading)
        let line = CSVLine.bytes(own + form.fields.map(\.name) + after, separator: style.separator)
        return style == .spreadsheet ? [0xEF, 0xBB, 0xBF] + line : line
    }

    func line(_ view: RecordView, _ base: String) -> [UInt8] {
        let own = [view.word, view.space, view.state.rawValue].map(FormulaGuard.guarded)
        let cells = form.fields.map { CellText.text(view.fields[$0.name] ?? .null, style) }
        let after =
            [FormulaGuard.guarded(view.conflicts.joined(separator: ","))]
            + (showsDeleted ? [view.deleted ? "true" : "false"] : []) + [base]
        return CSVLine.bytes(own + cells + after, separator: style.separator)
    }

    func object(_ view: RecordView, _ base: String) -> [UInt8] {
        var members: [String: JSON] = [
            columns.heading(.record): .text(view.word), columns.heading(.space): .text(view.space),
            columns.heading(.state): .text(view.state.rawValue), columns.heading(.conflicts): .texts(view.conflicts),
            columns.heading(.base): .text(base),
        ]
        if showsDeleted { members[columns.heading(.deleted)] = .bool(view.deleted) }
        for field in form.fields { members[field.name] = (view.fields[field.name] ?? .null).json }
        return Array((JSON.object(members).line + "\n").utf8)
    }
}
