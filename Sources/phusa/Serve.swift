import Agent
import AgentWeb
import ArgumentParser
import Commands
import Foundation
import RecordStore
import WebPages

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves the pages of this machine and keeps it in step with its hub, until a signal.")

    @Option(
        help: ArgumentHelp(
            "HOST:PORT on this machine; port 0 picks one. (default: 127.0.0.1:8642, for practice 127.0.0.1:8643)"))
    var listen: String?
    @Flag(help: "Sync only when a person asks.") var noSync = false
    @Flag(help: "Serves a copy for practice, with a database of its own that no hub takes in.") var training = false
    @OptionGroup var options: SharedOptions

    func run() async throws {
        do {
            let address = try ListenAddress(listen ?? (training ? "127.0.0.1:8643" : "127.0.0.1:8642"))
            let directory = training ? options.agent().training : options.agent()
            let device: AgentDevice
            if training {
                device = try options.agent().openTraining()
                try directory.lockForServing()
            } else {
                try directory.lockForServing()
                device = try directory.open(concurrentReads: true)
            }
            try device.store.selfCheck()
            let sync = BackgroundSync(device: device, isAutomatic: !noSync) { try directory.transport(to: $0.url) }
            try await AgentServer(device: device, sync: sync).run(at: address) { url in
                FileHandle.standardOutput.write(Data("listening \(url)\n".utf8))
            }
            // Everything is durable already; an exchange that was left to itself may still be reading.
            try? device.store.close()
        } catch {
            throw options.report(error)
        }
    }
}
