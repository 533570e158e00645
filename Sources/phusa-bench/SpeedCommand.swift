import Agent
import ArgumentParser
import Foundation
import Hub
import RecordStore
import SyncProtocol

/// Field changes a second, durable, of each step from a person's edit to another device: new records (W1) and then edits of
/// them by twenty replicas (W2). Hub and reader wait for the disk; the writers' stores lie in memory.
struct SpeedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speed", abstract: "Capture, ingest and merge in field changes a second.")

    @OptionGroup var options: WorkloadOptions
    @Option(help: "At most so many lines of each part.") var limit = Int.max

    func run() throws {
        let city = try City(fixtures: options.fixtures, at: .disk)
        let memory = try Place.memory.folder()
        defer {
            city.remove()
            try? FileManager.default.removeItem(at: memory)
        }
        let workload = try Workload(options)
        let writer = try city.device("writer")
        let reader = try city.device("reader")
        let values = try workload.readings("W1", limit: limit)
        var words: [String: String] = [:]
        var rows: [Int64] = []
        let fields = count(values)
        let capture = try seconds { rows = try writer.save(values) }
        for (entry, row) in zip(values, rows) { words[entry.id] = try writer.word(ofRow: row) }
        let first = try pass(from: [writer], to: reader, in: city)
        try report("values", fields, first, ["capture": Double(fields) / capture])

        let replicas = try (1...20).map { try city.device("replica-\($0)", in: memory) }
        let edits = try workload.readings("W2", limit: limit)
        for (number, replica) in replicas.enumerated() {
            try replica.edit(edits.filter { $0.replica == number + 1 }, words: words)
        }
        try report("edits", count(edits), try pass(from: replicas, to: reader, in: city))
        try single(values, city)
    }

    /// Seconds of each step.
    private struct Steps {
        var encode = 0.0
        var ingest = 0.0
        var receipts = 0.0
        var compose = 0.0
        var merge = 0.0
    }

    private func pass(from writers: [AgentDevice], to reader: AgentDevice, in city: City) throws -> Steps {
        var steps = Steps()
        for writer in writers {
            let upload = try city.exchange(writer)
            var request: [UInt8] = []
            var answer: [UInt8] = []
            steps.encode += try seconds { request = try upload.request() }
            var taken = HubExchange(city.hub)
            steps.ingest += try seconds {
                try taken.take(request)
                try taken.endRequest()
            }
            while let piece = try taken.nextPiece() { answer += piece }
            // With what others wrote meanwhile, where there are others.
            steps.receipts += try seconds { try upload.finish(with: answer) }
        }
        let download = try city.exchange(reader)
        let request = try download.request()
        var answer: [UInt8] = []
        steps.compose = try seconds { answer = try city.hub.answer(request) }
        steps.merge = try seconds { try download.finish(with: answer) }
        return steps
    }

    private func report(
        _ what: String, _ fields: Int, _ steps: Steps, _ more: KeyValuePairs<String, Double> = [:]
    ) throws {
        let fields = Double(fields)
        try Measurement(
            what,
            [
                "fields": fields, "capture": more.first?.value ?? 0, "encode": fields / steps.encode,
                "ingest": fields / steps.ingest, "receipts": fields / steps.receipts,
                "compose": fields / steps.compose, "merge": fields / steps.merge,
            ]
        ).print()
    }

    /// What a person waits for who saves one record.
    private func single(_ values: [Workload.Entry], _ city: City) throws {
        let device = try city.device("single")
        let each = try values.prefix(200).map { entry in try seconds { try device.save([entry]) } }
        try Measurement(
            "capture latency",
            ["median": each.median, "percentile95": each.quantile(0.95), "count": Double(each.count)]
        ).print()
    }

    private func count(_ entries: [Workload.Entry]) -> Int { entries.reduce(0) { $0 + $1.edits.count } }
}
