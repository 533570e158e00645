import Foundation
import Testing

/// Processes killed and folders put back, in one run: `PHUSA_KILLS=500 PHUSA_SEED=1` makes it a large one, which is what
/// `scripts/kill-run` does.
@Suite struct KillRunTests {
    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

    @Test func killsAndCopiesLoseNothingThatSomeDiskStillHolds() throws {
        var size = KillRun.Size()
        if let kills = Self.number("PHUSA_KILLS") {
            size = KillRun.Size(kills: kills, agentCopies: max(2, kills / 100), hubCopies: max(1, kills * 3 / 500))
        }
        let seed = UInt64(Self.number("PHUSA_SEED") ?? 1)
        let start = ContinuousClock.now
        let run = try KillRun(size, seed: seed)
        try run.run()
        let rounds = try comeToRest(run)
        let (figures, books) = (run.figures, run.books)
        let kinds = figures.kills.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        print(
            """
            seed \(seed): \(figures.allKills) kills (\(kinds)) in \(figures.commands) commands, \(figures.syncs) syncs, \
            \(figures.putBack) agents put back, \(figures.cloned) cloned, hub put back \(figures.hubPutBack) times; \
            \(books.saved.count) values saved, \(books.saved.subtracting(books.due).count) gone with a disk; \
            at rest after \(rounds) rounds, \((ContinuousClock.now - start) / .seconds(1)) s
            """)
        #expect(figures.putBack + figures.cloned == size.agentCopies && figures.hubPutBack == size.hubCopies)
        #expect(books.due.count > size.kills / 10)
        try checkAllIsThereOnce(run)
    }

    /// Syncs everybody until all hold the same.
    /// - Returns: after how many rounds.
    private func comeToRest(_ run: KillRun) throws -> Int {
        for round in 1...6 {
            for agent in run.agents {
                let report = try agent.run("sync")
                #expect(report.status == 0, "\(report.errors)")
            }
            if try digests(run).count == 1 { return round }
        }
        Issue.record("no rest: \(try digests(run))")
        return 0
    }

    private func digests(_ run: KillRun) throws -> Set<String> {
        Set(
            try (run.agents + [run.hub.program]).map { program in
                let spaces = try program.run("status").json?["spaces"] as? [[String: Any]] ?? []
                let general = spaces.first { $0["space"] as? String == "31120/general" }
                return general?["digest"] as? String ?? "none at \(program.folder.lastPathComponent)"
            })
    }

    private func checkAllIsThereOnce(_ run: KillRun) throws {
        for agent in run.agents {
            let status = try #require(try agent.run("status").json)
            #expect(status["waiting"] as? Int == 0 && status["refused"] as? Int == 0)
        }
        for program in run.agents + [run.hub.program] {
            let place = program.folder.lastPathComponent
            let verified = try program.run("verify")
            #expect(verified.status == 0, "\(place): \(verified.output)")
            var values = try list(program, "list", "visit").compactMap {
                ($0["fields"] as? [String: Any])?["name"] as? String
            }
            for word in run.shared {
                values += try list(program, "history", word).compactMap {
                    ($0["fields"] as? [String: Any])?["count"].map { "\($0)" }
                }
            }
            #expect(Set(values).count == values.count, "\(place): something is there twice")
            #expect(run.books.due.isSubset(of: values), "\(place) lost \(run.books.due.subtracting(values).sorted())")
        }
    }

    private func list(_ program: Program, _ verb: String, _ what: String) throws -> [[String: Any]] {
        let outcome = try program.run("record", verb, what)
        return try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]], "\(outcome.errors)")
    }
}
