package import Causality
import Foundation
import GRDB
package import Records

/// When and where photos were taken, and what they were made from. It is known when a photo is stored, and becomes a record of its
/// own when a record lists the photo: a photo that nobody saves tells nobody where somebody was.
extension StoreTransaction {
    /// The form of those records: the photo's hash, the original's, its small picture, when and where.
    package static let photoForm = "photo"
    private static let smallField = "small"
    private static let cameraFields: Set<String> = ["taken_at", "place"]

    /// Keeps what is known of a photo that was stored.
    /// - Parameters:
    ///   - original: the hash of what it was made smaller from.
    ///   - small: the small picture that was made of it.
    package func note(
        _ facts: PhotoFacts? = nil, of hash: Hash256, original: Hash256? = nil, small: Attachment? = nil
    ) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO photo_facts (hash, original, taken, place, small) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (hash) DO UPDATE SET
                original = coalesce(excluded.original, original), taken = coalesce(excluded.taken, taken),
                place = coalesce(excluded.place, place), small = coalesce(small, excluded.small)
                """
        ).execute(
            arguments: [
                Data(hash.bytes), original.map { Data($0.bytes) }, facts?.takenAt?.iso, facts?.place, small?.word,
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
            guard !hashes.isEmpty, let form = try? latestForm(Self.photoForm) else { return [] }
            return try hashes.compactMap { hash -> Draft? in
                let space = try space(of: draft).name
                guard try photo(hash, in: space) == nil else { return nil }
                // An older version of the form asks for less.
                let edits = try edits(on: hash).filter { form.field($0.field) != nil }
                // Whatever a camera wrote, and whatever becomes of that form: the record that lists the photo is saved.
                return [edits, edits.filter { !Self.cameraFields.contains($0.field) }].lazy
                    .filter { $0.count > 1 }
                    .map { Draft(.new(form: Self.photoForm, space: space), edits: $0, author: draft.author) }
                    .first { (try? check($0)) != nil }
            }
        }
    }

    private func edits(on hash: Hash256) throws -> [(field: String, edit: Draft.Edit)] {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT original, taken, place, small FROM photo_facts WHERE hash = ?"),
            arguments: [Data(hash.bytes)])
        guard let row else { return [] }
        var edits: [(field: String, edit: Draft.Edit)] = [("sha256", .set(.text(hash.hex)))]
        if let original = try (row.at(0) as Data?).flatMap({ Hash256(bytes: $0) }) {
            edits.append(("original_sha256", .set(.text(original.hex))))
        }
        if let taken = (try row.at(1) as String?).flatMap({ Moment(iso: $0) }) {
            edits.append(("taken_at", .set(.moment(taken))))
        }
        if let place = try row.at(2) as String? { edits.append(("place", .set(.text(place)))) }
        if let small = try row.at(3) as String? { edits.append((Self.smallField, .add(small))) }
        return edits
    }

    /// What is recorded of a photo that a record of the space lists; `nil` for nothing.
    package func photo(_ hash: Hash256, in space: String) throws -> RecordView? {
        let key = NaturalKey(form: Self.photoForm, values: ["sha256": .text(hash.hex)])
        return try record(keyed: key, in: space)
    }

    /// The small picture of a photo that a record of the space lists; `nil` where none is recorded.
    package func smallPicture(of hash: Hash256, in space: String) throws -> Attachment? {
        guard case .items(let words)? = try photo(hash, in: space)?.fields[Self.smallField] else { return nil }
        return words.lazy.compactMap { Attachment(word: $0) }.first { $0.kind.isImage }
    }

    /// Every small picture that a record lists, with the photo that it shows: of the newest record first.
    package func smallPictures() throws -> [(small: Attachment, photo: Hash256)] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT version.item, named.value, record.id FROM version
                    JOIN record ON record.id = version.record
                    JOIN version AS named ON named.record = record.id AND named.field = 'sha256' AND named.item = ''
                    WHERE length(version.item) >= \(Attachment.fewestWordBytes) AND version.field = ? AND record.form = ?
                    ORDER BY record.id DESC
                    """),
            arguments: [Self.smallField, Self.photoForm])
        return try rows.compactMap { row in
            let value = try Value(canonical: Array(row.at(1) as Data))
            guard let small = Attachment(word: try row.at(0) as String), let photo = Hash256(hex: value.plainText)
            else { return nil }
            return (small, photo)
        }
    }
}
