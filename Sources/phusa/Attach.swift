import Agent
import ArgumentParser
import Commands
import RecordStore
import Records
import Wording

struct Attach: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Adds a photo or file to a record.")

    @Argument(help: "The record's word.") var record: String
    @Argument(help: "The field that lists it.") var field: String
    @Argument(help: "The file: JPEG, PNG or PDF.") var file: String
    @Option(name: .customLong("as"), help: "Who adds it.") var person: String?
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let device = try options.agent().open()
            try device.store.read { store in
                let form = try store.latestForm(try store.view(ofRow: try store.locate(record).row).form)
                guard let known = form.field(field) else {
                    throw RecordsError(.fieldUnknown, ["field": field, "form": form.form])
                }
                guard known.type.isAttachments else {
                    throw StoreError(.attachmentField, ["field": field, "form": form.form])
                }
            }
            let attachment = try device.attach(fileAt: file)
            _ = try device.capture([
                Draft(.edit(record), edits: [(field, .add(attachment.word))], author: person ?? "")
            ])
            return try device.store.read { store in
                let view = try store.view(ofRow: try store.locate(record).row)
                let json: [String: JSON] = [
                    "record": .text(view.word), "sha256": .text(attachment.name),
                    "bytes": .number(attachment.byteCount), "kind": .text(attachment.kind.rawValue),
                    "state": .text(view.state.rawValue),
                ]
                return Output(
                    .object(json), "\(attachment.name)  \(attachment.byteCount)  \(view.state.rawValue)")
            }
        }
    }
}
