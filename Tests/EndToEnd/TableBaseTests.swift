import Foundation
import Testing

/// What somebody made of an exported file while others went on: what they changed is saved, and nothing else.
@Suite(.serialized) final class TableBaseTests {
    private let folder: URL
    private let hub: ServingHub
    private var a: Program { Program(name: "phusa", folder: folder.appendingPathComponent("a")) }
    private var b: Program { Program(name: "phusa", folder: folder.appendingPathComponent("b")) }
    /// The records, in the order of the file.
    private var words: [String] = []

    /// Two devices with two inspections.
    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-base-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        hub = ServingHub(folder: folder.appendingPathComponent("hub"))
        try run(hub.program, "init")
        try run(hub.program, "load", "fixtures/can-tho")
        try hub.start()
        for agent in [a, b] {
            let code = try #require(try run(hub.program, "enrol-code", "--unit", "31120")["code"] as? String)
            try run(agent, "enrol", "--hub", hub.url, "--code", code)
            try run(agent, "sync")
        }
        let table = try file(
            "first.csv",
            """
            facility,inspected_on,address,team,i01
            một,2026-06-10,Số 1,Đội 1,dat
            hai,2026-06-10,Số 2,Đội 2,dat
            """)
        try run(a, "import", "kt_pccc", table)
        try sync(a, b)
    }

    deinit {
        hub.end(with: SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    @discardableResult private func run(_ program: Program, _ arguments: String...) throws -> [String: Any] {
        let outcome = try program.run(arguments)
        try #require(outcome.status == 0, "\(program.name) \(arguments): \(outcome.output)\(outcome.errors)")
        return outcome.json ?? [:]
    }

    private func sync(_ programs: Program...) throws { for program in programs { try run(program, "sync") } }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        return path(name)
    }

    /// Exports on `a`, and notes the records' words.
    private func export(_ name: String, _ options: String...) throws {
        let outcome = try a.run(["export", "kt_pccc", "--to", path(name)] + options)
        try #require(outcome.status == 0, "\(outcome.output)")
        let listed = try a.run("record", "list", "kt_pccc").output
        let records = try #require(try JSONSerialization.jsonObject(with: Data(listed.utf8)) as? [[String: Any]])
        // The newest comes first.
        words = records.reversed().compactMap { $0["record"] as? String }
        try #require(words.count == 2)
    }

    /// The file's lines that are records.
    private func lines(_ name: String) throws -> [String] {
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self)
        return text.replacingOccurrences(of: "\r\n", with: "\n").split(separator: "\n").map(String.init)
            .filter { !$0.contains("facility,") && !$0.contains("facility;") }
    }

    /// What somebody does to the file in an editor.
    private func change(_ name: String, _ texts: (String, String)...) throws {
        var text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self)
        for (old, new) in texts {
            try #require(text.contains(old), "\(old)")
            text = text.replacingOccurrences(of: old, with: new)
        }
        _ = try file(name, text)
    }

    /// `accepted`, `unchanged`, `conflicts`, and the codes.
    private func take(_ name: String, _ options: String..., by program: Program? = nil) throws -> ([Int], [String]) {
        let outcome = try (program ?? a).run(["import", "kt_pccc", path(name)] + options)
        let json = try #require(outcome.json, "\(outcome.output)\(outcome.errors)")
        let rejected = json["rejected"] as? [[String: Any]] ?? []
        for row in rejected { #expect(!((row["message"] as? String ?? "error.").hasPrefix("error."))) }
        return (
            ["accepted", "unchanged", "conflicts"].map { json[$0] as? Int ?? -1 },
            rejected.map { $0["code"] as? String ?? "" }
        )
    }

    /// What a record shows, the versions of its contested fields with `|` between them.
    private func show(_ index: Int, _ fields: String..., on program: Program? = nil) throws -> [String] {
        let json = try run(program ?? a, "record", "show", words[index])
        let versions = json["versions"] as? [String: [[String: Any]]] ?? [:]
        let conflicts = json["conflicts"] as? [String] ?? []
        let shown = json["fields"] as? [String: Any] ?? [:]
        return fields.map { name in
            guard conflicts.contains(name) else { return shown[name] as? String ?? "" }
            return (versions[name] ?? []).map { $0["value"] as? String ?? "" }.sorted().joined(separator: "|")
        }
    }

    private func edit(_ index: Int, _ assignment: String, on program: Program) throws {
        try run(program, "record", "edit", words[index], "--set", assignment, "--as", "hoa")
    }

    @Test(arguments: ["w.csv", "w.jsonl", "excel.csv"]) func onlyWhatWasChangedIsSaved(name: String) throws {
        if name == "excel.csv" { try export(name, "--excel") } else { try export(name) }
        try edit(0, "address=Số 11", on: b)
        try edit(0, "team=Đội 11", on: b)
        try edit(1, "address=", on: b)
        try sync(b, a)
        try change(name, ("Đội 1", "Đội 7"), ("Số 2", "Số 22"))
        #expect(try take(name, "--dry-run") == ([2, 0, 2], []))
        #expect(try take(name) == ([2, 0, 2], []))
        #expect(try show(0, "facility", "address", "team") == ["một", "Số 11", "Đội 11|Đội 7"])
        #expect(try show(1, "address", "team") == ["|Số 22", "Đội 2"])
        // Again, it says nothing new; nor does it once somebody has settled it.
        #expect(try take(name) == ([0, 2, 0], []))
        try sync(a, b)
        try edit(0, "team=Đội 11", on: b)
        try sync(b, a)
        #expect(try take(name) == ([0, 2, 0], []))
        #expect(try show(0, "address", "team", on: b) == ["Số 11", "Đội 11"])
        #expect(try show(1, "address", on: b) == ["|Số 22"])
        #expect(try run(a, "verify")["ok"] as? Bool == true)
        #expect(try run(b, "verify")["ok"] as? Bool == true)
    }

    @Test func whatNobodyElseChangedIsJustSaved() throws {
        try export("w.csv")
        try edit(0, "address=Số 11", on: b)
        try sync(b, a)
        try change("w.csv", ("Đội 1", "Đội 7"))
        #expect(try take("w.csv") == ([1, 1, 0], []))
        #expect(try show(0, "address", "team") == ["Số 11", "Đội 7"])
        // What the same person saved here after the export is asked about too: the file had not seen it.
        try run(a, "record", "edit", words[1], "--set", "team=Đội 8")
        try change("w.csv", ("Đội 2", "Đội 9"))
        #expect(try take("w.csv") == ([1, 1, 1], []))
        #expect(try show(1, "team") == ["Đội 8|Đội 9"])
    }

    @Test func aContestedFieldIsSettledByARowThatShowsIt() throws {
        try export("w.csv")
        try edit(0, "team=Đội 11", on: b)
        try sync(b, a)
        try change("w.csv", ("Đội 1", "Đội 7"))
        #expect(try take("w.csv") == ([1, 1, 1], []))
        try export("again.csv")
        // Untouched, it settles nothing.
        #expect(try take("again.csv") == ([0, 2, 0], []))
        #expect(try show(0, "team") == ["Đội 11|Đội 7"])
        // Which of them is shown is for the clocks to say.
        let shown = try #require(try lines("again.csv").first?.split(separator: ",")[6])
        try change("again.csv", (String(shown) + ",", "Đội 12,"))
        #expect(try take("again.csv") == ([1, 1, 0], []))
        #expect(try show(0, "team") == ["Đội 12"])
    }

    @Test func aDeletionMeanwhileIsAskedAbout() throws {
        try export("w.csv")
        for word in words { try run(b, "record", "delete", word, "--as", "hoa") }
        try sync(b, a)
        try change("w.csv", ("Đội 1", "Đội 7"))
        #expect(try take("w.csv") == ([1, 1, 1], []))
        #expect(try run(a, "record", "show", words[0])["conflicts"] as? [String] == ["@deleted"])
        #expect(try run(a, "record", "show", words[1])["deleted"] as? Bool == true)
    }

    @Test func withoutABaseNothingIsWrittenOver() throws {
        try export("w.csv")
        try edit(0, "address=Số 11", on: b)
        try sync(b, a)
        let table = try file("x.csv", "record,address,team\n\(words[0]),Số 1,Đội 1\n\(words[1]),Số 2,Đội 2\n")
        #expect(try take("x.csv") == ([0, 1, 0], ["import.base-missing"]))
        let text = try a.run("import", "kt_pccc", table, "--lang", "en")
        #expect(text.output.contains("other values of address than"))
        #expect(try show(0, "address") == ["Số 11"])
        #expect(try take("x.csv", "--over-current") == ([1, 1, 0], []))
        #expect(try show(0, "address") == ["Số 1"])
    }

    @Test func aBaseOfAnotherRecordOrMachineIsRefused() throws {
        try export("w.csv")
        let bases = try lines("w.csv").map { String(try #require($0.split(separator: ",").last)) }
        let header = "record,address,base\n"
        _ = try file("x.csv", header + "\(words[0]),đổi,\(bases[1])\n\(words[1]),đổi,b0\n")
        #expect(try take("x.csv") == ([0, 0, 0], ["import.base-wrong", "import.base-wrong"]))
        _ = try file("y.csv", header + "\(words[0]),đổi,\(bases[0])\n\(words[1]),Số 2,\(bases[1])\n")
        #expect(try take("y.csv", by: b) == ([0, 1, 0], ["import.base-unknown"]))
        #expect(try take("y.csv", "--over-current", by: b) == ([1, 1, 0], []))
    }
}
