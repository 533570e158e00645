import Foundation

extension FieldDefinition {
    /// Reads what a person or script typed, as `--set` takes it: decimals with a point, ISO dates, names of choices, the
    /// members of a set separated by commas. An empty text clears the field.
    package func parse(_ text: String) throws(RecordsError) -> Value {
        let text = TextFold.normalized(text)
        guard !text.isEmpty else { return .null }
        let value: Value? =
            switch type {
            case .text: .text(text)
            case .integer: Int64(text).flatMap { $0 > .min ? .integer($0) : nil }
            case .decimal: DecimalNumber(text).map { .decimal($0) }
            case .date: CalendarDate(iso: text).map { .date($0) }
            case .time: TimeOfDay(iso: text).map { .time($0) }
            case .dateTime: Moment(iso: text).map { .moment($0) }
            case .selectOne: .text(text)
            case .selectMultiple, .image, .file: Self.items(text.split(separator: ",").map(String.init))
            }
        guard let value else { throw problem(.fieldType, ["type": type.rawValue]) }
        try check(value)
        return value
    }

    /// A set of members: distinct, without surrounding spaces, in canonical order; `null` when there are none.
    package static func items(_ members: [String]) -> Value {
        let trimmed = members.map { TextFold.normalized($0.trimmingCharacters(in: .whitespaces)) }
        let distinct = Set(trimmed.filter { !$0.isEmpty })
        return distinct.isEmpty ? .null : .items(distinct.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    /// Checks that `value` is of the field's type and within its bounds. `null` always is; whether a field may be empty
    /// is a matter of the whole record.
    package func check(_ value: Value) throws(RecordsError) {
        switch (type, value) {
        case (_, .null): return
        case (.text, .text(let text)):
            let limit = maxLength ?? RecordLimits.textBytes
            guard text.utf8.count <= RecordLimits.textBytes, text.count <= limit else {
                throw problem(.fieldTooLong, ["limit": String(limit)])
            }
            if parent != nil, RecordWord(text) == nil { throw problem(.fieldParent) }
            try checkAppearance(text)
            if let masks, !masks.contains(where: { Self.fits(text, mask: $0) }) {
                throw problem(.fieldMask, ["masks": masks.joined(separator: ", ")])
            }
        case (.selectOne, .text(let name)): try checkChoice(name)
        case (.selectMultiple, .items(let names)), (.image, .items(let names)), (.file, .items(let names)):
            for name in names { try checkChoice(name) }
        case (.integer, .integer), (.decimal, .decimal), (.date, .date), (.time, .time), (.dateTime, .moment):
            try checkRange(value)
        default: throw problem(.fieldType, ["type": type.rawValue])
        }
    }

    private func checkAppearance(_ text: String) throws(RecordsError) {
        switch appearance {
        case .signature where Signature(text) == nil: throw problem(.fieldSignature)
        case .place:
            guard let place = Place(text) else { throw problem(.fieldPlace) }
            guard place.isExplained else { throw problem(.fieldPlaceReason) }
        case .signature, nil: return
        }
    }

    private static func fits(_ text: String, mask: String) -> Bool {
        text.utf8.count == mask.utf8.count
            && zip(text.utf8, mask.utf8).allSatisfy { $1 == UInt8(ascii: "9") ? (48...57).contains($0) : $0 == $1 }
    }

    /// Checks one member that is added to or removed from a set.
    package func checkMember(_ name: String) throws(RecordsError) {
        guard isUnion else { throw problem(.fieldNotSet) }
        try checkChoice(name)
    }

    /// A bound as a value of the field's type; `nil` when it is none.
    func bound(_ text: String) -> Value? {
        switch type {
        case .integer: Int64(text).map { .integer($0) }
        case .decimal: DecimalNumber(text).map { .decimal($0) }
        case .date: CalendarDate(iso: text).map { .date($0) }
        case .time: TimeOfDay(iso: text).map { .time($0) }
        case .dateTime: Moment(iso: text).map { .moment($0) }
        case .text, .selectOne, .selectMultiple, .image, .file: nil
        }
    }

    private func checkChoice(_ name: String) throws(RecordsError) {
        if type.isAttachments {
            guard let attachment = Attachment(word: name), type == .file || attachment.kind.isImage else {
                throw problem(.fieldAttachment)
            }
            return
        }
        guard choices?.contains(where: { $0.name == name }) ?? false else { throw problem(.fieldChoice) }
    }

    private func checkRange(_ value: Value) throws(RecordsError) {
        if let low = min.flatMap(bound), Value.isOrdered(value, before: low) == true {
            throw problem(.fieldRange, ["min": min ?? "", "max": max ?? "…"])
        }
        if let high = max.flatMap(bound), Value.isOrdered(high, before: value) == true {
            throw problem(.fieldRange, ["min": min ?? "…", "max": max ?? ""])
        }
    }

    private func problem(_ code: RecordsError.Code, _ details: [String: String] = [:]) -> RecordsError {
        RecordsError(code, details.merging(["field": name]) { first, _ in first })
    }
}
