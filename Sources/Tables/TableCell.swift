package import Records

/// One value of a row, as its file has it.
package enum TableCell: Hashable, Sendable {
    /// A cell of a spreadsheet: as people write values, or as this program does.
    case typed(String)
    /// A member of a JSON line, where decimals have a point and dates are ISO.
    case json(JSONCell)
}

extension TableCell {
    /// The cell's text, where it is one; empty for nothing.
    package var text: String? {
        switch self {
        case .typed(let text): FormulaGuard.unguarded(text)
        case .json(.null): ""
        case .json(.text(let text)), .json(.number(let text)): text
        case .json(.flag(let flag)): flag ? "true" : "false"
        case .json(.texts): nil
        }
    }

    /// Whether the cell is what this program writes for `value`: then it says nothing new, even where the form would not take
    /// the value any more.
    package func shows(_ value: Value) -> Bool {
        switch self {
        case .typed(let text):
            text == CellText.text(value, .machine) || text == CellText.text(value, .spreadsheet)
        case .json(.texts(let members)): members.joined(separator: ",") == value.plainText
        case .json: text == value.plainText
        }
    }

    /// The value that the cell gives a field.
    /// - Parameter sign: which sign stands before fractions, where that was said.
    /// - Throws: ``RecordsError`` or ``TableError``.
    package func value(of field: FieldDefinition, decimal sign: DecimalSign?) throws -> Value {
        if case .json(.texts(let members)) = self {
            guard field.type.isSet else { throw wrongType(field) }
            let value = FieldDefinition.items(try members.map { try Self.choice($0, field) })
            try field.check(value)
            return value
        }
        guard let text else { throw wrongType(field) }
        switch (self, field.type) {
        case (_, .selectOne):
            return text.isEmpty ? .null : .text(try Self.choice(text, field))
        case (_, .selectMultiple), (_, .image), (_, .file):
            return FieldDefinition.items(try Self.members(text, field))
        case (.json(.number), .integer), (.json(.number), .decimal), (.json(.null), _):
            return try field.parse(text)
        case (.json(.number), _), (.json(.flag), _): throw wrongType(field)
        case (_, .text): return try field.parse(text)
        case (.json, _): return try Self.typed(text, field, sign ?? .point)
        case (.typed, _): return try Self.typed(text, field, sign)
        }
    }

    private func wrongType(_ field: FieldDefinition) -> RecordsError {
        RecordsError(.fieldType, ["field": field.name, "type": field.type.rawValue])
    }

    private static func typed(_ text: String, _ field: FieldDefinition, _ sign: DecimalSign?) throws -> Value {
        do {
            return try TypedValue.read([text], field, decimal: sign)
        } catch let error as AmbiguousNumber {
            throw TableError(
                .numberAmbiguous,
                ["field": field.name, "typed": error.typed, "whole": error.whole, "fraction": error.fraction])
        }
    }

    /// Members as this program writes them, `a,b`, or names and labels parted by semicolons or commas.
    private static func members(_ text: String, _ field: FieldDefinition) throws -> [String] {
        let names = Set(field.choices?.map(\.name) ?? [])
        let byComma = parts(text, ",")
        if byComma.allSatisfy(names.contains) { return byComma }
        let bySemicolon = parts(text, ";")
        // A label may have a comma in it.
        if let all = try? bySemicolon.map({ try choice($0, field) }) { return all }
        return try (bySemicolon.count > 1 ? bySemicolon : byComma).map { try choice($0, field) }
    }

    private static func parts(_ text: String, _ separator: Character) -> [String] {
        text.split(separator: separator).map { part in
            String(part.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }.filter { !$0.isEmpty }
    }

    /// The name of a choice, by its name or by its label in either language.
    private static func choice(_ text: String, _ field: FieldDefinition) throws -> String {
        let choices = field.choices ?? []
        let text = TextFold.normalized(text)
        if choices.contains(where: { $0.name == text }) { return text }
        let folded = TextFold.folded(text)
        let found = choices.filter { choice in
            [choice.name, choice.label.vi, choice.label.en].contains { TextFold.folded($0) == folded }
        }
        guard let one = found.first else { throw RecordsError(.fieldChoice, ["field": field.name]) }
        guard found.count == 1 else {
            throw TableError(
                .choiceAmbiguous,
                ["field": field.name, "choices": found.map(\.name).joined(separator: ", ")])
        }
        return one.name
    }
}
