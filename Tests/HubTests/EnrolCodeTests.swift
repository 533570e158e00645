import Foundation
import Hub
import RecordStore
import SyncProtocol
import Synchronization
import Testing

@Suite struct EnrolCodeTests {
    /// Four characters name a code, so two of some thousand codes may be drawn with one name.
    @Test func aCodeIsNeverNamedAsAnotherOne() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-codes-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 1, count: 32)))
        // Draws each thing twice.
        let draws = Mutex<UInt8>(0)
        let world = World(
            now: World.system.now,
            random: { count in
                let draw = draws.withLock { draws in
                    draws += 1
                    return draws / 2
                }
                return [UInt8](repeating: draw, count: count)
            })
        let hub = try Hub(path: folder.appendingPathComponent("hub.db").path, identity: identity, world: world)
        let names = try (0..<8).map { _ in try hub.makeEnrolCode(unit: "31120", spaces: [], hours: 1).code.name }
        #expect(Set(names).count == names.count)
    }
}
