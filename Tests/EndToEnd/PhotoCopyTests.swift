import Foundation
import Testing

/// Photos in the copies of agent and hub, by the programs.
@Suite final class PhotoCopyTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-photos-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    @Test(.timeLimit(.minutes(5))) func aHubThatIsMadeOfItsCopyHasItsPhotos() throws {
        let serving = ServingHub(folder: folder.appendingPathComponent("hub"))
        let hub = serving.program
        #expect(try hub.run("init").status == 0)
        #expect(try hub.run("load", "fixtures/can-tho").status == 0)
        let code = try #require(try hub.run("enrol-code", "--unit", "31120").json?["code"] as? String)
        try serving.start()
        let agent = Program(name: "phusa", folder: folder.appendingPathComponent("agent"))
        #expect(try agent.run("enrol", "--hub", serving.url, "--code", code).status == 0)
        #expect(try agent.run("sync").status == 0)
        let saved = try agent.run(
            "record", "new", "kt_pccc", "--set", "facility=Chợ", "--set", "inspected_on=2026-06-10")
        let record = try #require(saved.json?["record"] as? String)
        try Data([0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 7, count: 150_000)).write(
            to: URL(fileURLWithPath: path("a.jpg")))
        let wrong = try agent.run("attach", record, "facility", path("a.jpg"))
        #expect(wrong.errors.contains("attachment.field"), "\(wrong.errors)")
        let attached = try agent.run("attach", record, "i04_photos", path("a.jpg"))
        let hash = try #require(attached.json?["sha256"] as? String)
        #expect(try agent.run("photo-rules", "--over", "none").json?["over"] as? [String] == [])
        #expect(try agent.run("photo-rules", "--over", "pigeon").errors.contains("photos.network"))
        let held = try agent.run("sync").json
        #expect(held?["attachmentsHeld"] as? Int == 1 && held?["attachmentsUp"] as? Int == 0)
        #expect(try agent.run("sync", "--photos").json?["attachmentsUp"] as? Int == 1)
        let copies = path("copies")
        try FileManager.default.createDirectory(atPath: copies, withIntermediateDirectories: true)
        #expect(try hub.run("backup", "--to", copies + "/one.bak").json?["photosCopied"] as? Int == 1)
        #expect(try hub.run("backup", "--to", copies + "/two.bak").json?["photosCopied"] as? Int == 0)
        serving.end(with: SIGTERM)
        let other = Program(name: "phusa-hub", folder: folder.appendingPathComponent("other"))
        #expect(try other.run("restore", copies + "/two.bak").status == 0)
        #expect(try other.run("verify").status == 0)
        let photo = path("other/hub.attachments/\(hash.prefix(2))/\(hash.dropFirst(2))")
        #expect(FileManager.default.contents(atPath: photo)?.count == 150_004)
    }
}
