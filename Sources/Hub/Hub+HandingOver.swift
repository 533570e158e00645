import Causality
import Foundation
package import RecordStore
import Records
import SyncProtocol
import Wording

/// Refused work that belongs to another unit: closed where it came from, and continued there.
extension Hub {
    /// Has a record whose changes were refused go on in another unit: with all that its refused changes say, on what is known of it, under
    /// their last author's name. Both units are told, and the refused changes are put aside, since they count over there.
    /// - Parameter word: of one of the refused changes; all that were refused of its record go with it.
    /// - Returns: the new record.
    /// - Throws: `refused.unknown`, `reason.missing`, `unit.unknown`, `move.same-unit`, `move.exists` where the unit has a record with that
    ///   key, `move.part` for a part of another record, which goes with that, `rights.settle`.
    package func handOver(_ word: String, to unit: String, reason: String, person: String) throws -> Captured {
        let reason = TextFold.normalized(reason)
        guard !reason.allSatisfy(\.isWhitespace) else { throw HubError(.reasonMissing) }
        guard reason.utf8.count <= RecordLimits.reasonBytes else { throw RecordsError(.reasonTooLong) }
        return try store.write { store in
            let (space, change) = try refused(word, store)
            try require(.settle, of: person, in: space.name, store)
            guard SpaceName.isUnitCode(unit), !SpaceName.isTraining(unit), try Self.knowsUnit(unit, store) else {
                throw HubError(.unitUnknown, ["unit": unit])
            }
            guard unit != SpaceName.unit(of: space.name) else { throw HubError(.moveSameUnit) }
            let works = try store.changes(ofRecord: change.record).filter {
                $0.decision == .refused && $0.disposed == nil
            }
            let view = try store.view(ofRow: change.record)
            let captured = try continued(view, with: works, in: SpaceName.general(unit), reason: reason, store)
            let new = try store.view(ofRow: captured.record)
            for attachment in try store.attachments(ofRecord: captured.record) {
                try store.noteBrought(attachment.hash, for: new.space)
            }
            try tell(view, isAway: true, of: new, by: person, reason: reason, store)
            try tell(new, isAway: false, of: view, by: person, reason: reason, store)
            let code = SpaceName.unit(of: new.space) ?? ""
            for work in works {
                try dispose(
                    work, .dismissed, reason: "→ \(code) \(new.word): \(reason)", person: person, in: space, store)
            }
            try AuditLog.add(
                .workMoved, by: person, to: view.word, unit: SpaceName.unit(of: space.name),
                ["to": unit, "change": captured.dot], in: store)
            return captured
        }
    }

    /// Notes that somebody has looked at what was written to a record after it had gone to another unit.
    /// - Throws: `case.unknown` for a record that did not go.
    package func noteLateEditsSeen(_ word: String, person: String) throws {
        try store.write { store in
            let place = try store.locate(word)
            try require(.settle, of: person, in: place.space.name, store)
            let view = try store.view(ofRow: place.row)
            guard let move = try store.move(of: view), move.isAway else { throw HubError(.caseUnknown, ["case": word]) }
            let seen = Draft(
                .edit(try store.view(ofRow: move.row).word),
                edits: [("seen", .set(.text(String(try store.space(view.space).position.index))))], author: person)
            _ = try capture([seen], in: store)
        }
    }

    /// The record as it is to be in the other unit.
    private func continued(
        _ view: RecordView, with works: [StoredChange], in space: String, reason: String, _ store: StoreTransaction
    ) throws -> Captured {
        let form = try store.latestForm(view.form)
        guard form.writers == .unit, !form.isSeal else { throw ReportedError(code: "refused.hub-only") }
        guard form.partField == nil else { throw HubError(.movePart) }
        var fields = view.fields
        for work in works {
            for (name, value) in view.emptied.filled(by: work).fields {
                guard case .items(let added) = value, case .items(let known)? = fields[name] else {
                    fields[name] = value
                    continue
                }
                fields[name] = .items(known + added.filter { !known.contains($0) })
            }
        }
        // What it named in its own unit is not there, and what is computed is nobody's to say.
        let left = form.fields.filter { $0.parent == nil && $0.compute == nil }.compactMap { field in
            fields[field.name].map { (field: field.name, edit: Draft.Edit.set($0)) }
        }
        if let key = form.naturalKey(fields), let known = try store.record(keyed: key, in: space),
            !known.versions.isEmpty
        {
            throw HubError(.moveExists, ["record": known.word])
        }
        try store.ensureSpace(space)
        let draft = Draft(
            .new(form: form.form, space: space), edits: left, author: works.last?.author ?? "", reason: reason)
        return try capture([draft], in: store)[0]
    }

    private func tell(
        _ record: RecordView, isAway: Bool, of other: RecordView, by person: String, reason: String,
        _ store: StoreTransaction
    ) throws {
        let fields = Move.fields(
            of: record.word, isAway: isAway, unit: SpaceName.unit(of: other.space) ?? "", word: other.word, by: person,
            reason: reason)
        _ = try capture(
            [
                Draft(
                    .put(form: BuiltInForm.move.form, space: record.space),
                    edits: fields.filter { !$0.value.isEmpty }.map { ($0.field, .set(.text($0.value))) },
                    author: person)
            ], in: store)
    }
}
