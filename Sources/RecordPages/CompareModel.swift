import Causality
package import RecordStore
package import Records
import WebPages
import Wording

/// A record as it was shown after one change and after another: what differs, photos side by side.
package struct CompareModel {
    package struct Choice {
        let choiceWord: String
        let choiceText: String
        let isFirst: Bool
        let isSecond: Bool
    }

    package struct Photo {
        let photoLink: String?
        let photoImage: String?
        let photoLabel: String
    }

    package struct Row {
        let rowLabel: String
        let before: String
        let after: String
        /// What both list, and one of them alone.
        let gone: [Photo]
        let kept: [Photo]
        let added: [Photo]
        let isAboutPhotos: Bool
        let hasGone: Bool
        let hasKept: Bool
        let hasAdded: Bool
    }

    package let recordName: String
    let recordHref: String
    let choices: [Choice]
    let rows: [Row]
    let isSame: Bool
    /// Whether a view cannot be told in full, since older changes are at the hub only.
    let isCut: Bool

    /// - Parameters:
    ///   - first: the word of the change after which it was shown as the page's left side; `nil` for the last but one.
    ///   - second: of its right side; `nil` for the latest.
    ///   - isHere: whether the bytes of an attachment are on this machine.
    /// - Throws: `record.unknown`, `base.unknown` for a change that is none of the record's.
    package init(
        _ view: RecordView, first: String?, second: String?, in store: StoreTransaction, _ names: NameBook,
        isHere: (Attachment) throws -> Bool
    ) throws {
        let language = names.language
        let form = try? store.latestForm(view.form)
        let summary = RecordSummary(view, form, language)
        recordName = summary.recordName
        recordHref = "/records/\(view.word)"
        let changes = try store.changes(ofRecord: view.row)
        func change(_ word: String?, else fallback: StoredChange?) throws -> StoredChange {
            guard let found = word == nil ? fallback : changes.first(where: { $0.dotWord == word }) else {
                throw StoreError(.baseUnknown)
            }
            return found
        }
        let left = try change(first, else: changes.dropLast().last ?? changes.last)
        let right = try change(second, else: changes.last)
        choices = changes.reversed().map { one in
            Choice(
                choiceWord: one.dotWord,
                choiceText: "\(ValueText.moment(one.time.milliseconds)) · \(names.person(one.author))",
                isFirst: one.dot == left.dot, isSecond: one.dot == right.dot)
        }
        let before = try store.view(ofRow: view.row, asOf: left.seen)
        let after = try store.view(ofRow: view.row, asOf: right.seen)
        isCut = !before.isWhole || !after.isWhole
        let order = form?.fields.map(\.name) ?? []
        let written = Set(before.fields.keys).union(after.fields.keys)
        let others = written.subtracting(order).filter { !$0.hasPrefix("@") }.sorted()
        var rows = try (order.filter(written.contains) + others).compactMap { name -> Row? in
            let values = (before.shown(name) ?? .null, after.shown(name) ?? .null)
            guard values.0 != values.1 else { return nil }
            return try Self.row(form?.field(name), name, values, view, names, isHere)
        }
        if before.deleted != after.deleted {
            func text(_ isDeleted: Bool) -> String {
                Catalogue.text(isDeleted ? "field.deleted.yes" : "field.deleted.no", language)
            }
            rows.insert(
                Row(
                    Catalogue.text("field.deleted", language), before: text(before.deleted),
                    after: text(after.deleted)), at: 0)
        }
        self.rows = rows
        isSame = rows.isEmpty
    }

    private static func row(
        _ field: FieldDefinition?, _ name: String, _ values: (Value, Value), _ view: RecordView, _ names: NameBook,
        _ isHere: (Attachment) throws -> Bool
    ) throws -> Row {
        let label = field?.label[names.language] ?? name
        guard field?.type.isAttachments ?? false else {
            func text(_ value: Value) -> String {
                let text = ValueText.shown(value, field, names.language)
                return text.isEmpty ? "—" : text
            }
            return Row(label, before: text(values.0), after: text(values.1))
        }
        func words(_ value: Value) -> [String] { if case .items(let words) = value { words } else { [] } }
        func photos(_ words: [String]) throws -> [Photo] {
            try words.compactMap { Attachment(word: $0) }.map { attachment in
                let isThere = try isHere(attachment)
                let link = "/attachments/\(attachment.name)"
                let image = try names.image(of: attachment, in: view.space, isHere)
                return Photo(
                    photoLink: isThere ? link : nil, photoImage: image, photoLabel: ValueText.shown(attachment))
            }
        }
        let (old, new) = (words(values.0), words(values.1))
        return Row(
            label, gone: try photos(old.filter { !new.contains($0) }),
            kept: try photos(old.filter { new.contains($0) }), added: try photos(new.filter { !old.contains($0) }))
    }
}

extension CompareModel.Row {
    fileprivate init(_ label: String, before: String, after: String) {
        self.init(
            rowLabel: label, before: before, after: after, gone: [], kept: [], added: [], isAboutPhotos: false,
            hasGone: false, hasKept: false, hasAdded: false)
    }

    fileprivate init(
        _ label: String, gone: [CompareModel.Photo], kept: [CompareModel.Photo], added: [CompareModel.Photo]
    ) {
        self.init(
            rowLabel: label, before: "", after: "", gone: gone, kept: kept, added: added, isAboutPhotos: true,
            hasGone: !gone.isEmpty, hasKept: !kept.isEmpty, hasAdded: !added.isEmpty)
    }
}

extension StoredChange {
    /// What its author had seen, and the change itself.
    fileprivate var seen: Base {
        var seen = base
        seen.insert(dot)
        return seen
    }
}
