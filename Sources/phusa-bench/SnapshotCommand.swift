import Agent
import ArgumentParser
import Foundation
import Hub
import RecordStore
import Records

/// A new device in a space of much history: by the log, and by a snapshot. All stores lie in memory.
struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot", abstract: "The first sync where a space is mostly history.")

    @OptionGroup var options: WorkloadOptions
    @Option(help: "How many records.") var records = 100_000
    @Option(help: "How often each was written.") var writes = 4

    func run() throws {
        let city = try City(fixtures: options.fixtures, at: .memory)
        defer { city.remove() }
        let entries = try Workload(options).readings("W1")
        let writer = try city.device("writer")
        var count = 0
        while count < records {
            let some = Array(entries.prefix(min(entries.count, records - count)))
            let rows = try writer.save(some)
            count += some.count
            let words = try Dictionary(
                zip(some.map(\.id), rows.map(writer.word(ofRow:))), uniquingKeysWith: { first, _ in first })
            for _ in 1..<writes {
                // All fields anew, so that nothing of the earlier change is left.
                try writer.edit(some.filter { words[$0.id] != nil }, words: words)
            }
            _ = try city.sync(writer)
        }
        for name in ["snapshot, made for it", "snapshot, there already"] {
            try measure(try city.emptyDevice(name), name, declines: false, city)
        }
        try measure(try city.emptyDevice("log"), "log", declines: true, city)
    }

    private func measure(_ device: AgentDevice, _ name: String, declines: Bool, _ city: City) throws {
        if declines { try device.store.write { try $0.stopFilling(City.space) } }
        var exchange = HubExchange(city.hub)
        let own = try city.exchange(device)
        var screen = 0.0
        var bytes = 0
        let start = Date()
        try exchange.take(try own.request())
        try exchange.endRequest()
        while let piece = try exchange.nextPiece() {
            bytes += piece.count
            try own.take(piece)
            if screen == 0, own.changesTaken > 0, try device.store.read({ try $0.recordCount(Self.readings) }) > 0 {
                screen = Date().timeIntervalSince(start)
            }
        }
        try own.finish()
        let space = try device.store.read { try $0.space(City.space) }
        try Measurement(
            name,
            [
                "seconds": Date().timeIntervalSince(start), "firstScreenSeconds": screen, "down": Double(bytes),
                "changes": Double(own.changesTaken), "floor": Double(space.floor),
            ]
        ).print()
    }

    private static let readings = RecordFilter(space: City.space)
}
