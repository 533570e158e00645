import Agent
import ArgumentParser
import Causality
import Commands
import Foundation
import RecordStore
import Records
import Wording

struct Sync: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Exchanges with the hub until nothing is left.")

    @Flag(help: "Change nothing; say what would go and come. The hub is asked, so its part does come over the line.")
    var dryRun = false
    @Flag(help: "No second try.") var once = false
    @Flag(help: "Photos and files go too, whatever photo-rules say of this line.") var photos = false
    @Option(help: "Stop after about so many bytes, up and down.") var maxBytes: Int?
    @OptionGroup var options: SharedOptions

    mutating func validate() throws {
        if let maxBytes, maxBytes < 1 { throw ValidationError("--max-bytes takes a number from 1 up") }
    }

    func run() throws {
        try options.perform {
            let directory = options.agent()
            let device = try directory.open()
            guard let hub = try device.hub() else { throw AgentError(.notEnrolled) }
            let transport = MeteredTransport(try directory.transport(to: hub.url))
            let report = try dryRun ? device.preview(over: transport) : exchange(device, transport)
            let count = transport.count
            if !dryRun, maxBytes == nil { device.tellHub(after: report, over: transport) }
            // A preview sends less than it tells of.
            let bytesUp = dryRun ? report.bytesUp : count.bytesUp
            if !dryRun, maxBytes == nil, let (space, code) = report.refusals.min(by: { $0.key < $1.key }) {
                // What stands in a space's way stays there until somebody sees to it.
                throw ReportedError(code: code, details: ["space": space])
            }
            if !dryRun, maxBytes == nil, report.attachments.left > 0, let code = report.attachments.trouble {
                throw ReportedError(code: code, details: report.attachments.troubleDetails, retryable: true)
            }
            let json: [String: JSON] = [
                "roundTrips": .number(count.roundTrips), "bytesUp": .number(bytesUp),
                "bytesDown": .number(count.bytesDown), "changesUp": .number(report.changesUp),
                "changesDown": .number(report.changesDown), "refused": .number(report.refused),
                "conflicts": .number(report.conflicts), "newConflicts": .number(report.newConflicts),
                "hubEpoch": .number(Int64(clamping: report.hubEpoch)), "complete": .bool(report.complete),
                "attachmentsUp": .number(report.attachments.sent),
                "attachmentsLeft": .number(report.attachments.left),
                "attachmentBytesLeft": .number(report.attachments.bytesLeft),
                "attachmentsHeld": .number(report.attachments.held),
                "attachmentBytesHeld": .number(report.attachments.bytesHeld),
                "attachmentsLetGo": .number(report.attachments.letGo),
                "left": .number(report.left), "dryRun": .bool(dryRun),
                "refusals": .object(report.refusals.mapValues { .text($0) }),
            ]
            let text = """
                ↑ \(report.changesUp) (\(bytesUp) B)  ↓ \(report.changesDown) (\(count.bytesDown) B)  \
                left \(report.left)  refused \(report.refused)  conflicts \(report.conflicts)
                """
            return Output(.object(json), text)
        }
    }

    /// Three tries, with a growing pause between them, where trying again can help.
    private func exchange(_ device: AgentDevice, _ transport: MeteredTransport) throws -> SyncReport {
        var pause: UInt32 = 1
        for _ in 1..<(once ? 1 : 3) {
            do {
                return try device.sync(
                    over: transport,
                    maxBytes: maxBytes.map { max(1, $0 - transport.count.bytesUp - transport.count.bytesDown) },
                    photos: photos)
            } catch let error as any CodedError where error.retryable {
                let asked = error.details["seconds"].flatMap { UInt32($0) } ?? 0
                sleep(min(max(pause, asked + UInt32.random(in: 0...1)), 30))
                pause *= 3
            }
        }
        return try device.sync(over: transport, maxBytes: maxBytes, photos: photos)
    }
}

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Where this machine stands.")

    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let device = try options.agent().open()
            let hub = try device.hub()
            let lastSync = try device.lastSync()
            let lastError = try device.lastError()
            let damaged = try device.damagedWork()
            let attachments = try device.attachmentsToSend()
            return try device.store.read { store in
                let own = try store.ownCounts()
                let conflicts = try store.conflictCount()
                let backup = try store.backupRecord()
                let json: [String: JSON] = [
                    "replica": .text(store.replica.word), "unit": .text(device.unit),
                    "hub": hub.map { .text($0.url) } ?? .null, "waiting": .number(own.waiting),
                    "received": .number(own.received), "refused": .number(own.refused), "conflicts": .number(conflicts),
                    "lastSync": .moment(lastSync),
                    "lastError": lastError.map { .text($0) } ?? .null, "spaces": try spacesJSON(store),
                    "damaged": damaged.map {
                        .object(["changes": .number($0.changes), "copy": .text($0.copy)])
                    } ?? .null,
                    "backup": backup.json(options.language), "traffic": try store.trafficJSON(),
                    "attachments": .object([
                        "waiting": .number(attachments.count),
                        "bytes": .number(attachments.reduce(0) { $0 + $1.byteCount }),
                    ]),
                ]
                let text = """
                    \(store.replica.word)  \(device.unit)  \(hub?.url ?? "-")
                    waiting \(own.waiting)  received \(own.received)  refused \(own.refused)  conflicts \(conflicts)
                    last sync \(lastSync.map(isoMoment) ?? "-")  \(lastError ?? "")
                    \(backup.text(options.language))
                    """ + (damaged.map { "\ndamaged \($0.changes)  \($0.copy)" } ?? "")
                return Output(.object(json), text)
            }
        }
    }
}

struct Outbox: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "What is unsent or refused, and why.")

    @OptionGroup var options: SharedOptions

    func run() throws {
        try options.perform {
            let device = try options.agent().open()
            let lastError = try device.lastError()
            return try device.store.read { store in
                let items = try store.openWork().compactMap { try store.change($0) }.map { change in
                    let code = change.state == .refused ? change.code : lastError ?? ""
                    let reported = ReportedError(code: code, details: change.details)
                    let record = try store.view(ofRow: change.record).word
                    var members: [String: JSON] = [
                        "record": .text(record), "form": .text(change.form.form), "dot": .text(change.dotWord),
                        "at": .moment(change.time.milliseconds), "state": .text(change.state.rawValue), "error": .null,
                        "fields": change.fieldsJSON,
                    ]
                    var text = "\(record)  \(change.form.form)  \(change.state.rawValue)"
                    if !code.isEmpty {
                        let message = reported.message(in: options.language)
                        let remedy = reported.remedy(in: options.language)
                        members["error"] = .object([
                            "code": .text(code), "message": .text(message), "remedy": .text(remedy),
                        ])
                        text += "  \(code): \(message); \(remedy)"
                    }
                    return Output(.object(members), text)
                }
                return Output(.array(items.map(\.json)), items.map(\.text).joined(separator: "\n"))
            }
        }
    }
}
