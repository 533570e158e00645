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

        var random = SystemRandomNumberGenerator()
        var saved: [String] = []
        var kills = 0
        var attempts = 0
        // How late a kill may come, in microseconds. It follows the machine's speed, so that on a busy one, too, about a third
        // of the commands come to their end.
        var reach = 90_000.0
        while kills < 200, attempts < 1000 {
            attempts += 1
            let agent = agents[attempts % 2]
            let delay = Int.random(in: 1_000...Int(reach), using: &random)
            let outcome: Program.Outcome
            switch Int.random(in: 0..<10, using: &random) {
            case 0...4:
                let name = "n\(attempts)"
                outcome = try agent.run("record", "new", "visit", "--set", "name=\(name)", killAfter: delay)
                // What was answered is saved; what was not may be.
                if outcome.json?["dot"] != nil { saved.append(name) }
            case 5...8: outcome = try agent.run("sync", "--once", killAfter: delay)
            default:
                hub.end(with: SIGKILL)
                try hub.start()
                kills += 1
                continue
            }
            if outcome.wasKilled { kills += 1 }
            reach = outcome.wasKilled ? min(reach * 1.03, 2_000_000) : max(reach * 0.94, 20_000)
        }
        #expect(kills >= 200)
        #expect(saved.count > 20)
        try checkAllIsThereOnce(saved, hub, agents)
    }

    private func checkAllIsThereOnce(_ saved: [String], _ hub: ServingHub, _ agents: [Program]) throws {
        for agent in agents + agents {
            let report = try agent.run("sync")
            #expect(report.status == 0, "\(report.errors)")
            #expect(report.json?["complete"] as? Bool == true)
        }
        var digests: Set<String> = []
        for program in agents + [hub.program] {
            #expect(try program.run("verify").status == 0)
            let listed = try program.run("record", "list", "visit").output
            let records = try #require(
                try JSONSerialization.jsonObject(with: Data(listed.utf8)) as? [[String: Any]])
            let names = records.compactMap { ($0["fields"] as? [String: Any])?["name"] as? String }
            #expect(Set(names).count == names.count, "something was saved twice")
            #expect(Set(saved).isSubset(of: names), "lost: \(Set(saved).subtracting(names))")
            let spaces = try program.run("status").json?["spaces"] as? [[String: Any]] ?? []
            let general = spaces.first { $0["space"] as? String == "31120/general" }
            digests.insert(general?["digest"] as? String ?? "none")
        }
        #expect(digests.count == 1)
    }
}
