package import Causality
package import RecordStore
import Records
import SyncProtocol
import Wording

/// What admins do about cases beside settling them.
extension Hub {
    /// Opens a case again that was settled: what had been decided against is said once more, under its authors' names and on what they
    /// had seen, so that it stands beside the decision.
    /// - Parameter resolution: the word of the change that settled it.
    /// - Throws: `case.unknown` where that change settled nothing, `case.moved-on` where somebody has written since, `reason.missing`,
    ///   `rights.settle`.
    @discardableResult
    package func reopen(_ word: String, resolution: String, reason: String, author: String) throws -> [Captured] {
        let reason = TextFold.normalized(reason)
        guard !reason.allSatisfy(\.isWhitespace) else { throw HubError(.reasonMissing) }
        guard reason.utf8.count <= RecordLimits.reasonBytes else { throw RecordsError(.reasonTooLong) }
        return try store.write { store in
            let place = try store.locate(word)
            try require(.settle, of: author, in: place.space.name, store)
            let view = try store.view(ofRow: place.row)
            if let seal = try store.seal(over: view, by: .log) { throw store.sealed(by: seal) }
            guard let dot = DotWord(resolution), let change = try store.change(dot, in: place.space),
                change.record == place.row, try store.wasMadeHere(change, in: place.space.id),
                let found = try store.resolution(change)
            else { throw HubError(.caseUnknown, ["case": word]) }
            // Where somebody wrote since, or the field is open already, nothing is put beside it.
            let fields = found.fields.filter { field in
                !view.conflicts.contains(field.register.field)
                    && (view.versions[field.register.field] ?? []).contains { $0.dot == change.dot }
            }
            guard !fields.isEmpty else { throw HubError(.caseMovedOn, ["case": word]) }
            var captured: [Captured] = []
            var registers: [Dot: (change: StoredChange, registers: Set<RegisterKey>)] = [:]
            for field in fields {
                for version in field.overruled {
                    // An edit stood against the deletion by what it wrote.
                    let own = version.change.operations.map(\.register)
                    registers[version.change.dot, default: (version.change, [])].registers
                        .formUnion(own.contains(field.register) ? [field.register] : own)
                }
            }
            for (change, registers) in registers.values.sorted(by: { $0.change.dot < $1.change.dot }) {
                captured.append(try store.restate(change, registers, reason: reason, in: place.space))
            }
            guard !captured.isEmpty else { throw HubError(.caseUnknown, ["case": word]) }
            try AuditLog.add(
                .reopened, by: author, to: word, unit: SpaceName.unit(of: place.space.name),
                ["decision": resolution], in: store)
            try receiveOwn(in: place.space, store)
            return captured
        }
    }

    /// Asks everybody who wrote one of a case's values. The case waits; it can be settled before they answer.
    /// - Throws: `case.unknown`, `question.missing`, `question.nobody` where nobody gave a name, `rights.settle`.
    @discardableResult
    package func ask(_ word: String, _ text: String, author: String) throws -> CaseQuestion {
        let text = TextFold.normalized(text)
        guard !text.allSatisfy(\.isWhitespace) else { throw HubError(.questionMissing) }
        return try store.write { store in
            let place = try store.locate(word)
            try require(.settle, of: author, in: place.space.name, store)
            let view = try store.view(ofRow: place.row)
            guard !view.conflicts.isEmpty else { throw HubError(.caseUnknown, ["case": word]) }
            let authors = Set(view.conflicts.flatMap { view.contestants(of: $0) }.map(\.author)).subtracting([""])
            // Questions come to machines of the unit; an admin of the hub has none to answer at.
            let people = try authors.filter { author in
                guard author.utf8.allSatisfy({ $0 != UInt8(ascii: " ") }) else { return false }
                guard let person = try Self.person(author, store) else { return true }
                return person.grants.contains { $0.unit == SpaceName.unit(of: view.space) && $0.role != .hubAdmin }
            }
            guard !people.isEmpty else { throw HubError(.questionNobody) }
            let number = try store.questions(about: view).count + 1
            let values: [(String, Value)] = [
                ("record", .text(view.word)), ("number", .integer(Int64(number))), ("text", .text(text)),
                ("asked", .text(people.sorted().joined(separator: " "))), ("by", .text(author)),
            ]
            _ = try capture(
                [
                    Draft(
                        .put(form: BuiltInForm.question.form, space: view.space),
                        edits: values.filter { $0.1 != .text("") }.map { ($0.0, .set($0.1)) }, author: author)
                ], in: store)
            guard let question = try store.questions(about: view).last else { throw HubError(.caseUnknown) }
            try AuditLog.add(
                .asked, by: author, to: word, unit: SpaceName.unit(of: view.space), ["question": question.word],
                in: store)
            return question
        }
    }

    /// The names that this hub has written under.
    /// - Parameter candidates: those that are asked about; `nil` for all that are known here.
    package func writers(_ store: StoreTransaction, among candidates: Set<ReplicaID>? = nil) throws -> Set<ReplicaID> {
        try store.hubWriters(key: anchor.publicKey, among: candidates).union([store.identity.replica])
    }
}
