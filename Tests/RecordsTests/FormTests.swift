import Records
import Testing
import Wording

private let label = Label(vi: "Nhãn", en: "Label")

private func choices(_ names: String...) -> [Choice] { names.map { Choice(name: $0, label: label) } }

private func field(_ type: FieldType) -> FieldDefinition {
    switch type {
    case .selectOne: FieldDefinition(name: "f", type: type, label: label, choices: choices("a", "b"))
    case .selectMultiple:
        FieldDefinition(name: "f", type: type, label: label, policy: .union, choices: choices("a", "b"))
    default: FieldDefinition(name: "f", type: type, label: label)
    }
}

@Suite struct FormDefinitionTests {
    /// A definition in which `part` can be replaced.
    private func json(_ part: String = "", with replacement: String = "") -> [UInt8] {
        let whole = """
            {"form":"bridge","version":3,"title":{"vi":"Cầu","en":"Bridge"},"group":"works","writers":"unit","fields":[
            {"name":"code","type":"text","label":{"vi":"Mã","en":"Code"},"required":true,"key":true,"max_length":9},
            {"name":"state","type":"select_one","label":{"vi":"T","en":"S"},"policy":"forward","order":["a","b"],
            "choices":[{"name":"a","label":{"vi":"A","en":"A"}},{"name":"b","label":{"vi":"B","en":"B"}}]},
            {"name":"tags","type":"select_multiple","label":{"vi":"N","en":"T"},"policy":"union",
            "choices":[{"name":"x","label":{"vi":"X","en":"X"}}]},
            {"name":"length","type":"decimal","label":{"vi":"D","en":"L"},"min":"0","max":"99.5","policy":"highest"}]}
            """
        guard !part.isEmpty else { return Array(whole.utf8) }
        let pieces = whole.split(separator: part, maxSplits: 1, omittingEmptySubsequences: false)
        precondition(pieces.count == 2, "\(part) is not in the definition")
        return Array(pieces.joined(separator: replacement).utf8)
    }

    @Test func aValidDefinitionIsRead() throws {
        let form = try FormDefinition(json: json())
        #expect(form.reference == FormReference("bridge", version: 3))
        #expect(form.keyFields.map(\.name) == ["code"])
        #expect(form.field("state")?.policy == .forward)
        #expect(form.field("code")?.policy == .ask)
        #expect(form.field("code")?.maxLength == 9)
        #expect(form.field("none") == nil)
        #expect(form.title[.vi] == "Cầu" && form.title[.en] == "Bridge")
        #expect(form.naturalKey(["code": .text("x"), "length": .null]) == form.naturalKey(["code": .text("x")]))
    }

    @Test func canonicalJSONRoundTripsAndNamesTheDefinition() throws {
        let form = try FormDefinition(json: json())
        let again = try FormDefinition(json: form.canonicalJSON)
        #expect(again == form && again.digest == form.digest)
        #expect(try FormDefinition(json: json("Cầu", with: "Cống")).digest != form.digest)
    }

    @Test(arguments: [
        ("{\"form\"", "{\"form"), ("\"bridge\"", "\"Bridge\""), ("\"bridge\"", "\"\""), ("\"bridge\"", "\"9a\""),
        ("\"version\":3", "\"version\":0"), ("\"version\":3", "\"version\":-1"), ("\"version\":3", "\"version\":\"3\""),
        ("\"group\":\"works\",", ""), ("\"writers\":\"unit\"", "\"writers\":\"all\""),
        ("\"en\":\"Bridge\"", "\"e\":\"\""),
        ("\"name\":\"code\"", "\"name\":\"state\""), ("\"name\":\"code\"", "\"name\":\"a b\""),
        ("\"type\":\"text\"", "\"type\":\"note\""), ("\"type\":\"text\"", "\"type\":\"select_one\""),
        ("\"type\":\"text\"", "\"type\":\"text\",\"choices\":[]"),
        ("\"type\":\"text\"", "\"type\":\"text\",\"min\":\"1\""),
        ("\"policy\":\"forward\"", "\"policy\":\"union\""), ("\"policy\":\"forward\"", "\"policy\":\"best\""),
        (",\"order\":[\"a\",\"b\"]", ""), ("[\"a\",\"b\"]", "[]"), ("[\"a\",\"b\"]", "[\"a\",\"c\"]"),
        ("{\"name\":\"b\"", "{\"name\":\"a\""), ("{\"name\":\"x\"", "{\"name\":\"x y\""),
        ("{\"name\":\"x\"", "{\"name\":\"\""),
        ("{\"name\":\"x\"", "{\"name\":\"x=y\""), ("\"policy\":\"union\"", "\"policy\":\"ask\""),
        ("\"policy\":\"union\"", "\"policy\":\"union\",\"key\":true"), ("\"min\":\"0\"", "\"min\":\"low\""),
        ("\"max\":\"99.5\"", "\"max\":\"2026-01-01\""),
    ])
    func anInvalidDefinitionIsRefused(part: String, replacement: String) {
        let error = #expect(throws: RecordsError.self) { try FormDefinition(json: json(part, with: replacement)) }
        #expect(error?.kind == .formInvalid)
        #expect(error?.details["problem"]?.isEmpty == false)
    }

    @Test func aFormWithoutFieldsOrTooLargeIsRefused() {
        let empty =
            "{\"form\":\"a\",\"version\":1,\"title\":{\"vi\":\"\",\"en\":\"\"},\"group\":\"\",\"writers\":\"hub\",\"fields\":[]}"
        #expect(throws: RecordsError.self) { try FormDefinition(json: Array(empty.utf8)) }
        let large = json() + [UInt8](repeating: UInt8(ascii: " "), count: RecordLimits.formBytes)
        #expect(throws: RecordsError.self) { try FormDefinition(json: large) }
    }

    @Test(arguments: [
        ("a", true), ("a_9", true), ("", false), ("_a", false), ("9", false), ("A", false), ("à", false),
        ("a-b", false),
    ])
    func namesArePlain(name: String, isName: Bool) {
        #expect(FormDefinition.isName(name) == isName)
    }

    @Test func namesHaveAtMost64Letters() {
        #expect(FormDefinition.isName(String(repeating: "a", count: 64)))
        #expect(!FormDefinition.isName(String(repeating: "a", count: 65)))
    }

    private static let set = RegisterKey("tags", item: "x")

    @Test(
        arguments: [
            ([Operation(RegisterKey("code"), .text("1"))], true, nil),
            ([Operation(RegisterKey("code"), .text("1"))], false, .fieldKeyFixed),
            ([Operation(RegisterKey("state"), .text("a"))], true, .fieldRequired),
            ([Operation(RegisterKey("code"), .null)], true, .fieldRequired),
            ([Operation(RegisterKey("state"), .text("a"))], false, nil),
            ([Operation(RegisterKey("state"), .null)], false, nil),
            ([Operation(RegisterKey("state"), .text("z"))], false, .fieldChoice),
            ([Operation(RegisterKey("state"), .integer(1))], false, .fieldType),
            ([Operation(RegisterKey("state", item: "a"), .flag(true))], false, .fieldType),
            ([Operation(RegisterKey("length"), .decimal(DecimalNumber("99.5")!))], false, nil),
            ([Operation(RegisterKey("length"), .decimal(DecimalNumber("99.51")!))], false, .fieldRange),
            ([Operation(RegisterKey("length"), .decimal(DecimalNumber("-0.1")!))], false, .fieldRange),
            ([Operation(RegisterKey("length"), .integer(5))], false, .fieldType),
            ([Operation(set, .flag(true))], false, nil),
            ([Operation(set, .text("x"))], false, .fieldType),
            ([Operation(RegisterKey("tags", item: "y"), .flag(true))], false, .fieldChoice),
            ([Operation(RegisterKey("tags", item: "y"), .flag(false))], false, nil),
            ([Operation(RegisterKey("tags"), .items(["x"]))], false, .fieldType),
            ([Operation(RegisterKey("of_the_future"), .unknown(kind: 40, bytes: []))], false, nil),
            ([Operation(.deleted, .flag(true))], false, nil),
        ] as [([Operation], Bool, RecordsError.Code?)])
    func payloadIsCheckedAgainstTheForm(operations: [Operation], creates: Bool, code: RecordsError.Code?) throws {
        let form = try FormDefinition(json: json())
        if let code {
            let error = #expect(throws: RecordsError.self) {
                try form.check(Payload(operations), creates: creates, today: CalendarDate(days: 20_000))
            }
            #expect(error?.kind == code)
        } else {
            try form.check(Payload(operations), creates: creates, today: CalendarDate(days: 20_000))
        }
    }
}

@Suite struct FieldDefinitionTests {
    @Test(
        arguments: [
            (.text, " a ", .text(" a ")), (.text, "a\u{323}", .text("ạ")), (.text, "", .null),
            (.integer, "-5", .integer(-5)),
            (.integer, "9223372036854775807", .integer(.max)), (.decimal, "12.50", .decimal(DecimalNumber("12.5")!)),
            (.date, "1970-01-02", .date(CalendarDate(days: 1))), (.time, "00:01", .time(TimeOfDay(seconds: 60)!)),
            (.dateTime, "1970-01-01T07:00", .moment(Moment(milliseconds: 0)!)), (.selectOne, "a", .text("a")),
            (.selectMultiple, "b, a,b,", .items(["a", "b"])), (.selectMultiple, " , ", .null), (.integer, "", .null),
        ] as [(FieldType, String, Value)])
    func typedTextIsRead(type: FieldType, typed: String, expected: Value) throws {
        let read = try field(type).parse(typed)
        #expect(read.canonicalBytes == expected.canonicalBytes)
    }

    @Test(
        arguments: [
            (.integer, "1.5", .fieldType), (.integer, "9223372036854775808", .fieldType), (.integer, "a", .fieldType),
            (.decimal, "1,5", .fieldType), (.date, "01/07/2026", .fieldType), (.time, "7h", .fieldType),
            (.dateTime, "2026-07-01", .fieldType), (.selectOne, "c", .fieldChoice),
            (.selectMultiple, "a,c", .fieldChoice),
        ] as [(FieldType, String, RecordsError.Code)])
    func otherTextIsRefused(type: FieldType, typed: String, code: RecordsError.Code) {
        let error = #expect(throws: RecordsError.self) { try field(type).parse(typed) }
        #expect(error?.kind == code)
        #expect(error?.details["field"] == "f")
    }

    @Test func boundsAreInclusive() throws {
        let field = FieldDefinition(name: "f", type: .date, label: label, min: "2026-01-01", max: "2026-12-31")
        for day in ["2026-01-01", "2026-12-31"] { _ = try field.parse(day) }
        for day in ["2025-12-31", "2027-01-01"] {
            let error = #expect(throws: RecordsError.self) { try field.parse(day) }
            #expect(error?.kind == .fieldRange)
        }
    }

    @Test func textHasItsLength() throws {
        var field = FieldDefinition(name: "f", type: .text, label: label)
        _ = try field.parse(String(repeating: "a", count: RecordLimits.textBytes))
        #expect(throws: RecordsError.self) {
            try field.parse(String(repeating: "đ", count: RecordLimits.textBytes / 2 + 1))
        }
        field.maxLength = 3
        _ = try field.parse("đđđ")
        let error = #expect(throws: RecordsError.self) { try field.parse("đđđđ") }
        #expect(error?.kind == .fieldTooLong)
    }

    @Test(arguments: FieldType.allCases)
    func anEmptyFieldIsOfEveryType(type: FieldType) throws {
        try field(type).check(.null)
        #expect(throws: RecordsError.self) { try field(type).check(.unknown(kind: 40, bytes: [])) }
    }

    @Test func onlySetsHaveMembers() throws {
        try field(.selectMultiple).checkMember("a")
        let error = #expect(throws: RecordsError.self) { try field(.selectOne).checkMember("a") }
        #expect(error?.kind == .fieldNotSet)
    }
}
