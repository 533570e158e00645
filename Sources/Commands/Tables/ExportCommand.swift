package import ArgumentParser

/// `export` where all work is received as it is made: the hub's.
package struct ExportCommand<Program: RecordProgram>: ParsableCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "export", abstract: "Writes a form's records to a table.")
    }

    @Argument(help: "The form's id.") var form: String
    @OptionGroup var export: ExportOptions
    @OptionGroup var records: RecordExportOptions
    @OptionGroup var options: SharedOptions

    package init() {}

    package func run() throws {
        try options.perform {
            try export.write(form, records, of: try Program.openKeeper(options), options.language)
        }
    }
}
