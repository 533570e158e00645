import Causality
import Records

extension StoreTransaction {
    /// The change with all that a person needs to enter it again elsewhere: an object in JSON on a line of its own, in UTF-8.
    /// - Throws: `store.busy` where it goes by another name by now.
    package func line(of work: OpenWork) throws -> [UInt8] {
        guard let change = try change(work) else { throw StoreError(.busy) }
        let view = try view(ofRow: change.record).filled(by: change)
        let members: [String: JSON] = [
            "record": .text(view.word), "form": .text(change.form.form),
            "version": .number(Int64(clamping: change.form.version)), "space": .text(view.space),
            "dot": .text(change.dotWord), "at": .moment(change.time.milliseconds), "author": .text(change.author),
            "state": .text(change.state.rawValue), "code": change.code.isEmpty ? .null : .text(change.code),
            "reason": (change.contents?.reason).map { .text($0) } ?? .null, "new": .bool(change.creates),
            "fields": change.fieldsJSON, "shown": .object(view.fields.mapValues(\.json)),
            "deleted": .bool(view.deleted),
        ]
        return Array((JSON.object(members).line + "\n").utf8)
    }
}
