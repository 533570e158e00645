import Foundation
import Testing

/// The copies that a serving hub makes by itself, beside devices that sync.
@Suite final class HubCopiesTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-hub-daily-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func backups(_ hub: Program, until isReached: ([String: Any]) -> Bool) throws -> [String: Any] {
        let deadline = ContinuousClock.now + .seconds(180)
        while ContinuousClock.now < deadline {
            if let told = try hub.run("backups").json, isReached(told) { return told }
        }
        Issue.record("backups never came to tell it")
        return [:]
    }

    @Test(.timeLimit(.minutes(10))) func serveCopiesByItselfAndWhatIsLostComesBack() throws {
        let disk = folder.appendingPathComponent("disk")
        let hub = ServingHub(
            folder: folder.appendingPathComponent("hub"), options: ["--backup-every", "1", "--backup-to", disk.path])
        try #require(try hub.program.run("init").status == 0)
        try #require(try hub.program.run("load", "fixtures/can-tho").status == 0)
        let missed = try hub.program.run("backups", "--check")
        #expect(missed.status == 1 && missed.errors.hasPrefix("backup.late: "))
        try hub.start()
        let gone = try backups(hub.program) { ($0["backup"] as? [String: Any])?["trouble"] is [String: Any] }
        let trouble = (gone["backup"] as? [String: Any])?["trouble"] as? [String: Any]
        #expect(trouble?["code"] as? String == "backup.folder-gone" && gone["late"] as? Bool == true)
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
        let code = try #require(try hub.program.run("enrol-code", "--unit", "31120").json?["code"] as? String)
        let agent = Program(name: "phusa", folder: folder.appendingPathComponent("agent"))
        #expect(try agent.run("enrol", "--hub", hub.url, "--code", code).status == 0)
        #expect(try agent.run("sync").json?["complete"] as? Bool == true)
        let saved = try agent.run(
            "record", "new", "kt_pccc", "--set", "facility=một", "--set", "inspected_on=2026-06-10")
        try #require(saved.status == 0, "\(saved.output)\(saved.errors)")
        #expect(try agent.run("sync").json?["complete"] as? Bool == true)
        let told = try backups(hub.program) {
            ($0["generations"] as? [[String: Any]])?.contains { $0["there"] as? Bool == true } == true
        }
        #expect(told["late"] as? Bool == false)
        #expect(try hub.program.run("backups", "--check").status == 0)
        let generations = try #require(told["generations"] as? [[String: Any]])
        let copy = try #require(generations.first { $0["there"] as? Bool == true }?["file"] as? String)
        #expect(copy.hasPrefix(disk.path + "/phusa-hub-"))
        hub.end(with: SIGTERM)
        #expect(try hub.program.run("restore", copy).status == 0)
        try hub.start()
        #expect(try agent.run("sync").json?["complete"] as? Bool == true)
        hub.end(with: SIGTERM)
        #expect(try hub.program.run("verify").status == 0)
        let listed = try hub.program.run("record", "list", "kt_pccc").output
        #expect(listed.contains("một"))
    }
}
