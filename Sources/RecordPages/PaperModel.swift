import Causality
import Foundation
package import RecordStore
package import Records
import WebPages
import Wording

/// A signed record, or an inspection that is to be signed, as an official paper: always in Vietnamese, and made of what was frozen
/// in the seal alone, so that the same comes out of every machine at any time.
package struct PaperModel {
    package struct Row {
        let rowLabel: String
        let rowText: String
    }

    package struct Item {
        let itemText: String
        let itemAnswer: String
        let isFailed: Bool
    }

    package struct Finding {
        let findingNumber: String
        let findingText: String
        let findingRows: [Row]
        let requirements: [String]
    }

    package struct Signer {
        let signerRole: String
        let signerName: String
        let signerTitle: String?
        let drawn: String?
        /// Said instead of a drawing.
        let signerNote: String?
    }

    package struct Photo {
        let photoNumber: String
        let photoHref: String?
        let photoLabel: String
        let photoHash: String
    }

    let backHref: String
    let isDraft: Bool
    let head: Head
    let rows: [Row]
    /// What stands in the checklist after its items.
    let closing: [Row]
    let items: [Item]
    let hasItems: Bool
    let scoreLine: String?
    let isInspection: Bool
    let findings: [Finding]
    let hasFindings: Bool
    let statement: String?
    let addition: String?
    let reason: String?
    let signers: [Signer]
    let refusal: String?
    let photos: [Photo]
    let hasPhotos: Bool
    /// A picture of our own making, put in as it is.
    let code: String?
    let commitment: String?

    fileprivate static let language = Language.vi

    /// - Parameters:
    ///   - view: a seal, or an inspection that none seals yet.
    ///   - hub: the hub's address, which the code leads to; `nil` where there is none.
    ///   - isHere: whether the bytes of a photo are on this machine.
    package init(
        _ view: RecordView, in store: StoreTransaction, _ names: NameBook, hub: String?,
        isHere: (Attachment) throws -> Bool
    ) throws {
        let form = try store.latestForm(view.form)
        let seal = form.isSeal ? view : nil
        let content: SealedContent
        if let seal {
            guard case .text(let text)? = seal.fields[SealedContent.field], let signed = SealedContent(text) else {
                throw ReportedError(code: "seal.unreadable")
            }
            content = signed
        } else {
            content = try store.sealedContent(of: view)
        }
        let root = content.root
        let rootForm = try store.form(root.reference) ?? store.latestForm(root.form)
        isInspection = !rootForm.isSeal
        isDraft = seal == nil
        backHref = "/records/\(view.word)"
        head = try Head(view, seal, root, rootForm, names.speaking(Self.language), store)
        let table = isInspection ? Checklist(rootForm, content) : Checklist()
        rows = table.rows
        closing = table.closing
        items = table.items
        hasItems = !items.isEmpty
        scoreLine = content.score.map(Self.scoreLine)
        findings = try Self.findings(root, store)
        hasFindings = !findings.isEmpty
        statement = seal?.fields["statement"]?.plainText
        addition = isInspection ? nil : seal?.fields["what"]?.plainText
        reason =
            isInspection
            ? nil
            : seal.map {
                Catalogue.text("paper.why", Self.language, ["why": $0.fields["why"]?.plainText ?? ""])
            }
        signers = Self.signers(seal)
        refusal = seal?.fields["refusal"].map {
            Catalogue.text("paper.refused", Self.language, ["why": $0.plainText])
        }
        photos = try Self.photos(seal.map { try store.attachments(sealedBy: $0) } ?? Self.attachments(root), isHere)
        hasPhotos = !photos.isEmpty
        if let seal {
            let mark = PaperMark(record: seal.word, commitment: try store.sealCommitment(of: seal))
            code = QRCode(hub.map(mark.address) ?? mark.text)?.svg
            commitment = Catalogue.text("paper.hash", Self.language, ["hash": mark.text])
        } else {
            code = nil
            commitment = nil
        }
    }

    private static func scoreLine(_ score: InspectionScore) -> String {
        let percent = score.thousandths.map { VietnameseFormat.number("\($0 / 10).\($0 % 10)") } ?? "–"
        return Catalogue.text(
            "paper.score", language, ["score": percent, "line": InspectionPanel.line(score, language)])
    }

    private static func findings(_ root: SealedContent.Part, _ store: StoreTransaction) throws -> [Finding] {
        try root.parts.filter { $0.form == InspectionForm.finding }.enumerated().map { index, part in
            let form = try store.form(part.reference) ?? store.latestForm(part.form)
            let rows = form.fields.filter { $0.name != "what" && $0.parent == nil && !$0.type.isAttachments }
                .compactMap { row($0, part.fields) }
            let requirements = part.parts.filter { $0.form == InspectionForm.recommendation }.map { part in
                Catalogue.text(
                    "paper.requirement", language,
                    [
                        "what": part.fields["what"]?.plainText ?? "", "owner": part.fields["owner"]?.plainText ?? "",
                        "due": ValueText.shown(part.fields["due"] ?? .null, nil, language),
                    ])
            }
            return Finding(
                findingNumber: String(index + 1), findingText: part.fields["what"]?.plainText ?? part.record,
                findingRows: rows, requirements: requirements)
        }
    }

    static func row(_ field: FieldDefinition, _ fields: [String: Value]) -> Row? {
        guard let value = fields[field.name], value != .null else { return nil }
        return Row(rowLabel: field.label.vi, rowText: ValueText.shown(value, field, language))
    }

    private static func signers(_ seal: RecordView?) -> [Signer] {
        let isOnPaper = seal?.fields["manner"] == .text("ban_giay")
        return ["leader", "member", "party", "witness"].compactMap { role in
            func text(_ part: String) -> String? {
                seal?.fields["\(role)_\(part)"].flatMap { $0.plainText.isEmpty ? nil : $0.plainText }
            }
            guard let seal else {
                // An empty place to sign, for a paper that is signed by hand.
                return role == "leader" || role == "party"
                    ? Signer(signerRole: label(role), signerName: "", signerTitle: nil, drawn: nil, signerNote: nil)
                    : nil
            }
            guard let name = text("name") else { return nil }
            let drawn = seal.fields["\(role)_signature"].flatMap { Signature($0.plainText) }?.path
            return Signer(
                signerRole: label(role), signerName: name, signerTitle: text("title"), drawn: drawn,
                signerNote: drawn == nil && isOnPaper ? Catalogue.text("paper.on-paper", language) : nil)
        }
    }

    private static func label(_ role: String) -> String { Catalogue.text("paper.\(role)", language) }

    private static func attachments(_ part: SealedContent.Part) -> [Attachment] {
        var words: Set<String> = []
        func collect(_ part: SealedContent.Part) {
            for case .items(let items) in part.fields.values { words.formUnion(items) }
            part.parts.forEach(collect)
        }
        collect(part)
        return words.sorted().compactMap { Attachment(word: $0) }
    }

    private static func photos(
        _ attachments: [Attachment], _ isHere: (Attachment) throws -> Bool
    ) rethrows -> [Photo] {
        try attachments.enumerated().map { index, attachment in
            let isShown = try attachment.kind.isImage && isHere(attachment)
            return Photo(
                photoNumber: String(index + 1), photoHref: isShown ? "/attachments/\(attachment.name)" : nil,
                photoLabel: ValueText.shown(attachment), photoHash: attachment.name)
        }
    }
}

extension PaperModel {
    /// Whose paper it is, its number, and what it is about.
    package struct Head {
        /// Whose people's committee it is; `nil` for departments.
        let authority: String?
        let unitName: String
        let numberLine: String
        let dateLine: String?
        let title: String
        let subject: String
        let formVersion: String
        let madeLine: String?

        /// - Parameter names: in the paper's language.
        fileprivate init(
            _ view: RecordView, _ seal: RecordView?, _ root: SealedContent.Part, _ form: FormDefinition,
            _ names: NameBook, _ store: StoreTransaction
        ) throws {
            let unit = names.space(view.space)
            unitName = unit
            let kind = ["Phường ", "Xã "].first { unit.hasPrefix($0) }
            authority = kind.map { _ in Catalogue.text("paper.authority", language) }
            numberLine = Catalogue.text(
                "paper.number", language, ["number": seal?.fields["number"]?.plainText ?? "…/BB-…"])
            let town = kind.map { String(unit.dropFirst($0.count)) + ", " } ?? ""
            if case .moment(let made)? = seal?.fields["made_at"] {
                dateLine = town + VietnameseFormat.longDate(milliseconds: made.milliseconds)
            } else {
                dateLine = nil
            }
            title = Catalogue.text(form.isSeal ? "paper.supplement.title" : "paper.title", language)
            subject =
                form.isSeal
                ? Catalogue.text("paper.adds-to", language, ["number": root.fields["number"]?.plainText ?? root.record])
                : Catalogue.text(
                    "paper.of-checklist", language,
                    ["what": form.title.vi.prefix(1).lowercased() + form.title.vi.dropFirst()])
            formVersion = "\(root.form) · \(root.version)"
            madeLine = seal.map { seal in
                Catalogue.text(
                    "paper.made", language,
                    [
                        "time": ValueText.shown(seal.fields["made_at"] ?? .null, nil, language),
                        "place": seal.fields["made_in"]?.plainText ?? "",
                    ])
            }
        }
    }
}

/// A checklist's fields as an official paper shows them: what is known of the visit, then item by item.
private struct Checklist {
    var rows: [PaperModel.Row] = []
    var closing: [PaperModel.Row] = []
    var items: [PaperModel.Item] = []

    init() {}

    init(_ form: FormDefinition, _ content: SealedContent) {
        let fields = content.root.fields
        var groups: [(key: String, fields: [FieldDefinition])] = []
        for field in form.fields where !field.type.isAttachments {
            if let key = Self.item(field.name) {
                if groups.last?.key == key {
                    groups[groups.count - 1].fields.append(field)
                } else {
                    groups.append((key, [field]))
                }
            } else if field.parent != nil {
                guard case .text(let word)? = fields[field.name] else { continue }
                rows.append(PaperModel.Row(rowLabel: field.label.vi, rowText: content.names[word] ?? word))
            } else if let row = PaperModel.row(field, fields) {
                if groups.isEmpty { rows.append(row) } else { closing.append(row) }
            }
        }
        items = groups.map { group in
            let answers = group.fields.compactMap { field -> String? in
                guard let value = fields[field.name], value != .null else { return nil }
                let text = ValueText.shown(value, field, .vi)
                // What a number or a date is of stands after the item's own words.
                let about =
                    field.name == group.key ? nil : field.label.vi.components(separatedBy: " – ").dropFirst().last
                return about.map { "\($0): \(text)" } ?? text
            }
            let isFailed = fields[group.key] == .text(InspectionScore.Answer.failed.rawValue)
            let label = group.fields.first { $0.name == group.key } ?? group.fields[0]
            return PaperModel.Item(
                itemText: label.label.vi.components(separatedBy: " – ").first ?? label.label.vi,
                itemAnswer: answers.isEmpty ? "–" : answers.joined(separator: "; "), isFailed: isFailed)
        }
    }

    /// The item that a field belongs to: `i06` of `i06` and `i06_number`.
    private static func item(_ name: String) -> String? {
        let key = name.prefix { $0 != "_" }
        guard key.count == 3, key.first == "i", key.dropFirst().allSatisfy(\.isNumber) else { return nil }
        return String(key)
    }
}
