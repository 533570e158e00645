import Foundation
import Testing

/// Folders restored and cloned, of agents and hub, over the real programs: every value that some disk still holds is
/// everywhere in the end, and every store says of itself that it is sound.
@Suite(.serialized) final class HealingTests {
    private let folder: URL
    private let hub: ServingHub
    private var saved: Set<String> = []

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-healing-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        hub = ServingHub(folder: folder.appendingPathComponent("hub"))
        try run(hub.program, "init")
        try run(hub.program, "load", "fixtures/can-tho")
        try hub.start()
    }

    deinit {
        hub.end(with: SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    @discardableResult private func run(_ program: Program, _ arguments: String...) throws -> [String: Any] {
        let outcome = try program.run(arguments)
        try #require(outcome.status == 0, "\(program.name) \(arguments): \(outcome.errors)")
        return outcome.json ?? [:]
    }

    private func agent(_ name: String) -> Program {
        Program(name: "phusa", folder: folder.appendingPathComponent(name))
    }

    private func join(_ name: String) throws -> Program {
        let agent = agent(name)
        let code = try #require(try run(hub.program, "enrol-code", "--unit", "31120")["code"] as? String)
        try run(agent, "enrol", "--hub", hub.url, "--code", code)
        try run(agent, "sync")
        return agent
    }

    private func save(_ value: String, on agent: Program, survives: Bool = true) throws {
        try run(agent, "record", "new", "kt_pccc", "--set", "facility=\(value)", "--set", "inspected_on=2026-06-10")
        if survives { saved.insert(value) }
    }

    private func copy(_ name: String, to other: String) throws {
        let target = folder.appendingPathComponent(other)
        try? FileManager.default.removeItem(at: target)
        #expect(try systemTool("cp", "-a", folder.appendingPathComponent(name).path, target.path) == 0)
    }

    private func checkRest(_ agents: [Program], epoch: Int) throws {
        for _ in 0..<2 { for agent in agents { try run(agent, "sync") } }
        for agent in agents {
            #expect(try run(agent, "sync")["hubEpoch"] as? Int == epoch)
            #expect(try run(agent, "verify")["ok"] as? Bool == true)
            let listed = try agent.run("record", "list", "kt_pccc").output
            let records = try #require(
                try JSONSerialization.jsonObject(with: Data(listed.utf8)) as? [[String: Any]])
            let shown = records.compactMap { ($0["fields"] as? [String: Any])?["facility"] as? String }
            #expect(Set(shown) == saved && shown.count == saved.count)
        }
        #expect(try run(hub.program, "verify")["ok"] as? Bool == true)
    }

    @Test func devicesPutBackAndCloned() throws {
        let (a, b) = (try join("a"), try join("b"))
        try save("một", on: a)
        let backup = folder.appendingPathComponent("a.bak").path
        try run(a, "backup", "--to", backup)
        try save("hai", on: a)
        try run(a, "sync")
        try save("ba, chưa gửi", on: a, survives: false)
        let restored = try run(a, "restore", backup)
        #expect(restored["replica"] as? String != restored["formerReplica"] as? String)
        #expect(FileManager.default.fileExists(atPath: restored["replaced"] as? String ?? ""))
        try run(a, "sync")
        // A clone that was made in the middle of an open run.
        try save("bốn", on: a)
        try copy("a", to: "c")
        let c = agent("c")
        try save("năm", on: a)
        try save("sáu", on: c)
        try checkRest([a, c, b], epoch: 1)
    }

    @Test func aHubPutBack() throws {
        let a = try join("a")
        try save("một", on: a)
        try run(a, "sync")
        let backup = folder.appendingPathComponent("hub.bak").path
        try run(hub.program, "backup", "--to", backup)
        // Enrolled and received after the copy was made.
        let b = try join("b")
        try save("hai", on: b)
        try save("ba", on: a)
        for agent in [b, a] { try run(agent, "sync") }
        #expect(try hub.program.run("restore", backup).json?["error"] != nil, "under a serve")
        hub.end(with: SIGTERM)
        let restored = try run(hub.program, "restore", backup)
        #expect(restored["epoch"] as? Int == 2 && restored["formerEpoch"] as? Int == 1)
        #expect(restored["beyondPromise"] as? Bool == false)
        let since = try #require(restored["mayBeMissing"] as? [[String: Any]])
        #expect(since.map { $0["changes"] as? Int } == [2] && since[0]["replicas"] as? Int == 2)
        try hub.start()
        try checkRest([a, b], epoch: 2)
        // A later copy had been promised to be the oldest that matters.
        try run(hub.program, "backup", "--to", folder.appendingPathComponent("later.bak").path)
        hub.end(with: SIGTERM)
        #expect(try run(hub.program, "restore", backup)["beyondPromise"] as? Bool == true)
        try hub.start()
        try checkRest([a, b], epoch: 3)
        // And by other means, after which the hub goes on without knowing.
        try copy("hub", to: "hub.copy")
        try save("bốn", on: a)
        try run(a, "sync")
        hub.end(with: SIGKILL)
        try copy("hub.copy", to: "hub")
        try hub.start()
        try save("năm", on: b)
        try run(b, "sync")
        try checkRest([a, b], epoch: 4)
    }
}
