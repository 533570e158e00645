package import Causality
import Foundation
package import Records

/// Where photos and files are taken in: the folder of their bytes, and the store that notes what they say of themselves.
package struct AttachmentPlace: Sendable {
    package let store: ReplicaStore
    package let blobs: any BlobStore
    /// Below so much room on the disk, photos are refused: what is left is for what people write.
    package let reserve: Int64

    package init(_ store: ReplicaStore, _ blobs: any BlobStore, reserve: Int64) {
        self.store = store
        self.blobs = blobs
        self.reserve = reserve
    }

    /// Refuses drafts that list what is neither here nor listed by any record.
    /// - Throws: `attachment.missing`.
    package func requireHeld(_ drafts: [Draft], _ store: StoreTransaction) throws {
        for attachment in drafts.flatMap(\.attachments) {
            guard try blobs.byteCount(of: attachment.hash) == attachment.byteCount || store.isListed(attachment)
            else { throw StoreError(.attachmentMissing) }
        }
    }

    /// Begins to take an attachment in.
    /// - Throws: `attachment.no-room`.
    package func intake() throws -> AttachmentIntake {
        if let room = blobs.room, room < reserve { throw StoreError(.attachmentNoRoom) }
        return AttachmentIntake(try blobs.intake())
    }

    /// Ends an intake, and keeps what the photo says of itself.
    package func finish(_ intake: AttachmentIntake) throws -> Attachment {
        let attachment = try intake.finish()
        if let facts = intake.facts { try store.write { try $0.note(facts, of: attachment.hash) } }
        return attachment
    }

    /// Keeps what the original said of a photo that was made smaller from it.
    /// - Parameter start: the original's beginning.
    package func note(original: Hash256, start: [UInt8], of hash: Hash256) throws {
        guard try blobs.byteCount(of: hash) != nil else { throw StoreError(.attachmentMissing) }
        try store.write { try $0.note(PhotoFacts(jpeg: start), of: hash, original: original) }
    }

    /// Keeps the small picture that was made of a photo.
    /// - Throws: `attachment.missing` for a photo that is not here, `attachment.too-large`, and what ``AttachmentIntake`` does.
    @discardableResult
    package func keep(smallPicture bytes: [UInt8], of hash: Hash256) throws -> Attachment {
        guard try blobs.byteCount(of: hash) != nil else { throw StoreError(.attachmentMissing) }
        guard bytes.count <= RecordLimits.smallPictureBytes else {
            throw StoreError(.attachmentTooLarge, ["limit": "1/16"])
        }
        guard Attachment.Kind(start: bytes)?.isImage ?? true else { throw StoreError(.attachmentKindUnknown) }
        let intake = try intake()
        try intake.add(bytes)
        let small = try intake.finish()
        try store.write { try $0.note(of: hash, small: small) }
        return small
    }
}

extension Draft {
    /// What it lists anew.
    package var attachments: [Attachment] {
        edits.flatMap { _, edit -> [String] in
            switch edit {
            case .add(let word): [word]
            case .set(.items(let words)): words
            case .set, .drop: []
            }
        }.compactMap { Attachment(word: $0) }
    }
}
