import Foundation
import GRDB
import RecordStore
import Records
import SyncProtocol
import Testing

/// The log is taken into the database beside the saves, and not by one of them.
@Suite final class BackgroundCheckpointTests {
    private let folder: URL
    private let store: ReplicaStore
    private var path: String { folder.appendingPathComponent("a.db").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 7, count: 32)))
        store = try ReplicaStore(
            path: folder.appendingPathComponent("a.db").path, identity: identity, world: .system, concurrentReads: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Writes some pages in one commit.
    private func write(_ number: Int) throws {
        let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 40_000)
        try store.write { try $0.setSetting("page-\(number)", bytes) }
    }

    private var databaseBytes: Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    @Test func savesWaitForNoCheckpointAndAllComesIntoTheDatabase() throws {
        let checkpoint = try BackgroundCheckpoint(of: store)
        try checkpoint.take()
        let before = databaseBytes
        // SQLite by itself takes a log of a thousand pages in.
        for number in 0..<150 { try write(number) }
        #expect(databaseBytes == before)
        let (log, taken) = try checkpoint.take()
        #expect(log > 1_000 && taken == log)
        #expect(databaseBytes > before + 150 * 40_000)
        // The next commit begins the log anew.
        try write(1_000)
        #expect(try checkpoint.take().log < 100)
        try checkpoint.close()
        try store.close()
        #expect(FileManager.default.fileExists(atPath: path + "-wal") == false)
    }

    @Test func aReaderKeepsWhatItNeeds() throws {
        let checkpoint = try BackgroundCheckpoint(of: store)
        try store.read { old in
            #expect(try old.setting("page-1") == nil)
            for number in 1...30 { try write(number) }
            try checkpoint.take()
            #expect(try old.setting("page-1") == nil)
        }
        let (log, taken) = try checkpoint.take()
        #expect(log == taken)
        #expect(try store.read { try $0.setting("page-30")?.count } == 40_000)
        try checkpoint.close()
    }

    @Test func nobodyComingTheSavesDoItThemselves() throws {
        let checkpoint = try BackgroundCheckpoint(of: store)
        let before = databaseBytes
        for number in 0..<850 { try write(number) }
        #expect(databaseBytes > before)
        try checkpoint.close()
    }

    @Test(.timeLimit(.minutes(10))) func itRunsWhenTheLogIsLong() async throws {
        let checkpoint = try BackgroundCheckpoint(of: store)
        try checkpoint.take()
        let before = databaseBytes
        let running = Task { await checkpoint.run() }
        for number in 0..<40 { try write(number) }
        while databaseBytes == before { await Task.yield() }
        running.cancel()
        await running.value
        try checkpoint.close()
    }
}
