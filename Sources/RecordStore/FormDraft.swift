import Foundation
import GRDB
package import Records

/// A form that somebody began to fill in, as it stood when a key was last pressed. It stays where it was typed, at an
/// agent or at the hub, until it is saved as a change or thrown away by whoever typed it.
package struct FormDraft: Sendable {
    /// The name that the page gave it, which is also the form's own name.
    package let name: String
    /// The version that was filled in.
    package let form: FormReference
    /// The record that it edits; empty for a new one.
    package let record: String
    package let author: String
    /// What the page would send: names and values.
    package let body: [UInt8]
    /// In milliseconds since 1970.
    package let changed: Int64
    /// How many fields cannot be saved as they are.
    package let problems: Int
    package let stamp: Stamp

    /// Which window typed last, and how far it had come.
    package struct Stamp: Hashable, Sendable {
        package let page: String
        package let turn: Int64

        package init(page: String, turn: Int64) {
            self.page = page
            self.turn = turn
        }

        package init?(_ text: String) {
            let parts = text.split(separator: ".")
            guard parts.count == 2, let turn = Int64(parts[1]) else { return nil }
            self.init(page: String(parts[0]), turn: turn)
        }

        package var text: String { "\(page).\(turn)" }
    }

    package init(
        name: String, form: FormReference, record: String, author: String, body: [UInt8], changed: Int64, problems: Int,
        stamp: Stamp
    ) {
        self.name = name
        self.form = form
        self.record = record
        self.author = author
        self.body = body
        self.changed = changed
        self.problems = problems
        self.stamp = stamp
    }

    /// The table of drafts, beside the replica's own. Its name is of the time when only agents had one.
    package static let table = (
        name: "agent drafts 1",
        sql: """
        CREATE TABLE form_draft (
            name TEXT NOT NULL PRIMARY KEY,
            form TEXT NOT NULL,
            version INTEGER NOT NULL,
            record TEXT NOT NULL,
            author TEXT NOT NULL,
            body BLOB NOT NULL,
            changed INTEGER NOT NULL,
            problems INTEGER NOT NULL,
            page TEXT NOT NULL,
            turn INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX form_draft_of ON form_draft (author, form, record);
        """
    )
}

/// What became of a draft that a page sent.
package enum DraftOutcome: Hashable, Sendable {
    case kept
    /// The same window has sent more meanwhile.
    case overtaken
    /// Another window has the draft open too and went on with it: what came is kept beside it, under this name.
    case keptBeside(String)
}

extension StoreTransaction {
    /// Drafts that one person keeps. Nobody types so many; a page that ran wild would.
    private static let mostDrafts = 2000

    /// Keeps what a page sent.
    /// - Parameters:
    ///   - from: what the page had begun with, where it did not begin the draft.
    ///   - spare: the name to keep it under where another window went on with it.
    /// - Throws: `draft.too-many`.
    package func keep(_ draft: FormDraft, from: FormDraft.Stamp?, spare: String) throws -> DraftOutcome {
        guard let known = try self.draft(draft.name) else {
            guard try draftCount(of: draft.author) < Self.mostDrafts else { throw StoreError(.draftsTooMany) }
            try write(draft, named: draft.name)
            return .kept
        }
        if known.stamp.page == draft.stamp.page {
            guard draft.stamp.turn > known.stamp.turn else { return .overtaken }
        } else if from != known.stamp {
            guard try draftCount(of: draft.author) < Self.mostDrafts else { throw StoreError(.draftsTooMany) }
            try write(draft, named: spare)
            return .keptBeside(spare)
        }
        try write(draft, named: draft.name)
        return .kept
    }

    private func write(_ draft: FormDraft, named name: String) throws {
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO form_draft (name, form, version, record, author, body, changed, problems, page, turn)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            name, draft.form.form, Int64(clamping: draft.form.version), draft.record, draft.author, Data(draft.body),
            draft.changed, draft.problems, draft.stamp.page, draft.stamp.turn,
        ])
    }

    package func draft(_ name: String) throws -> FormDraft? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(Self.columns) FROM form_draft WHERE name = ?"), arguments: [name]
        )
        .map(Self.draft)
    }

    /// A person's drafts and those of nobody named, the newest first.
    package func drafts(of author: String) throws -> [FormDraft] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.columns) FROM form_draft WHERE author = ? OR author = '' ORDER BY changed DESC, name
                    """), arguments: [author]
        ).map(Self.draft)
    }

    /// The drafts of people who are not among `people`, the newest first: of somebody who has left.
    package func drafts(ofNoneOf people: Set<String>) throws -> [FormDraft] {
        let authors = try String.fetchAll(
            db.cachedStatement(sql: "SELECT DISTINCT author FROM form_draft WHERE author <> ''")
        ).filter { !people.contains($0) }
        return try authors.flatMap { author in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT \(Self.columns) FROM form_draft WHERE author = ?"), arguments: [author]
            ).map(Self.draft)
        }.sorted { ($1.changed, $0.name) < ($0.changed, $1.name) }
    }

    package func draftCount() throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM form_draft")) ?? 0
    }

    package func draftCount(of author: String) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM form_draft WHERE author = ? OR author = ''"),
            arguments: [author]) ?? 0
    }

    /// Another text whenever a draft was made, typed on or thrown away.
    package func draftMark() throws -> String {
        try Row.fetchOne(db, sql: "SELECT count(*), coalesce(sum(turn), 0), coalesce(max(changed), 0) FROM form_draft")
            .map { "\(try $0.at(0) as Int64) \(try $0.at(1) as Int64) \(try $0.at(2) as Int64)" } ?? ""
    }

    package func dropDraft(_ name: String) throws {
        try db.cachedStatement(sql: "DELETE FROM form_draft WHERE name = ?").execute(arguments: [name])
    }

    /// Takes a draft over to another version of its form.
    package func moveDraft(_ name: String, to version: UInt64) throws {
        try db.cachedStatement(sql: "UPDATE form_draft SET version = ? WHERE name = ?")
            .execute(arguments: [Int64(clamping: version), name])
    }

    private static let columns = "name, form, version, record, author, body, changed, problems, page, turn"

    private static func draft(_ row: Row) throws -> FormDraft {
        FormDraft(
            name: try row.at(0), form: FormReference(try row.at(1), version: try row.natural(2)),
            record: try row.at(3), author: try row.at(4), body: Array(try row.at(5) as Data), changed: try row.at(6),
            problems: try row.at(7), stamp: FormDraft.Stamp(page: try row.at(8), turn: try row.at(9)))
    }
}
