import Foundation
import Testing

/// Real processes, killed at any moment of capture, sync and settling.
@Suite struct KillTests {
    private static let definition = """
        {"form":"visit","version":1,"title":{"vi":"Thăm","en":"Visit"},"group":"g","writers":"unit","fields":[
        {"name":"name","type":"text","label":{"vi":"Tên","en":"Name"},"required":true},
        {"name":"count","type":"integer","label":{"vi":"Số","en":"Count"}}]}
        """

    @Test func twoHundredKillsLoseNothingAndRepeatNothing() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-kill-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let hub = ServingHub(folder: folder.appendingPathComponent("hub"))
        let agents = ["a", "b"].map { Program(name: "phusa", folder: folder.appendingPathComponent($0)) }
        try #require(try hub.program.run("init").status == 0)
        let form = try hub.program.run(
            "record", "new", "@form", "--space", "city/catalog", "--set", "form=visit", "--set", "version=1", "--set",
            "definition=\(Self.definition)")
        try #require(form.status == 0, "\(form.errors)")
        try hub.start()
        for agent in agents {
            let code = try #require(try hub.program.run("enrol-code", "--unit", "31120").json?["code"] as? String)
            try #require(try agent.run("enrol", "--hub", hub.url, "--code", code).status == 0)
            try #require(try agent.run("sync").status == 0)
        }

        let shared = try #require(
            try agents[0].run("record", "new", "visit", "--set", "name=shared").json?["record"] as? String)
        for agent in agents { try #require(try agent.run("sync").status == 0) }

        var random = SystemRandomNumberGenerator()
        var saved: Set<String> = ["shared"]
        var edits: Set<String> = []
        var kills: [String: Int] = [:]
        var attempts = 0
        // Microseconds, kept where about every second command dies, however busy the machine is.
        var longest = 60_000
        while kills.values.reduce(0, +) < 200, attempts < 1500 {
            attempts += 1
            let agent = agents[attempts % 2]
            let delay = Int.random(in: 1_000...longest, using: &random)
            let killed = kills.values.reduce(0, +)
            defer {
                let isKilled = kills.values.reduce(0, +) > killed
                longest = min(2_000_000, max(5_000, longest + (isKilled ? longest : -longest) / 16))
            }
            switch Int.random(in: 0..<12, using: &random) {
            case 0...2:
                let name = "n\(attempts)"
                let outcome = try agent.run("record", "new", "visit", "--set", "name=\(name)", killAfter: delay)
                // What was answered is saved; what was not may be.
                if outcome.json?["dot"] != nil { saved.insert(name) }
                if outcome.wasKilled { kills["capture", default: 0] += 1 }
            case 3...5:
                let outcome = try agent.run("record", "edit", shared, "--set", "count=\(attempts)", killAfter: delay)
                if let dot = outcome.json?["dot"] as? String { edits.insert(dot) }
                if outcome.wasKilled { kills["edit", default: 0] += 1 }
            case 6...7:
                if try agent.run("sync", "--once", killAfter: delay).wasKilled { kills["sync", default: 0] += 1 }
            case 8...9:
                hub.kill(after: delay)
                _ = try agent.run("sync", "--once")
                try hub.restart()
                kills["hub", default: 0] += 1
            default:
                let outcome = try hub.program.run(
                    "conflicts", "resolve", shared, "--set", "count=\(attempts)", "--reason", "đối chiếu sổ",
                    killAfter: delay)
                if let dot = outcome.json?["dot"] as? String { edits.insert(dot) }
                if outcome.wasKilled { kills["settle", default: 0] += 1 }
            }
        }
        print("killed: \(kills.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))")
        #expect(kills.values.reduce(0, +) >= 200)
        #expect(Set(kills.keys) == ["capture", "edit", "sync", "hub", "settle"])
        #expect(saved.count > 20 && edits.count > 20)
        try checkAllIsThereOnce(saved, edits, of: shared, hub, agents)
    }

    private func checkAllIsThereOnce(
        _ saved: Set<String>, _ edits: Set<String>, of shared: String, _ hub: ServingHub, _ agents: [Program]
    ) throws {
        for agent in agents + agents {
            let report = try agent.run("sync")
            #expect(report.status == 0, "\(report.errors)")
            #expect(report.json?["complete"] as? Bool == true)
        }
        var digests: Set<String> = []
        for program in agents + [hub.program] {
            #expect(try program.run("verify").status == 0)
            let names = try Self.array(try program.run("record", "list", "visit")).compactMap {
                ($0["fields"] as? [String: Any])?["name"] as? String
            }
            #expect(Set(names).count == names.count, "something was saved twice")
            #expect(saved.isSubset(of: names), "lost: \(saved.subtracting(names))")
            let history = try Self.array(try program.run("record", "history", shared)).compactMap {
                $0["dot"] as? String
            }
            #expect(Set(history).count == history.count, "an edit stands twice")
            #expect(edits.isSubset(of: history), "lost: \(edits.subtracting(history))")
            let spaces = try program.run("status").json?["spaces"] as? [[String: Any]] ?? []
            let general = spaces.first { $0["space"] as? String == "31120/general" }
            digests.insert(general?["digest"] as? String ?? "none")
        }
        #expect(digests.count == 1)
    }

    private static func array(_ outcome: Program.Outcome) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    }
}
