package import ArgumentParser
import RecordStore
import Records
import Tables
import Wording

extension DecimalSign: ExpressibleByArgument {}

/// `import`, the same in both programs.
package struct ImportCommand<Program: RecordProgram>: ParsableCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "import", abstract: "Saves the rows of a table as records: all of them, or none.",
            discussion: """
                Columns are a form's fields, by name or label, and `record` and `space` where they are known. A row with a \
                record's word, or with the key of one, edits it: what it has otherwise than the record had when it was \
                exported, which its column `base` says. An empty cell clears. A file that is imported a second time changes \
                nothing.
                """)
    }

    @Argument(help: "The form's id.") var form: String
    @Argument(help: "The table: .csv, .jsonl or .ndjson.") var file: String
    @Option(help: "The space of new records; else the unit's. A column `space` goes first.") var space: String?
    @Option(help: "comma or point: which sign stands before fractions, where numbers do not tell.")
    var decimal: DecimalSign?
    @Option(name: .customLong("as"), help: "Who records it.") var person: String?
    @Option(help: "Why.") var reason: String?
    @Flag(help: "Check every row and save nothing.") var dryRun = false
    @Flag(help: "Save the right rows where others are wrong.") var skipWrong = false
    @Flag(help: "Make new records of rows whose record is not known here.") var unknownAsNew = false
    @Flag(help: "Write over what stands now where a row does not say what it was exported with.")
    var overCurrent = false
    @OptionGroup var options: SharedOptions

    package init() {}

    package func run() throws {
        try options.perform {
            let kind = try TableKind(ofFile: file)
            let table = try TableFile(file)
            let keeper = try Program.openKeeper(options)
            let settings = ImportSettings(
                form: form, space: space ?? keeper.defaultSpace, author: person ?? "", reason: reason,
                decimal: decimal, takesUnknownAsNew: unknownAsNew, overCurrent: overCurrent)
            let importer = Importer(
                keeper: keeper, file: table, kind: kind, settings: settings, skipsWrong: skipWrong)
            var report = try importer.check()
            let isRefused = report.wrongRows > 0 && !skipWrong
            if !dryRun, !isRefused, report.accepted > 0 { report = try importer.save() }
            return try output(report)
        }
    }

    private func output(_ report: ImportReport) throws -> Output {
        let isRefused = report.wrongRows > 0 && !skipWrong
        let text = lines(report, isRefused: isRefused).joined(separator: "\n")
        var members: [String: JSON] = [
            "accepted": .number(isRefused ? 0 : report.accepted), "new": .number(isRefused ? 0 : report.new),
            "unchanged": .number(report.unchanged), "conflicts": .number(isRefused ? 0 : report.conflicts),
            "rejectedRows": .number(report.wrongRows),
            "problems": .number(report.problems), "dryRun": .bool(dryRun),
        ]
        members["rejected"] = .array(
            report.rejected.map { rejected in
                let error = rejected.words(in: options.language)
                return .object([
                    "row": .number(rejected.row), "code": .text(error.code),
                    "message": .text(error.message(in: options.language)),
                    "remedy": .text(error.remedy(in: options.language)),
                ])
            })
        guard !isRefused else {
            throw FailureWithOutput(
                cause: ImportError(.rejected, ["count": String(report.problems)]), members: members, text: text)
        }
        return Output(.object(members), text)
    }

    private func lines(_ report: ImportReport, isRefused: Bool) -> [String] {
        let language = options.language
        var lines: [String] = []
        if !isRefused {
            let counts = [
                "accepted": String(report.accepted), "new": String(report.new),
                "unchanged": String(report.unchanged), "rejected": String(report.wrongRows),
            ]
            lines.append(
                dryRun
                    ? Catalogue.text("import.checked", language, counts)
                    : Catalogue.text("import.summary", language, counts))
            if report.conflicts > 0 {
                lines.append(
                    Catalogue.text("import.conflicts", language, ["count": String(report.conflicts)]))
            }
            if !dryRun, report.accepted > report.new {
                lines.append(Catalogue.text("import.export-again", language))
            }
            if report.wrongRows > 0 { lines.append(Catalogue.text("import.skipped", language)) }
        }
        lines += report.rejected.map { rejected in
            let error = rejected.words(in: language)
            return Catalogue.text(
                "import.row", language,
                [
                    "row": String(rejected.row), "code": error.code, "message": error.message(in: language),
                    "remedy": error.remedy(in: language),
                ])
        }
        if report.problems > report.rejected.count {
            lines.append(
                Catalogue.text(
                    "import.more", language, ["count": String(report.problems - report.rejected.count)]))
        }
        return lines
    }
}
