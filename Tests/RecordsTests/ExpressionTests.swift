import Records
import Testing

/// What forms compute, by tables.
@Suite struct ExpressionTests {
    private static let values: [String: Value] = [
        "a": .integer(12), "b": .decimal(DecimalNumber("2.5")!), "t": .text("đạt"),
        "d": .date(CalendarDate(iso: "2026-07-01")!),
        "s": .items(["anh", "van_ban"]), "z": .integer(0), "f": .flag(true),
    ]

    private func value(_ text: String) throws -> Value {
        let context = Expression.Context(today: try #require(CalendarDate(iso: "2026-11-25"))) {
            Self.values[$0] ?? .null
        }
        return try Expression(text).value(in: context)
    }

    private static func number(_ text: String) -> Value { .decimal(DecimalNumber(text)!) }

    @Test(arguments: [
        ("1 + 2 * 3", number("7")), ("(1 + 2) * 3", number("9")), ("a / b", number("4.8")), ("-a + 2", number("-10")),
        ("10 / 3", number("3.333333333333")), ("0.1 + 0.2", number("0.3")), ("round(2 / 3, 2)", number("0.67")),
        ("round(-2.5)", number("-3")), ("a / z", .null), ("a + nobody", .null), ("a - -a", number("24")),
        ("999999999999999999 * 10", .null), ("sum(a, nobody, b)", number("14.5")), ("sum(nobody)", .null),
        ("max(a, b, nobody)", .integer(12)), ("min(d, d - 30) = d - 30", .flag(true)), ("abs(b - a)", number("9.5")),
        ("d - (d - 45)", number("45")), ("today() - d", number("147")), ("year(d) * 100 + month(d)", number("202607")),
        ("t = 'đạt'", .flag(true)), ("t = 'đạ' or a > 11", .flag(true)), ("not (a > 11) and f", .flag(false)),
        ("nobody = ''", .flag(true)), ("nobody < 5", .null), ("nobody >= 5", .null), ("nobody < 5 or f", .flag(true)),
        ("not (nobody < 5)", .null),
        ("nobody < 5 and a < 5", .flag(false)), ("nobody < 5 and f", .null), ("if(nobody < 5, 1, 2)", number("2")),
        ("nobody != 5", .flag(true)), ("a >= 12 and a <= 12.0", .flag(true)), ("a = 12.000", .flag(true)),
        ("has(s, 'anh') and not has(s, 'khac')", .flag(true)), ("count(s) + count(nobody)", number("2")),
        ("if(a > 10, 'cao', 'thap')", .text("cao")), ("coalesce(nobody, t)", .text("đạt")), ("length(t)", number("3")),
        ("empty(nobody) and filled(a)", .flag(true)), ("'it''s'", .text("it's")), ("t < a", .null),
        ("d + 0.5", .null), ("t + 1", .null), ("day(d)", number("1")), ("true != false", .flag(true)),
    ])
    func anExpressionGives(text: String, expected: Value) throws { #expect(try value(text) == expected) }

    @Test(arguments: [
        "", "1 +", "(1", "1)", "a b", "a = = b", "foo(1)", "if(1, 2)", "'open", "1.2.3", "A", "a & b", "today(1)",
        "and",
        "sum()", "\u{1F4A9}", "a = b = c", String(repeating: "(", count: 40) + "1" + String(repeating: ")", count: 40),
        String(repeating: "-", count: 500) + "1", String(repeating: "not ", count: 300) + "a",
        String(repeating: "1+", count: 1500) + "1",
    ])
    func whatIsNoExpressionIsRefused(text: String) {
        #expect(throws: Expression.Fault.self) { try Expression(text) }
    }

    @Test func longChainsEndInBoundedDepth() throws {
        #expect(try value(Array(repeating: "1", count: 900).joined(separator: "+")) == Self.number("900"))
    }

    @Test func arithmeticAgreesWithIntegers() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let (a, b) = (
                Int64.random(in: -999_999...999_999, using: &random), Int64.random(in: 1...9_999, using: &random)
            )
            #expect(try value("(\(a)) * \(b)") == Self.number("\(a * b)"))
            #expect(try value("(\(a)) + \(b) - \(b)") == Self.number("\(a)"))
            #expect(try value("(\(a)) * \(b) / \(b)") == Self.number("\(a)"))
        }
    }
}

@Suite struct FormEvaluationTests {
    private static let json = """
        {"form": "survey", "version": 1, "title": {"vi": "Khảo sát", "en": "Survey"}, "group": "inspections", "writers": "unit",
         "fields": [
          {"name": "kind", "type": "select_one", "label": {"vi": "Loại", "en": "Kind"}, "required": true,
           "choices": [{"name": "house", "label": {"vi": "nhà", "en": "house"}}, {"name": "shop", "label": {"vi": "quán", "en": "shop"}}]},
          {"name": "goods", "type": "select_one", "label": {"vi": "Hàng", "en": "Goods"}, "visible": "kind = 'shop'",
           "choices": [{"name": "food", "label": {"vi": "đồ ăn", "en": "food"}},
                       {"name": "gas", "label": {"vi": "ga", "en": "gas"}, "when": "area > 20"}]},
          {"name": "area", "type": "decimal", "label": {"vi": "Diện tích", "en": "Area"}, "min": "0",
           "checks": [{"must": "area >= used", "message": {"vi": "không nhỏ hơn phần đang dùng", "en": "not below what is used"}}]},
          {"name": "used", "type": "decimal", "label": {"vi": "Đang dùng", "en": "Used"}},
          {"name": "permit", "type": "text", "label": {"vi": "Giấy phép", "en": "Permit"}, "required": true,
           "visible": "goods = 'gas'"},
          {"name": "share", "type": "decimal", "label": {"vi": "Tỷ lệ", "en": "Share"}, "compute": "round(used / area * 100, 1)"},
          {"name": "on", "type": "date", "label": {"vi": "Ngày", "en": "Date"}, "initial": "today()"}
        ]}
        """

    private let form: FormDefinition
    private let today: CalendarDate

    init() throws {
        form = try FormDefinition(json: Array(Self.json.utf8))
        today = try #require(CalendarDate(iso: "2026-11-25"))
    }

    private func evaluate(_ values: [String: Value]) -> FormEvaluation { FormEvaluation(form, values, today: today) }

    private func codes(_ values: [String: Value]) -> [String] {
        evaluate(values).problems(isWhole: true).map { "\($0.field.name) \($0.error.code)" }
    }

    @Test func fieldsShowWhereTheyAreAsked() {
        #expect(evaluate([:]).visible == ["kind", "area", "used", "share", "on"])
        #expect(evaluate(["kind": .text("shop")]).visible.contains("goods"))
        let gas = evaluate(["kind": .text("shop"), "goods": .text("gas"), "area": .integer(30)])
        #expect(gas.visible.contains("permit"))
        // What rests on a field that is not asked is not asked either, whatever stands in it.
        let house = evaluate(["kind": .text("house"), "goods": .text("gas"), "permit": .text("12/GP")])
        #expect(house.visible.isDisjoint(with: ["goods", "permit"]))
        #expect(house.values["permit"] == .null)
    }

    @Test func whatIsMissingOrWrongIsSaidOfVisibleFieldsOnly() {
        #expect(codes([:]) == ["kind field.required"])
        #expect(codes(["kind": .text("house")]) == [])
        let gas: [String: Value] = ["kind": .text("shop"), "goods": .text("gas")]
        #expect(codes(gas) == ["goods field.choice-now", "permit field.required"])
        #expect(codes(gas.merging(["area": Self.number("21"), "permit": .text("1")]) { $1 }) == [])
        #expect(
            codes(["kind": .text("house"), "area": Self.number("5"), "used": Self.number("6")]) == ["area field.check"])
        #expect(codes(["kind": .text("house"), "area": Self.number("5")]) == [])
    }

    private static func number(_ text: String) -> Value { .decimal(DecimalNumber(text)!) }

    @Test func computedFieldsComeOfTheOthers() {
        #expect(
            form.computed(["used": Self.number("1"), "area": Self.number("3")]) == [
                "share": .decimal(DecimalNumber("33.3")!)
            ])
        #expect(form.computed(["used": Self.number("1")]) == ["share": .null])
    }

    @Test func aFirstChangeIsHeldToAllAndALaterOneToWhatItSays() throws {
        func payload(_ values: [String: Value]) -> Payload {
            Payload(values.map { Operation(RegisterKey($0.key), $0.value) })
        }
        func code(_ values: [String: Value], creates: Bool) -> String? {
            do {
                try form.check(payload(values), creates: creates, today: today)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code(["area": Self.number("1")], creates: true) == "field.required")
        #expect(code(["area": Self.number("1")], creates: false) == nil)
        #expect(code(["area": Self.number("1"), "used": Self.number("2")], creates: false) == "field.check")
        #expect(code(["share": Self.number("1")], creates: false) == "field.computed")
        #expect(code(["goods": .text("gas")], creates: false) == nil)
        #expect(
            code(["kind": .text("shop"), "goods": .text("gas"), "area": Self.number("3")], creates: false)
                == "field.choice-now")
    }

    @Test func theDefinitionReadsItselfBack() throws {
        #expect(try FormDefinition(json: form.canonicalJSON) == form)
    }

    @Test(arguments: [
        (#""visible": "kind = 'shop'""#, #""visible": "kind ="#),
        (#""visible": "goods = 'gas'""#, #""visible": "nobody = 1""#),
        (#""visible": "kind = 'shop'""#, #""visible": "permit = 'x'""#),
        (#""compute": "round(used / area * 100, 1)""#, #""compute": "share + 1""#),
        (#""compute": "round(used / area * 100, 1)""#, #""compute": "today() - on""#),
        (#""compute": "round(used / area * 100, 1)""#, #""required": true, "compute": "1""#),
        (#""initial": "today()""#, #""initial": "area""#),
    ])
    func aDefinitionThatCannotBeWorkedOutIsRefused(old: String, new: String) {
        let json = Self.json.replacing(old, with: new)
        #expect(json != Self.json)
        #expect(throws: RecordsError.self) { try FormDefinition(json: Array(json.utf8)) }
    }

    /// A definition is not checked where a program makes it: it must end all the same.
    @Test func aCircleEnds() throws {
        var circle = form
        circle.fields[1].visible = try Expression("filled(permit)")
        circle.fields[5].compute = try Expression("share + 1")
        #expect(FormEvaluation(circle, ["kind": .text("shop")], today: today).values["share"] == .null)
    }

    /// 300 questions with 40 expressions.
    @Test func alargeFormIsWorkedOutWithinAKeystroke() throws {
        var large = form
        large.fields = (0..<300).map { index in
            var field = FieldDefinition(name: "q\(index)", type: .decimal, label: Label(vi: "q", en: "q"))
            if index > 0, index % 15 == 0 { field.visible = try? Expression("q\(index - 1) > 0 or q\(index - 15) = 1") }
            if index % 15 == 7 { field.compute = try? Expression("sum(q\(index - 1), q\(index - 2)) / 2") }
            return field
        }
        let values = Dictionary(uniqueKeysWithValues: (0..<300).map { ("q\($0)", Value.integer(1)) })
        let clock = ContinuousClock()
        let times = (0..<9).map { _ in clock.measure { _ = FormEvaluation(large, values, today: today) } }
        // A debug build on a busy machine is allowed ten times as much as is asked.
        #expect(times.sorted()[4] < .milliseconds(160))
    }
}
