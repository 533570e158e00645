import Causality
package import RecordStore
package import Records
import SyncProtocol
import WebPages
import Wording

/// One change of a record, as its page tells of it.
package struct HistoryEntry {
    package struct Written {
        let writtenLabel: String
        let writtenText: String
        /// Of a photo that was added or taken out, what shows it.
        var writtenImage: String?
    }

    let who: String
    let device: String
    let when: String
    let receivedWhen: String?
    let written: [Written]
    let reason: String?
    let states: [StateBadge]
    let refusal: String?
    let refusalRemedy: String?
    /// What the hub did about it since.
    let outcome: String?

    /// The changes of a record, the newest first.
    /// - Parameter image: what shows a photo; `nil` where nothing does.
    package static func all(
        _ changes: [StoredChange], _ form: FormDefinition?, _ names: NameBook, image: (Attachment) throws -> String?
    ) rethrows -> [HistoryEntry] {
        let written = changes.map { Set($0.operations.map(\.register)) }
        return try changes.indices.reversed().map { index in
            let change = changes[index]
            let isSuperseded =
                change.decision != .refused
                && changes.indices.contains { other in
                    other != index && changes[other].decision != .refused
                        && !written[other].isDisjoint(with: written[index])
                        && changes[other].base.covers(change.dot, received: change.received)
                }
            return try HistoryEntry(change, isSuperseded: isSuperseded, form, names, image)
        }
    }

    private init(
        _ change: StoredChange, isSuperseded: Bool, _ form: FormDefinition?, _ names: NameBook,
        _ image: (Attachment) throws -> String?
    ) rethrows {
        let language = names.language
        who = names.person(change.author)
        device = names.device(change.dot.replica)
        when = ValueText.moment(change.time.milliseconds)
        receivedWhen = change.receivedAt.map { ValueText.moment($0) }
        let contents = change.contents
        let operations = Self.ordered(contents?.operations ?? [], form)
        written = try operations.map { operation in
            var written = Self.written(operation, form, names)
            written.writtenImage = try operation.register.item.flatMap { Attachment(word: $0) }.flatMap(image)
            return written
        }
        reason = contents?.reason.flatMap { $0.isEmpty ? nil : $0 }
        states =
            [StateBadge(change.state, language)] + (isSuperseded ? [StateBadge.superseded(language)] : [])
        let isRefused = change.state == .refused
        let error = ReportedError(code: change.code, details: change.details)
        refusal = isRefused ? error.message(in: language) : nil
        refusalRemedy = isRefused && change.disposed == nil ? error.remedy(in: language) : nil
        outcome = change.disposed.map { disposed in
            Catalogue.text(
                disposed.outcome == .accepted ? "record.disposed.accepted" : "record.disposed.dismissed", language,
                ["person": names.person(disposed.person), "reason": disposed.reason])
        }
    }

    /// What a change wrote, in the order of its form.
    package static func written(
        by change: StoredChange, _ form: FormDefinition?, _ names: NameBook
    ) -> [Written] {
        ordered(change.operations, form).map { written($0, form, names) }
    }

    private static func ordered(_ operations: [Records.Operation], _ form: FormDefinition?) -> [Records.Operation] {
        let order = form?.fields.map(\.name) ?? []
        func place(_ operation: Records.Operation) -> Int {
            order.firstIndex(of: operation.register.field) ?? order.count
        }
        return operations.sorted { place($0) < place($1) }
    }

    private static func written(_ operation: Records.Operation, _ form: FormDefinition?, _ names: NameBook)
        -> Written
    {
        let language = names.language
        let name = operation.register.field
        if name == RegisterKey.deleted.field {
            return Written(
                writtenLabel: Catalogue.text("field.deleted", language),
                writtenText: Catalogue.text(
                    operation.value == .flag(true) ? "field.deleted.yes" : "field.deleted.no", language))
        }
        let field = form?.field(name)
        let label = field?.label[language] ?? name
        if let item = operation.register.item {
            let text = ValueText.shown(.items([item]), field, language)
            return Written(writtenLabel: label, writtenText: (operation.value == .flag(true) ? "+ " : "− ") + text)
        }
        var text = ValueText.shown(operation.value, field, language)
        if field?.parent != nil, let parent = names.record(text) { text = parent.recordName }
        if form?.isSeal ?? false, name == SealedContent.field { text = Catalogue.text("value.content", language) }
        return Written(writtenLabel: label, writtenText: text.isEmpty ? "—" : text)
    }
}
