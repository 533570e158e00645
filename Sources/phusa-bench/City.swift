import Agent
import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol
import Synchronization
import Wording

/// A clock that is set by hand, so that the work has the times that were written down for it.
final class BenchClock: Sendable {
    private let milliseconds: Mutex<Int64>

    init(_ milliseconds: Int64) { self.milliseconds = Mutex(milliseconds) }

    func set(_ value: Int64) { milliseconds.withLock { $0 = value } }

    var world: World { World(now: { self.milliseconds.withLock { $0 } }, random: World.system.random) }
}

/// Where the files of a measurement lie: on the disk, or in memory where the disk would only be waited for.
enum Place {
    case disk, memory

    func folder() throws -> URL {
        let parent =
            self == .disk ? FileManager.default.temporaryDirectory : URL(fileURLWithPath: "/dev/shm", isDirectory: true)
        let folder = parent.appendingPathComponent("phusa-bench-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}

/// A hub and devices in a folder of their own, joined without a network.
final class City {
    static let unit = "31120"
    static let space = SpaceName.general(unit)

    let folder: URL
    let hub: Hub
    let world: World

    init(fixtures: String, at place: Place, world: World = .system) throws {
        folder = try place.folder()
        self.world = world
        hub = try Hub(
            path: folder.appendingPathComponent("hub.db").path, identity: try Self.identity(world), world: world)
        _ = try hub.load(try FixturesFolder(path: fixtures))
    }

    static func identity(_ world: World = .system) throws -> ReplicaIdentity {
        guard let identity = ReplicaIdentity(rawKey: world.random(32)) else {
            throw CocoaError(.coderInvalidValue)
        }
        return identity
    }

    /// A new device that holds all that the hub has.
    /// - Parameters:
    ///   - folder: where its store lies; left out, beside the hub's.
    ///   - world: its clock, where it is not the city's.
    func device(
        _ name: String, unit: String = City.unit, spaces: [String] = [], in folder: URL? = nil, world: World? = nil
    ) throws -> AgentDevice {
        let device = try emptyDevice(name, unit: unit, spaces: spaces, in: folder, world: world)
        _ = try sync(device)
        return device
    }

    /// A device that has joined and fetched nothing.
    func emptyDevice(
        _ name: String, unit: String = City.unit, spaces: [String] = [], in folder: URL? = nil, world: World? = nil
    ) throws -> AgentDevice {
        let path = (folder ?? self.folder).appendingPathComponent(name + ".db").path
        let device = try AgentDevice(
            path: path, identity: try Self.identity(world ?? self.world), unit: unit, world: world ?? self.world)
        let code = try hub.makeEnrolCode(unit: unit, spaces: spaces, hours: 1).code
        _ = try device.enrol(url: "bench:", code: code, over: Line(hub: hub))
        return device
    }

    /// - Throws: where anything is left to send or fetch.
    func sync(_ device: AgentDevice) throws -> SyncReport {
        let report = try device.sync(over: Line(hub: hub))
        guard report.complete, report.refused == 0 else { throw CocoaError(.coderInvalidValue) }
        return report
    }

    func exchange(_ device: AgentDevice) throws -> DeviceExchange {
        guard let link = try device.hub() else { throw AgentError(.notEnrolled) }
        return DeviceExchange(device, with: link)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}

/// A line within one process.
struct Line: HubTransport {
    let hub: Hub

    func exchange(
        _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
    ) throws {
        var message: [UInt8] = []
        while let piece = try next() { message += piece }
        do {
            try take(try route == .sync ? hub.answer(message) : hub.enrol(message))
        } catch let error as any CodedError {
            try take(Refusal(error).bytes)
        }
    }
}

extension DeviceExchange {
    /// The whole request.
    func request() throws -> [UInt8] {
        var request: [UInt8] = []
        while let piece = try nextPiece() { request += piece }
        return request
    }

    func finish(with answer: [UInt8]) throws {
        try take(answer)
        try finish()
    }
}
