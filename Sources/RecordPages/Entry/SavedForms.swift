import RecordStore
import WebPages

/// Remembers which forms were saved, in the transaction that saves them, so that a double click, a page loaded again, or
/// a browser that tries again after a crash does not save a second time. Only the latest some hundred are kept.
package enum SavedForms {
    /// The field that carries the form's own name.
    package static let field = "saved"

    struct Saved {
        /// The record that the form made or changed.
        let record: String
        /// Whether what came now is what was saved then.
        let isSame: Bool
    }

    static func find(_ body: FormBody, _ store: StoreTransaction) throws -> Saved? {
        guard let slot = slot(body), let known = try store.setting(slot) else { return nil }
        let parts = String(decoding: known, as: UTF8.self).split(separator: " ").map(String.init)
        guard parts.count == 3, parts[0] == body[field] else { return nil }
        return Saved(record: parts[1], isSame: parts[2] == body.fingerprint)
    }

    static func keep(_ body: FormBody, record: String, _ store: StoreTransaction) throws {
        guard let slot = slot(body) else { return }
        try store.setSetting(slot, Array("\(body[field]) \(record) \(body.fingerprint)".utf8))
    }

    /// One of 256 places, by the first two digits of the form's name: the store does not grow with the forms.
    private static func slot(_ body: FormBody) -> String? {
        let name = body[field]
        guard FormToken.isToken(name) else { return nil }
        return "page.saved.\(name.prefix(2))"
    }
}
