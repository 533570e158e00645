package import Causality
import Foundation
import GRDB
package import Records

/// What records list. A register of a set stays once somebody wrote it, so a photo that was taken out of a record again is among
/// these: the record's history shows it.
extension StoreTransaction {
    /// Finds what begins like an attachment's word by ``Schema``'s index of long members alone.
    private static let isWord = "length(version.item) >= \(Attachment.fewestWordBytes)"

    /// Everything that any record lists, the smallest first.
    package func listedAttachments() throws -> [Attachment] {
        try String.fetchAll(
            db.cachedStatement(sql: "SELECT DISTINCT item FROM version WHERE \(Self.isWord)")
        ).compactMap { Attachment(word: $0) }.sorted { ($0.byteCount, $0.word) < ($1.byteCount, $1.word) }
    }

    /// What a record lists, and listed.
    package func attachments(ofRecord record: Int64) throws -> [Attachment] {
        try String.fetchAll(
            db.cachedStatement(
                sql: "SELECT DISTINCT item FROM version WHERE record = ? AND length(item) >= ?"),
            arguments: [record, Attachment.fewestWordBytes]
        ).compactMap { Attachment(word: $0) }
    }

    /// The spaces whose records list bytes of this hash.
    package func spaces(listing hash: Hash256) throws -> [(space: String, attachment: Attachment)] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT space.name, version.item FROM version
                    JOIN record ON record.id = version.record JOIN space ON space.id = record.space
                    WHERE \(Self.isWord) AND version.item >= ? AND version.item < ?
                    """),
            // After the hash a word has a point, and behind the point stands the solidus.
            arguments: [hash.hex + ".", hash.hex + "/"])
        return try rows.compactMap { row in
            guard let attachment = Attachment(word: try row.at(1) as String) else { return nil }
            return (try row.at(0), attachment)
        }
    }
}

/// What is known of single attachments beside what records say.
extension StoreTransaction {
    /// Notes that the hub has it whole now.
    package func noteStored(_ hash: Hash256) throws {
        try db.cachedStatement(
            sql: "INSERT INTO attachment (hash, stored) VALUES (?1, ?2) ON CONFLICT (hash) DO UPDATE SET stored = ?2"
        ).execute(arguments: [Data(hash.bytes), now])
    }

    /// Whether any record lists it.
    package func isListed(_ attachment: Attachment) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM version WHERE \(Self.isWord) AND item = ?)"),
            arguments: [attachment.word]) ?? false
    }

    /// Whether the hub is known to have it whole.
    package func isStored(_ hash: Hash256) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM attachment WHERE hash = ?)"),
            arguments: [Data(hash.bytes)]) ?? false
    }

    package func forgetStored(_ hash: Hash256) throws {
        try db.cachedStatement(sql: "DELETE FROM attachment WHERE hash = ?").execute(arguments: [Data(hash.bytes)])
    }

    /// What was noted.
    /// - Parameter since: not before that, in milliseconds since 1970.
    package func storedAttachments(since: Int64 = 0) throws -> Set<Hash256> {
        Set(
            try Data.fetchAll(
                db.cachedStatement(sql: "SELECT hash FROM attachment WHERE stored >= ?"), arguments: [since]
            ).compactMap { Hash256(bytes: $0) })
    }
}
