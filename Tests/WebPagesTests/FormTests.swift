import Foundation
import Records
import Testing
import WebPages
import Wording

@Suite struct ValueTextTests {
    private func field(_ type: FieldType) -> FieldDefinition {
        FieldDefinition(name: "f", type: type, label: Label(vi: "Ô", en: "Field"))
    }

    @Test func whatIsShownInAnInputReadsBackTheSame() throws {
        let values: [(FieldType, Value)] = [
            (.decimal, .decimal(try #require(DecimalNumber("1234.5")))), (.integer, .integer(-1_234_567)),
            (.date, .date(try #require(CalendarDate(iso: "0999-01-02")))),
            (.time, .time(try #require(TimeOfDay(iso: "07:30:15")))), (.text, .text("a\nb")),
            (.dateTime, .moment(try #require(Moment(iso: "2026-07-01T07:30")))),
        ]
        for (type, value) in values {
            #expect(try TypedValue.read([ValueText.typed(value)], field(type)) == value, "\(type)")
        }
    }

    @Test func valuesAreShownAsPeopleReadThem() throws {
        let choice = FieldDefinition(
            name: "f", type: .selectOne, label: Label(vi: "Ô", en: "Field"),
            choices: [Choice(name: "dat", label: Label(vi: "đạt", en: "passed"))])
        #expect(ValueText.shown(.decimal(try #require(DecimalNumber("1234.56"))), nil, .vi) == "1.234,56")
        #expect(ValueText.shown(.date(try #require(CalendarDate(iso: "2026-07-01"))), nil, .en) == "01/07/2026")
        #expect(ValueText.shown(.text("dat"), choice, .vi) == "đạt")
        #expect(ValueText.shown(.text("dat"), choice, .en) == "passed")
        #expect(ValueText.shown(.text("gone"), choice, .en) == "gone")
    }
}

@Suite struct SubmittedFormTests {
    private static let form = FormDefinition(
        form: "f", version: 1, title: Label(vi: "F", en: "F"), group: "g", writers: .unit,
        fields: [
            FieldDefinition(name: "k", type: .text, label: Label(vi: "K", en: "K"), required: true, key: true),
            FieldDefinition(name: "n", type: .decimal, label: Label(vi: "N", en: "N"), max: "10"),
            FieldDefinition(name: "t", type: .text, label: Label(vi: "T", en: "T")),
            FieldDefinition(
                name: "c", type: .selectOne, label: Label(vi: "C", en: "C"),
                choices: [Choice(name: "one", label: Label(vi: "một", en: "one"))]),
            FieldDefinition(
                name: "s", type: .selectMultiple, label: Label(vi: "S", en: "S"), policy: .union,
                choices: ["x", "y"].map { Choice(name: $0, label: Label(vi: $0, en: $0)) }),
        ])

    private func submit(_ body: String, isNew: Bool = false) throws -> SubmittedForm {
        SubmittedForm(
            try FormBody(bytes: Array(body.utf8)), Self.form, isNew: isNew, today: CalendarDate(days: 20_000))
    }

    @Test func whatWasLeftAloneIsNotWritten() throws {
        let form = try submit(
            "v.n=1%2C5&was.n=1%2C5&v.t=a%0D%0Ab&was.t=a%0D%0Ab&v.c=gone&was.c=gone&v.s=y&v.s=x&was.s=x%2Cy")
        #expect(form.changed.isEmpty && form.problems.isEmpty && form.touched.isEmpty)
    }

    @Test func onlyWhatDiffersIsWritten() throws {
        let form = try submit("v.n=2&was.n=1&v.t=&was.t=old&v.c=one&was.c=&v.s=y&was.s=x%2Cy")
        #expect(form.changed.map(\.field.name) == ["n", "t", "c", "s"])
        #expect(form.changed[1].value == .null)
        #expect(form.changed[3].value == .items(["y"]))
    }

    @Test func keysOfAnEditAreNeverRead() throws {
        #expect(try submit("v.k=other&was.k=k&v.n=&was.n=").changed.isEmpty)
    }

    @Test func aNewRecordNeedsWhatIsRequired() throws {
        let form = try submit("v.k=&was.k=&v.n=99&was.n=", isNew: true)
        #expect(form.problems.map(\.field.name) == ["k", "n"])
        #expect(form.problems.map(\.error.code) == ["field.required", "field.range"])
        #expect(form.typed["n"] == ["99"])
        #expect(form.problems[1].message(in: .en).contains("10"))
    }
}
