import ArgumentParser
import Causality
import Commands
import Foundation
import Hub
import HubWeb
package import RecordStore
import Records
import WebPages
import Wording

@main enum Main {
    static func main() async { await runProgram(PhuSaHub.self) }
}

struct PhuSaHub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "phusa-hub", abstract: "The city's hub.",
        subcommands: [
            Init.self, Load.self, Serve.self, EnrolCode.self, DeviceCommand.self, PersonCommand.self,
            RecordCommand<HubProgram>.self, ImportCommand<HubProgram>.self, ExportCommand<HubProgram>.self,
            ConflictsCommand.self, RefusedCommand.self, Status.self, Verify.self, AuditCommand.self, Backup.self,
            BackupsCommand.self, Restore.self,
        ])
}

enum HubProgram: RecordProgram {
    static func openKeeper(_ options: SharedOptions) throws -> any RecordKeeper { try options.hub().open() }
}

extension SharedOptions {
    func hub() -> HubDirectory { HubDirectory(path: directory("/var/lib/phusa-hub")) }
}

extension Hub: RecordKeeper {
    package var defaultSpace: String? { nil }
    package var isHub: Bool { true }
    package func furtherProblems() throws -> [Problem] { try auditProblems() }
}

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Makes a hub.")

    @Option(help: "Where the hub keeps its data; left out, SQLite in its folder.") var database: String?
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            guard database == nil else { throw ReportedError(code: "database.unsupported") }
            let hub = try options.hub().make()
            let epoch = try hub.epoch()
            return Output(
                .object(["replica": .text(hub.replica.word), "epoch": .number(Int64(clamping: epoch))]),
                "\(hub.replica.word)  \(epoch)")
        }
    }
}

struct Load: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Loads units, people, forms, indicators and tasks of a fixtures folder; a second time is harmless.")

    @Argument(help: "The folder.") var folder: String
    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let counts = try options.hub().open().load(try FixturesFolder(path: folder))
            let text = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            return Output(.object(counts.mapValues { .number(Int64($0)) }), text)
        }
    }
}

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serves devices until a signal.")

    @Option(help: "HOST:PORT; port 0 picks one.") var listen = "127.0.0.1:8640"
    @Option(help: "The certificate chain, PEM, to serve HTTPS.") var tlsCert: String?
    @Option(help: "The certificate's private key, PEM.") var tlsKey: String?
    @Flag(
        help: "A proxy on this machine speaks TLS with browsers and adds where they come from to X-Forwarded-For.")
    var behindProxy = false
    @Option(help: "HOST:PORT for figures in Prometheus's text format, at /metrics; none is opened without it.")
    var metrics: String?
    @Option(
        help:
            "A folder, best on another disk, for the daily copies; else backups/ in the data folder. They hold the hub's key."
    )
    var backupTo: String?
    @Flag(help: "Make no copies, and raise no alarm where there are none.") var noBackup = false
    @Option(help: ArgumentHelp("Seconds between copies.", visibility: .hidden)) var backupEvery = 86_400
    @OptionGroup var options: SharedOptions

    mutating func validate() throws {
        guard (tlsCert == nil) == (tlsKey == nil) else { throw ValidationError("--tls-cert and --tls-key go together") }
        guard !behindProxy || tlsCert == nil else {
            throw ValidationError("--behind-proxy and --tls-cert exclude each other")
        }
        guard backupTo == nil || !noBackup else {
            throw ValidationError("--backup-to and --no-backup exclude each other")
        }
        guard backupEvery > 0 else { throw ValidationError("--backup-every takes a number from 1 up") }
    }

    func run() async throws {
        Memory.shareHeaps()
        do {
            let address = try ListenAddress(listen)
            let directory = options.hub()
            let hub = try directory.open()
            try directory.lockForServing()
            try hub.store.selfCheck()
            let tls = try tlsCert.flatMap { certificate in
                try tlsKey.map { try TLSFiles(certificate: certificate, key: $0) }
            }
            let figures = try metrics.map { try ListenAddress($0) }
            let copies = HubCopies(
                started: hub.store.world.now(), backups: noBackup ? nil : try backups(of: hub, in: directory),
                room: { DiskRoom(at: directory.path) }, databaseBytes: { directory.databaseBytes })
            try await HubServer(hub: hub, copies: copies, isBehindProxy: behindProxy).run(
                at: address, tls: tls, metrics: figures
            ) { url in
                FileHandle.standardOutput.write(Data("listening \(url)\n".utf8))
            }
        } catch {
            throw options.report(error)
        }
    }
}

extension Serve {
    private func backups(of hub: Hub, in directory: HubDirectory) throws -> BackgroundBackup {
        let language = options.language
        return try BackgroundBackup(
            of: hub.store, folder: backupTo ?? directory.ownBackupFolder,
            intervalMilliseconds: Int64(backupEvery) * 1000
        ) { folder in
            do { try await BackupProcess.run(to: folder, of: directory.path) } catch let error as any CodedError {
                // For whoever reads the log of the machine and no pages.
                let line = "\(error.code): \(error.message(in: language)); \(error.remedy(in: language))\n"
                FileHandle.standardError.write(Data(line.utf8))
                throw error
            }
        }
    }
}

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Where the hub stands.")

    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let hub = try options.hub().open()
            let devices = try hub.devices()
            let epoch = try hub.epoch()
            let lastBackup = try hub.lastBackup()
            return try hub.store.read { store in
                let conflicts = try store.conflictCount()
                let refused = try store.refusedChanges().count
                let json: [String: JSON] = [
                    "replica": .text(hub.replica.word), "epoch": .number(Int64(clamping: epoch)),
                    "spaces": try spacesJSON(store), "devices": .number(devices.count), "conflicts": .number(conflicts),
                    "refused": .number(refused), "lastBackup": .moment(lastBackup),
                    "backup": try store.backupRecord().json(options.language),
                ]
                return Output(
                    .object(json),
                    "\(hub.replica.word)  epoch \(epoch)  devices \(devices.count)  conflicts \(conflicts)  refused \(refused)"
                )
            }
        }
    }
}

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Recomputes every chain, signature and digest.")

    @Option(help: "The text of a paper's code, or the address in it: checks that paper instead of the store.")
    var paper: String?
    @Option(help: "Where the audit once ended, as `audit` says it: checks that it still holds all until there.")
    var audit: String?

    @OptionGroup var options: SharedOptions

    func run() throws {
        if let audit { try options.requireAudit(audit) }
        if let paper { return try options.verify(paper: paper) { try HubProgram.openKeeper(options) } }
        try options.verify { try HubProgram.openKeeper(options) }
    }
}

extension SharedOptions {
    /// - Parameter end: NUMBER:HASH of an entry.
    fileprivate func requireAudit(_ end: String) throws {
        do {
            let parts = end.split(separator: ":")
            guard parts.count == 2, let number = Int64(parts[0]), let hash = Hash256(hex: parts[1]) else {
                throw ReportedError(code: "audit.end-invalid")
            }
            guard try hub().open().store.read({ try AuditLog.holds(number: number, hash: hash, $0) }) else {
                throw ReportedError(code: "audit.shorter", details: ["number": String(number)])
            }
        } catch {
            throw report(error)
        }
    }
}
