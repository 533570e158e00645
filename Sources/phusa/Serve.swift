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
    @Option(
        help: """
            A folder, best on another disk, for the daily copies; else backups/ in the data folder. They hold the private key.
            """)
    var backupTo: String?
    @Flag(help: "Make no copies.") var noBackup = false
    @Option(help: ArgumentHelp("Seconds between copies.", visibility: .hidden)) var backupEvery = 86_400
    @OptionGroup var options: SharedOptions

    func validate() throws {
        guard !training || office == nil else {
            throw ValidationError("practice is on this machine only: --training goes without --office")
        }
        guard backupTo == nil || !noBackup else {
            throw ValidationError("--backup-to and --no-backup exclude each other")
        }
        guard backupEvery > 0 else { throw ValidationError("--backup-every takes a number from 1 up") }
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
            let sync = BackgroundSync(device: device, isAutomatic: !noSync) { try directory.transport(to: $0.url) }
            let office = try officeAddress.map {
                try Office(at: $0, folder: directory.path, machine: .system, world: .system)
            }
            let premises = Premises(
                started: device.store.world.now(),
                backups: try noBackup || training ? nil : backups(of: device, in: directory),
                room: { DiskRoom(at: directory.path) }, databaseBytes: { directory.databaseBytes })
            let server = try AgentServer(device: device, sync: sync, premises: premises, office: office)
            if office != nil, try !server.isAnybodyLetIn() { warn("office.nobody") }
            try await server.run(at: address) { opened in
                FileHandle.standardOutput.write(Data((opened.line + "\n").utf8))
            }
            // Everything is durable already; an exchange that was left to itself may still be reading.
            try? device.store.close()
            // That exchange may be in TLS's library, which an ordinary end of the program takes down under it.
            fflush(nil)
            _exit(0)
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

    private func backups(of device: AgentDevice, in directory: AgentDirectory) throws -> BackgroundBackup {
        try BackgroundBackup(
            of: device.store, folder: backupTo ?? directory.ownBackupFolder,
            intervalMilliseconds: Int64(backupEvery) * 1000, mark: { try device.contentMark($0) },
            make: { try await BackupProcess.run(to: $0, of: directory.path) })
    }
}
