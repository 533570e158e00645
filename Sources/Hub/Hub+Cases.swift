import Causality
package import RecordStore
package import Records
import SyncProtocol
import Wording

/// How a contested field is settled.
package enum Settlement: Hashable, Sendable {
    /// By the value of the standing version that this word names.
    case pick(String)
    /// By a value that nobody had entered.
    case value(Value)
}

extension Hub {
    /// Settles contested fields of a record with one change that covers what is known now, or what the page showed.
    /// - Parameters:
    ///   - word: the case, which goes by its record's word.
    ///   - baseToken: what the admin had on screen; `nil`: what is known now. A version that came after it stays a case.
    /// - Throws: `case.unknown`, `case.changed` when a picked version stands no longer, `reason.missing`.
    package func settle(
        _ word: String, _ settlements: [String: Settlement], reason: String, author: String, baseToken: String? = nil
    ) throws -> Captured {
        guard !reason.isEmpty else { throw HubError(.reasonMissing) }
        guard !settlements.isEmpty else { throw HubError(.choiceMissing) }
        return try store.write { store in
            let view = try store.view(ofRow: try store.locate(word).row)
            try require(.settle, of: author, in: view.space, store)
            guard !view.conflicts.isEmpty else { throw HubError(.caseUnknown, ["case": word]) }
            let edits = try settlements.map { field, settlement -> (field: String, edit: Draft.Edit) in
                guard view.conflicts.contains(field) else { throw HubError(.caseChanged, ["field": field]) }
                switch settlement {
                case .value(let value): return (field, .set(value))
                case .pick(let dot):
                    let picked = view.versions[field]?.first { $0.dotWord == dot }
                    // An edit may be picked against a deletion: the record goes on.
                    if picked == nil, field == RegisterKey.deleted.field,
                        view.versions.values.contains(where: { $0.contains { $0.dotWord == dot } })
                    {
                        return (field, .set(.flag(false)))
                    }
                    guard let picked else { throw HubError(.caseChanged, ["field": field]) }
                    return (field, .set(picked.value))
                }
            }
            let draft = Draft(
                .edit(word), edits: edits, baseToken: baseToken, author: author, reason: reason, settles: true)
            let captured = try capture([draft], in: store)[0]
            try AuditLog.add(
                .settled, by: author, to: word, unit: SpaceName.unit(of: view.space),
                ["change": captured.dot, "fields": settlements.keys.sorted().joined(separator: " ")], in: store)
            return captured
        }
    }

    /// Refused work, by the word of the change.
    func refused(_ word: String, _ store: StoreTransaction) throws -> (space: SpaceState, change: StoredChange) {
        guard let dot = DotWord(word) else { throw HubError(.refusedUnknown) }
        for space in try store.allSpaces() {
            if let change = try store.change(dot, in: space), change.decision == .refused, change.disposed == nil {
                return (space, change)
            }
        }
        throw HubError(.refusedUnknown)
    }

    /// Puts refused work aside, with a reason that its author reads.
    package func dismissRefused(_ word: String, reason: String, person: String) throws {
        let reason = TextFold.normalized(reason)
        guard !reason.allSatisfy(\.isWhitespace) else { throw HubError(.reasonMissing) }
        guard reason.utf8.count <= RecordLimits.reasonBytes else { throw RecordsError(.reasonTooLong) }
        try store.write { store in
            let (space, change) = try refused(word, store)
            try require(.settle, of: person, in: space.name, store)
            try dispose(change, .dismissed, reason: reason, person: person, in: space, store)
        }
    }

    /// Accepts refused work: a new change of the hub repeats it under its author's name, on what its author had seen.
    package func acceptRefused(_ word: String, person: String) throws -> Captured {
        try store.write { store in
            let (space, change) = try refused(word, store)
            try require(.settle, of: person, in: space.name, store)
            guard let payload = try? Payload(canonical: change.payload) else { throw HubError(.refusedUnknown) }
            // What only the hub writes is not made right by an admin's click.
            guard change.code != "rights.hub-only" else { throw ReportedError(code: "refused.hub-only") }
            if let seal = try self.seal(against: change, payload, store) { throw store.sealed(by: seal) }
            let captured = try store.repeat(change, payload, in: space)
            try receiveOwn(in: space, store)
            try dispose(change, .accepted, reason: "", person: person, in: space, store)
            return captured ?? Captured(space: space.name, record: change.record, dot: change.dotWord)
        }
    }

    /// What was signed since, or before, and stands against refused work.
    private func seal(against change: StoredChange, _ payload: Payload, _ store: StoreTransaction) throws -> RecordView?
    {
        let view = try store.view(ofRow: change.record)
        guard let form = try? store.latestForm(view.form) else { return nil }
        return try store.seal(over: view, by: .log) ?? store.seal(against: form, payload.operations.values, by: .log)
    }

    func dispose(
        _ change: StoredChange, _ outcome: Disposition.Outcome, reason: String, person: String, in space: SpaceState,
        _ store: StoreTransaction
    ) throws {
        let disposition = Disposition(
            dot: change.dot, outcome: outcome, person: person, reason: TextFold.normalized(reason),
            time: self.store.world.now())
        try store.record(.disposition(disposition), in: space)
        try AuditLog.add(
            outcome == .accepted ? .workAccepted : .workDismissed, by: person, to: change.dotWord,
            unit: SpaceName.unit(of: space.name), ["code": change.code], in: store)
    }
}
