import Causality
import Foundation
import GRDB
import Records
import SyncProtocol

/// Lists and search.
extension StoreTransaction {
    /// Whether a register of the record holds several versions, or something deleted it: nothing else makes a case.
    func mayBeCase(_ record: Int64) throws -> Bool {
        let select = try prepared(.selectSiblings)
        select.bind(1, record)
        select.bind(2, text: RegisterKey.deleted.field.utf8)
        defer { select.reset() }
        return try select.step()
    }

    func deferSearch(of record: Int64) throws {
        let statement = try prepared(.insertSearchDue)
        statement.bind(1, record)
        try statement.run()
    }

    /// Brings some search rows up to date that were left behind.
    /// - Returns: whether there may be more.
    package func catchUpSearch() throws -> Bool {
        let due = try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT record FROM search_due ORDER BY record DESC LIMIT ?"),
            arguments: [Self.catchUpRecords])
        for record in due {
            try refreshSearch(of: record)
            try db.cachedStatement(sql: "DELETE FROM search_due WHERE record = ?").execute(arguments: [record])
        }
        // A unit's row brings up the rows that name the unit.
        return try Bool.fetchOne(db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM search_due)")) ?? false
    }

    /// How many records cannot be found by their newest words yet.
    package func searchDueCount() throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM search_due")) ?? 0
    }

    /// Search rows of one transaction, so that nobody who saves waits long for it.
    private static let catchUpRecords = 500

    func refreshSearch(of record: Int64) throws {
        let view = try view(ofRow: record)
        let unsearched = [
            BuiltInForm.form, BuiltInForm.dictionary, BuiltInForm.person, BuiltInForm.question, BuiltInForm.answer,
            BuiltInForm.move,
        ]
        guard !unsearched.contains(where: { $0.form == view.form }) else { return }
        let form = try? latestForm(view.form)
        var words: [String] = []
        for (name, value) in view.fields.sorted(by: { $0.key < $1.key }) {
            // Strokes and frozen contents are nobody's words, and the parts that were frozen have rows of their own.
            let field = form?.field(name)
            if field?.appearance == .signature || (form?.isSeal ?? false && name == SealedContent.field) { continue }
            switch value {
            case .text(let text):
                words.append(text)
                if let label = field?.choices?.first(where: { $0.name == text })?.label {
                    words += [label.vi, label.en]
                    // A ward is known by the names of those that became it for years.
                    if let former = try formerNames(ofUnit: text) { words.append(former) }
                }
            case .null, .items, .flag, .unknown: continue
            default: words.append(value.plainText)
            }
        }
        let text = TextFold.folded(words.joined(separator: " "))
        if view.form == BuiltInForm.unit.form { try deferSearch(ofUnit: view, row: record, text) }
        try db.cachedStatement(sql: "DELETE FROM search WHERE rowid = ?").execute(arguments: [record])
        try db.cachedStatement(sql: "INSERT INTO search (rowid, text) VALUES (?, ?)")
            .execute(arguments: [record, text])
    }

    /// Where a unit goes by other names now, all that names it is to be found by them.
    private func deferSearch(ofUnit unit: RecordView, row: Int64, _ text: String) throws {
        guard case .text(let code)? = unit.fields["code"], SpaceName.isUnitCode(code) else { return }
        let former = try String.fetchOne(
            db.cachedStatement(sql: "SELECT text FROM search WHERE rowid = ?"), arguments: [row])
        guard former != text else { return }
        try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO search_due SELECT rowid FROM search WHERE search MATCH ? AND rowid <> ?"
        ).execute(arguments: ["\"\(code)\"", row])
    }

    /// What the units were called that became this one; `nil` where nothing says so, and of what is no unit.
    private func formerNames(ofUnit code: String) throws -> String? {
        guard SpaceName.isUnitCode(code) else { return nil }
        let key = NaturalKey(form: BuiltInForm.unit.form, values: ["code": .text(code)])
        guard case .text(let names)? = try record(keyed: key, in: SpaceName.catalogue)?.fields["other_names"] else {
            return nil
        }
        return names
    }

    /// Changes that wait or were refused, oldest first. On a device, its own; at the hub, everybody's.
    package func openChanges(ownOnly: Bool) throws -> [StoredChange] {
        let changes = try Row.fetchAll(
            db.cachedStatement(
                sql:
                    "SELECT \(Self.changeColumns) FROM change WHERE decision <> 1 ORDER BY time, space, replica, sequence"
            )
        ).map(storedChange)
        return ownOnly ? try changes.filter { try wasMadeHere($0, in: $0.space) } : changes
    }
}
