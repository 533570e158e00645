package import Records
package import Wording

/// Values as people read them: `1.234,56`, `01/07/2026`, labels instead of names of choices.
package enum ValueText {
    /// - Parameter field: the value's field; without it, names of choices stand for themselves.
    package static func shown(_ value: Value, _ field: FieldDefinition?, _ language: Language) -> String {
        switch value {
        case .null: ""
        case .integer(let number): VietnameseFormat.number(String(number))
        case .decimal(let number): VietnameseFormat.number(number.text)
        // Strokes are looked at, and not read.
        case .text where field?.appearance == .signature: Catalogue.text("value.signature", language)
        case .text(let text): label(text, field, language)
        case .date(let date): VietnameseFormat.date(date)
        case .time(let time): clock(time)
        case .moment(let moment): VietnameseFormat.moment(milliseconds: moment.milliseconds)
        case .items(let items): items.map { label($0, field, language) }.joined(separator: "; ")
        case .flag(let flag): Catalogue.text(flag ? "value.yes" : "value.no", language)
        case .unknown: Catalogue.text("value.unknown", language)
        }
    }

    /// The value as an input shows it and sends it back: without grouping, so that nothing in it is ambiguous.
    package static func typed(_ value: Value) -> String {
        switch value {
        case .null, .unknown: ""
        case .integer(let number): String(number)
        case .decimal(let number): number.text.replacing(".", with: ",")
        case .text(let text): text
        case .date(let date): date.iso
        case .time(let time): clock(time)
        case .moment(let moment): localMoment(moment)
        case .items(let items): items.joined(separator: ",")
        case .flag(let flag): flag ? "true" : "false"
        }
    }

    /// A moment of Vietnam's clocks: `01/07/2026 07:30`.
    package static func moment(_ milliseconds: Int64?) -> String {
        milliseconds.map { VietnameseFormat.moment(milliseconds: $0) } ?? ""
    }

    /// How long ago, in the largest unit that fits.
    package static func age(milliseconds: Int64, _ language: Language) -> String {
        let minutes = max(0, milliseconds / 60_000)
        let (key, count) =
            switch minutes {
            case 0: ("age.now", Int64(0))
            case 1..<60: ("age.minutes", minutes)
            case 60..<2880: ("age.hours", minutes / 60)
            default: ("age.days", minutes / 1440)
            }
        return Catalogue.text(key, language, ["count": String(count)])
    }

    private static func label(_ name: String, _ field: FieldDefinition?, _ language: Language) -> String {
        if field?.type.isAttachments ?? true, let attachment = Attachment(word: name) { return shown(attachment) }
        return field?.choices?.first { $0.name == name }?.label[language] ?? name
    }

    /// What it is and how large: `JPG 2,9 MB`.
    package static func shown(_ attachment: Attachment) -> String {
        "\(attachment.kind.rawValue.uppercased()) \(VietnameseFormat.bytes(Int64(attachment.byteCount)))"
    }

    private static func clock(_ time: TimeOfDay) -> String {
        time.seconds % 60 == 0 ? String(time.iso.prefix(5)) : time.iso
    }

    private static func localMoment(_ moment: Moment) -> String {
        guard let local = Moment(milliseconds: moment.milliseconds)?.local else { return "" }
        return local.date.iso + "T" + clock(local.time)
    }
}
