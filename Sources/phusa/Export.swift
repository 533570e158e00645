import ArgumentParser
import Commands
import Records

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a form's records to a table, or all that the hub has not accepted.")

    @Argument(help: "The form's id.") var form: String?
    @Flag(help: "All unsent or refused work, of every form, as JSON lines.") var unsent = false
    @OptionGroup var export: ExportOptions
    @OptionGroup var records: RecordExportOptions
    @OptionGroup var options: SharedOptions

    mutating func validate() throws {
        guard unsent == (form == nil) else { throw ValidationError("export takes a form's id, or --unsent") }
    }

    func run() throws {
        try options.perform {
            let keeper = try AgentProgram.openKeeper(options)
            guard let form else { return try export.writeUnsent(of: keeper, options.language) }
            return try export.write(form, records, of: keeper, options.language)
        }
    }
}
