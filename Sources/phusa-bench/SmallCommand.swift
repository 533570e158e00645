import Agent
import ArgumentParser
import Foundation
import Hub
import RecordStore
import Synchronization

/// Small exchanges of many devices at once, as the hub bears them: each device's own part is not counted. The hub waits for the
/// disk, the devices' stores lie in memory.
struct SmallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "small", abstract: "Syncs with one change and with none, of many devices at once.")

    @OptionGroup var options: WorkloadOptions
    @Option(help: "How many devices, each of a unit of its own.") var devices = 128
    @Option(help: "How many exchanges of each.") var rounds = 10

    /// As many as the hub's server has for exchanges.
    private static let threads = 32

    func run() throws {
        let city = try City(fixtures: options.fixtures, at: .disk)
        let memory = try Place.memory.folder()
        defer {
            city.remove()
            try? FileManager.default.removeItem(at: memory)
        }
        let all = try (0..<devices).map { try city.device("small-\($0)", unit: "U\($0)", in: memory) }
        let entries = try Workload(options).readings("W1", limit: rounds)
        for (what, entries) in [
            ("one-change syncs", entries.map(Optional.some)), ("idle syncs", entries.map { _ in nil }),
        ] {
            var busy = (wall: 0.0, processor: 0.0)
            for entry in entries {
                let time = try round(all, entry, city.hub, city)
                busy = (busy.wall + time.wall, busy.processor + time.processor)
            }
            let count = Double(devices * rounds)
            try Measurement(
                what,
                [
                    "count": count, "perSecond": count / busy.wall, "processorMs": busy.processor / count * 1000,
                    "devices": Double(devices),
                ]
            ).print()
        }
    }

    /// - Returns: the seconds in which the hub answered all, and those of processors that it took.
    private func round(
        _ devices: [AgentDevice], _ entry: Workload.Entry?, _ hub: Hub, _ city: City
    ) throws -> (wall: Double, processor: Double) {
        let exchanges = try devices.map { device in
            if let entry { try device.save([entry], in: SpaceName.general(device.unit)) }
            return try city.exchange(device)
        }
        let requests = try exchanges.map { try $0.request() }
        let answers = Mutex([[UInt8]](repeating: [], count: requests.count))
        let before = processorSeconds()
        let wall = seconds {
            let group = DispatchGroup()
            let next = Mutex(0)
            for _ in 0..<Self.threads {
                group.enter()
                Thread.detachNewThread {
                    while true {
                        let number = next.withLock { next in
                            defer { next += 1 }
                            return next
                        }
                        guard number < requests.count else { break }
                        // An empty answer shows below.
                        let answer = (try? hub.answer(requests[number])) ?? []
                        answers.withLock { $0[number] = answer }
                    }
                    group.leave()
                }
            }
            group.wait()
        }
        let processor = processorSeconds() - before
        for (exchange, answer) in zip(exchanges, answers.withLock({ $0 })) { try exchange.finish(with: answer) }
        return (wall, processor)
    }

    /// What this process has taken of the processors so far: steadier than time where others work on the machine too.
    private func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
