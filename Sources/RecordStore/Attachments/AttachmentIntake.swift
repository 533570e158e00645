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

    init(_ intake: any BlobIntake) { self.intake = intake }

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
