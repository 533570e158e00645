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
            var busy = 0.0
            for entry in entries { busy += try round(all, entry, city.hub, city) }
            let count = Double(devices * rounds)
            try Measurement(what, ["count": count, "perSecond": count / busy, "devices": Double(devices)]).print()
        }
    }

    /// - Returns: the seconds in which the hub answered all.
    private func round(_ devices: [AgentDevice], _ entry: Workload.Entry?, _ hub: Hub, _ city: City) throws -> Double {
        let exchanges = try devices.map { device in
            if let entry { try device.save([entry], in: SpaceName.general(device.unit)) }
            return try city.exchange(device)
        }
        let requests = try exchanges.map { try $0.request() }
        let answers = Mutex([[UInt8]](repeating: [], count: requests.count))
        let time = seconds {
            let group = DispatchGroup()
            for (number, request) in requests.enumerated() {
                group.enter()
                Thread.detachNewThread {
                    // An empty answer shows below.
                    let answer = (try? hub.answer(request)) ?? []
                    answers.withLock { $0[number] = answer }
                    group.leave()
                }
            }
            group.wait()
        }
        for (exchange, answer) in zip(exchanges, answers.withLock({ $0 })) { try exchange.finish(with: answer) }
        return time
    }
}
