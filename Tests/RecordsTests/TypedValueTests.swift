import Records
import Testing
import Wording

@Suite struct TypedValueTests {
    private func field(_ type: FieldType) -> FieldDefinition {
        FieldDefinition(name: "f", type: type, label: Label(vi: "Ô", en: "Field"))
    }

    @Test(arguments: [
        ("1,5", "1.5"), ("1.5", "1.5"), ("1.234.567", "1234567"), ("1.234,5", "1234.5"), ("1 234,5", "1234.5"),
        ("-3,25", "-3.25"), ("12", "12"), (" 7 ", "7"), ("0.125", "0.125"),
    ])
    func decimalsAreReadAsVietnamWritesThem(typed: String, plain: String) throws {
        let expected = try #require(DecimalNumber(plain))
        #expect(try TypedValue.read([typed], field(.decimal)) == .decimal(expected))
    }

    @Test func aNumberThatCouldBeTwoIsAskedAbout() {
        #expect {
            try TypedValue.read(["1.234"], field(.decimal))
        } throws: { error in
            (error as? AmbiguousNumber)?.code == "number.ambiguous"
                && (error as? AmbiguousNumber)?.details == ["typed": "1.234", "whole": "1234", "fraction": "1,234"]
        }
    }

    @Test func aWholeNumberWithPointsIsNotAmbiguous() throws {
        #expect(try TypedValue.read(["1.234"], field(.integer)) == .integer(1234))
        #expect(try TypedValue.read(["-1.234"], field(.integer)) == .integer(-1234))
    }

    @Test(arguments: ["x", "1,2,3", "--1", "1e5", "1.23.456"]) func whatIsNoNumberIsRefused(typed: String) {
        #expect { try TypedValue.read([typed], field(.decimal)) } throws: {
            ($0 as? RecordsError)?.kind == .fieldType
        }
    }

    @Test(arguments: ["2026-07-01", "1/7/2026", "01/07/2026", "1-7-2026", "01.07.2026"])
    func daysAreReadFromInputsAndKeyboards(typed: String) throws {
        let day = try #require(CalendarDate(iso: "2026-07-01"))
        #expect(try TypedValue.read([typed], field(.date)) == .date(day))
    }

    @Test(arguments: ["1/7/26", "32/1/2026", "7/13/2026", "2026/07/01", "1/7", "१/7/2026"])
    func whatIsNoDayIsRefused(typed: String) {
        #expect(throws: RecordsError.self) { try TypedValue.read([typed], field(.date)) }
    }

    @Test(arguments: ["2026-07-01T07:30", "01/07/2026 07:30", "1/7/2026 7:30", "2026-07-01T00:30Z"])
    func momentsAreReadFromInputsAndKeyboards(typed: String) throws {
        let moment = try #require(Moment(iso: "2026-07-01T07:30"))
        guard case .moment(let read) = try TypedValue.read([typed], field(.dateTime)) else {
            Issue.record("no moment")
            return
        }
        #expect(read.milliseconds == moment.milliseconds)
    }

    @Test(arguments: ["12.0", "12,0", "12"]) func aWholeNumberMayHaveAnEmptyFraction(typed: String) throws {
        #expect(try TypedValue.read([typed], field(.integer)) == .integer(12))
    }
}
