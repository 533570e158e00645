import Agent
import ArgumentParser
import Foundation
import RecordStore
import Records
import SyncProtocol

/// Counts what travels: every byte of the bodies, which hold all that authenticates them.
struct WireCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wire", abstract: "Bytes and requests of the workload, of one field, and of nothing.")

    @OptionGroup var options: WorkloadOptions
    @Option(help: "How many times W1 a new device fetches.") var times = 10
    @Option(help: "The most spaces of one device.") var spaces = 500

    func run() throws {
        let workload = try Workload(options)
        try WireMeasurement(workload, fixtures: options.fixtures).run()
        try firstSync(workload)
        for count in [1, 10, 100, spaces] where count <= spaces { try idle(spaces: count) }
    }

    /// A new device of a ward that has all records.
    private func firstSync(_ workload: Workload) throws {
        let clock = BenchClock(try workload.readings("W1", limit: 1)[0].milliseconds - 3_600_000)
        let city = try City(fixtures: options.fixtures, at: .memory, world: clock.world)
        defer { city.remove() }
        var records = 0
        var fields = 0
        for (turn, entries) in try workload.readings(times: times).enumerated() {
            let writer = try city.device("writer-\(turn)")
            try writer.save(entries, clock: clock)
            _ = try city.sync(writer)
            records += entries.count
            fields += entries.reduce(0) { $0 + $1.edits.count }
        }
        let report = try city.sync(try city.emptyDevice("new"))
        try Measurement(
            "first sync",
            [
                "records": Double(records), "fields": Double(fields), "up": Double(report.bytesUp),
                "down": Double(report.bytesDown), "requests": Double(report.roundTrips),
            ]
        ).print()
        let cut = try CutLine(try city.emptyDevice("cut"), city)
        try Measurement(
            "first sync, cut",
            [
                "cuts": Double(cut.cuts), "repeatedMost": Double(cut.lostMost),
                "repeatedMean": (Double(cut.lost) / Double(max(1, cut.cuts))).rounded(),
                "largestPiece": Double(cut.largestPiece),
            ]
        ).print()
    }

    private func idle(spaces count: Int) throws {
        let city = try City(fixtures: options.fixtures, at: .memory)
        defer { city.remove() }
        // A device always has its unit's two and the catalogue.
        let further = (0..<max(0, count - 3)).map { SpaceName.general("U\($0)") }
        let device = try city.device("device", spaces: further)
        let warm = try city.sync(device)
        try device.store.write { try $0.setSetting("sync.session", nil) }
        let first = try city.sync(device)
        try Measurement(
            "nothing changed",
            [
                "spaces": Double(max(3, count)), "requests": Double(warm.roundTrips), "up": Double(warm.bytesUp),
                "down": Double(warm.bytesDown), "firstContactUp": Double(first.bytesUp),
                "firstContactDown": Double(first.bytesDown), "firstContactRequests": Double(first.roundTrips),
            ]
        ).print()
    }
}

/// The workload's four parts, one after another in one city.
final class WireMeasurement {
    private let workload: Workload
    private let clock: BenchClock
    private let city: City
    private let writer: AgentDevice
    /// The replicas of W2, each with a clock of its own.
    private var replicas: [(device: AgentDevice, clock: BenchClock)] = []
    /// The records' words by the workload's ids.
    private var words: [String: String] = [:]

    init(_ workload: Workload, fixtures: String) throws {
        self.workload = workload
        let start = try workload.readings("W1", limit: 1)[0].milliseconds - 3_600_000
        clock = BenchClock(start)
        city = try City(fixtures: fixtures, at: .memory, world: clock.world)
        writer = try city.device("writer")
        for number in 1...20 {
            let own = BenchClock(start)
            replicas.append((try city.device("replica-\(number)", world: own.world), own))
        }
    }

    deinit { city.remove() }

    func run() throws {
        try values()
        try edits()
        try inspections()
        try small()
        try single()
    }

    private func values() throws {
        let entries = try workload.readings("W1")
        let rows = try writer.save(entries, clock: clock)
        for (entry, row) in zip(entries, rows) { words[entry.id] = try writer.word(ofRow: row) }
        try count("W1", [writer], of: entries)
        try level(replicas.map(\.device))
    }

    /// All replicas are away while they edit, and then come one after another, so that more edits are concurrent than the
    /// workload's pairs.
    private func edits() throws {
        let entries = try workload.readings("W2")
        for (number, replica) in replicas.enumerated() {
            let own = entries.filter { $0.replica == number + 1 }
            try replica.device.edit(own, words: words, clock: replica.clock)
        }
        pass(to: entries.last?.milliseconds)
        try count("W2", replicas.map(\.device), of: entries)
        try level([writer])
    }

    /// A finding is a record of its own, since others deal with it later; it names its inspection.
    private func inspections() throws {
        var saved: [Workload.Entry] = []
        let since = clock.world.now() - (try workload.inspections().first?.head.milliseconds ?? 0) + 60_000
        for inspection in try workload.inspections() {
            let (head, findings) = (inspection.head, inspection.findings)
            clock.set(head.milliseconds + since)
            let row = try writer.save([head], form: "inspection")[0]
            let word = try writer.word(ofRow: row)
            let linked = findings.map { finding in
                Workload.Entry(
                    id: finding.id, replica: 0, milliseconds: finding.milliseconds,
                    edits: [(field: "inspection", edit: .set(.text(word)))] + finding.edits)
            }
            try writer.save(linked, form: "finding")
            saved += [head] + linked
        }
        try count("W3", [writer], of: saved)
        try level([replicas[0].device])
    }

    private func small() throws {
        let entries = try workload.readings("W4")
        let shift = clock.world.now() + 60_000 - (entries.first?.milliseconds ?? 0)
        let later = entries.map {
            Workload.Entry(id: $0.id, replica: 1, milliseconds: $0.milliseconds + shift, edits: $0.edits)
        }
        try replicas[0].device.edit(later, words: words, clock: replicas[0].clock)
        pass(to: later.last?.milliseconds)
        try count("W4", [replicas[0].device], of: later)
    }

    private func single() throws {
        let (device, own) = replicas[0]
        var up: [Double] = []
        var down: [Double] = []
        for entry in try workload.readings("W2").filter({ $0.edits.count == 1 && $0.edits[0].field == "value" }).prefix(
            40)
        {
            pass(to: clock.world.now() + 60_000)
            try device.edit([entry], words: words)
            pass(to: own.world.now() + 5_000)
            let report = try city.sync(device)
            up.append(Double(report.bytesUp))
            down.append(Double(report.bytesDown))
        }
        try Measurement(
            "one field",
            [
                "up": up.median, "down": down.median, "upMost": up.max() ?? 0, "downMost": down.max() ?? 0,
                "requests": 1,
            ]
        ).print()
    }

    private func count(_ what: String, _ devices: [AgentDevice], of entries: [Workload.Entry]) throws {
        var (up, down, requests) = (0, 0, 0)
        for device in devices {
            let report = try city.sync(device)
            up += report.bytesUp
            down += report.bytesDown
            requests += report.roundTrips
        }
        try Measurement(
            what,
            [
                "changes": Double(entries.count), "fields": Double(entries.reduce(0) { $0 + $1.edits.count }),
                "up": Double(up), "down": Double(down), "requests": Double(requests),
            ]
        ).print()
    }

    /// Brings devices up to date, those that write next.
    private func level(_ devices: [AgentDevice]) throws {
        pass(to: clock.world.now() + 60_000)
        for device in devices { _ = try city.sync(device) }
    }

    private func pass(to milliseconds: Int64?) {
        guard let milliseconds else { return }
        for clock in [clock] + replicas.map(\.clock) { clock.set(max(milliseconds, clock.world.now())) }
    }
}
