package import Causality

/// An attachment in chunks of one size, the last of them shorter, so that a place in it is a number.
package enum AttachmentChunks {
    package static func count(of byteCount: Int) -> Int {
        (byteCount + ProtocolLimits.attachmentChunkBytes - 1) / ProtocolLimits.attachmentChunkBytes
    }

    /// How many bytes the chunk has; 0 for one beyond the end.
    package static func size(of number: Int, in byteCount: Int) -> Int {
        max(0, min(ProtocolLimits.attachmentChunkBytes, byteCount - offset(of: number)))
    }

    package static func offset(of number: Int) -> Int { number * ProtocolLimits.attachmentChunkBytes }

    /// What a chunk is known by in the head of its message.
    package static func hash(_ bytes: [UInt8]) -> Hash256 { .of(tag: "phusa attachment chunk 1", bytes) }
}
