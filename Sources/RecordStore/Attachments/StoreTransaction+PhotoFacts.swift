package import Causality
import Foundation
import GRDB
package import Records

/// When and where photos were taken, and what they were made from. It is known when a photo is stored, and becomes a record of its
/// own when a record lists the photo: a photo that nobody saves tells nobody where somebody was.
extension StoreTransaction {
    /// The form of those records: the photo's hash, the original's, when and where.
    package static let photoForm = "photo"

    /// Keeps what is known of a photo that was stored.
    /// - Parameter original: the hash of what it was made smaller from.
    package func note(_ facts: PhotoFacts?, of hash: Hash256, original: Hash256? = nil) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO photo_facts (hash, original, taken, place) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET
                original = coalesce(excluded.original, original), taken = coalesce(excluded.taken, taken),
                place = coalesce(excluded.place, place)
                """
        ).execute(
            arguments: [
                Data(hash.bytes), original.map { Data($0.bytes) }, facts?.takenAt?.iso, facts?.place,
            ])
    }

    /// Records of what is known of the photos that these drafts list and that nobody recorded yet.
    func photoDrafts(for drafts: [Draft]) throws -> [Draft] {
        var made: Set<Hash256> = []
        return try drafts.flatMap { draft -> [Draft] in
            let words = draft.edits.flatMap { _, edit -> [String] in
                switch edit {
                case .add(let word): [word]
                case .set(.items(let words)): words
                case .set, .drop: []
                }
            }
            let hashes = words.compactMap { Attachment(word: $0)?.hash }.filter { made.insert($0).inserted }
            guard !hashes.isEmpty, (try? latestForm(Self.photoForm)) != nil else { return [] }
            return try hashes.compactMap { hash -> Draft? in
                let space = try space(of: draft).name
                guard let edits = try edits(on: hash), try photo(hash, in: space) == nil else { return nil }
                let photo = Draft(.new(form: Self.photoForm, space: space), edits: edits, author: draft.author)
                // Whatever a camera wrote, and whatever becomes of that form: the record that lists the photo is saved.
                return (try? check(photo)) == nil ? nil : photo
            }
        }
    }

    private func edits(on hash: Hash256) throws -> [(field: String, edit: Draft.Edit)]? {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT original, taken, place FROM photo_facts WHERE hash = ?"),
            arguments: [Data(hash.bytes)])
        guard let row else { return nil }
        var edits: [(field: String, edit: Draft.Edit)] = [("sha256", .set(.text(hash.hex)))]
        if let original = try (row.at(0) as Data?).flatMap({ Hash256(bytes: $0) }) {
            edits.append(("original_sha256", .set(.text(original.hex))))
        }
        if let taken = (try row.at(1) as String?).flatMap({ Moment(iso: $0) }) {
            edits.append(("taken_at", .set(.moment(taken))))
        }
        if let place = try row.at(2) as String? { edits.append(("place", .set(.text(place)))) }
        return edits
    }

    /// What is recorded of a photo that a record of the space lists; `nil` for nothing.
    package func photo(_ hash: Hash256, in space: String) throws -> RecordView? {
        let key = NaturalKey(form: Self.photoForm, values: ["sha256": .text(hash.hex)])
        return try record(keyed: key, in: space)
    }
}
