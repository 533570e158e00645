import Agent
import ArgumentParser
import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol
import Synchronization

/// Measures the engines by themselves, in one process and without a network. Prints one JSON line for each measurement.
@main struct PhuSaBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "phusa-bench", abstract: "Measures capture, ingest and merge of a file of records.")

    @Argument(help: "JSON lines as the workload script writes them.") var file: String
    @Option(help: "At most so many lines.") var limit = Int.max

    func run() throws {
        let bench = try Bench()
        defer { bench.remove() }
        let workload = try Workload(file: file, limit: limit)
        try bench.run(workload)
        try bench.runSmall(workload)
    }
}

/// A hub and two devices of one unit in a temporary folder.
final class Bench {
    private let folder: URL
    private let hub: Hub
    private let writer: AgentDevice
    private let reader: AgentDevice

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appendingPathComponent("hub.db").path
        let hub = try Hub(path: path, identity: try Self.identity(), world: .system)
        self.hub = hub
        _ = try hub.capture([
            Draft(
                .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                edits: [
                    ("form", .set(.text(Workload.form.form))), ("version", .set(.integer(1))),
                    ("definition", .set(.text(String(decoding: Workload.form.canonicalJSON, as: UTF8.self)))),
                ])
        ])
        writer = try Self.device("writer", of: hub, in: folder)
        reader = try Self.device("reader", of: hub, in: folder)
    }

    private static func identity() throws -> ReplicaIdentity {
        guard let identity = ReplicaIdentity(rawKey: World.system.random(32)) else {
            throw CocoaError(.coderInvalidValue)
        }
        return identity
    }

    private static func device(_ name: String, unit: String = "31120", of hub: Hub, in folder: URL) throws
        -> AgentDevice
    {
        let path = folder.appendingPathComponent(name + ".db").path
        let device = try AgentDevice(path: path, identity: try identity(), unit: unit, world: .system)
        let code = try hub.makeEnrolCode(unit: unit, spaces: [], hours: 1).code
        _ = try device.enrol(url: "bench:", code: code, over: Line(hub: hub))
        _ = try device.sync(over: Line(hub: hub))
        return device
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func run(_ workload: Workload) throws {
        let fields = workload.drafts.reduce(0) { $0 + $1.edits.count }
        let space = SpaceName.general("31120")
        try measure("capture", fields) {
            for start in stride(from: 0, to: workload.drafts.count, by: 500) {
                let batch = workload.drafts[start..<min(start + 500, workload.drafts.count)]
                _ = try writer.capture(
                    batch.map { Draft(.new(form: Workload.form.form, space: space), edits: $0.edits) })
            }
        }
        let upload = DeviceExchange(writer, with: try link())
        var request: [UInt8] = []
        try measure("encode", fields) { while let piece = try upload.nextPiece() { request += piece } }
        var answer: [UInt8] = []
        try measure("ingest", fields, ["bytesUp": request.count]) { answer = try hub.answer(request) }
        try measure("receipts", fields, ["bytesDown": answer.count]) {
            try upload.take(answer)
            try upload.finish()
        }
        let download = DeviceExchange(reader, with: try link())
        var question: [UInt8] = []
        while let piece = try download.nextPiece() { question += piece }
        try measure("compose", fields) { answer = try hub.answer(question) }
        try measure("merge", fields, ["bytesDown": answer.count]) {
            try download.take(answer)
            try download.finish()
        }
    }

    /// Many devices of as many units at once, each with one change a sync, and then with none. Their own stores lie in memory,
    /// so that only the hub waits for the disk.
    func runSmall(_ workload: Workload) throws {
        let memory = URL(fileURLWithPath: "/dev/shm/" + folder.lastPathComponent)
        try FileManager.default.createDirectory(at: memory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: memory) }
        let devices = try (0..<64).map { try Self.device("small-\($0)", unit: "U\($0)", of: self.hub, in: memory) }
        let rounds = 20
        let hub = self.hub
        let edits = workload.drafts.prefix(rounds).map(\.edits)
        for (what, hasChange) in [("one-change syncs", true), ("idle syncs", false)] {
            let failures = Mutex(0)
            let start = ContinuousClock.now
            let group = DispatchGroup()
            for device in devices {
                group.enter()
                Thread.detachNewThread {
                    for round in 0..<rounds {
                        do {
                            let target = Draft.Target.new(
                                form: Workload.form.form, space: SpaceName.general(device.unit))
                            if hasChange { _ = try device.capture([Draft(target, edits: edits[round])]) }
                            guard try device.sync(over: Line(hub: hub)).complete else {
                                throw CocoaError(.coderInvalidValue)
                            }
                        } catch {
                            failures.withLock { $0 += 1 }
                        }
                    }
                    group.leave()
                }
            }
            group.wait()
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let count = devices.count * rounds
            let failed = failures.withLock { $0 }
            print(
                "{\"what\": \"\(what)\", \"count\": \(count), \"failed\": \(failed), \"perSecond\": \(Int(Double(count) / seconds))}"
            )
        }
    }

    private func link() throws -> AgentDevice.HubLink {
        guard let link = try writer.hub() else { throw AgentError(.notEnrolled) }
        return link
    }

    private func measure(_ name: String, _ fields: Int, _ more: [String: Int] = [:], _ body: () throws -> Void) throws {
        let start = ContinuousClock.now
        try body()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let rate = Int(Double(fields) / seconds)
        let extra = more.map { ", \"\($0.key)\": \($0.value)" }.joined()
        print(
            "{\"what\": \"\(name)\", \"fields\": \(fields), \"seconds\": \(seconds), \"fieldsPerSecond\": \(rate)\(extra)}"
        )
    }
}

/// A line within one process.
struct Line: HubTransport {
    let hub: Hub

    func exchange(
        _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
    ) throws {
        var message: [UInt8] = []
        while let piece = try next() { message += piece }
        try take(try route == .sync ? hub.answer(message) : hub.enrol(message))
    }
}

/// Records to be saved, from a file of JSON lines.
struct Workload {
    static let form = FormDefinition(
        form: "reading", version: 1, title: Label(vi: "Số liệu", en: "Reading"), group: "indicators", writers: .unit,
        fields: ["indicator", "unit", "period", "note", "status", "author"].map {
            FieldDefinition(name: $0, type: .text, label: Label(vi: $0, en: $0))
        } + [FieldDefinition(name: "value", type: .decimal, label: Label(vi: "Giá trị", en: "Value"))])

    var drafts: [(edits: [(field: String, edit: Draft.Edit)], time: Int64)] = []

    init(file: String, limit: Int) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: file))
        for line in data.split(separator: 10).prefix(limit) {
            guard let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else { continue }
            let values = object["set"] as? [String: Any] ?? object
            let edits = try Self.form.fields.compactMap { field -> (field: String, edit: Draft.Edit)? in
                guard let text = values[field.name] as? String else { return nil }
                return (field.name, .set(try field.parse(text)))
            }
            drafts.append((edits, object["ts"] as? Int64 ?? 0))
        }
    }
}
