import Foundation
import Testing

/// Devices restored and cloned, and a hub put back from copies, again and again: nothing that some disk still holds is lost,
/// and all come to the same.
@Suite struct CopiesTests {
    /// The first seed: other ones than those of every test run, where PHUSA_COPIES_FROM says so.
    private static let first = ProcessInfo.processInfo.environment["PHUSA_COPIES_FROM"].flatMap { UInt64($0) } ?? 0

    /// A few: the simulator deals copies too, some hundred seeds of them in `SimulationTests`.
    @Test(arguments: 0..<2) func copiesThatArePutBackLoseNothing(block: UInt64) throws {
        var dealt: [String: Int] = [:]
        let first = Self.first + block * 5
        for seed in first..<first + 5 { dealt.merge(try run(seed, steps: 150), uniquingKeysWith: +) }
        #expect(dealt.count > 5)
    }

    /// Seeds that once failed: 14 a segment cut twice; 31 a checkpoint that an overtaken answer took away; 78 lost entries
    /// that were lost again; 147 branches of two spaces; 177 a token for a place on a lost line; 187 a segment within another.
    @Test(arguments: [14, 31, 78, 147, 177, 187] as [UInt64]) func seedsThatOnceFailed(seed: UInt64) throws {
        _ = try run(seed, steps: 200, snapshots: false)
    }

    /// 8 a snapshot for a device that was another before; 38 a base that was read before the log had told of its line; 187
    /// work of a former name that went with a snapshot that was let go of; 1001 a token for a line without its beginning.
    @Test(arguments: [8, 38, 187, 1001] as [UInt64]) func seedsWithSnapshotsThatOnceFailed(seed: UInt64) throws {
        _ = try run(seed, steps: seed == 187 ? 200 : 150)
    }

    private func run(_ seed: UInt64, steps: Int, snapshots: Bool = true) throws -> [String: Int] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-copies-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let simulation = try CopiesSimulation(seed: seed, agents: 3, folder: folder, snapshots: snapshots)
        _ = try simulation.run(steps: steps)
        return simulation.faults
    }
}
