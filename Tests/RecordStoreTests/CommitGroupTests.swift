import Foundation
import RecordStore
import Records
import SyncProtocol
import Synchronization
import Testing

/// Writers at the same time share commits and nothing else.
@Suite final class CommitGroupTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-group-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private struct Refused: Error {}

    @Test func aWriterThatFailsTakesNobodyWithIt() throws {
        let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 7, count: 32)))
        let store = try ReplicaStore(
            path: folder.appendingPathComponent("a.db").path, identity: identity, world: .system)
        let outcomes = Mutex<[Int: Bool]>([:])
        let group = DispatchGroup()
        for number in 0..<64 {
            group.enter()
            Thread.detachNewThread {
                defer { group.leave() }
                let isSaved: Void? = try? store.write { store in
                    try store.setSetting("n\(number)", [UInt8(number)])
                    if number % 3 == 0 { throw Refused() }
                }
                outcomes.withLock { $0[number] = isSaved != nil }
            }
        }
        group.wait()
        try store.read { store in
            for number in 0..<64 {
                let expected: [UInt8]? = number % 3 == 0 ? nil : [UInt8(number)]
                let kept = try store.setting("n\(number)")
                let isSaved = outcomes.withLock { $0[number] }
                #expect(kept == expected && isSaved == (expected != nil))
            }
        }
    }

    @Test func aCommitThatFailsFailsAllItWasFor() throws {
        let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 7, count: 32)))
        let dies = Mutex(false)
        var world = World.system
        world.step = { step in if step == .beforeCommit, dies.withLock({ $0 }) { throw Refused() } }
        let store = try ReplicaStore(path: folder.appendingPathComponent("b.db").path, identity: identity, world: world)
        dies.withLock { $0 = true }
        #expect(throws: Refused.self) { try store.write { try $0.setSetting("a", [1]) } }
        dies.withLock { $0 = false }
        let lost = try store.read { try $0.setting("a") }
        #expect(lost == nil)
        try store.write { try $0.setSetting("a", [2]) }
        let kept = try store.read { try $0.setting("a") }
        #expect(kept == [2])
    }
}
