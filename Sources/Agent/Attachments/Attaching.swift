import Foundation
package import RecordStore
package import Records

extension AgentDevice {
    /// Below so much room on the disk, photos are refused: what is left is for what people write.
    package static let attachmentReserve: Int64 = 2 * DiskRoom.veryLowBytes

    /// Where photos and files are taken in.
    package var attachments: AttachmentPlace { AttachmentPlace(store, blobs, reserve: Self.attachmentReserve) }

    /// Begins to take an attachment in.
    /// - Throws: `attachment.no-room`.
    package func attachmentIntake() throws -> AttachmentIntake { try attachments.intake() }

    /// Ends an intake, and keeps what the photo says of itself.
    package func finish(_ intake: AttachmentIntake) throws -> Attachment { try attachments.finish(intake) }

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
