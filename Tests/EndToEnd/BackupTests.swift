import Foundation
import Testing

/// The copies that a serving agent makes by itself, and what is in them.
@Suite final class BackupTests {
    private let folder: URL
    private let agent: Program

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-daily-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        agent = Program(name: "phusa", folder: folder.appendingPathComponent("agent"))
        #expect(try agent.run("init", "--unit", "31120", "--catalog", "fixtures/can-tho").status == 0)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func save(_ value: String) throws {
        let saved = try agent.run(
            "record", "new", "kt_pccc", "--set", "facility=\(value)", "--set", "inspected_on=2026-06-10")
        try #require(saved.status == 0, "\(saved.errors)")
    }

    private func serve(_ options: [String]) throws -> Process {
        let process = agent.process(["serve", "--no-sync", "--listen", "127.0.0.1:0", "--backup-every", "1"] + options)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// What `status` tells of copies, as soon as it is what is waited for.
    private func status(until isReached: ([String: Any]) -> Bool) throws -> [String: Any] {
        let deadline = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < deadline {
            if let backup = try agent.run("status").json?["backup"] as? [String: Any], isReached(backup) {
                return backup
            }
        }
        Issue.record("status never came to tell it")
        return [:]
    }

    @Test(.timeLimit(.minutes(5))) func serveCopiesByItselfAndEverythingIsInTheCopy() throws {
        let disk = folder.appendingPathComponent("usb")
        let serving = try serve(["--backup-to", disk.path])
        defer { serving.terminate() }
        // A disk that is not there is said, and serving goes on.
        let missing = try status { $0["trouble"] is [String: Any] }
        #expect((missing["trouble"] as? [String: Any])?["code"] as? String == "backup.folder-gone")
        #expect(serving.isRunning)
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
        let values = ["một", "hai", "ba"]
        for value in values { try save(value) }
        let backup = try status { $0["records"] as? Int == 3 && !($0["trouble"] is [String: Any]) }
        let copy = try #require(backup["file"] as? String)
        let other = Program(name: "phusa", folder: folder.appendingPathComponent("other"))
        #expect(try other.run("restore", copy).status == 0)
        #expect(try other.run("verify").status == 0)
        let listed = try other.run("record", "list", "kt_pccc").output
        let records = try #require(try JSONSerialization.jsonObject(with: Data(listed.utf8)) as? [[String: Any]])
        let shown = records.compactMap { ($0["fields"] as? [String: Any])?["facility"] as? String }
        #expect(Set(shown) == Set(values))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: disk.path).filter { $0.hasSuffix(".bak") }.count == 1)
    }
}
