package import Records
package import Wording

/// One field as an input of a form: what the template `field` shows.
package struct FieldInput {
    /// Up to so many choices all are in view; more are a list to open.
    static let radioChoices = 5
    /// From so many choices on, a script offers to filter them.
    static let filteredChoices = 12
    /// Longer texts get several lines.
    static let lineLength = 200

    package struct Choice {
        let choiceName: String
        let choiceLabel: String
        let choiceID: String
        /// Of a photo, where it is shown.
        let choiceImage: String?
        let isChosen: Bool
        /// Not there now, beside what the other fields hold.
        let isGone: Bool
    }

    package let name: String
    package let inputID: String
    /// The name under which the value is sent.
    package let inputName: String
    package let wasName: String
    package let label: String
    package let hint: String?
    package let isRequired: Bool
    /// Shown, but never sent: part of the record's key.
    package let isFixed: Bool
    package let shown: String
    package let typed: String
    /// What the page showed at first, so that a field left as it was is not written.
    package let was: String
    package let choices: [Choice]
    package let isArea: Bool
    package let isRadio: Bool
    package let isChecks: Bool
    package let isSelect: Bool
    package let isLine: Bool
    package let isFiltered: Bool
    package let isEmptyChosen: Bool
    /// Not asked now, beside what the other fields hold; it is on the page all the same, so that what was typed comes back.
    package let isUnseen: Bool
    /// Shown and never sent: what a formula gives.
    package let isComputed: Bool
    /// In a grid: the cell's name for scripts, its row's heading, and whether it is a list to choose from.
    package let cellName: String
    package let rowID: String
    package let isSelectCell: Bool
    package let hasWas: Bool
    package let inputType: String
    package let inputMode: String?
    package let isGroup: Bool
    /// Whether the members are files, and which a browser offers.
    package let isAttach: Bool
    /// Drawn by hand; what was drawn, as the path of a picture.
    package let isSignature: Bool
    package let drawn: String
    package let isDrawn: Bool
    /// A point on the map, which a device may measure.
    package let isPlace: Bool
    package let accept: String
    package let attachMost: String
    package let attachTooLarge: String
    /// Lines of a text with several.
    package let lines: Int
    package let canBeEmpty: Bool
    package var problem: String?
    package var remedy: String?
    /// What else is to be known before typing.
    package var remark: String?
    /// Of a field that names the record's parent: what that is called. It is sent, and not typed.
    package var parentName: String?

    /// - Parameters:
    ///   - prefix: keeps the inputs of several forms of one page apart.
    ///   - typed: what is in the input; `nil`: the value.
    ///   - was: what the page showed at first, where that is not the value.
    ///   - evaluation: what the form makes of the values beside it.
    ///   - isCell: whether it stands in a grid.
    package init(
        _ field: FieldDefinition, value: Value, typed: [String]? = nil, was: String? = nil, isFixed: Bool = false,
        evaluation: FormEvaluation? = nil, prefix: String = "", isCell: Bool = false, _ language: Language
    ) {
        cellName = prefix + field.name
        rowID = "\(prefix)row"
        isSelectCell = isCell && field.type == .selectOne
        isComputed = field.compute != nil
        isUnseen = evaluation.map { !$0.visible.contains(field.name) } ?? false
        let value = field.compute == nil ? value : evaluation?.values[field.name] ?? value
        name = field.name
        inputID = "\(prefix)f-\(field.name)"
        inputName = "\(prefix)v.\(field.name)"
        wasName = "\(prefix)was.\(field.name)"
        label = field.label[language]
        hint = field.hint?[language]
        isRequired = field.required
        self.isFixed = isFixed
        let plain = ValueText.shown(value, field, language)
        shown = plain.isEmpty ? "—" : plain
        self.was = was ?? ValueText.typed(value)
        hasWas = !self.was.isEmpty
        let members = typed ?? (field.type.isSet ? Self.members(value) : [ValueText.typed(value)])
        let text = members.first ?? ""
        self.typed = text
        choices = Self.choices(
            of: field, chosen: members, was: self.was.split(separator: ",").map(String.init), id: inputID, evaluation,
            language)
        isEmptyChosen = text.isEmpty
        let isOne = field.type == .selectOne
        let isFixed = isFixed || isComputed
        isRadio = !isFixed && isOne && choices.count <= Self.radioChoices
        isSelect = !isFixed && isOne && choices.count > Self.radioChoices
        isFiltered = choices.count >= Self.filteredChoices
        isChecks = !isFixed && field.type.isSet
        attachMost = String(RecordLimits.attachmentBytes)
        attachTooLarge = Catalogue.text(
            "error.attachment.too-large", language, ["limit": String(RecordLimits.attachmentBytes / 1_048_576)])
        isAttach = isChecks && field.type.isAttachments
        accept = Attachment.Kind.allCases.filter { field.type == .file || $0.isImage }.map(\.mediaType).joined(
            separator: ",")
        isSignature = !isFixed && field.appearance == .signature
        drawn = isSignature ? Signature(text)?.path ?? "" : ""
        isDrawn = !drawn.isEmpty
        isPlace = !isFixed && field.appearance == .place
        isArea =
            !isFixed && !isSignature && !isPlace && field.type == .text
            && ((field.maxLength ?? .max) > Self.lineLength || text.contains("\n"))
        isLine = !isFixed && !isOne && !isChecks && !isArea && !isSignature
        lines = (field.maxLength ?? .max) > 500 ? 4 : 2
        isGroup = isRadio || isChecks || isSignature
        canBeEmpty = !isRequired
        (inputType, inputMode) =
            switch field.type {
            case .integer: ("text", "numeric")
            case .decimal: ("text", "decimal")
            case .date: ("date", nil)
            case .time: ("time", nil)
            case .dateTime: ("datetime-local", nil)
            default: ("text", nil)
            }
    }

    private static func members(_ value: Value) -> [String] {
        if case .items(let items) = value { items } else { [] }
    }

    /// The field's choices, and what is chosen though it is none of them any more: a list without it would clear it unasked.
    private static func choices(
        of field: FieldDefinition, chosen: [String], was: [String], id: String, _ evaluation: FormEvaluation?,
        _ language: Language
    ) -> [Choice] {
        guard !field.type.isAttachments else {
            // What was taken out and not saved yet can be put in again.
            let all = (was + chosen.filter { !was.contains($0) }).filter { !$0.isEmpty }
            return all.compactMap { Attachment(word: $0) }.enumerated().map { index, attachment in
                Choice(
                    choiceName: attachment.word, choiceLabel: ValueText.shown(attachment), choiceID: "\(id)-\(index)",
                    choiceImage: attachment.kind.isImage ? "/attachments/\(attachment.name)" : nil,
                    isChosen: chosen.contains(attachment.word), isGone: false)
            }
        }
        guard let known = field.choices else { return [] }
        let gone = chosen.filter { name in !name.isEmpty && !known.contains { $0.name == name } }
        let all = known.map { ($0.name, $0.label[language]) } + gone.map { ($0, $0) }
        return all.enumerated().map { index, choice in
            Choice(
                choiceName: choice.0, choiceLabel: choice.1, choiceID: "\(id)-\(index)",
                choiceImage: nil, isChosen: chosen.contains(choice.0),
                isGone: evaluation.map { !$0.offers(choice.0, of: field) } ?? false)
        }
    }
}
