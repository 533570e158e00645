import Agent
import ArgumentParser
import Causality
import Commands
import RecordStore
import Records
import SyncProtocol
import Wording

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Makes an agent that needs no hub.")

    @Option(help: "The unit's code.") var unit: String
    @Option(help: "A fixtures folder whose forms this agent starts with.") var catalog: String?
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let directory = options.agent()
            guard !directory.isInitialized else { throw AgentError(.initialized) }
            let forms = try catalog.map { try FixturesFolder(path: $0).forms } ?? []
            let device = try directory.open(unit: unit, forms: forms)
            let replica = try device.replica.word
            return Output(
                .object(["replica": .text(replica), "unit": .text(device.unit)]), "\(replica)  \(device.unit)")
        }
    }
}

struct Enrol: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Joins a hub with a one-time code.")

    @Option(help: "The hub's address.") var hub: String
    @Option(help: "The one-time code.") var code: String
    @Option(help: "A file of certificates, PEM, to trust for this hub instead of the system's.") var ca: String?
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            guard let code = EnrolmentCode(code) else { throw AgentError(.codeInvalid) }
            let directory = options.agent()
            if let ca { try directory.keepAuthorities(from: ca) }
            let transport = try directory.transport(to: hub)
            let device: AgentDevice
            let spaces: [String]
            if directory.isInitialized {
                device = try directory.open()
                spaces = try device.enrol(url: hub, code: code, over: transport)
            } else {
                let welcome = try Welcome.request(
                    try directory.newIdentity(), unit: "", forms: [:], code: code, over: transport)
                device = try directory.open(unit: welcome.certificate.unit)
                spaces = try device.join(welcome, url: hub)
            }
            let replica = try device.replica.word
            return Output(
                .object([
                    "replica": .text(replica), "unit": .text(device.unit), "spaces": .texts(spaces),
                ]), "\(replica)  \(device.unit)  \(spaces.joined(separator: " "))")
        }
    }
}

struct Forms: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The forms of this machine.")

    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let language = options.language
            let forms = try options.agent().open().store.read { try $0.allForms() }
            let json = forms.map { form in
                JSON.object([
                    "form": .text(form.form), "version": .number(Int64(clamping: form.version)),
                    "title": .text(form.title[language]), "fields": .array(form.fields.map { Self.json($0, language) }),
                ])
            }
            let lines = forms.map { "\($0.form)  \($0.version)  \($0.title[language])" }
            return Output(.array(json), lines.joined(separator: "\n"))
        }
    }

    private static func json(_ field: FieldDefinition, _ language: Language) -> JSON {
        var members: [String: JSON] = [
            "name": .text(field.name), "type": .text(field.type.rawValue), "required": .bool(field.required),
            "policy": .text(field.policy.rawValue), "key": .bool(field.key), "label": .text(field.label[language]),
        ]
        if let choices = field.choices {
            members["choices"] = .array(
                choices.map { .object(["name": .text($0.name), "label": .text($0.label[language])]) })
        }
        return .object(members)
    }
}

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Recomputes every chain, signature and digest.")

    @Option(help: "The text of a paper's code, or the address in it: checks that paper instead of the store.")
    var paper: String?

    @OptionGroup var options: SharedOptions

    func run() throws {
        if let paper { return try options.verify(paper: paper) { try AgentProgram.openKeeper(options) } }
        try options.verify { try AgentProgram.openKeeper(options) }
    }
}
