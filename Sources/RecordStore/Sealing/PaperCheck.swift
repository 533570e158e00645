package import Causality
import Foundation
package import Records

/// What paper says of a signed record: its word, and the hash of what was signed. `PHUSA:WORD:HASH`, in the QR code at the end of
/// a web address of the hub, so that any telephone opens the page that checks it.
package struct PaperMark: Hashable, Sendable {
    package let record: String
    package let commitment: Hash256

    package init(record: String, commitment: Hash256) {
        self.record = record
        self.commitment = commitment
    }

    private static let prefix = "PHUSA:"
    /// Where the hub's page stands.
    package static let path = "/paper/"

    package var text: String { "\(Self.prefix)\(record):\(commitment.hex)" }

    /// The address of the page that checks it.
    package func address(hub: String) -> String {
        (hub.hasSuffix("/") ? String(hub.dropLast()) : hub) + "\(Self.path)\(record)/\(commitment.hex)"
    }

    /// Reads either form, as a code or a person hands it over.
    package init?(_ text: String) {
        let parts: [Substring]
        if text.hasPrefix(Self.prefix) {
            parts = text.dropFirst(Self.prefix.count).split(separator: ":", omittingEmptySubsequences: false)
        } else if let start = text.range(of: Self.path) {
            parts = text[start.upperBound...].split(separator: "/", omittingEmptySubsequences: false)
        } else {
            return nil
        }
        guard parts.count == 2, RecordWord(String(parts[0])) != nil, let hash = Hash256(hex: String(parts[1])) else {
            return nil
        }
        self.init(record: String(parts[0]), commitment: hash)
    }
}

/// Whether paper says what was signed.
package struct PaperCheck: Sendable {
    package enum Color: String, Sendable {
        case green, amber, red
    }

    /// Why it is not plainly green, the gravest first.
    package enum Reason: String, CaseIterable, Sendable {
        /// No such record: what the paper names was never saved, or is of another hub.
        case unknown
        /// The record is no signed one.
        case unsealed
        /// The paper's hash is not that of what was signed.
        case differs
        /// The hub refused it.
        case refused
        /// This machine does not hold it; the hub may.
        case elsewhere
        /// Not at the hub yet, so that its log does not vouch for it.
        case waiting
        /// The log of it is not held here, only what it came to.
        case unlogged
        /// Somebody said something of the inspection that was not signed.
        case changedSince = "changed-since"
        case supplemented
        /// Photos that it lists are not all here.
        case photosMissing = "photos-missing"

        package var color: Color {
            switch self {
            case .unknown, .unsealed, .differs, .refused: .red
            case .elsewhere, .waiting, .unlogged, .changedSince, .supplemented, .photosMissing: .amber
            }
        }
    }

    package let reasons: [Reason]
    /// The signed record; `nil` where it is not here, or is none.
    package let seal: RecordView?
    package let supplements: [RecordView]

    package var color: Color {
        reasons.contains { $0.color == .red } ? .red : reasons.isEmpty ? .green : .amber
    }
}

extension StoreTransaction {
    /// Checks paper against the signed log that is held here.
    /// - Parameters:
    ///   - isHub: whether what is not here is nowhere.
    ///   - isWhole: whether an attachment's bytes are here.
    package func check(
        _ mark: PaperMark, isHub: Bool, isWhole: (Attachment) throws -> Bool
    ) throws -> PaperCheck {
        guard let row = try? locate(mark.record).row else {
            return PaperCheck(reasons: [isHub ? .unknown : .elsewhere], seal: nil, supplements: [])
        }
        let view = try view(ofRow: row)
        guard (try? latestForm(view.form))?.isSeal ?? false else {
            return PaperCheck(reasons: [.unsealed], seal: nil, supplements: [])
        }
        // Who does not hold the paper is told nothing else of what it is of.
        guard try sealCommitment(of: view) == mark.commitment else {
            return PaperCheck(reasons: [.differs], seal: nil, supplements: [])
        }
        var reasons: Set<PaperCheck.Reason> = []
        let made = try changes(ofRecord: row).first(where: \.creates)
        if view.versions.isEmpty || view.deleted { reasons.insert(.refused) }
        if made == nil { reasons.insert(.unlogged) }
        if made?.decision == .undecided { reasons.insert(.waiting) }
        let supplements = try seals(of: view, by: isHub ? .log : .here)
        if !supplements.isEmpty { reasons.insert(.supplemented) }
        if try hasChanged(since: view) { reasons.insert(.changedSince) }
        if try !attachments(sealedBy: view).allSatisfy(isWhole) { reasons.insert(.photosMissing) }
        return PaperCheck(
            reasons: PaperCheck.Reason.allCases.filter(reasons.contains), seal: view, supplements: supplements)
    }

    /// Whether what was signed stands otherwise now: somebody's edit or part came to the hub before the signature did.
    package func hasChanged(since seal: RecordView) throws -> Bool {
        guard case .text(let text)? = seal.fields[SealedContent.field], let signed = SealedContent(text),
            case .text(let word)? = seal.fields[SealedContent.target], let row = try? locate(word).row
        else { return false }
        let target = try view(ofRow: row)
        guard !((try? latestForm(target.form))?.isSeal ?? false) else { return false }
        guard !target.deleted, let now = try? sealedContent(of: target) else { return true }
        return !isSame(now.root, signed.root)
    }

    /// Whether two hold the same, whatever version of the form read them. What a form computes may change with it.
    private func isSame(_ a: SealedContent.Part, _ b: SealedContent.Part) -> Bool {
        let computed = Set(((try? latestForm(a.form))?.fields ?? []).filter { $0.compute != nil }.map(\.name))
        func entered(_ part: SealedContent.Part) -> [String: Value] {
            part.fields.filter { !computed.contains($0.key) }
        }
        return a.form == b.form && entered(a) == entered(b) && a.parts.count == b.parts.count
            && zip(a.parts, b.parts).allSatisfy { isSame($0, $1) }
    }

    /// What a signed record lists, with what it sealed.
    package func attachments(sealedBy seal: RecordView) throws -> [Attachment] {
        var words: Set<String> = []
        func collect(_ fields: [String: Value]) {
            for case .items(let items) in fields.values { words.formUnion(items) }
        }
        func collect(_ part: SealedContent.Part) {
            collect(part.fields)
            part.parts.forEach(collect)
        }
        collect(seal.fields)
        if case .text(let text)? = seal.fields[SealedContent.field] { SealedContent(text).map { collect($0.root) } }
        return words.sorted().compactMap { Attachment(word: $0) }
    }
}
