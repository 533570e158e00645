import Causality
import RecordStore
import Records
import SyncProtocol

/// What was signed is not changed, and not signed again; a seal says truly what it seals. Of one segment, whose changes are judged
/// before any of them is stored, it keeps what the earlier ones would have done.
struct SealJudge {
    enum Ruling {
        case accept
        /// By the seal with this word; of a seal of the same segment, the word of what it seals.
        case sealed(String)
        /// A seal of what that field cannot name.
        case parentWrong
        /// A seal that does not hold what it seals.
        case unreadable
    }

    /// A record of the store, or one that this segment makes.
    private enum Key: Hashable {
        case row(Int64)
        case made(UInt64)
    }

    /// A record that this segment makes.
    private struct Made {
        let form: FormDefinition
        /// The word of what it is a part of.
        let whole: String?
    }

    let store: StoreTransaction
    /// Who made the segment.
    let replica: ReplicaID
    private var made: [UInt64: Made] = [:]
    /// What this segment seals, with its word.
    private var sealed: [Key: String] = [:]
    /// Whether the store holds any seal, once that was asked.
    private var isAnythingSealed: Bool?

    init(store: StoreTransaction, replica: ReplicaID) {
        self.store = store
        self.replica = replica
    }

    mutating func ruling(
        on payload: Payload, of header: ChangeHeader, sequence: UInt64, form: FormDefinition, in space: SpaceState
    ) throws -> Ruling {
        let values = payload.operations.values
        switch header.target {
        case .creates:
            guard try store.mayBeSealed(form) else { return .accept }
            made[sequence] = Made(form: form, whole: Self.text(values, form.partField?.name))
            if form.isSeal { return try ruling(onSeal: values, form, in: space) }
            return try seal(overWord: made[sequence]?.whole).map(Ruling.sealed) ?? .accept
        case .record(let name):
            // Nothing is sealed: most hubs' most changes end here.
            if sealed.isEmpty, try !store.mayBeSealed(form) && !hasSeals() { return .accept }
            guard let key = try key(of: name, in: space) else {
                // What the hub lost cannot be looked at; but a seal is made whole, by one change.
                if form.isSeal { return .unreadable }
                return try seal(overWord: Self.text(values, form.partField?.name)).map(Ruling.sealed) ?? .accept
            }
            return try ruling(onEdit: payload, values, of: key)
        }
    }

    private mutating func ruling(
        onSeal values: [String: Value], _ form: FormDefinition, in space: SpaceState
    ) throws -> Ruling {
        guard let text = Self.text(values, SealedContent.field), let content = SealedContent(text), content.isBounded,
            let word = Self.text(values, SealedContent.target), content.root.record == word,
            try isCountedRight(content)
        else { return .unreadable }
        // What the hub never had cannot be looked at.
        guard let key = key(of: word) else { return .accept }
        if case .row(let row) = key {
            let target = try store.view(ofRow: row)
            guard target.space == space.name, let targetForm = try? store.latestForm(target.form),
                form.field(SealedContent.target)?.isParent(targetForm) ?? false
            else { return .parentWrong }
            guard content.root.form == target.form else { return .unreadable }
            if targetForm.isSeal {
                if target.versions.isEmpty { return .parentWrong }
                let commitment = try store.sealCommitment(of: target).hex
                return content.root.fields[SealedContent.commitment] == .text(commitment) ? .accept : .unreadable
            }
        } else if case .made(let sequence) = key, let target = made[sequence]?.form {
            guard form.field(SealedContent.target)?.isParent(target) ?? false else { return .parentWrong }
            guard content.root.form == target.form else { return .unreadable }
            if target.isSeal { return .accept }
        }
        if let seal = try seal(over: key) { return .sealed(seal) }
        sealed[key] = word
        return .accept
    }

    /// Whether the score is that of the items. A version of the form that the hub lost, or never had, cannot be counted over.
    private func isCountedRight(_ content: SealedContent) throws -> Bool {
        guard let form = try store.form(content.root.reference), !form.isSeal else { return true }
        return content.score == InspectionScore(form, content.root.fields)
    }

    private func ruling(onEdit payload: Payload, _ values: [String: Value], of key: Key) throws -> Ruling {
        // The record's own form, whatever the change says it is.
        let form: FormDefinition?
        switch key {
        case .row(let row): form = try? store.latestForm(store.formName(ofRow: row))
        case .made(let sequence): form = made[sequence]?.form
        }
        guard let form, try store.mayBeSealed(form) else { return .accept }
        // To take back a deletion changes nothing that was signed.
        if payload.operations.allSatisfy({ $0.register == .deleted && $0.value == .flag(false) }) { return .accept }
        if case .made = key, form.isSeal { return .unreadable }
        if let seal = try seal(over: key) { return .sealed(seal) }
        return try seal(overWord: Self.text(values, form.partField?.name)).map(Ruling.sealed) ?? .accept
    }

    private mutating func hasSeals() throws -> Bool {
        if let known = isAnythingSealed { return known }
        let found = try store.hasSeals()
        isAnythingSealed = found
        return found
    }

    private static func text(_ values: [String: Value], _ field: String?) -> String? {
        if let field, case .text(let text)? = values[field] { text } else { nil }
    }

    private func key(of name: RecordID, in space: SpaceState) throws -> Key? {
        if let row = try store.recordRow(name, in: space.id) { return .row(row) }
        return madeKey(of: name)
    }

    private func key(of word: String) -> Key? {
        if let row = try? store.locate(word).row { return .row(row) }
        return RecordWord(word).flatMap { madeKey(of: $0.record) }
    }

    private func madeKey(of name: RecordID) -> Key? {
        guard case .created(let dot) = name, dot.replica == replica, made[dot.sequence] != nil else { return nil }
        return .made(dot.sequence)
    }

    private func seal(overWord word: String?) throws -> String? { try word.flatMap(key(of:)).flatMap(seal(over:)) }

    /// The word of what seals a record, or what it is a part of.
    private func seal(over key: Key) throws -> String? {
        var next: Key? = key
        for _ in 0..<SealedContent.depth {
            guard let part = next else { return nil }
            if let word = sealed[part] { return word }
            switch part {
            case .row(let row):
                let view = try store.view(ofRow: row)
                if let seal = try store.seal(over: view, by: .log) { return seal.word }
                next = sealed.isEmpty ? nil : try store.whole(of: view).map { .row($0.row) }
            case .made(let sequence): next = made[sequence]?.whole.flatMap(self.key(of:))
            }
        }
        return nil
    }
}
