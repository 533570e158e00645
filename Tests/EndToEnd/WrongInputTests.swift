import Foundation
import Testing

/// What a person or script gets wrong, or the machine does: a code, a sentence, what to do, and nothing lost.
@Suite final class WrongInputTests {
    private static let catalogue = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../fixtures/can-tho").standardizedFileURL.path
    private let folder: URL
    private let agent: Program
    private let record: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-wrong-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        agent = Program(name: "phusa", folder: folder.appendingPathComponent("agent"))
        try #require(try agent.run("init", "--unit", "31120", "--catalog", Self.catalogue).status == 0)
        let saved = try agent.run(
            "record", "new", "kt_pccc", "--set", "facility=Chợ Cái Khế", "--set", "inspected_on=2026-06-10")
        record = try #require(saved.json?["record"] as? String, "\(saved.errors)")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Runs a command that must be refused.
    /// - Returns: its code, after checking that people and programs are told the same.
    private func code(_ program: Program, _ arguments: [String]) throws -> String {
        let outcome = try program.run(arguments)
        #expect(outcome.status == 1, "\(arguments)")
        let error = try #require(outcome.json?["error"] as? [String: Any], "\(arguments): \(outcome.output)")
        let code = try #require(error["code"] as? String)
        for key in ["message", "remedy"] {
            let text = error[key] as? String ?? ""
            #expect(!text.isEmpty && !text.hasPrefix("error.") && !text.hasPrefix("remedy."), "\(code): \(key)")
        }
        #expect(error["retryable"] is Bool)
        #expect(outcome.errors.hasPrefix(code + ": "), "\(outcome.errors)")
        #expect(outcome.errors.filter { $0 == "\n" }.count == 1, "\(outcome.errors)")
        return code
    }

    @Test func wrongValuesAreRefusedByName() throws {
        let new = ["record", "new", "kt_pccc", "--set", "inspected_on=2026-06-10"]
        let edit = ["record", "edit", record]
        let cases: [([String], String)] = [
            (["record", "new", "no_such_form", "--set", "a=b"], "form.unknown"),
            (new, "field.required"),
            (new + ["--set", "facility=x", "--set", "nope=1"], "field.unknown"),
            (edit + ["--set", "inspected_on=10/06/2026"], "field.type"),
            (edit + ["--set", "inspected_on=2026-02-30"], "field.type"),
            (edit + ["--set", "i01=maybe"], "field.choice"),
            (edit + ["--set", "facility="], "field.required"),
            (edit + ["--set", "facility=" + String(repeating: "ă", count: 301)], "field.too-long"),
            (edit + ["--add", "facility=x"], "field.not-a-set"),
            (edit + ["--base", "nonsense", "--set", "address=x"], "base.invalid"),
            (["record", "show", "r123"], "word.invalid"),
            (["record", "show", "no word"], "word.invalid"),
            (["record", "list", "nope"], "form.unknown"),
            (["record", "new", "kt_pccc", "--space", "99999/general", "--set", "facility=x"], "space.unknown"),
            (["sync"], "agent.not-enrolled"),
            (["init", "--unit", "31120"], "agent.initialized"),
            (["enrol", "--hub", "http://127.0.0.1:9", "--code", "short"], "enrol.code-invalid"),
            (["enrol", "--hub", "127.0.0.1", "--code", "AAAA-AAAA-AAAA-AAAA-AAAA"], "hub.url"),
            (["enrol", "--hub", "http://127.0.0.1:9", "--code", "AAAA-AAAA-AAAA-AAAA-AAAA"], "hub.unreachable"),
        ]
        for (arguments, expected) in cases { #expect(try code(agent, arguments) == expected, "\(arguments)") }
        let outcome = try agent.run("record", "list", "kt_pccc")
        let records = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]]
        #expect(records?.count == 1)
    }

    @Test func aBaseTokenIsForOneRecord() throws {
        let other = try agent.run(
            "record", "new", "kt_pccc", "--set", "facility=Chợ nổi", "--set", "inspected_on=2026-06-11")
        let word = try #require(other.json?["record"] as? String)
        let opened = try agent.run("record", "open", word)
        let base = try #require(opened.json?["base"] as? String)
        #expect(
            try code(agent, ["record", "edit", record, "--set", "address=x", "--base", base]) == "base.other-record")
        let stranger = Program(name: "phusa", folder: folder.appendingPathComponent("stranger"))
        try #require(try stranger.run("init", "--unit", "31120", "--catalog", Self.catalogue).status == 0)
        #expect(try code(stranger, ["record", "show", record]) == "record.unknown")
    }

    @Test func wrongUsageEndsWithTwo() throws {
        for arguments in [
            ["frobnicate"], ["record", "new"], ["sync", "--max-bytes", "0"], ["status", "--lang", "fr"],
        ] {
            #expect(try agent.run(arguments).status == 2, "\(arguments)")
        }
    }

    @Test func aFolderWithoutAnAgentIsSaid() throws {
        let empty = Program(name: "phusa", folder: folder.appendingPathComponent("empty"))
        #expect(try code(empty, ["status"]) == "agent.not-initialized")
        let hub = Program(name: "phusa-hub", folder: folder.appendingPathComponent("nohub"))
        #expect(try code(hub, ["status"]) == "hub.not-initialized")
        #expect(try code(hub, ["init", "--database", "postgresql://db/phusa"]) == "database.unsupported")
        #expect(!FileManager.default.fileExists(atPath: hub.folder.path))
    }

    @Test func aBadCatalogueMakesNoAgent() throws {
        let catalogue = folder.appendingPathComponent("catalogue")
        try FileManager.default.copyItem(atPath: Self.catalogue, toPath: catalogue.path)
        let file = catalogue.appendingPathComponent("units.csv")
        try (try String(contentsOf: file, encoding: .utf8) + "31120,Hai lần,Twice,phuong,,,\n")
            .write(to: file, atomically: true, encoding: .utf8)
        let fresh = Program(name: "phusa", folder: folder.appendingPathComponent("fresh"))
        let outcome = try fresh.run("init", "--unit", "31120", "--catalog", catalogue.path)
        #expect(outcome.errors.hasPrefix("fixtures.invalid: "))
        #expect(outcome.errors.contains("units.csv:105"))
        #expect(try code(fresh, ["status"]) == "agent.not-initialized")
    }

    @Test func aDamagedDatabaseIsSaidAndLeftAsItIs() throws {
        let file = agent.folder.appendingPathComponent("phusa.db")
        try? FileManager.default.removeItem(at: agent.folder.appendingPathComponent("phusa.db-wal"))
        let damaged = Data("This is no database. ".utf8) + Data(repeating: 7, count: 8192)
        try damaged.write(to: file)
        #expect(try code(agent, ["record", "list", "kt_pccc"]) == "store.damaged")
        #expect(try Data(contentsOf: file) == damaged)
    }

    @Test func aFolderThatWasBeingMadeIsFinished() throws {
        let half = Program(name: "phusa", folder: folder.appendingPathComponent("half"))
        try FileManager.default.createDirectory(at: half.folder, withIntermediateDirectories: true)
        try Data().write(to: half.folder.appendingPathComponent("phusa.db"))
        #expect(try code(half, ["status"]) == "agent.not-initialized")
        #expect(try half.run("init", "--unit", "31120").status == 0)
        #expect(try half.run("status").json?["unit"] as? String == "31120")
        var kills = 0
        for delay in stride(from: 2_000, through: 60_000, by: 2_000) {
            let folder = Program(name: "phusa", folder: folder.appendingPathComponent("k\(delay)"))
            if try folder.run("init", "--unit", "31120", killAfter: delay).wasKilled { kills += 1 }
            let again = try folder.run("init", "--unit", "31120")
            #expect(again.status == 0 || again.errors.hasPrefix("agent.initialized"))
            #expect(try folder.run("status").status == 0)
        }
        #expect(kills > 0)
    }

    @Test func aFileThatStopsSaysWhereAndWhatWasSaved() throws {
        let lines = folder.appendingPathComponent("lines.json")
        try Data(
            """
            {"facility": "một", "inspected_on": "2026-06-10"}
            {"facility": "hai", "inspected_on": "10/06/2026"}
            """.utf8
        ).write(to: lines)
        try Data(
            """
            {"facility": "một", "inspected_on": "2026-06-10"}
            {"inspected_on": "2026-06-10"}
            """.utf8
        ).write(to: folder.appendingPathComponent("required.json"))
        #expect(try code(agent, ["record", "new", "kt_pccc", "--from", lines.path]) == "field.type")
        let outcome = try agent.run(
            "record", "new", "kt_pccc", "--from", folder.appendingPathComponent("required.json").path)
        #expect(outcome.status == 1 && outcome.json?["row"] as? Int == 2)
        #expect((outcome.json?["saved"] as? [Any])?.count == 1)
    }

    @Test func aForeignHubKeyIsSaid() throws {
        let hub = Program(name: "phusa-hub", folder: folder.appendingPathComponent("hub"))
        try #require(try hub.run("init").status == 0)
        try Data(repeating: 3, count: 32).write(to: hub.folder.appendingPathComponent("hub.key"))
        #expect(try code(hub, ["status"]) == "store.key-wrong")
    }

    @Test func theDevicesKeyIsInItsDatabaseAndNowhereElse() throws {
        let key = agent.folder.appendingPathComponent("replica.key")
        #expect(!FileManager.default.fileExists(atPath: key.path))
        let before = try agent.run("status").json?["replica"] as? String
        try Data(repeating: 3, count: 32).write(to: key)
        #expect(try agent.run("status").json?["replica"] as? String == before)
        #expect(!FileManager.default.fileExists(atPath: key.path))
    }

    @Test func aFullDiskLosesNothingThatWasSaved() throws {
        let disk = folder.appendingPathComponent("disk")
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
        guard geteuid() == 0, try systemTool("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.path) == 0 else {
            print("aFullDiskLosesNothingThatWasSaved: skipped, a small disk cannot be mounted here")
            return
        }
        defer { _ = try? systemTool("umount", disk.path) }
        let small = Program(name: "phusa", folder: disk.appendingPathComponent("agent"))
        try #require(try small.run("init", "--unit", "31120", "--catalog", Self.catalogue).status == 0)
        var saved: [String] = []
        var refusal: String?
        for number in 0..<400 {
            let text = String(repeating: "phù sa ", count: 140)
            let arguments = [
                "record", "new", "kt_pccc", "--set", "facility=Cơ sở \(number)", "--set", "inspected_on=2026-06-10",
                "--set", "team=\(text)", "--set", "address=\(text.prefix(490))",
            ]
            let outcome = try small.run(arguments)
            guard outcome.status == 0, let word = outcome.json?["record"] as? String else {
                refusal = (outcome.json?["error"] as? [String: Any])?["code"] as? String
                break
            }
            saved.append(word)
        }
        #expect(refusal == "store.full")
        #expect(!saved.isEmpty)
        _ = try systemTool("mount", "-o", "remount,size=64m", disk.path)
        #expect(try small.run("verify").status == 0)
        for word in saved { #expect(try small.run("record", "show", word).status == 0) }
        #expect(
            try small.run("record", "new", "kt_pccc", "--set", "facility=x", "--set", "inspected_on=2026-06-10").status
                == 0)
    }
}
