import Records
import Testing

@Suite struct DecimalNumberTests {
    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("0.0", "0"), ("12.50", "12.5"), ("12.5", "12.5"), ("-12.5", "-12.5"), ("007", "7"),
        ("0.001", "0.001"), ("-0.001", "-0.001"), ("999999999999999999", "999999999999999999"),
        ("0.000000000000000001", "0.000000000000000001"), ("1.0000000000000000000000", "1"), ("100", "100"),
    ])
    func readsAndPrints(typed: String, printed: String) throws {
        let number = try #require(DecimalNumber(typed))
        #expect(number.text == printed)
        #expect(DecimalNumber(number.text) == number)
    }

    @Test(arguments: [
        "", "-", ".", "1.", ".5", "--1", "+1", "1e5", "1,5", "1.2.3", " 1", "1 ", "١", "1000000000000000000",
        "0.0000000000000000001", "1234567890123456789012", "9223372036854775807", "1.-5",
    ])
    func otherTextsAreNoNumbers(typed: String) {
        #expect(DecimalNumber(typed) == nil)
    }

    @Test func comparesByValue() throws {
        let ascending = [
            "-999999999999999999", "-12.5", "-12.49", "-1", "-0.999999999999999999", "-0.5", "0",
            "0.000000000000000001",
            "0.5", "1", "1.000001", "12.49", "12.5", "999999999999999998", "999999999999999999",
        ]
        let numbers = try ascending.map { try #require(DecimalNumber($0)) }
        for (i, a) in numbers.enumerated() {
            for (j, b) in numbers.enumerated() { #expect((a < b) == (i < j), "\(a.text) \(b.text)") }
        }
    }

    @Test func partsAreReduced() {
        #expect(DecimalNumber(coefficient: 1250, scale: 2) == DecimalNumber("12.5"))
        #expect(DecimalNumber(coefficient: 0, scale: 200)?.scale == 0)
        #expect(DecimalNumber(coefficient: 1, scale: 19) == nil)
        #expect(DecimalNumber(coefficient: .min, scale: 0) == nil)
    }
}

@Suite struct CalendarTests {
    @Test func everyDayOfFourCenturiesRoundTrips() {
        var failures: [Int32] = []
        for days in stride(from: Int32(-25_567), to: 120_530, by: 1) {
            let date = CalendarDate(days: days)
            let (year, month, day) = date.civil
            if CalendarDate(year: year, month: month, day: day) != date || CalendarDate(iso: date.iso) != date {
                failures.append(days)
            }
        }
        #expect(failures.isEmpty)
    }

    @Test(arguments: [
        ("1970-01-01", Int32(0)), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-07-01", 20_635),
        ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
    ])
    func datesHaveTheirDays(iso: String, days: Int32) {
        #expect(CalendarDate(iso: iso)?.days == days)
        #expect(CalendarDate(days: days).iso == iso)
    }

    @Test(arguments: [
        "", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-04-31", "0000-01-01",
        "26-01-01",
        "2026-1-1", "2026/01/01", "2026-01-01 ", "-026-01-01", "+026-01-01", "10000-01-01", "2026-01-01-", "２０２６-01-01",
    ])
    func otherTextsAreNoDates(iso: String) {
        #expect(CalendarDate(iso: iso) == nil)
    }

    @Test(arguments: [("00:00", "00:00:00"), ("07:30", "07:30:00"), ("23:59:59", "23:59:59")])
    func timesRoundTrip(typed: String, printed: String) throws {
        let time = try #require(TimeOfDay(iso: typed))
        #expect(time.iso == printed)
        #expect(TimeOfDay(iso: time.iso) == time)
    }

    @Test(arguments: [
        "", "7:30", "24:00", "07:60", "07:30:60", "07", "07:30:15:00", "07:3a", "-7:30", "+7:30", "07:+5", "07:",
    ])
    func otherTextsAreNoTimes(typed: String) {
        #expect(TimeOfDay(iso: typed) == nil)
    }

    @Test(arguments: [
        ("2026-07-01T07:30", "2026-07-01T07:30:00+07:00"), ("2026-07-01T00:30:00Z", "2026-07-01T00:30:00Z"),
        ("2026-07-01T07:30:15.5+07:00", "2026-07-01T07:30:15.500+07:00"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
        ("2026-07-01T07:30:00-03:30", "2026-07-01T07:30:00-03:30"),
        ("2026-07-01T07:30:00.000+00:00", "2026-07-01T07:30:00Z"),
    ])
    func momentsRoundTrip(typed: String, printed: String) throws {
        let moment = try #require(Moment(iso: typed))
        #expect(moment.iso == printed)
        #expect(Moment(iso: moment.iso) == moment)
    }

    @Test func momentsAreComparedByInstant() throws {
        let early = try #require(Moment(iso: "2026-07-01T07:00+07:00"))
        let late = try #require(Moment(iso: "2026-07-01T00:30Z"))
        #expect(early < late && !(late < early))
        #expect(early.milliseconds == 1_782_864_000_000)
    }

    @Test(arguments: [
        "", "2026-07-01", "T07:30", "2026-07-01T", "2026-07-01 07:30", "2026-07-01T25:00", "2026-07-01T07:30+16:00",
        "2026-07-01T07:30+7", "2026-07-01T07:30:00.Z", "2026-07-01T07:30:00.1234Z", "2026-07-01T07:30ZZ",
        "2026-07-01T07:30:00.+5Z", "2026-07-01T+7:30Z", "2026-02-30T07:30", "2026-07-01T07:30+07:00:30",
        "0001-01-01T00:00Z", "9999-12-31T23:59Z",
    ])
    func otherTextsAreNoMoments(typed: String) {
        #expect(Moment(iso: typed) == nil)
    }
}

@Suite struct TextTests {
    @Test(arguments: [
        ("Bình Thuỷ", "binh thuy"), ("bình thủy", "binh thuy"), ("BINH THUY", "binh thuy"), ("Đà Nẵng", "da nang"),
        ("\u{D0}à Nẵng", "da nang"), ("\u{189}à", "da"), ("\u{F0}ường", "duong"), ("Thu\u{309}y", "thuy"),
        ("  An   Khánh \t", "an khanh"), ("Ô\u{200B} Môn", "o mon"), ("", ""), (" ", ""),
        ("Ninh Kiều 2", "ninh kieu 2"),
        ("N\u{A0}K", "n k"),
    ])
    func foldingLeavesPlainLetters(text: String, folded: String) {
        #expect(TextFold.folded(text) == folded)
        #expect(TextFold.folded(TextFold.folded(text)) == folded)
    }

    @Test func normalizedTextIsComposedAndMended() {
        #expect(Array(TextFold.normalized("Thu\u{309}y").utf8) == Array("Thủy".utf8))
        #expect(Array(TextFold.normalized("\u{D0}a\u{323}").utf8) == Array("Đạ".utf8))
        #expect(TextFold.normalized("plain") == "plain")
    }

    @Test func dictionaryOrderIsLettersThenTones() {
        let expected = [
            "1", "2", "a", "à", "ả", "ã", "á", "ạ", "ám", "an", "ăn", "ân", "ba", "da", "đa", "e", "ê", "o", "ô", "ơ",
            "u", "ư",
            "y",
        ]
        #expect(expected.reversed().sorted(byName: { $0 }) == expected)
        for (i, a) in expected.enumerated() {
            for (j, b) in expected.enumerated() {
                #expect((TextFold.SortKey(a) < TextFold.SortKey(b)) == (i < j), "\(a) \(b)")
            }
        }
    }

    @Test(arguments: [
        ("0", "0"), ("999", "999"), ("1000", "1.000"), ("1234567.5", "1.234.567,5"), ("-1234", "-1.234"),
        ("-0.25", "-0,25"),
        ("123456", "123.456"),
    ])
    func numbersAreGrouped(plain: String, vietnamese: String) {
        #expect(VietnameseFormat.number(plain) == vietnamese)
        #expect(TypedNumber.read(vietnamese, decimal: .comma) == .plain(plain))
    }

    @Test(arguments: [
        ("1.234,56", "1234.56"), ("1 234,56", "1234.56"), ("12,5", "12.5"), ("-12,5", "-12.5"), ("12.5", "12.5"),
        ("1.234.567", "1234567"), ("1234", "1234"), ("", nil), ("-", nil), (",5", nil), ("5,", nil), ("5.", nil),
        ("1,2,3", nil), ("1.23,4", nil), ("1.2.3", nil), ("abc", nil), ("--1", nil), ("1..2", nil), ("1,,2", nil),
        ("1,234.56", "1234.56"), ("1,234,567", "1234567"), ("1,234,567.8", "1234567.8"), ("0.125", "0.125"),
        ("1.2340", "1.2340"), ("1234.567", "1234.567"), ("1,234", "1.234"), ("\u{2212}7,5", "-7.5"), ("+5", nil),
        ("1.234.56", nil), ("1,234,56", nil), ("١", nil), ("1e5", nil), ("1\u{A0}234", "1234"), ("1.234,5.6", nil),
    ])
    func typedNumbersAreRead(typed: String, plain: String?) {
        #expect(TypedNumber.read(typed) == plain.map { .plain($0) })
    }

    @Test(arguments: [("1.234", "1234", "1.234"), ("-12.345", "-12345", "-12.345"), ("999.000", "999000", "999.000")])
    func aGroupOfThreeDigitsCouldBeTwoNumbers(typed: String, whole: String, fraction: String) {
        #expect(TypedNumber.read(typed) == .ambiguous(whole: whole, fraction: fraction))
        #expect(TypedNumber.read(typed, decimal: .comma) == .plain(whole))
        #expect(TypedNumber.read(typed, decimal: .point) == .plain(fraction))
    }

    @Test(arguments: [
        ("1,234", DecimalSign.point, "1234" as String?), ("1,234", .comma, "1.234"), ("1,5", .point, nil),
        ("1.5", .comma, nil),
        ("1.234,5", .point, nil), ("1,234.5", .comma, nil), ("0.5", .comma, nil), ("12", .comma, "12"),
    ])
    func aSignThatWasSaidIsKeptTo(typed: String, sign: DecimalSign, plain: String?) {
        #expect(TypedNumber.read(typed, decimal: sign) == plain.map { .plain($0) })
    }

    @Test func daysAndMomentsAreWrittenDayFirst() throws {
        #expect(VietnameseFormat.date(try #require(CalendarDate(iso: "2026-07-01"))) == "01/07/2026")
        #expect(VietnameseFormat.moment(milliseconds: 1_782_864_000_000) == "01/07/2026 07:00")
        #expect(VietnameseFormat.moment(milliseconds: .max) == "…")
    }
}
