package import Causality
import Records

/// A device's wish for an attachment, from a chunk on. The answer is kind 17, version, and the chunks as blocks.
package struct AttachmentGet: Hashable, Sendable {
    package let replica: ReplicaID
    package let hash: Hash256
    package let first: Int
    private let unsigned: [UInt8]
    private let signature: [UInt8]

    private static let tag = "phusa attachment get 1"

    package static func bytes(
        _ hash: Hash256, from first: Int, signedBy identity: ReplicaIdentity, hub: ReplicaID
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(MessageKind.attachmentGet.rawValue)
        writer.byte(MessageKind.version)
        writer.replica(identity.replica)
        writer.hash(hash)
        writer.varint(UInt64(first))
        return writer.bytes + identity.sign(tag: tag, hub.bytes + writer.bytes)
    }

    package init(bytes: [UInt8]) throws(ProtocolError) {
        var reader = ByteReader(bytes)
        try MessageKind.expect(.attachmentGet, &reader)
        (replica, hash, first, signature) = try decoding { () throws(DecodingFailure) in
            let replica = try reader.replica()
            let hash = try reader.hash()
            let first = try reader.varint()
            guard first <= UInt64(ProtocolLimits.attachmentChunks) else { throw reader.failure(.tooLarge) }
            let signature = try reader.raw(Signature.byteCount)
            try reader.finish()
            return (replica, hash, Int(first), signature)
        }
        unsigned = Array(bytes.dropLast(Signature.byteCount))
    }

    package func isSigned(by publicKey: [UInt8], for hub: ReplicaID) -> Bool {
        Signature.isValid(signature, tag: Self.tag, hub.bytes + unsigned, publicKey: publicKey)
    }

    /// What the answer begins with.
    package static let answerStart = [MessageKind.attachmentBytes.rawValue, MessageKind.version]
}
