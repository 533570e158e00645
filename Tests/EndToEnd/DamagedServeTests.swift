import Foundation
import Testing

/// A serving agent whose file is damaged where nobody has looked yet.
@Suite final class DamagedServeTests {
    private let folder: URL
    private let agent: Program

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-damaged-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        agent = Program(name: "phusa", folder: folder.appendingPathComponent("agent"))
        #expect(try agent.run("init", "--unit", "31120", "--catalog", "fixtures/can-tho").status == 0)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Spoils the number of cells of the last leaf of a table.
    private func damage() throws {
        let file = agent.folder.appendingPathComponent("phusa.db")
        var bytes = try Data(contentsOf: file)
        let leaf = try #require((0..<bytes.count / 4096).last { bytes[$0 * 4096] == 0x0D })
        bytes.replaceSubrange(leaf * 4096 + 3..<leaf * 4096 + 5, with: [0xFF, 0xFF])
        try bytes.write(to: file)
    }

    @Test func itServesUntilItsOwnCheckFindsTheDamageAndSaysSo() throws {
        let lines = folder.appendingPathComponent("lines.jsonl")
        let records = (0..<300).map { #"{"facility": "Cơ sở \#($0)", "inspected_on": "2026-06-10"}"# }
        try Data(records.joined(separator: "\n").utf8).write(to: lines)
        #expect(try agent.run("record", "new", "kt_pccc", "--from", lines.path).status == 0)
        try damage()
        let served = try agent.run("serve", "--listen", "127.0.0.1:0", "--no-sync", "--no-backup")
        #expect(served.output.hasPrefix("listening http://127.0.0.1:"))
        #expect(served.status == 1 && !served.wasKilled)
        #expect(served.errors.contains("store.damaged: "))
    }
}
