package import Records

/// How the cells of a table that is written look.
package enum TableStyle: Sendable {
    /// For programs: points before fractions, ISO dates.
    case machine
    /// For spreadsheets as they are set up in Vietnam: `1234,56`, `01/07/2026`.
    case spreadsheet

    package var separator: UInt8 { self == .machine ? UInt8(ascii: ",") : UInt8(ascii: ";") }
}

/// Values as cells of a CSV file. ``TableCell/value(of:decimal:)`` reads each of them back as the same value.
package enum CellText {
    package static func text(_ value: Value, _ style: TableStyle) -> String {
        switch (value, style) {
        case (.decimal, .machine): unambiguous(value.plainText)
        case (.decimal, .spreadsheet): value.plainText.replacing(".", with: ",")
        case (.text, _), (.items, _): FormulaGuard.guarded(value.plainText)
        case (.date(let date), .spreadsheet): VietnameseFormat.date(date)
        case (.time(let time), .spreadsheet): clock(time)
        case (.moment(let moment), .spreadsheet): spreadsheet(moment)
        default: value.plainText
        }
    }

    /// `1.2340` for `1.234`, which a Vietnamese reader, and this program, could take for a thousand.
    private static func unambiguous(_ text: String) -> String {
        if case .ambiguous = TypedNumber.read(text) { text + "0" } else { text }
    }

    private static func clock(_ time: TimeOfDay) -> String {
        time.seconds % 60 == 0 ? String(time.iso.prefix(5)) : time.iso
    }

    /// By Vietnam's clocks; as ISO where that would lose something.
    private static func spreadsheet(_ moment: Moment) -> String {
        let (date, time, thousandths) = moment.local
        guard moment.offsetMinutes == Moment.vietnamOffsetMinutes, thousandths == 0 else { return moment.iso }
        return VietnameseFormat.date(date) + " " + clock(time)
    }
}
