import Agent
import ArgumentParser
import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol

/// What grows with records, replicas, spaces and history, and what does not. All stores lie in memory: a disk that is now quick
/// and now slow would be all that shows.
struct GrowthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth", abstract: "Bytes and seconds as records, replicas, spaces and history grow.")

    @OptionGroup var options: WorkloadOptions
    @Option(help: "Up to so many records, tenfold from 1,000.") var records = 100_000
    @Option(help: "Up to so many replicas.") var replicas = 500
    @Option(help: "Up to so many spaces.") var spaces = 500
    @Option(help: "Up to so many changes of one record.") var history = 1000

    func run() throws {
        let entries = try Workload(options).readings("W1")
        try growRecords(entries)
        for count in [1, 10, 100, 1000, 5000] where count <= replicas { try growReplicas(count, entries) }
        for count in [3, 10, 100, 500] where count <= spaces { try growSpaces(count, entries) }
        try growHistory(entries)
    }

    private func growRecords(_ entries: [Workload.Entry]) throws {
        let city = try City(fixtures: options.fixtures, at: .memory)
        defer { city.remove() }
        let writer = try city.device("writer")
        let reader = try city.device("reader")
        var count = 0
        for goal in [1000, 10_000, 100_000, 1_000_000] where goal <= records {
            var merge = (fields: 0, seconds: 0.0)
            while count < goal {
                let some = Array(entries.prefix(min(entries.count, goal - count)))
                try writer.save(some)
                count += some.count
                _ = try city.sync(writer)
                let download = try city.exchange(reader)
                let answer = try city.hub.answer(try download.request())
                merge.seconds += try seconds { try download.finish(with: answer) }
                merge.fields += some.reduce(0) { $0 + $1.edits.count }
            }
            let small = try one(entries[0], from: writer, to: reader, city)
            let bytes = try size(of: "reader", in: city)
            try Measurement(
                "records",
                [
                    "records": Double(goal), "mergeFieldsPerSecond": Double(merge.fields) / merge.seconds,
                    "captureSeconds": small.capture, "syncSeconds": small.sync, "idleSeconds": small.idle,
                    "bytesPerRecord": Double(bytes) / Double(count),
                ]
            ).print()
            count += Self.tries
        }
    }

    private static let tries = 20

    /// Medians of the seconds that one more change takes: to save, to bring to another device, and to find that there is none.
    private func one(
        _ entry: Workload.Entry, from writer: AgentDevice, to reader: AgentDevice, _ city: City
    ) throws -> (capture: Double, sync: Double, idle: Double) {
        var times: [(capture: Double, sync: Double, idle: Double)] = []
        for _ in 0..<Self.tries {
            let capture = try seconds { try writer.save([entry]) }
            let sync = try seconds {
                _ = try city.sync(writer)
                _ = try city.sync(reader)
            }
            times.append((capture, sync, try seconds { _ = try city.sync(reader) }))
        }
        return (times.map(\.capture).median, times.map(\.sync).median, times.map(\.idle).median)
    }

    /// Bytes of a device's database once its journal is in it.
    private func size(of name: String, in city: City) throws -> Int {
        try ["", "-wal"].reduce(0) { sum, suffix in
            let path = city.folder.appendingPathComponent(name + ".db" + suffix).path
            guard FileManager.default.fileExists(atPath: path) else { return sum }
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber
            return sum + (size?.intValue ?? 0)
        }
    }

    /// Every replica has written in the space; what one of them sends to say where it stands.
    private func growReplicas(_ count: Int, _ entries: [Workload.Entry]) throws {
        let city = try City(fixtures: options.fixtures, at: .memory)
        defer { city.remove() }
        let forms = try FixturesFolder(path: options.fixtures).forms
        for number in 0..<count {
            let folder = try Place.memory.folder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let device = try city.emptyDevice("device", in: folder)
            // Without the answers, which would only be waited for.
            try device.store.write { store in try forms.forEach(store.storeForm) }
            try device.save([entries[number % entries.count]])
            var taken = HubExchange(city.hub)
            try taken.take(try city.exchange(device).request())
            try taken.endRequest()
            try device.store.close()
        }
        let reader = try city.device("reader")
        try reader.save([entries[0]])
        let exchange = try city.exchange(reader)
        let request = try exchange.request()
        try exchange.finish(with: try city.hub.answer(request))
        let idle = try city.sync(reader)
        let place = Knowledge.Place(try reader.store.read { try $0.space(City.space).position })
        try Measurement(
            "replicas",
            [
                "replicas": Double(count), "oneChangeUp": Double(request.count), "idleUp": Double(idle.bytesUp),
                "idleDown": Double(idle.bytesDown), "knowledgeBytes": Double(Self.bytes(of: place)),
            ]
        ).print()
    }

    /// A place as requests write it.
    private static func bytes(of place: Knowledge.Place) -> Int {
        var writer = ByteWriter()
        writer.varint(place.epoch)
        writer.varint(place.index)
        writer.raw(place.prefix)
        return writer.bytes.count
    }

    private func growSpaces(_ count: Int, _ entries: [Workload.Entry]) throws {
        let city = try City(fixtures: options.fixtures, at: .memory)
        defer { city.remove() }
        let further = (0..<count - 3).map { SpaceName.general("U\($0)") }
        let writer = try city.device("writer", spaces: further)
        let reader = try city.device("reader", spaces: further)
        let small = try one(entries[0], from: writer, to: reader, city)
        for space in [City.space] + further { try writer.save([entries[0]], in: space) }
        let all = try city.sync(writer)
        try Measurement(
            "spaces",
            [
                "spaces": Double(count), "syncSeconds": small.sync, "idleSeconds": small.idle,
                "changeInEachUp": Double(all.bytesUp), "changeInEachRequests": Double(all.roundTrips),
            ]
        ).print()
    }

    /// One record that is edited over and over.
    private func growHistory(_ entries: [Workload.Entry]) throws {
        let city = try City(fixtures: options.fixtures, at: .memory)
        defer { city.remove() }
        let writer = try city.device("writer")
        let reader = try city.device("reader")
        let words = [entries[0].id: try writer.word(ofRow: try writer.save([entries[0]])[0])]
        var count = 1
        for goal in [10, 100, 1000, 10_000] where goal <= history {
            let edits = entries.prefix(goal - count).map {
                Workload.Entry(id: entries[0].id, replica: 0, milliseconds: 0, edits: Array($0.edits.suffix(1)))
            }
            try writer.edit(edits, words: words)
            count = goal
            _ = try city.sync(writer)
            _ = try city.sync(reader)
            let edit = Workload.Entry(
                id: entries[0].id, replica: 0, milliseconds: 0, edits: Array(entries[goal % 100].edits.suffix(1)))
            let capture = try (0..<Self.tries).map { _ in try seconds { try writer.edit([edit], words: words) } }
            count += Self.tries
            var up: Double = 0
            let sync = try seconds {
                up = Double(try city.sync(writer).bytesUp)
                _ = try city.sync(reader)
            }
            try Measurement(
                "history",
                [
                    "changes": Double(goal), "captureSeconds": capture.median, "syncSeconds": sync, "up": up,
                    "bytes": Double(try size(of: "reader", in: city)),
                ]
            ).print()
        }
    }
}
