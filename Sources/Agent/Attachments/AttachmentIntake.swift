package import Causality
import Foundation
package import RecordStore
package import Records

/// A photo or file on its way onto this machine, piece by piece, for one thread at a time. A record that lists it is saved after its
/// bytes are on the disk, so that no list names what is nowhere. Of what is refused nothing stays.
package final class AttachmentIntake: @unchecked Sendable {
    // Unchecked: whoever feeds it waits for each call to end before the next, so no two threads touch it at once.
    private let intake: any BlobIntake
    private var start: [UInt8] = []
    private var kind: Attachment.Kind?
    private var count = 0
    /// The beginning, as far as a camera writes into it.
    private var head: [UInt8] = []
    /// What the photo says of itself, once it is here.
    package private(set) var facts: PhotoFacts?

    fileprivate init(_ intake: any BlobIntake) { self.intake = intake }

    /// - Throws: `attachment.kind-unknown`, `attachment.too-large`, `store.full`.
    package func add(_ bytes: [UInt8]) throws {
        count += bytes.count
        guard count <= RecordLimits.attachmentBytes else {
            throw StoreError(.attachmentTooLarge, ["limit": String(RecordLimits.attachmentBytes / 1_048_576)])
        }
        head += bytes.prefix(PhotoFacts.startBytes - head.count)
        guard kind == nil else { return try intake.add(bytes) }
        start += bytes
        guard start.count >= Attachment.Kind.startBytes else { return }
        guard let known = Attachment.Kind(start: start) else { throw StoreError(.attachmentKindUnknown) }
        kind = known
        try intake.add(start)
        start = []
    }

    /// - Throws: `attachment.empty`, `attachment.kind-unknown`.
    package func finish() throws -> Attachment {
        guard count > 0 else { throw StoreError(.attachmentEmpty) }
        guard let kind else { throw StoreError(.attachmentKindUnknown) }
        let (hash, byteCount) = try intake.finish()
        facts = PhotoFacts(jpeg: head)
        head = []
        return Attachment(hash: hash, byteCount: byteCount, kind: kind)
    }
}

extension AgentDevice {
    /// Below so much room on the disk, photos are refused: what is left is for what people write.
    package static let attachmentReserve: Int64 = 2 * DiskRoom.veryLowBytes

    /// Refuses drafts that list what is neither on this machine nor listed by any record.
    /// - Throws: `attachment.missing`.
    package func requireHeld(_ drafts: [Draft], _ store: StoreTransaction) throws {
        for (_, edit) in drafts.flatMap(\.edits) {
            let words: [String] =
                switch edit {
                case .add(let word): [word]
                case .set(.items(let words)): words
                case .set, .drop: []
                }
            for attachment in words.compactMap({ Attachment(word: $0) }) {
                guard try blobs.byteCount(of: attachment.hash) == attachment.byteCount || store.isListed(attachment)
                else { throw StoreError(.attachmentMissing) }
            }
        }
    }

    /// Begins to take an attachment in.
    /// - Throws: `attachment.no-room`.
    package func attachmentIntake() throws -> AttachmentIntake {
        if let room = blobs.room, room < Self.attachmentReserve { throw StoreError(.attachmentNoRoom) }
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
    package func keep(smallPicture bytes: [UInt8], of hash: Hash256) throws {
        guard try blobs.byteCount(of: hash) != nil else { throw StoreError(.attachmentMissing) }
        guard bytes.count <= RecordLimits.smallPictureBytes else {
            throw StoreError(.attachmentTooLarge, ["limit": "1/16"])
        }
        guard Attachment.Kind(start: bytes)?.isImage ?? true else { throw StoreError(.attachmentKindUnknown) }
        let intake = try attachmentIntake()
        try intake.add(bytes)
        let small = try intake.finish()
        try store.write { try $0.note(of: hash, small: small) }
    }

    /// Keeps the file at `path`.
    /// - Throws: `attachment.unreadable`, `attachment.no-room`, and what ``AttachmentIntake`` does.
    package func attach(fileAt path: String) throws -> Attachment {
        let unreadable = StoreError(.attachmentUnreadable, ["file": (path as NSString).lastPathComponent])
        guard let file = FileHandle(forReadingAtPath: path) else { throw unreadable }
        defer { try? file.close() }
        let intake = try attachmentIntake()
        while true {
            let piece: Data
            do { piece = try file.read(upToCount: BlobFolder.pieceBytes) ?? Data() } catch { throw unreadable }
            guard !piece.isEmpty else { return try finish(intake) }
            try intake.add(Array(piece))
        }
    }
}
