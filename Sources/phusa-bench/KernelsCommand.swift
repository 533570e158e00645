import Agent
import ArgumentParser
import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol
import Synchronization

/// The inner loops on a small input that is always the same, for callgrind, which counts their instructions
/// (`scripts/kernels`). No clock, no chance: keys, times and texts follow from numbers.
struct KernelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels", abstract: "Runs each kernel once, for a counter of instructions.")

    @Option(help: "The fixtures folder with the workload's forms.") var fixtures = "Benchmarks/fixtures"

    func run() throws {
        let city = try City(fixtures: fixtures, at: .memory, world: Self.world)
        defer { city.remove() }
        let writer = try city.device("writer")
        let reader = try city.device("reader")
        let entries = (0..<Self.count).map(Self.entry)
        var rows: [Int64] = []
        try captureKernel { rows = try writer.save(entries) }
        try pass(from: writer, to: reader, city, isFirst: true)
        let words = Dictionary(
            uniqueKeysWithValues: try zip(entries, rows).map { ($0.id, try reader.word(ofRow: $1)) })
        let edits = entries.map {
            Workload.Entry(id: $0.id, replica: 0, milliseconds: 0, edits: Array($0.edits.suffix(2)))
        }
        try reader.edit(edits, words: words)
        try pass(from: reader, to: writer, city, isFirst: false)
    }

    private static let count = 300

    /// New records, and then edits of them, which replace what stands.
    private func pass(from sender: AgentDevice, to receiver: AgentDevice, _ city: City, isFirst: Bool) throws {
        let upload = try city.exchange(sender)
        var request: [UInt8] = []
        var answer: [UInt8] = []
        let encode = { request = try upload.request() }
        try isFirst ? encodeKernel(encode) : encode()
        let ingest = { answer = try city.hub.answer(request) }
        try isFirst ? ingestKernel(ingest) : ingestEditsKernel(ingest)
        try upload.finish(with: answer)
        let download = try city.exchange(receiver)
        let question = try download.request()
        let compose = { answer = try city.hub.answer(question) }
        try isFirst ? composeKernel(compose) : compose()
        let merge = { try download.finish(with: answer) }
        try isFirst ? mergeKernel(merge) : mergeEditsKernel(merge)
    }

    private static var world: World {
        let counter = Counter()
        return World(now: { 1_790_000_000_000 + Int64(counter.next()) }, random: { counter.bytes($0) })
    }

    private static func entry(_ number: Int) -> Workload.Entry {
        let words = ["số liệu", "được rà soát", "theo biên bản", "kiểm tra", "của phường", "bổ sung chứng từ"]
        let note = (0..<6).map { words[(number * 7 + $0 * $0) % words.count] }.joined(separator: " ")
        let value = DecimalNumber(coefficient: Int64(number * 7919 % 100_000), scale: 2).map { Value.decimal($0) }
        return Workload.Entry(
            id: String(number), replica: 0, milliseconds: 0,
            edits: [
                ("author", .set(.text("u\(number % 40)"))), ("indicator", .set(.text("KTA\(number % 60)"))),
                ("period", .set(.text("2026-\(number % 12)"))), ("unit", .set(.text("XA.\(number % 80)"))),
                ("note", .set(.text(note))), ("value", .set(value ?? .null)),
            ])
    }
}

/// Numbers that begin at the same one in every run.
private final class Counter: Sendable {
    private let state = Mutex<UInt64>(0)

    func next() -> UInt64 {
        state.withLock { state in
            state += 1
            return state
        }
    }

    func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: (next() &* 0x9E37_79B9_7F4A_7C15) >> 56) }
    }
}

// A function each, so that callgrind finds them by name.

@inline(never) private func captureKernel(_ body: () throws -> Void) rethrows { try body() }
@inline(never) private func encodeKernel(_ body: () throws -> Void) rethrows { try body() }
@inline(never) private func ingestKernel(_ body: () throws -> Void) rethrows { try body() }
@inline(never) private func ingestEditsKernel(_ body: () throws -> Void) rethrows { try body() }
@inline(never) private func composeKernel(_ body: () throws -> Void) rethrows { try body() }
@inline(never) private func mergeKernel(_ body: () throws -> Void) rethrows { try body() }
@inline(never) private func mergeEditsKernel(_ body: () throws -> Void) rethrows { try body() }
