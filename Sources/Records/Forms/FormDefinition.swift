package import Wording

/// A text in both languages.
package struct Label: Codable, Hashable, Sendable {
    package var vi: String
    package var en: String

    package init(vi: String, en: String) {
        self.vi = vi
        self.en = en
    }

    package subscript(language: Language) -> String { language == .vi ? vi : en }
}

/// XLSForm's words for the types that PhuSa knows.
package enum FieldType: String, Codable, CaseIterable, Sendable {
    case text, integer, decimal, date, time, dateTime
    case selectOne = "select_one"
    case selectMultiple = "select_multiple"
    /// Photos.
    case image
    /// Photos and documents.
    case file

    /// Whether the answer is a set, whose members are added and taken out each by itself.
    package var isSet: Bool { self == .selectMultiple || isAttachments }
    /// Whether the members are ``Attachment``s.
    package var isAttachments: Bool { self == .image || self == .file }
}

extension Policy: Codable {}

/// How a text is taken in where keys are not the way to do it, and what it must look like then.
package enum Appearance: String, Codable, Sendable {
    /// Drawn by hand: a ``Signature``.
    case signature
    /// A point on the map: a ``Place``.
    case place
}

package struct Choice: Codable, Hashable, Sendable {
    package var name: String
    package var label: Label
    /// Only then there is this choice.
    package var when: Expression?

    package init(name: String, label: Label, when: Expression? = nil) {
        self.name = name
        self.label = label
        self.when = when
    }
}

/// A condition on a field's value, and what people read when it does not hold. A condition that cannot be worked out, since
/// something in it is missing, is no hindrance.
package struct FieldCheck: Codable, Hashable, Sendable {
    package var must: Expression
    package var message: Label

    package init(must: Expression, message: Label) {
        self.must = must
        self.message = message
    }
}

/// One question of a form.
package struct FieldDefinition: Codable, Hashable, Sendable {
    package var name: String
    package var type: FieldType
    package var label: Label
    package var hint: Label?
    package var required: Bool
    /// Whether the field is part of the record's natural key, and so never changes.
    package var key: Bool
    package var policy: Policy
    package var choices: [Choice]?
    /// Which list of the fixtures folder the choices are taken from; resolved before a form is stored.
    package var choicesFrom: String?
    /// The declared order of a `forward` field.
    package var order: [String]?
    /// Bounds, as decimals or ISO dates.
    package var min: String?
    package var max: String?
    package var maxLength: Int?
    /// What a text must look like, one of these: `9` is a digit, all else stands for itself.
    package var masks: [String]?
    /// The heading that begins with this field.
    package var section: Label?
    package var severity: String?
    package var legal: String?
    /// The field is asked and counts only then.
    package var visible: Expression?
    /// The field is never typed nor stored: this is what it shows.
    package var compute: Expression?
    package var checks: [FieldCheck]?
    /// What a new record begins with.
    package var initial: Expression?
    /// The form of a record that the field names by its word, or `group:` and a group of forms: the record is a child of that
    /// one, one of as many as there are, and people add children at the same time without meeting.
    package var parent: String?
    /// Whether the record is a part of its parent, so that what seals the one seals the other.
    package var part: Bool?
    package var appearance: Appearance?
    /// Whether a new record begins with what its parent holds under the same name.
    package var inherits: Bool?

    private enum CodingKeys: String, CodingKey {
        case name, type, label, hint, required, key, policy, choices, order, min, max, section, severity, legal, masks
        case visible, compute, checks, initial, parent, part, appearance, inherits
        case choicesFrom = "choices_from"
        case maxLength = "max_length"
    }

    package init(
        name: String, type: FieldType, label: Label, required: Bool = false, key: Bool = false, policy: Policy = .ask,
        choices: [Choice]? = nil, order: [String]? = nil, min: String? = nil, max: String? = nil
    ) {
        self.name = name
        self.type = type
        self.label = label
        self.required = required
        self.key = key
        self.policy = policy
        self.choices = choices
        self.order = order
        self.min = min
        self.max = max
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        type = try values.decode(FieldType.self, forKey: .type)
        label = try values.decode(Label.self, forKey: .label)
        hint = try values.decodeIfPresent(Label.self, forKey: .hint)
        required = try values.decodeIfPresent(Bool.self, forKey: .required) ?? false
        key = try values.decodeIfPresent(Bool.self, forKey: .key) ?? false
        policy = try values.decodeIfPresent(Policy.self, forKey: .policy) ?? .ask
        choices = try values.decodeIfPresent([Choice].self, forKey: .choices)
        choicesFrom = try values.decodeIfPresent(String.self, forKey: .choicesFrom)
        order = try values.decodeIfPresent([String].self, forKey: .order)
        min = try values.decodeIfPresent(String.self, forKey: .min)
        max = try values.decodeIfPresent(String.self, forKey: .max)
        maxLength = try values.decodeIfPresent(Int.self, forKey: .maxLength)
        masks = try values.decodeIfPresent([String].self, forKey: .masks)
        section = try values.decodeIfPresent(Label.self, forKey: .section)
        severity = try values.decodeIfPresent(String.self, forKey: .severity)
        legal = try values.decodeIfPresent(String.self, forKey: .legal)
        visible = try values.decodeIfPresent(Expression.self, forKey: .visible)
        compute = try values.decodeIfPresent(Expression.self, forKey: .compute)
        checks = try values.decodeIfPresent([FieldCheck].self, forKey: .checks)
        initial = try values.decodeIfPresent(Expression.self, forKey: .initial)
        parent = try values.decodeIfPresent(String.self, forKey: .parent)
        part = try values.decodeIfPresent(Bool.self, forKey: .part)
        appearance = try values.decodeIfPresent(Appearance.self, forKey: .appearance)
        inherits = try values.decodeIfPresent(Bool.self, forKey: .inherits)
    }

    /// Whether the field's members are registers of their own.
    package var isUnion: Bool { policy == .union }

    /// What begins the name of a group of forms where one form's would stand.
    static let groupPrefix = "group:"

    /// Whether the field names records of that form as its record's parent.
    package func isParent(_ form: FormDefinition) -> Bool {
        parent == form.form || parent == Self.groupPrefix + form.group
    }
}

/// Who writes the records of a form.
package enum FormWriters: String, Codable, Sendable {
    /// The units' people, and the hub.
    case unit
    /// The hub only.
    case hub
}

/// A form: what people are asked, of which type the answers are, and how concurrent answers merge.
package struct FormDefinition: Codable, Hashable, Sendable {
    package var form: String
    package var version: UInt64
    package var title: Label
    package var group: String
    package var writers: FormWriters
    /// Whether a record of it is signed once and for all, and seals the record that its field ``SealedContent/target`` names:
    /// neither may be changed after that.
    package var seals: Bool?
    package var fields: [FieldDefinition]

    package init(
        form: String, version: UInt64, title: Label, group: String, writers: FormWriters, fields: [FieldDefinition]
    ) {
        self.form = form
        self.version = version
        self.title = title
        self.group = group
        self.writers = writers
        self.fields = fields
    }

    package var reference: FormReference { FormReference(form, version: version) }

    package func field(_ name: String) -> FieldDefinition? { fields.first { $0.name == name } }

    package var isSeal: Bool { seals ?? false }
    /// The field by which a record is a part of another one.
    package var partField: FieldDefinition? { fields.first { $0.part ?? false } }

    /// Whether each of its records belongs to another one, so that it is made from there.
    package var isOfAnother: Bool { fields.contains { $0.parent != nil && $0.required } }

    /// Whether fields depend on each other, so that a record's values must be looked at together.
    package var hasExpressions: Bool {
        fields.contains {
            $0.visible != nil || $0.compute != nil || $0.checks != nil || $0.hasConditionalChoices
        }
    }

    package var hasComputedFields: Bool { fields.contains { $0.compute != nil } }

    package var keyFields: [FieldDefinition] { fields.filter(\.key) }

    /// The form's natural key over `values`; `nil` when the form has none.
    package func naturalKey(_ values: [String: Value]) -> NaturalKey? {
        let keys = keyFields
        guard !keys.isEmpty else { return nil }
        let parts = keys.map { ($0.name, values[$0.name] ?? .null) }
        return NaturalKey(form: form, values: Dictionary(parts, uniquingKeysWith: { first, _ in first }))
    }
}
