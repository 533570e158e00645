package import Causality
import Foundation
import GRDB
package import Records

/// Whose word counts where something is sealed.
package enum SealWitness: Sendable {
    /// A device: what stands here, also while it waits.
    case here
    /// The hub, which judges: what it accepted.
    case log
}

/// Records that are signed once and for all. A seal is a record of a form that says so; it names a record of its space, which with its
/// parts may not be changed after that. What comes late is refused, and is to be said in a supplement: a seal of the seal.
extension StoreTransaction {
    /// What seals a record, or what it is a part of; a seal is sealed by itself. `nil` where it may be changed.
    package func seal(over view: RecordView, by witness: SealWitness = .here) throws -> RecordView? {
        guard let form = try? latestForm(view.form), try mayBeSealed(form) else { return nil }
        // One that was refused seals nothing, itself neither.
        if form.isSeal { return view.versions.isEmpty ? nil : view }
        var next: RecordView? = view
        for _ in 0..<SealedContent.depth {
            guard let part = next else { return nil }
            if let seal = try seals(of: part, by: witness).first { return seal }
            next = try whole(of: part)
        }
        return nil
    }

    /// What seals a record, without what it is a part of, the oldest first: seals of its space whose form is for records of its
    /// form. Those that were refused or deleted seal nothing.
    package func seals(of view: RecordView, by witness: SealWitness = .here) throws -> [RecordView] {
        guard let form = try? latestForm(view.form) else { return [] }
        let forms = try allForms().filter { $0.isSeal && ($0.field(SealedContent.target)?.isParent(form) ?? false) }
        let space = try space(view.space)
        return try forms.flatMap { form in
            try sealRows(form.form, of: view, in: space, by: witness).map(self.view(ofRow:)).filter { !$0.deleted }
        }.sorted { $0.row < $1.row }
    }

    package func hasSeals() throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM version WHERE \(Schema.isSealing))")) ?? false
    }

    /// Seals looked through where a record may go by several words, and of one record.
    private static let mostSeals = 5000

    private func sealRows(
        _ form: String, of view: RecordView, in space: SpaceState, by witness: SealWitness
    ) throws -> [Int64] {
        // After a fork a record may have another word than the one by which it was sealed.
        let word: Data? = space.isTangled ? nil : Data(Value.text(view.word).canonicalBytes)
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT version.record, version.value FROM version JOIN record ON record.id = version.record
                    JOIN change ON change.space = record.space AND change.replica = version.replica
                        AND change.sequence = version.sequence
                    WHERE \(Schema.isSealing) AND version.field = '\(SealedContent.target)' AND version.item = '' AND version.standing = 1
                        AND record.space = ?1 AND record.form = ?2 AND (?3 IS NULL OR version.value = ?3)
                        AND change.decision IN (1, ?4) ORDER BY version.record LIMIT ?5
                    """),
            arguments: [space.id, form, word, witness == .log ? 1 : 0, Self.mostSeals])
        return try rows.compactMap { row in
            guard word == nil else { return try row.at(0) }
            guard case .text(let named)? = try? Value(canonical: Array(row.at(1) as Data)),
                (try? locate(named).row) == view.row
            else { return nil }
            return try row.at(0)
        }
    }

    /// The record that another one is a part of; `nil` for one that stands by itself, or whose whole is not here.
    package func whole(of view: RecordView) throws -> RecordView? {
        guard let field = try? latestForm(view.form).partField else { return nil }
        // What was refused says by its change what it was to be a part of.
        let made = view.versions.isEmpty ? try changes(ofRecord: view.row).first { $0.creates } : nil
        guard case .text(let word)? = (made.map(view.filled(by:)) ?? view).fields[field.name] else { return nil }
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

    /// What stands against values of a record: that they seal what is sealed, or make it a part of that. A seal may be sealed as
    /// often as there is something to add.
    package func seal(
        against form: FormDefinition, _ values: [String: Value], by witness: SealWitness = .here
    ) throws -> RecordView? {
        let field = form.isSeal ? form.field(SealedContent.target) : form.partField
        guard let field, case .text(let word)? = values[field.name], let row = try? locate(word).row else { return nil }
        let target = try view(ofRow: row)
        if form.isSeal, (try? latestForm(target.form))?.isSeal ?? false { return nil }
        return try seal(over: target, by: witness)
    }

    /// What a seal of the record would hold.
    /// - Throws: `seal.conflict` while a person has to settle something of it, `seal.too-many`.
    package func sealedContent(of view: RecordView) throws -> SealedContent {
        var count = 0
        let root = try part(view, depth: SealedContent.depth, &count)
        let form = try latestForm(view.form)
        // A supplement names what it adds to by its hash, and does not repeat it.
        guard !form.isSeal else {
            let fields: [String: Value] = [
                SealedContent.commitment: .text(try sealCommitment(of: view).hex),
                "number": view.fields["number"] ?? .null,
            ]
            let root = SealedContent.Part(record: view.word, form: form.reference, fields: fields, parts: [])
            return SealedContent(root: root, score: nil)
        }
        let content = SealedContent(
            root: root, score: InspectionScore(form, view.fields), names: try namesOfOthers(in: view, form))
        guard content.text.utf8.count <= RecordLimits.textBytes else { throw StoreError(.sealTooMany) }
        return content
    }

    private func part(_ view: RecordView, depth: Int, _ count: inout Int) throws -> SealedContent.Part {
        count += 1
        guard depth > 0, count <= SealedContent.most else { throw StoreError(.sealTooMany) }
        guard view.conflicts.isEmpty else { throw StoreError(.sealConflict, ["record": view.word]) }
        let form = try latestForm(view.form)
        var parts: [SealedContent.Part] = []
        for children in try children(of: view) where children.form.partField?.name == children.field {
            for child in children.records where child.space == view.space {
                parts.append(try part(child, depth: depth - 1, &count))
            }
        }
        return SealedContent.Part(record: view.word, form: form.reference, fields: view.fields, parts: parts)
    }

    /// What the records are called that the record names beside its whole: by their first text, as lists do.
    private func namesOfOthers(in view: RecordView, _ form: FormDefinition) throws -> [String: String] {
        var names: [String: String] = [:]
        for field in form.fields where field.parent != nil {
            guard case .text(let word)? = view.fields[field.name], let row = try? locate(word).row else { continue }
            let other = try self.view(ofRow: row)
            let first = try? latestForm(other.form).fields.first { $0.type == .text && $0.parent == nil }
            if let first, case .text(let name)? = other.fields[first.name] { names[word] = name }
        }
        return names
    }

    /// The hash of what was signed: of the contents of the one change that made the seal. Paper carries it.
    package func sealCommitment(of seal: RecordView) throws -> Hash256 {
        if let made = try changes(ofRecord: seal.row).first(where: \.creates) {
            return Payload.commitment(of: made.payload)
        }
        // Where the log was given up, what stands is what that change wrote: nobody could write anything after it.
        let operations = seal.versions.values.joined().map { Records.Operation($0.register, $0.value) }
        return Payload.commitment(of: Payload(Array(operations)).canonicalBytes)
    }
}

/// What saving asks of seals.
extension StoreTransaction {
    /// Checks an edit against seals. To take back a deletion changes nothing that was signed.
    /// - Throws: `record.sealed`.
    func requireUnsealed(_ view: RecordView, _ form: FormDefinition, _ operations: [Records.Operation]) throws {
        if operations.allSatisfy({ $0.register == .deleted && $0.value == .flag(false) }) { return }
        if let seal = try seal(over: view) { throw sealed(by: seal) }
        if let seal = try seal(against: form, operations.values) { throw sealed(by: seal) }
    }

    /// Checks a new record against seals, and fills a seal in.
    /// - Returns: what a seal holds; `nil` for what is none.
    /// - Throws: `record.sealed`, `record.unknown` where a seal names nothing that is here.
    func sealing(_ form: FormDefinition, _ values: [String: Value]) throws -> Value? {
        guard form.isSeal || form.partField != nil else { return nil }
        if let seal = try seal(against: form, values) { throw sealed(by: seal) }
        guard form.isSeal, case .text(let word)? = values[SealedContent.target] else { return nil }
        let target = try view(ofRow: locate(word).row)
        guard !target.deleted else { throw StoreError(.recordDeleted) }
        let targetForm = try latestForm(target.form)
        guard let field = form.field(SealedContent.target), field.isParent(targetForm),
            !targetForm.isSeal || !target.versions.isEmpty
        else { throw RecordsError(.fieldParent, ["field": SealedContent.target]) }
        return .text(try sealedContent(of: target).text)
    }

    /// The refusal, with the word of what seals.
    package func sealed(by seal: RecordView) -> StoreError { StoreError(.recordSealed, ["record": seal.word]) }
}

extension [Records.Operation] {
    /// Of whole fields, what they are set to.
    package var values: [String: Value] {
        Dictionary(
            filter { $0.register.item == nil }.map { ($0.register.field, $0.value) },
            uniquingKeysWith: { first, _ in first })
    }
}
