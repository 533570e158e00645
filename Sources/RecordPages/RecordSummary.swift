import Causality
package import RecordStore
package import Records
import WebPages
package import Wording

/// A record in a line or two: in lists, and as the heading of its page.
package struct RecordSummary {
    package struct Detail {
        let detailLabel: String
        let detailText: String
    }

    package let recordWord: String
    package let recordHref: String
    /// What people call it: its key, else its first fields.
    package let recordName: String
    package let recordDetails: [Detail]
    package let changedAt: String
    package let states: [StateBadge]

    /// Fields of a list's row beyond those that name the record.
    private static let details = 3
    /// Letters of one of them.
    private static let detailLength = 80

    package init(_ view: RecordView, _ form: FormDefinition?, _ language: Language) {
        recordWord = view.word
        recordHref = "/records/\(view.word)"
        states = StateBadge.badges(of: view, language)
        // Words of other records, strokes and frozen contents tell nobody which record it is.
        let filled = (form?.fields ?? []).filter { field in
            view.fields[field.name] ?? .null != .null && field.parent == nil && field.appearance != .signature
                && !(form?.isSeal ?? false && field.name == SealedContent.field)
        }
        let keys = filled.filter(\.key)
        let naming = keys.isEmpty ? Array(filled.prefix(1)) : keys
        let names = naming.map { Self.short(view, $0, language) }
        recordName = names.isEmpty ? view.word : names.joined(separator: " · ")
        recordDetails = filled.filter { field in !naming.contains { $0.name == field.name } }.prefix(Self.details).map {
            Detail(detailLabel: $0.label[language], detailText: Self.short(view, $0, language))
        }
        let times = view.versions.values.joined().map(\.time.milliseconds)
        changedAt = ValueText.moment(times.max())
    }

    /// What else it holds, in a line.
    package var detailLine: String {
        recordDetails.map { "\($0.detailLabel): \($0.detailText)" }.joined(separator: " · ")
    }

    private static func short(_ view: RecordView, _ field: FieldDefinition, _ language: Language) -> String {
        let text = ValueText.shown(view.fields[field.name] ?? .null, field, language)
        return text.count <= detailLength ? text : text.prefix(detailLength - 1) + "…"
    }
}
