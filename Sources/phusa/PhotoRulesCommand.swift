import Agent
import ArgumentParser
import Commands
import RecordStore
import Records
import Wording

struct PhotoRulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "photo-rules",
        abstract:
            "Shows or sets which lines photos and files go over by themselves, and how long they stay here.",
        discussion:
            "Text and small pictures go over any line. sync --photos sends photos whatever was chosen here.")

    @Option(help: "Lines such as cable,wifi of cable, wifi, mobile, other; or all; or none: only when asked.")
    var over: String?
    @Option(help: "Days after which a photo that the hub has leaves this machine; never: it stays.")
    var keep: String?
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let device = try options.agent().open()
            let networks = try over.map(Self.networks)
            return try device.store.write { store in
                var rules = try store.photoRules()
                if let networks { rules.networks = networks }
                if let keep { rules.keptDays = keep == "never" ? nil : Int(keep) ?? 0 }
                if over != nil || keep != nil { try store.setPhotoRules(rules) }
                let names = NetworkKind.allCases.filter(rules.networks.contains).map(\.rawValue)
                return Output(
                    .object([
                        "over": .array(names.map { .text($0) }),
                        "keptDays": rules.keptDays.map { .number($0) } ?? .null,
                    ]),
                    "\(names.isEmpty ? "none" : names.joined(separator: ","))  \(rules.keptDays.map(String.init) ?? "never")"
                )
            }
        }
    }

    private static func networks(_ text: String) throws -> Set<NetworkKind> {
        switch text {
        case "all": return Set(NetworkKind.allCases)
        case "none": return []
        default:
            return Set(
                try text.split(separator: ",").map { name in
                    guard let kind = NetworkKind(rawValue: String(name)) else {
                        throw AgentError(.photoNetwork, ["text": String(name.prefix(40))])
                    }
                    return kind
                })
        }
    }
}
