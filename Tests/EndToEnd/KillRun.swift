import Foundation
import Simulator
import Testing

/// A script of edits and syncs over real programs, any of which may be killed at any moment, while folders are put back and
/// cloned with `cp -a`. What is done in which order comes from a seed; when the kills strike, the machine has a say in.
///
/// A folder is copied while no process of it lives, the last one having been killed: what an image of a disk holds, or a
/// backup by copying. Copying the files of a living database one after another makes no copy of any moment; for that there
/// is `backup`.
final class KillRun {
    /// How much is to happen.
    struct Size {
        var kills = 40
        /// Times that an agent's folder is put back, or goes on as a second machine; in turns.
        var agentCopies = 2
        var hubCopies = 1
    }

    struct Figures {
        var kills: [String: Int] = [:]
        var commands = 0
        var syncs = 0
        var putBack = 0
        var cloned = 0
        var hubPutBack = 0

        var allKills: Int { kills.values.reduce(0, +) }
    }

    private static let definition = """
        {"form":"visit","version":1,"title":{"vi":"Thăm","en":"Visit"},"group":"g","writers":"unit","fields":[
        {"name":"name","type":"text","label":{"vi":"Tên","en":"Name"},"required":true},
        {"name":"count","type":"integer","label":{"vi":"Số","en":"Count"}}]}
        """
    private static let hubDisk = "hub"

    private let size: Size
    private let folder: URL
    private var random: SeededRandom
    let hub: ServingHub
    private(set) var agents: [Program] = []
    private(set) var books = Books()
    private(set) var figures = Figures()
    /// Records that everybody edits.
    private(set) var shared: [String] = []
    /// How long each kind of command takes, in microseconds.
    private var usual: [String: Int] = [:]
    private var copies = 0

    init(_ size: Size, seed: UInt64) throws {
        self.size = size
        random = SeededRandom(seed: seed)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-kills-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        hub = ServingHub(folder: folder.appendingPathComponent(Self.hubDisk))
        try must(hub.program, "init")
        try must(
            hub.program, "record", "new", "@form", "--space", "city/catalog", "--set", "form=visit", "--set",
            "version=1", "--set", "definition=\(Self.definition)")
        try hub.start()
        for name in ["a", "b", "c"] {
            let agent = Program(name: "phusa", folder: folder.appendingPathComponent(name))
            let code = try #require(try must(hub.program, "enrol-code", "--unit", "31120")["code"] as? String)
            try must(agent, "enrol", "--hub", hub.url, "--code", code)
            try must(agent, "sync")
            agents.append(agent)
        }
        for number in 0..<3 {
            let made = try must(agents[0], "record", "new", "visit", "--set", "name=chung \(number)")
            shared.append(try #require(made["record"] as? String))
            books.save("chung \(number)", on: disk(agents[0]))
        }
        for agent in agents { try sync(agent, killAfter: nil) }
    }

    deinit {
        hub.end(with: SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    private func disk(_ program: Program) -> String { program.folder.lastPathComponent }

    @discardableResult private func must(_ program: Program, _ arguments: String...) throws -> [String: Any] {
        let outcome = try program.run(arguments)
        try #require(outcome.status == 0, "\(program.name) \(arguments): \(outcome.errors)")
        return outcome.json ?? [:]
    }

    // MARK: The script

    /// Runs until enough was killed and copied.
    func run() throws {
        var copiesLeft = plan()
        while figures.allKills < size.kills {
            guard figures.commands < size.kills * 12 else { throw CocoaError(.userCancelled) }
            try step()
            while let next = copiesLeft.last, next.kills <= figures.allKills {
                copiesLeft.removeLast()
                try next.act()
            }
        }
        for left in copiesLeft.reversed() { try left.act() }
    }

    /// What is copied and put back after how many kills; the first last.
    private func plan() -> [(kills: Int, act: () throws -> Void)] {
        var plan: [(kills: Int, act: () throws -> Void)] = []
        let apart = max(1, size.kills / 10)
        for number in 0..<size.agentCopies {
            let kills = size.kills * (number + 1) / (size.agentCopies + 1)
            if number % 2 == 1 {
                plan.append((kills, cloneAgent))
            } else {
                let copied = Copied()
                plan.append((max(0, kills - apart), { try self.copyAgent(copied) }))
                plan.append((kills, { try self.putAgentBack(copied) }))
            }
        }
        for number in 0..<size.hubCopies {
            let kills = size.kills * (2 * number + 1) / (2 * size.hubCopies)
            let name = "hub-\(number)"
            plan.append((max(0, kills - apart), { try self.copyHub(name) }))
            plan.append((kills, { try self.putHubBack(name) }))
        }
        return plan.sorted { $0.kills > $1.kills }
    }

    /// A part of the time that the command usually takes, and up to twice that: half of them die, at any moment. The first
    /// of a kind lives, to tell how long it takes.
    private func delay(_ kind: String) -> Int? {
        let part = Int.random(in: 2...200, using: &random)
        return usual[kind].map { max(500, $0 * part / 100) }
    }

    private func step() throws {
        let agent = agents[random.below(agents.count)]
        let number = figures.commands + 1
        let word = shared[random.below(shared.count)]
        switch random.below(12) {
        case 0...2:
            try save("n\(number)", "capture", agent, ["record", "new", "visit", "--set", "name=n\(number)"])
        case 3...5: try save("\(number)", "edit", agent, ["record", "edit", word, "--set", "count=\(number)"])
        case 6...7: try sync(agent, killAfter: delay("sync"))
        case 8...9:
            hub.kill(after: delay("sync") ?? 0)
            try sync(agent, killAfter: nil)
            try hub.restart()
            figures.kills["hub", default: 0] += 1
        case 10: try sync(agent, killAfter: nil)
        default:
            try save(
                "\(number)", "settle", hub.program,
                ["conflicts", "resolve", word, "--set", "count=\(number)", "--reason", "đối chiếu sổ"])
        }
    }

    private func timed(
        _ kind: String, _ program: Program, _ arguments: [String], killAfter: Int?
    ) throws -> Program.Outcome {
        figures.commands += 1
        let start = ContinuousClock.now
        let outcome = try program.run(arguments, killAfter: killAfter)
        if outcome.wasKilled {
            figures.kills[kind, default: 0] += 1
            // Those that live are the fast ones.
            usual[kind] = usual[kind].map { $0 + $0 / 32 }
        } else {
            let took = Int((ContinuousClock.now - start) / .microseconds(1))
            usual[kind] = usual[kind].map { ($0 * 3 + took) / 4 } ?? took
        }
        return outcome
    }

    /// What was answered is saved; what was not may be.
    private func save(_ value: String, _ kind: String, _ program: Program, _ arguments: [String]) throws {
        let outcome = try timed(kind, program, arguments, killAfter: delay(kind))
        if outcome.json?["dot"] != nil { books.save(value, on: disk(program)) }
    }

    private func sync(_ agent: Program, killAfter: Int?) throws {
        let outcome = try timed("sync", agent, ["sync", "--once"], killAfter: killAfter)
        figures.syncs += 1
        if outcome.json?["complete"] as? Bool == true { books.sync(disk(agent), Self.hubDisk) }
    }

    // MARK: Copies

    /// Of whom a copy was made, and where it is.
    private final class Copied {
        var agent: Program?
        var name = ""
    }

    private func copyFolder(_ name: String, to other: String) throws {
        let target = folder.appendingPathComponent(other)
        try? FileManager.default.removeItem(at: target)
        try #require(try systemTool("cp", "-a", folder.appendingPathComponent(name).path, target.path) == 0)
    }

    private func copyAgent(_ copied: Copied) throws {
        let agent = agents[random.below(agents.count)]
        // Whatever it does now, it is killed in it, and leaves its files as they are then.
        try sync(agent, killAfter: delay("sync").map { $0 / 2 })
        copies += 1
        copied.agent = agent
        copied.name = "copy-\(copies)"
        try copyFolder(disk(agent), to: copied.name)
        books.copy(disk(agent), to: copied.name)
    }

    private func putAgentBack(_ copied: Copied) throws {
        let agent = try #require(copied.agent)
        try copyFolder(copied.name, to: disk(agent))
        books.putBack(disk(agent), from: copied.name)
        figures.putBack += 1
    }

    private func cloneAgent() throws {
        let copied = Copied()
        try copyAgent(copied)
        let clone = Program(name: "phusa", folder: folder.appendingPathComponent("clone-\(copies)"))
        try copyFolder(copied.name, to: disk(clone))
        books.putBack(disk(clone), from: copied.name)
        agents.append(clone)
        figures.cloned += 1
    }

    private func copyHub(_ name: String) throws {
        hub.end(with: SIGKILL)
        figures.kills["hub", default: 0] += 1
        try copyFolder(Self.hubDisk, to: name)
        books.copy(Self.hubDisk, to: name)
        try hub.start()
    }

    private func putHubBack(_ name: String) throws {
        hub.end(with: SIGKILL)
        figures.kills["hub", default: 0] += 1
        try copyFolder(name, to: Self.hubDisk)
        books.putBack(Self.hubDisk, from: name)
        try hub.start()
        figures.hubPutBack += 1
    }
}
