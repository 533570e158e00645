import Foundation
import Testing

/// `import` and `export` as people run them.
@Suite final class TableTests {
    private static let catalogue = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../fixtures/can-tho").standardizedFileURL.path
    private let folder: URL
    private let agent: Program

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-tables-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        agent = Program(name: "phusa", folder: folder.appendingPathComponent("agent"))
        try #require(try agent.run("init", "--unit", "31120", "--catalog", Self.catalogue).status == 0)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func fresh(_ name: String) throws -> Program {
        let program = Program(name: "phusa", folder: folder.appendingPathComponent(name))
        try #require(try program.run("init", "--unit", "31120", "--catalog", Self.catalogue).status == 0)
        return program
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        return path(name)
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }

    /// Runs an import.
    /// - Returns: `accepted`, `unchanged`, `rejectedRows`, and the rows and codes of what was rejected.
    private func take(
        _ form: String, _ path: String, _ options: String..., by program: Program? = nil
    ) throws -> (status: Int32, counts: [Int], codes: [String]) {
        let outcome = try (program ?? agent).run(["import", form, path] + options)
        let json = try #require(outcome.json, "\(outcome.output) \(outcome.errors)")
        let rejected = json["rejected"] as? [[String: Any]] ?? []
        let codes = rejected.map { "\($0["row"] as? Int ?? 0) \($0["code"] as? String ?? "")" }
        for row in rejected { #expect(!((row["message"] as? String ?? "error.").hasPrefix("error."))) }
        return (
            outcome.status, ["accepted", "unchanged", "rejectedRows"].map { json[$0] as? Int ?? -1 },
            codes.isEmpty ? [(json["error"] as? [String: Any])?["code"] as? String].compactMap { $0 } : codes
        )
    }

    private func records(_ form: String, of program: Program? = nil) throws -> [[String: Any]] {
        let outcome = try (program ?? agent).run("record", "list", form)
        return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    }

    /// What each record shows, in an order of its own.
    private func values(_ form: String, of program: Program? = nil) throws -> [String] {
        try records(form, of: program).map { record in
            let fields = (record["fields"] as? [String: Any] ?? [:]).filter { !($0.value is NSNull) }
            return String(
                decoding: try JSONSerialization.data(withJSONObject: fields, options: .sortedKeys), as: UTF8.self)
        }.sorted()
    }

    private func code(_ arguments: [String], by program: Program? = nil) throws -> String {
        let outcome = try (program ?? agent).run(arguments)
        #expect(outcome.status == 1, "\(arguments)")
        #expect(outcome.errors.filter { $0 == "\n" }.count == 1)
        return (outcome.json?["error"] as? [String: Any])?["code"] as? String ?? outcome.output
    }

    @Test(arguments: ["a.csv", "b.csv", "c.jsonl"]) func anExportComesBackTheSame(name: String) throws {
        let table = try file(
            "visits.csv",
            """
            facility;Địa chỉ;Ngày kiểm tra;inspector;i01;i03_number\r
            "Chợ ""Cái"" Khế";"=HYPERLINK(""http://x"")";10/06/2026;-5;Đạt;1.234\r
            '=quoted;"dòng 1\r\ndòng 2";2026-06-11;"  spaces  ";khong_dat;\r
            Bệnh viện;"../../etc/passwd";1/7/2026;<script>alert(1)</script>;;7\r
            """)
        let taken = try take("kt_pccc", table, "--decimal", "point")
        try #require(taken.status == 0 && taken.counts == [3, 0, 0], "\(taken)")
        let word = try #require(try records("kt_pccc").first?["record"] as? String)
        let base = try #require(try agent.run("record", "open", word).json?["base"] as? String)
        for (person, team) in [("lan", "Đội 1"), ("hoa", "Đội 2")] {
            let edit = ["record", "edit", word, "--set", "team=\(team)", "--as", person, "--base", base]
            try #require(try agent.run(edit).status == 0)
        }
        let export = ["export", "kt_pccc", "--to", path(name)] + (name == "b.csv" ? ["--excel"] : [])
        #expect(try agent.run(export).json?["count"] as? Int == 3)
        let before = try records("kt_pccc")
        #expect(before.contains { ($0["conflicts"] as? [String])?.contains("team") ?? false })
        let again = try take("kt_pccc", path(name))
        #expect(again.counts == [0, 3, 0] && again.status == 0)
        #expect(NSArray(array: try records("kt_pccc")) == NSArray(array: before))
        let other = try fresh("other")
        #expect(try take("kt_pccc", path(name), by: other).codes.first?.hasSuffix(" import.record-unknown") ?? false)
        #expect(try take("kt_pccc", path(name), "--unknown-as-new", by: other).counts == [3, 0, 0])
        #expect(try values("kt_pccc", of: other) == values("kt_pccc"))
        #expect(try take("kt_pccc", path(name), "--unknown-as-new", by: other).counts == [0, 3, 0])
        #expect(try other.run("verify").status == 0)
    }

    @Test func oneWrongRowKeepsAllOut() throws {
        let table = try file(
            "wrong.csv",
            """
            facility,inspected_on,i01
            một,2026-06-10,dat
            hai,2026-02-30,maybe
            ba,2026-06-12
            ,2026-06-13,
            năm,2026-06-14,dat
            """)
        let refused = try take("kt_pccc", table)
        #expect(refused.status == 1 && refused.counts == [0, 0, 3])
        #expect(
            refused.codes == ["3 field.type", "3 field.choice", "4 table.cell-count", "5 field.required"])
        #expect(try records("kt_pccc").isEmpty)
        #expect(try take("kt_pccc", table, "--dry-run", "--skip-wrong").counts == [2, 0, 3])
        #expect(try records("kt_pccc").isEmpty)
        let skipped = try take("kt_pccc", table, "--skip-wrong")
        #expect(skipped.status == 0 && skipped.counts == [2, 0, 3] && skipped.codes.count == 4)
        // The rest is mended and the file imported again: what is there is not made twice.
        let mended = try file(
            "mended.csv",
            """
            facility,inspected_on,i01
            một,2026-06-10,dat
            hai,2026-02-28,dat
            năm,2026-06-14,dat
            """)
        #expect(try take("kt_pccc", mended).counts == [1, 2, 0])
    }

    @Test func rowsAreHeldToTheFormsConditions() throws {
        let table = try file(
            "c.csv",
            """
            facility,inspected_on,i01,failed,recommendation,fix_by
            một,2026-06-10,khong_dat,99,sửa,2026-06-20
            """)
        #expect(try take("kt_pccc", table).counts == [1, 0, 0])
        let record = try #require(try records("kt_pccc").first)
        let word = try #require(record["record"] as? String)
        // What is worked out is not read.
        #expect((record["fields"] as? [String: Any])?["failed"] as? Int == 1)
        #expect(try take("kt_pccc", table).counts == [0, 1, 0])
        let early = try file("e.csv", "record,fix_by\n\(word),2026-06-01\n")
        #expect(try take("kt_pccc", early).codes == ["2 import.base-missing"])
        #expect(try take("kt_pccc", early, "--over-current").codes == ["2 field.check"])
        let both = try file("b.csv", "record,fix_by,inspected_on\n\(word),2026-06-01,2026-05-01\n")
        #expect(try take("kt_pccc", both, "--over-current").counts == [1, 0, 0])
    }

    @Test func rowsEditByWordAndByKey() throws {
        let head = "indicator,unit,period,value,note\n"
        let indicator = try String(contentsOfFile: Self.catalogue + "/indicators.csv", encoding: .utf8)
            .split(separator: "\n")[1].split(separator: ",")[0]
        let first = try file("first.csv", head + "\(indicator),31120,2026-06,\"1.234,5\",đầu\n")
        #expect(try take("indicator_value", first).counts == [1, 0, 0])
        #expect(try take("indicator_value", first).counts == [0, 1, 0])
        let second = try file("second.csv", head + "\(indicator),31120,2026-06,7,\n")
        #expect(try take("indicator_value", second).codes == ["2 import.base-missing"])
        #expect(try take("indicator_value", second, "--over-current").counts == [1, 0, 0])
        #expect(try take("indicator_value", second).counts == [0, 1, 0])
        let record = try #require(try records("indicator_value").first)
        let word = try #require(record["record"] as? String)
        let fields = try #require(record["fields"] as? [String: Any])
        #expect(fields["value"] as? String == "7" && fields["note"] is NSNull)
        let third = try file("third.jsonl", #"{"record": "\#(word)", "value": "1.234"}"#)
        #expect(try take("indicator_value", third).codes == ["1 import.base-missing"])
        #expect(try take("indicator_value", third, "--over-current").counts == [1, 0, 0])
        let moved = try file("moved.csv", "record,period\n\(word),2026-07\n")
        #expect(try take("indicator_value", moved, "--over-current").codes == ["2 field.key-fixed"])
        let twice = try file("twice.csv", head + "\(indicator),31120,2026-06,1,\n\(indicator),31120,2026-06,2,\n")
        #expect(try take("indicator_value", twice, "--over-current").codes == ["3 import.twice"])
        #expect(try take("kt_pccc", try file("o.csv", "record,facility\n\(word),x\n")).codes == ["2 import.other-form"])
        #expect(
            try take("indicator_value", try file("s.csv", "record,space,value\n\(word),99999/general,1\n")).codes
                == ["2 import.other-space"])
        #expect(try take("indicator_value", try file("w.csv", "record,value\nr12,1\n")).codes == ["2 word.invalid"])
        #expect(
            try take("kt_pccc", try file("n.csv", "space,facility,inspected_on\n99999/general,x,1/7/2026\n")).codes
                == ["2 space.unknown"])
    }

    @Test func aNumberThatCouldBeTwoIsAskedAbout() throws {
        let indicator = try String(contentsOfFile: Self.catalogue + "/indicators.csv", encoding: .utf8)
            .split(separator: "\n")[1].split(separator: ",")[0]
        let table = try file("n.csv", "indicator,unit,period,value\n\(indicator),31120,2026-06,1.234\n")
        #expect(try take("indicator_value", table).codes == ["2 table.number-ambiguous"])
        for (sign, value) in [("comma", "1234"), ("point", "1.234")] {
            #expect(try take("indicator_value", table, "--decimal", sign, "--over-current").counts == [1, 0, 0])
            let fields = try records("indicator_value").first?["fields"] as? [String: Any]
            #expect(fields?["value"] as? String == value)
        }
        #expect(try agent.run("import", "indicator_value", table, "--decimal", "both").status == 2)
    }

    @Test func filesThatAreNoTablesAreRefused() throws {
        let cases: [(String, [UInt8], String)] = [
            ("a.xlsx", [0x50, 0x4B, 3, 4], "table.ending-unknown"), ("a.csv", [], "1 table.empty"),
            ("b.csv", [0x50, 0x4B, 3, 4, 0, 0, 0xFF], "1 table.zero-byte"),
            ("c.csv", Array("facility,nope\n".utf8), "1 table.column-unknown"),
            ("d.csv", Array("facility,Cơ sở\n".utf8), "1 table.column-unknown"),
            ("e.csv", Array("facility,facility\n".utf8), "1 table.column-twice"),
            ("f.csv", Array("facility\n\"x".utf8), "2 table.quote-open"),
            ("g.csv", Array("facility\n".utf8) + [0xC3, 0x28], "2 table.not-utf8"),
            ("h.csv", Array("facility\n".utf8) + [UInt8](repeating: 65, count: 10 << 20), "2 table.row-too-long"),
            ("i.jsonl", Array("[1]\n".utf8), "1 table.not-json"),
            (
                "j.csv",
                Array("facility,inspected_on\n".utf8) + [UInt8](repeating: 65, count: 301) + Array(",1/7/2026".utf8),
                "2 field.too-long"
            ),
        ]
        for (name, bytes, code) in cases {
            try Data(bytes).write(to: folder.appendingPathComponent(name))
            let taken = try take("kt_pccc", path(name))
            #expect(taken.status == 1 && taken.codes == [code], "\(name): \(taken)")
        }
        #expect(try code(["import", "kt_pccc", path("missing.csv")]) == "file.unreadable")
        try FileManager.default.createDirectory(atPath: path("folder.csv"), withIntermediateDirectories: true)
        #expect(try code(["import", "kt_pccc", path("folder.csv")]) == "file.unreadable")
        #expect(try code(["import", "nope", path("c.csv")]) == "form.unknown")
        #expect(try records("kt_pccc").isEmpty)
    }

    @Test func onlySoManyWrongRowsAreListed() throws {
        let rows = (0..<500).map { "x\($0),never\n" }.joined()
        let outcome = try agent.run(
            "import", "kt_pccc", try file("many.csv", "facility,inspected_on\n" + rows))
        #expect(outcome.status == 1)
        #expect((outcome.json?["rejected"] as? [Any])?.count == 100)
        #expect(outcome.json?["rejectedRows"] as? Int == 500)
    }

    private func long(_ count: Int) throws -> String {
        let rows = (0..<count).map { "Cơ sở \($0),2026-06-10\n" }.joined()
        return try file("long.csv", "facility,inspected_on\n" + rows)
    }

    private func waiting() throws -> Int { try agent.run("status").json?["waiting"] as? Int ?? -1 }

    @Test func aHundredThousandRowsAreTaken() throws {
        #expect(try take("kt_pccc", long(100_000)).counts == [100_000, 0, 0])
        #expect(try waiting() == 100_000)
    }

    @Test func whoeverKillsAnImportLeavesAllOrNothing() throws {
        let table = try long(3000)
        var kills = 0
        for delay in stride(from: 100_000, through: 3_000_000, by: 250_000) {
            let outcome = try agent.run("import", "kt_pccc", table, killAfter: delay)
            let there = try waiting()
            #expect(there == 0 || there == 3000)
            guard outcome.wasKilled else { break }
            kills += 1
        }
        #expect(kills > 0)
        #expect(try take("kt_pccc", table).status == 0)
        #expect(try waiting() == 3000)
        #expect(try agent.run("verify").status == 0)
    }

    @Test func anExportReplacesNothingUnasked() throws {
        try #require(
            try take("kt_pccc", try file("a.csv", "facility,inspected_on\nmột,1/7/2026\n")).status == 0)
        let there = try file("there.csv", "mine")
        #expect(try code(["export", "kt_pccc", "--to", there]) == "export.exists")
        #expect(try text(there) == "mine")
        #expect(try agent.run("export", "kt_pccc", "--to", there, "--force").status == 0)
        #expect(try text(there).hasPrefix("record,space,state,facility,"))
        #expect(try agent.run("export", "kt_pccc", "--to", there, "--force", "--excel").status == 0)
        #expect(try text(there).hasPrefix("\u{FEFF}record;space;state;facility;"))
        #expect(try text(there).contains(";01/07/2026;"))
        #expect(try code(["export", "kt_pccc", "--to", path("no/such/a.csv")]) == "file.unwritable")
        #expect(try code(["export", "kt_pccc", "--to", folder.path + "/agent", "--force"]) == "table.ending-unknown")
        try FileManager.default.createDirectory(atPath: path("folder.csv"), withIntermediateDirectories: true)
        #expect(try code(["export", "kt_pccc", "--to", path("folder.csv"), "--force"]) == "file.unwritable")
        #expect(try code(["export", "nope", "--to", path("x.csv")]) == "form.unknown")
        #expect(try agent.run("export", "--to", path("x.csv")).status == 2)
        #expect(try agent.run("export", "kt_pccc", "--unsent", "--to", path("x.jsonl")).status == 2)
        #expect(try agent.run("export", "kt_pccc", "--excel", "--to", path("x.jsonl")).status == 2)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".new") }
        #expect(left.isEmpty)
    }

    @Test func deletedRecordsAreLeftOutUnlessAskedFor() throws {
        try #require(
            try take("kt_pccc", try file("a.csv", "facility,inspected_on\nmột,1/7/2026\nhai,1/7/2026\n")).status == 0)
        let word = try #require(try records("kt_pccc").first?["record"] as? String)
        try #require(try agent.run("record", "delete", word).status == 0)
        #expect(try agent.run("export", "kt_pccc", "--to", path("b.csv")).json?["count"] as? Int == 1)
        #expect(try agent.run("export", "kt_pccc", "--to", path("c.csv"), "--deleted").json?["count"] as? Int == 2)
        #expect(try take("kt_pccc", path("c.csv")).counts == [0, 2, 0])
        #expect(try take("kt_pccc", path("c.csv"), "--unknown-as-new", by: fresh("other")).counts == [1, 1, 0])
        try #require(try agent.run("record", "restore", word).status == 0)
        // The file says what it was then, and nothing was changed in it.
        #expect(try take("kt_pccc", path("c.csv")).counts == [0, 2, 0])
        let marked = try file("d.csv", "record,deleted\n\(word),true\n")
        #expect(try take("kt_pccc", marked).codes == ["2 import.deleted"])
    }

    @Test func unsentWorkIsExportedBeforeAnyHub() throws {
        try #require(
            try take("kt_pccc", try file("a.csv", "facility,inspected_on\n=một,1/7/2026\n"), "--as", "lan").status == 0)
        let word = try #require(try records("kt_pccc").first?["record"] as? String)
        try #require(try agent.run("record", "edit", word, "--set", "address=Số 1").status == 0)
        #expect(try agent.run("export", "--unsent", "--to", path("u.jsonl")).json?["count"] as? Int == 2)
        let lines = try text(path("u.jsonl")).split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(lines.map { $0["record"] as? String } == [word, word])
        #expect(lines.map { $0["author"] as? String } == ["lan", ""])
        #expect(lines.map { $0["state"] as? String } == ["waiting", "waiting"])
        #expect((lines[0]["fields"] as? [String: Any])?["facility"] as? String == "=một")
        #expect(try code(["export", "--unsent", "--to", path("u.csv")]) == "table.ending-unknown")
    }

    @Test func theHubTakesAndGivesTables() throws {
        let hub = Program(name: "phusa-hub", folder: folder.appendingPathComponent("hub"))
        try #require(try hub.run("init").status == 0)
        try #require(try hub.run("load", Self.catalogue).status == 0)
        try #require(try hub.run("enrol-code", "--unit", "31120").status == 0)
        let table = try file("a.csv", "facility,inspected_on\nmột,1/7/2026\nhai,1/7/2026\n")
        #expect(try take("kt_pccc", table, by: hub).codes == ["2 import.space-missing", "3 import.space-missing"])
        let taken = try take("kt_pccc", table, "--space", "31120/general", by: hub)
        #expect(taken.counts == [2, 0, 0], "\(taken)")
        #expect(try hub.run("export", "kt_pccc", "--to", path("h.csv")).json?["count"] as? Int == 2)
        #expect(try text(path("h.csv")).contains(",31120/general,received,"))
        #expect(try take("kt_pccc", path("h.csv"), by: hub).counts == [0, 2, 0])
        #expect(try hub.run("verify").status == 0)
    }
}
