import Agent
import ArgumentParser
import Foundation
import Hub
import RecordStore

/// Makes a hub's folder with many records, for measurements of the real programs.
struct FillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fill", abstract: "Makes a hub that holds W1, as often as asked.")

    @OptionGroup var options: WorkloadOptions
    @Option(help: "The hub's folder, to be made.") var hub: String
    @Option(help: "How many times W1.") var times = 10

    func run() throws {
        let hub = try HubDirectory(path: hub).make()
        _ = try hub.load(try FixturesFolder(path: options.fixtures))
        let memory = try Place.memory.folder()
        defer { try? FileManager.default.removeItem(at: memory) }
        for (turn, entries) in try Workload(options).readings(times: times).enumerated() {
            let path = memory.appendingPathComponent("writer-\(turn).db").path
            let device = try AgentDevice(path: path, identity: try City.identity(), unit: City.unit, world: .system)
            let code = try hub.makeEnrolCode(unit: City.unit, spaces: [], hours: 1).code
            _ = try device.enrol(url: "bench:", code: code, over: Line(hub: hub))
            _ = try device.sync(over: Line(hub: hub))
            try device.save(entries)
            _ = try device.sync(over: Line(hub: hub))
        }
        try hub.store.close()
    }
}
