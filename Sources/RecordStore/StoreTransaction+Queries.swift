import Causality
import Foundation
import GRDB
package import Records
import SyncProtocol

/// Which records of a list are meant.
package struct RecordFilter: Sendable {
    /// A form's id; `nil` for every form but the catalogue's own.
    package var form: String?
    package var space: String?
    /// Words that must begin words of the record, whatever their diacritics and case.
    package var find: String?
    /// Deleted records too, and those of which all was dismissed.
    package var deleted: Bool

    package init(form: String? = nil, space: String? = nil, find: String? = nil, deleted: Bool = false) {
        self.form = form
        self.space = space
        self.find = find
        self.deleted = deleted
    }

    /// What stands after FROM, and the column that orders by age; `nil` when nothing can match.
    fileprivate var source: (sql: String, order: String, arguments: StatementArguments)? {
        var sql = "record"
        var order = "record.id"
        var arguments = StatementArguments()
        if let find {
            let tokens = TextFold.folded(find).split { !$0.isLetter && !$0.isNumber }
            guard !tokens.isEmpty else { return nil }
            // The index of words hands over its rows in order, so that a page is found without sorting all that match.
            sql = "search CROSS JOIN record ON record.id = search.rowid"
            order = "search.rowid"
            arguments += [tokens.map { "\"\($0)\"*" }.joined(separator: " ")]
        }
        sql += " WHERE " + (find == nil ? "" : "search MATCH ? AND ")
        sql += form == nil ? "record.form NOT LIKE '@%'" : "record.form = ?"
        if let form { arguments += [form] }
        if let space {
            sql += " AND record.space = (SELECT id FROM space WHERE name = ?)"
            arguments += [space]
        }
        if !deleted {
            sql += " AND (record.id NOT IN (\(Self.suspects)) OR (\(Self.isListed)))"
            arguments += [Data(Value.flag(true).canonicalBytes)]
        }
        return (sql, order, arguments)
    }

    /// Records that may not be listed: few, so that nothing need be asked of the others. Something wrote a deletion of them, or
    /// a refused change of them was put aside.
    private static let suspects = """
        SELECT id FROM record WHERE flags & 2 <> 0
        UNION ALL SELECT record FROM change WHERE decision <> 1 AND decision = 2 AND disposed IS NOT NULL
        """

    /// As `RecordView.deleted` has it, a standing deletion about which nobody is still to be asked; and as
    /// `RecordView.isDismissed` has it.
    private static let isListed = """
        (NOT EXISTS (SELECT 1 FROM version WHERE version.record = record.id AND version.field = '@deleted'
        AND version.standing = 1 AND version.value = ?) OR EXISTS (SELECT 1 FROM conflict
        WHERE conflict.record = record.id AND ' ' || conflict.fields || ' ' LIKE '% @deleted %'))
        AND (EXISTS (SELECT 1 FROM version WHERE version.record = record.id AND version.standing = 1)
        OR EXISTS (SELECT 1 FROM change WHERE change.record = record.id
        AND (decision = 0 OR decision = 2 AND disposed IS NULL)))
        """
}

/// Lists as pages and commands ask for them.
extension StoreTransaction {
    /// The records of a form, deleted ones too, newest first.
    /// - Parameter find: words that must begin words of the record, whatever their diacritics and case.
    package func records(form: String?, space: String? = nil, find: String? = nil) throws -> [RecordView] {
        try records(RecordFilter(form: form, space: space, find: find, deleted: true), limit: 1_000_000)
    }

    /// The records that `filter` lets through, newest first: at most `limit`, after `offset` of them.
    package func records(_ filter: RecordFilter, limit: Int, offset: Int = 0) throws -> [RecordView] {
        guard let source = filter.source else { return [] }
        return try Int64.fetchAll(
            db, sql: "SELECT record.id FROM \(source.sql) ORDER BY \(source.order) DESC LIMIT ? OFFSET ?",
            arguments: source.arguments + [limit, offset]
        ).map(view(ofRow:))
    }

    /// The rows of all records that `filter` lets through, oldest first; for ``view(ofRow:)`` one after another.
    package func recordRows(_ filter: RecordFilter) throws -> [Int64] {
        guard let source = filter.source else { return [] }
        return try Int64.fetchAll(
            db, sql: "SELECT record.id FROM \(source.sql) ORDER BY \(source.order)", arguments: source.arguments)
    }

    /// - Parameter most: so many are counted and no more, where it is enough to know that there are many.
    package func recordCount(_ filter: RecordFilter, atMost most: Int? = nil) throws -> Int {
        guard let source = filter.source else { return 0 }
        guard let most else {
            return try Int.fetchOne(db, sql: "SELECT count(*) FROM \(source.sql)", arguments: source.arguments) ?? 0
        }
        return try Int.fetchOne(
            db, sql: "SELECT count(*) FROM (SELECT 1 FROM \(source.sql) LIMIT ?)",
            arguments: source.arguments + [most]) ?? 0
    }

    /// The record of a space that goes by a natural key; `nil` when there is none.
    /// Whether values that stand, or are waited on, tell the record's natural key.
    package func tellsKey(of name: RecordID, _ form: FormDefinition, in space: SpaceState) throws -> Bool {
        guard let record = try recordRow(name, in: space.id) else { return false }
        let fields = form.keyFields.map(\.name)
        let known = try String.fetchAll(
            db.cachedStatement(sql: "SELECT DISTINCT field FROM version WHERE record = ?"), arguments: [record])
        return fields.contains(where: known.contains)
    }

    package func record(keyed key: NaturalKey, in space: String) throws -> RecordView? {
        guard try hasSpace(space) else { return nil }
        return try recordRow(.keyed(key), in: self.space(space).id).map(view(ofRow:))
    }
}

/// The records of one form that name another record as their parent.
package struct ChildRecords: Sendable {
    package let form: FormDefinition
    /// The field that names the parent.
    package let field: String
    /// Oldest first.
    package let records: [RecordView]
}

extension StoreTransaction {
    /// The children of a record, form by form; forms without any are there too.
    package func children(of parent: RecordView) throws -> [ChildRecords] {
        guard let parentForm = try? latestForm(parent.form) else { return [] }
        return try allForms().flatMap { form in
            try form.fields.filter { $0.isParent(parentForm) }.map { field in
                ChildRecords(
                    form: form, field: field.name, records: try records(of: form.form, with: field.name, parent.word))
            }
        }
    }

    /// The records in which a field holds a word, which search leads to; those that search does not have yet are looked at
    /// one by one.
    private func records(of form: String, with field: String, _ word: String) throws -> [RecordView] {
        try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT record.id FROM record JOIN version ON version.record = record.id
                    WHERE record.form = ? AND version.field = ? AND version.item = '' AND version.value = ?
                    AND version.standing = 1 AND (record.id IN (SELECT rowid FROM search WHERE search MATCH ?)
                    OR record.id IN (SELECT record FROM search_due)) GROUP BY record.id ORDER BY record.id
                    """),
            arguments: [form, field, Data(Value.text(word).canonicalBytes), "\"\(word)\""]
        ).map(view(ofRow:)).filter { !$0.deleted }
    }
}
