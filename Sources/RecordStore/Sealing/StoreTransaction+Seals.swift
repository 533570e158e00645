package import Causality
import Foundation
import GRDB
package import Records

/// Records that are signed once and for all. A seal is a record of a form that says so; it names a record, which with its parts may
/// not be changed after that. What comes late is refused, and is to be said in a supplement: a seal of the seal.
extension StoreTransaction {
    /// What seals a record, or what it is a part of; a seal is sealed by itself. `nil` where it may be changed.
    package func seal(over view: RecordView) throws -> RecordView? {
        guard let form = try? latestForm(view.form), try mayBeSealed(form) else { return nil }
        if form.isSeal { return view }
        var next: RecordView? = view
        for _ in 0..<SealedContent.depth {
            guard let part = next else { return nil }
            if let seal = try seals(of: part.word).first { return seal }
            next = try whole(of: part)
        }
        return nil
    }

    /// What seals a record by that word, without what it is a part of, the oldest first. Those that were refused or deleted
    /// seal nothing.
    package func seals(of word: String) throws -> [RecordView] {
        try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT record FROM version
                    WHERE field = '\(SealedContent.target)' AND item = '' AND value = ? AND standing = 1 ORDER BY record
                    """), arguments: [Data(Value.text(word).canonicalBytes)]
        ).map(view(ofRow:)).filter { view in
            try !view.deleted && (try latestForm(view.form)).isSeal
        }
    }

    /// The record that another one is a part of; `nil` for one that stands by itself, or whose whole is not here.
    package func whole(of view: RecordView) throws -> RecordView? {
        guard let field = try? latestForm(view.form).partField, case .text(let word)? = view.fields[field.name] else {
            return nil
        }
        return try? self.view(ofRow: locate(word).row)
    }

    /// Whether records of the form can be sealed, are seals, or are parts, so that most changes need not look further.
    package func mayBeSealed(_ form: FormDefinition) throws -> Bool {
        if form.isSeal || form.partField != nil { return true }
        if let known = sealedForms[form.form] { return known }
        let isTarget = try allForms().contains {
            $0.isSeal && ($0.field(SealedContent.target)?.isParent(form) ?? false)
        }
        sealedForms[form.form] = isTarget
        return isTarget
    }

    /// What stands against a new record: that it seals what is sealed, or is to be a part of that. A seal may be sealed as
    /// often as there is something to add.
    package func seal(against form: FormDefinition, _ values: [String: Value]) throws -> RecordView? {
        let field = form.isSeal ? form.field(SealedContent.target) : form.partField
        guard let field, case .text(let word)? = values[field.name], let row = try? locate(word).row else { return nil }
        let target = try view(ofRow: row)
        if form.isSeal, (try? latestForm(target.form))?.isSeal ?? false { return nil }
        return try seal(over: target)
    }

    /// What a seal of the record would hold.
    /// - Throws: `seal.conflict` while a person has to settle something of it, `seal.too-many`.
    package func sealedContent(of view: RecordView) throws -> SealedContent {
        var count = 0
        let root = try part(view, depth: SealedContent.depth, &count)
        // A supplement names what it adds to by its hash, and does not repeat it.
        let form = try latestForm(view.form)
        guard form.isSeal else {
            return SealedContent(root: root, score: InspectionScore(form, view.fields))
        }
        let commitment = try sealCommitment(of: view).hex
        return SealedContent(
            root: SealedContent.Part(
                record: view.word, form: form.reference, fields: ["commitment": .text(commitment)], parts: []),
            score: nil)
    }

    private func part(_ view: RecordView, depth: Int, _ count: inout Int) throws -> SealedContent.Part {
        count += 1
        guard depth > 0, count <= SealedContent.most else { throw StoreError(.sealTooMany) }
        guard view.conflicts.isEmpty else { throw StoreError(.sealConflict, ["record": view.word]) }
        let form = try latestForm(view.form)
        var parts: [SealedContent.Part] = []
        for children in try children(of: view) where children.form.partField?.name == children.field {
            // What the hub does not want stands in nobody's record.
            for child in children.records where child.state != .refused || !child.versions.isEmpty {
                parts.append(try part(child, depth: depth - 1, &count))
            }
        }
        return SealedContent.Part(record: view.word, form: form.reference, fields: view.fields, parts: parts)
    }

    /// The hash of what was signed: of the contents of the one change that made the seal. Paper carries it.
    package func sealCommitment(of seal: RecordView) throws -> Hash256 {
        if let made = try changes(ofRecord: seal.row).first(where: \.creates) {
            return Payload.commitment(of: made.payload)
        }
        // Where the log was given up, what stands is what that change wrote: nobody could write anything after it.
        let operations = seal.versions.values.joined().map { Operation($0.register, $0.value) }
        return Payload.commitment(of: Payload(Array(operations)).canonicalBytes)
    }
}

/// What saving asks of seals.
extension StoreTransaction {
    /// - Throws: `record.sealed`.
    func requireUnsealed(_ view: RecordView) throws {
        if let seal = try seal(over: view) { throw try sealed(by: seal) }
    }

    /// Checks a new record against seals, and fills a seal in.
    /// - Returns: what a seal holds; `nil` for what is none.
    /// - Throws: `record.sealed`, `record.unknown` where a seal names nothing that is here.
    func sealing(_ form: FormDefinition, _ values: [String: Value]) throws -> Value? {
        guard form.isSeal || form.partField != nil else { return nil }
        if let seal = try seal(against: form, values) { throw try sealed(by: seal) }
        guard form.isSeal, case .text(let word)? = values[SealedContent.target] else { return nil }
        let target = try view(ofRow: locate(word).row)
        guard !target.deleted else { throw StoreError(.recordDeleted) }
        guard let field = form.field(SealedContent.target), field.isParent(try latestForm(target.form)) else {
            throw RecordsError(.fieldParent, ["field": SealedContent.target])
        }
        return .text(try sealedContent(of: target).text)
    }

    /// The refusal, with what people know the seal by.
    package func sealed(by seal: RecordView) throws -> StoreError {
        StoreError(.recordSealed, ["seal": seal.fields["number"]?.plainText ?? seal.word, "record": seal.word])
    }
}
