import Records

/// Every limit of the protocol, in one place. What exceeds one is refused with a code, before memory is spent on it.
package enum ProtocolLimits {
    /// Canonical bytes of a segment.
    package static let segmentBytes = 256 * 1024
    /// Changes of a segment.
    package static let segmentChanges = 5000
    /// Bytes of what a request or answer begins with, before its frames.
    package static let headBytes = 16 * 1024
    /// Bytes of a frame when compressed.
    package static let packedBytes = 512 * 1024
    /// Bytes of a frame's contents when expanded, and its room: what all that is in it may come to when put together.
    package static let frameBytes = 1024 * 1024
    /// What a change takes of its frame's room beside its payload's canonical bytes.
    package static let changeRoom = 48
    /// What an entry of the hub's log takes of its frame's room, a receipt too; another entry takes its bytes as well.
    package static let entryRoom = 64
    /// What a replica's head takes of a snapshot chunk's room.
    package static let headRoom = 96
    /// Bytes of a snapshot's chunk as it travels.
    package static let chunkBytes = 384 * 1024
    /// Chunks of one snapshot.
    package static let chunks = 8192
    /// Bytes of a snapshot's manifest: every chunk's hash, and what stands before them.
    package static let manifestBytes = chunks * 32 + 1024
    /// Bytes of a message that is whole in itself: enrolment, welcome, refusal.
    package static let messageBytes = 64 * 1024
    /// Spaces of one exchange.
    package static let spaces = 512
    /// Segments of one space in one exchange.
    package static let segments = 4096
    /// Log entries of one space in one answer.
    package static let entries = 65_536
    /// Places that a hub shows of its log where a device's place is not on it.
    package static let linePlaces = 64
    /// Bytes of one log entry.
    package static let entryBytes = 64 * 1024
    /// Bytes of a space's id.
    package static let spaceBytes = 64
    /// Bytes of a password, old or new.
    package static let passwordBytes = 1024
    /// Bytes of a code.
    package static let codeBytes = 64
    /// Bytes of one detail of an error.
    package static let detailBytes = 512
    /// Bytes of a certificate.
    package static let certificateBytes = 32 * 1024
    /// Certificates of one answer.
    package static let certificates = 4096
    /// Attachments of one question.
    package static let attachments = 256
    /// Bytes of a chunk of an attachment; the last one has fewer.
    package static let attachmentChunkBytes = 128 * 1024
    /// Chunks of one attachment.
    package static let attachmentChunks = RecordLimits.attachmentBytes / attachmentChunkBytes
    /// Bytes of what a device calls its program's version.
    package static let programVersionBytes = 32
    /// Changes or photos that a device may tell of.
    package static let reportedCount: UInt64 = 1 << 40
    /// Bytes of a disk that a device may tell of.
    package static let reportedBytes: UInt64 = 1 << 60
    /// Forms that a device may name when it enrols.
    package static let forms = 1000
}
