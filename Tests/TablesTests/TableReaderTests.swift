import Records
import Tables
import Testing
import Wording

private func choice(_ name: String, _ vi: String, _ en: String) -> Choice {
    Choice(name: name, label: Label(vi: vi, en: en))
}

private func field(_ name: String, _ type: FieldType, _ vi: String, _ en: String, _ choices: [Choice]? = nil)
    -> FieldDefinition
{
    FieldDefinition(
        name: name, type: type, label: Label(vi: vi, en: en), policy: type == .selectMultiple ? .union : .ask,
        choices: choices)
}

private let form = FormDefinition(
    form: "f", version: 1, title: Label(vi: "F", en: "F"), group: "g", writers: .unit,
    fields: [
        field("name", .text, "Tên cơ sở", "Premises"), field("count", .integer, "Số lượng", "Count"),
        field("size", .decimal, "Diện tích", "Area"), field("day", .date, "Ngày", "Day"),
        field("at", .time, "Giờ", "Time"), field("moment", .dateTime, "Lúc", "Moment"),
        field("state", .text, "Tình trạng", "Condition"), field("other", .text, "Ngày", "Other"),
        field(
            "passed", .selectOne, "Đạt", "Passed",
            [choice("yes", "Có", "Yes"), choice("no", "Không", "No"), choice("na", "Có", "Not needed")]),
        field(
            "tags", .selectMultiple, "Nhãn", "Tags",
            [choice("p", "Sạch, đẹp", "Clean"), choice("q", "Ồn", "Loud"), choice("r", "Tối", "Dark")]),
    ])

@Suite struct TableColumnsTests {
    private let columns = TableColumns(form)

    @Test(arguments: [
        ("name", "name"), ("TÊN CƠ SỞ", "name"), ("ten co so", "name"), (" Premises ", "name"),
        ("Te\u{302}n co\u{31B} so\u{31B}\u{309}", "name"),
        ("state", "state"), ("tinh trang", "state"), ("DAY", "day"),
    ])
    func headingsNameFields(heading: String, name: String) throws {
        #expect(try columns.column(heading) == form.field(name).map { .field($0) })
    }

    @Test func recordsOwnColumnsGiveWayToFields() throws {
        #expect(try columns.column("record") == .own(.record))
        #expect(try columns.column("_record") == .own(.record))
        #expect(try columns.column("_state") == .own(.state))
        #expect(columns.heading(.state) == "_state")
        #expect(columns.heading(.record) == "record")
        #expect(try columns.column("") == .blank)
    }

    @Test(arguments: [
        (["nope"], "table.column-unknown"), (["Ngày"], "table.column-ambiguous"),
        (["name", "Premises"], "table.column-twice"), (["record", "_record"], "table.column-twice"),
        (["=cmd|' /C calc'!A0"], "table.column-unknown"),
    ])
    func otherHeadingsAreRefused(headings: [String], code: String) {
        let error = #expect(throws: TableError.self) { try columns.columns(headings) }
        #expect(error?.code == code)
    }
}

@Suite struct TableCellTests {
    private func value(_ name: String, _ text: String, _ sign: DecimalSign? = nil) throws -> Value {
        try TableCell.typed(text).value(of: try #require(form.field(name)), decimal: sign)
    }

    private func code(_ body: () throws -> Value) -> String {
        do { return "\(try body())" } catch let error as any CodedError { return error.code } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        ("passed", "yes", Value.text("yes")), ("passed", "KHONG", .text("no")), ("passed", "not needed", .text("na")),
        ("passed", "", .null), ("tags", "p,q", .items(["p", "q"])), ("tags", "q; Sạch, đẹp", .items(["p", "q"])),
        ("tags", "Sach, dep", .items(["p"])), ("tags", "Loud,Dark", .items(["q", "r"])), ("tags", "", .null),
        ("count", "1.234", .integer(1234)), ("name", "'=1+1", .text("=1+1")), ("name", " x ", .text(" x ")),
        ("name", "Bi\u{300}nh \u{202E}Thuỷ\r\n", .text("Bình Thuỷ\n")), ("name", "../../x", .text("../../x")),
        ("name", "<script>", .text("<script>")),
    ])
    func cellsAreReadAsPeopleWriteThem(name: String, text: String, expected: Value) throws {
        #expect(try value(name, text) == expected)
    }

    @Test(arguments: [
        ("passed", "Có", "table.choice-ambiguous"), ("passed", "maybe", "field.choice"),
        ("tags", "q,nope", "field.choice"), ("size", "1.234", "table.number-ambiguous"), ("size", "x", "field.type"),
        ("day", "1/7/26", "field.type"), ("day", "2026-02-30", "field.type"), ("count", "1,5", "field.type"),
        ("at", "25:00", "field.type"), ("moment", "hôm nay", "field.type"),
    ])
    func otherCellsAreRefused(name: String, text: String, code: String) {
        #expect(self.code { try value(name, text) } == code)
    }

    @Test func whatSignStandsBeforeFractionsCanBeSaid() throws {
        let thousand = try #require(DecimalNumber("1234"))
        let fraction = try #require(DecimalNumber("1.234"))
        #expect(try value("size", "1.234", .comma) == .decimal(thousand))
        #expect(try value("size", "1.234", .point) == .decimal(fraction))
        #expect(try value("size", "1,234", .point) == .decimal(thousand))
    }

    @Test func membersOfJSONLinesAreExact() throws {
        let size = try #require(form.field("size"))
        let fraction = try #require(DecimalNumber("1.234"))
        #expect(try TableCell.json(.number("1.234")).value(of: size, decimal: nil) == .decimal(fraction))
        #expect(try TableCell.json(.text("1.234")).value(of: size, decimal: nil) == .decimal(fraction))
        #expect(code { try TableCell.json(.text("1.234,5")).value(of: size, decimal: nil) } == "field.type")
        let name = try #require(form.field("name"))
        #expect(try TableCell.json(.text("'=1")).value(of: name, decimal: nil) == .text("'=1"))
        for cell in [JSONCell.number("1"), .flag(true), .texts(["x"])] {
            #expect(code { try TableCell.json(cell).value(of: name, decimal: nil) } == "field.type")
        }
        let tags = try #require(form.field("tags"))
        #expect(try TableCell.json(.texts(["q", "p"])).value(of: tags, decimal: nil) == .items(["p", "q"]))
        #expect(try TableCell.json(.null).value(of: tags, decimal: nil) == .null)
    }

    private static let values: [(String, Value)] = [
        ("name", .text("=1+1")), ("name", .text("'=1")), ("name", .text(" x\n\ty ")), ("name", .text("\"")),
        ("count", .integer(-1_234_567)), ("size", .decimal(DecimalNumber("1.234")!)),
        ("size", .decimal(DecimalNumber("-999.125")!)), ("size", .decimal(DecimalNumber("0.125")!)),
        ("size", .decimal(DecimalNumber("0.000000000000000001")!)), ("size", .decimal(DecimalNumber("123456.789")!)),
        ("size", .decimal(DecimalNumber("1234")!)), ("day", .date(CalendarDate(iso: "0999-01-02")!)),
        ("at", .time(TimeOfDay(iso: "07:30:15")!)), ("at", .time(TimeOfDay(iso: "07:30")!)),
        ("moment", .moment(Moment(iso: "2026-07-01T07:30")!)),
        ("moment", .moment(Moment(iso: "2026-07-01T07:30:15")!)),
        ("moment", .moment(Moment(iso: "2026-07-01T07:30:15.123Z")!)),
        ("passed", .text("na")), ("tags", .items(["p", "r"])), ("name", .null),
    ]

    @Test func whatIsWrittenIsReadBackTheSame() throws {
        for (name, value) in Self.values {
            for style in [TableStyle.machine, .spreadsheet] {
                let text = CellText.text(value, style)
                #expect(try self.value(name, text) == value, "\(text)")
                #expect(TableCell.typed(text).shows(value), "\(text)")
            }
            let plain = TableCell.json(.text(value.plainText))
            #expect(try plain.value(of: #require(form.field(name)), decimal: nil) == value)
            #expect(plain.shows(value))
        }
    }

    /// Whoever names the wrong sign for a file of this program is refused, and does not get other numbers.
    @Test func aMachinesNumbersAreNeverTakenForThousands() {
        for (name, value) in Self.values where name == "size" {
            let read = try? self.value(name, CellText.text(value, .machine), .comma)
            #expect(read == nil || read == value)
        }
    }
}

@Suite struct TableReaderTests {
    private func rows(_ text: String, _ kind: TableKind = .csv) throws -> [TableRow] {
        var reader = try TableReader(kind, of: form, source(Array(text.utf8)))
        var rows: [TableRow] = []
        while let row = try reader.next() { rows.append(row) }
        return rows
    }

    @Test func rowsHaveTheirColumns() throws {
        let rows = try rows("record;Tên cơ sở;_state;\nr1;Chợ;waiting;\n;'=x;;\n")
        #expect(rows.map(\.line) == [2, 3])
        #expect(rows[0].own == [.record: "r1", .state: "waiting"])
        #expect(rows[1].fields.map(\.cell.text) == ["=x"])
        #expect(rows.allSatisfy { $0.problem == nil })
    }

    @Test(arguments: [
        ("name,count\n1\n", "table.cell-count"), ("name,count\n1,2,3\n", "table.cell-count"),
        ("name,\n1,2\n", "table.column-unknown"), ("name,count\n1,\"2\n", "table.quote-open"),
    ])
    func aWrongRowHasItsProblem(text: String, code: String) throws {
        #expect(try rows(text).last?.problem?.code == code)
    }

    @Test(arguments: [
        ("", 1, "table.empty"), ("\n\n", 1, "table.empty"), ("\nname,nope\n1,2\n", 2, "table.column-unknown"),
        ("name,name\n", 1, "table.column-twice"), ("\"name,count\n1,2\n", 1, "table.quote-open"),
    ])
    func aWrongHeadingIsTheEnd(text: String, line: Int, code: String) throws {
        let failure = #expect(throws: TableFailure.self) { try rows(text) }
        #expect(failure?.line == line)
        #expect(failure?.code == code)
    }

    @Test func linesAreRowsToo() throws {
        let text = """
            {"record": "r1", "name": "x", "tags": ["p"], "conflicts": ["name"]}
            {"nope": 1}

            {"name": "a", "Premises": "b"}
            not json
            """
        let rows = try rows(text, .jsonLines)
        #expect(
            rows.map { $0.problem?.code ?? "" } == ["", "table.column-unknown", "table.column-twice", "table.not-json"])
        #expect(rows.map(\.line) == [1, 2, 4, 5])
        #expect(rows[0].own[.record] == "r1")
    }

    @Test func aFilesEndingSaysHowItIsWritten() throws {
        #expect(try TableKind(ofFile: "/a.b/x.CSV") == .csv)
        #expect(try TableKind(ofFile: "x.jsonl") == .jsonLines)
        #expect(try TableKind(ofFile: "x.ndjson") == .jsonLines)
        for path in ["x", "x.xlsx", "csv", "/a.csv/x", "x.json", ""] {
            let error = #expect(throws: TableError.self) { try TableKind(ofFile: path) }
            #expect(error?.details["endings"] == ".csv, .jsonl, .ndjson")
        }
    }

    @Test func everyCodeHasSentences() {
        for code in TableError.Code.allCases {
            #expect(Catalogue.knows("error.\(code.rawValue)") && Catalogue.knows("remedy.\(code.rawValue)"), "\(code)")
        }
    }
}
