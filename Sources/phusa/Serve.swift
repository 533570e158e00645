import Agent
import AgentWeb
import ArgumentParser
import Commands
import Foundation
import RecordStore
import WebPages
import Wording

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves the pages of this machine and keeps it in step with its hub, until a signal.")

    @Option(
        help: ArgumentHelp(
            "HOST:PORT on this machine; port 0 picks one. (default: 127.0.0.1:8642, for practice 127.0.0.1:8644)"))
    var listen: String?
    @Option(
        help:
            "HOST:PORT for the office's other machines, over TLS and for people with a password; 0.0.0.0:8643 for all.")
    var office: String?
    @Flag(help: "Sync only when a person asks.") var noSync = false
    @Flag(help: "Serves a copy for practice, with a database of its own that no hub takes in.") var training = false
    @OptionGroup var options: SharedOptions

    func validate() throws {
        guard !training || office == nil else {
            throw ValidationError("practice is on this machine only: --training goes without --office")
        }
    }

    func run() async throws {
        do {
            let address = try ListenAddress(listen ?? (training ? "127.0.0.1:8644" : "127.0.0.1:8642"))
            let officeAddress = try office.map { try ListenAddress($0) }
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
            let office = try officeAddress.map {
                try Office(at: $0, folder: directory.path, machine: .system, world: .system)
            }
            let server = try AgentServer(device: device, sync: sync, office: office)
            if office != nil, try !server.isAnybodyLetIn() { warn("office.nobody") }
            try await server.run(at: address) { opened in
                FileHandle.standardOutput.write(Data((opened.line + "\n").utf8))
            }
            // Everything is durable already; an exchange that was left to itself may still be reading.
            try? device.store.close()
        } catch {
            throw options.report(error)
        }
    }

    /// Says on standard error what stops nothing.
    private func warn(_ code: String) {
        let reported = ReportedError(code: code)
        let line = "\(code): \(reported.message(in: options.language)); \(reported.remedy(in: options.language))\n"
        FileHandle.standardError.write(Data(line.utf8))
    }
}
