package import Causality
import Foundation
import GRDB
package import RecordStore
import Records

/// What people record at the hub's own pages.
extension Hub {
    /// Where photos and files are taken in.
    package var attachments: AttachmentPlace { AttachmentPlace(store, blobs, reserve: attachmentReserve) }

    /// Notes who brought a photo or file by a page.
    package func note(attached hash: Hash256, by person: String) throws {
        try store.write { store in
            try store.db.cachedStatement(sql: "INSERT OR IGNORE INTO attached_here (hash, person) VALUES (?, ?)")
                .execute(
                    arguments: [Data(hash.bytes), person])
        }
    }

    /// Saves what somebody entered at a page, as a part of a transaction. Devices of the unit may fetch the photos that it lists.
    /// - Throws: `attachment.missing` for a file that neither the person brought nor a record of the unit lists: whoever read a hash
    ///   somewhere gets nothing for it.
    package func capture(entered drafts: [Draft], by person: String, in store: StoreTransaction) throws -> [Captured] {
        var listed: [(space: String, attachment: Attachment)] = []
        for draft in drafts where !draft.attachments.isEmpty {
            let space = try space(of: draft, store)
            for attachment in draft.attachments {
                let isListed = try store.spaces(listing: attachment.hash).contains {
                    $0.space == space && $0.attachment == attachment
                }
                guard !isListed else { continue }
                guard try store.wasAttached(attachment.hash, by: person),
                    try blobs.byteCount(of: attachment.hash) == attachment.byteCount
                else { throw StoreError(.attachmentMissing) }
                listed.append((space, attachment))
            }
        }
        for case .new(_, let space) in drafts.map(\.target) { try store.ensureSpace(space) }
        let captured = try capture(drafts, in: store)
        for (space, attachment) in listed {
            let small = try store.smallPicture(of: attachment.hash, in: space)
            for hash in [attachment.hash] + (small.map { [$0.hash] } ?? []) where try blobs.byteCount(of: hash) != nil {
                try store.noteStored(hash)
                try store.noteBrought(hash, for: space)
            }
        }
        return captured
    }

    private func space(of draft: Draft, _ store: StoreTransaction) throws -> String {
        switch draft.target {
        case .new(_, let space), .put(_, let space): space
        case .edit(let word): try store.locate(word).space.name
        }
    }
}

extension StoreTransaction {
    fileprivate func wasAttached(_ hash: Hash256, by person: String) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM attached_here WHERE hash = ? AND person = ?)"),
            arguments: [Data(hash.bytes), person]) ?? false
    }
}
