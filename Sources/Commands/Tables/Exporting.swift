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
            let writer = TableWriter(
                definition, style: records.excel ? .spreadsheet : .machine, showsDeleted: records.deleted)
            if kind == .csv { try file.write(writer.heading) }
            var count = 0
            for row in try store.recordRows(filter) {
                let view = try store.view(ofRow: row)
                let base = try store.baseToken(record: view.id, in: store.space(view.space)).text
                let line = WrittenRow(view, base: base)
                try file.write(kind == .csv ? writer.line(line) : writer.object(line))
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

extension WrittenRow {
    fileprivate init(_ view: RecordView, base: String) {
        self.init(
            word: view.word, space: view.space, state: view.state.rawValue, fields: view.fields,
            conflicts: view.conflicts, isDeleted: view.deleted, base: base)
    }
}
