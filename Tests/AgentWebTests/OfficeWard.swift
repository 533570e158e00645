import Agent
import AgentWeb
import Foundation
import Hub
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Synchronization
import WebPages

/// A machine that serves its office, with a clock that the test moves.
final class OfficeWard: Sendable {
    final class Clock: Sendable {
        private let milliseconds = Mutex<Int64>(1_800_000_000_000)
        var world: World {
            var world = World.system
            world.now = { self.milliseconds.withLock { $0 } }
            return world
        }
        func move(hours: Int64) { milliseconds.withLock { $0 += hours * 3_600_000 } }
    }

    static let machine = MachineNames(hostName: "May-Phuong.lan") { ["192.168.1.20", "fd00::5"] }
    static let password = "chín con rồng"

    let clock = Clock()
    let ward: Ward
    let folder: String
    let office: Office

    /// - Parameter hasPasswords: whether one of the people, Hoa, has a password.
    init(hasPasswords: Bool = true) throws {
        ward = try Ward(world: clock.world)
        if hasPasswords {
            try ward.hub.addPerson(
                id: "hoa", name: "Hoa", role: "ward_staff", unit: Ward.unit, password: Self.password)
            try ward.sync(ward.a)
        }
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-office-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        office = try Office(
            at: try ListenAddress("0.0.0.0:8643"), folder: folder, machine: Self.machine, world: clock.world)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func server() throws -> AgentServer {
        let line = ward.line
        return try AgentServer(device: ward.a, sync: BackgroundSync(device: ward.a) { _ in line }, office: office)
    }

    /// As a browser of the office sees it.
    func browse(_ body: @escaping @Sendable (PageClient) async throws -> Void) async throws {
        try await Application(router: try server().officeRouter()).test(.router) { client in
            try await body(PageClient(client))
        }
    }

    /// As this machine's own browser sees it.
    func browseHere(_ body: @escaping @Sendable (PageClient) async throws -> Void) async throws {
        try await Application(router: try server().router()).test(.router) { client in
            try await body(PageClient(client))
        }
    }

    static func signIn(
        _ browser: PageClient, _ name: String, _ password: String = OfficeWard.password
    ) async throws -> PageClient.Reply {
        try await browser.submit("/sign-in", ["name": name, "password": password])
    }
}
