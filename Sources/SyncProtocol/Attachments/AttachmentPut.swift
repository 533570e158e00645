package import Causality
import Records

/// What begins a message with chunks of an attachment: which one it is, what each of its chunks is known by, and which is the first that
/// follows. The chunks follow as blocks, each of which can be taken in by itself, so that a cut message loses one at most.
package struct AttachmentPut: Hashable, Sendable {
    package let replica: ReplicaID
    package let item: AttachmentQuery.Item
    package let first: Int
    /// What all chunks of the attachment are known by.
    package let chunks: [Hash256]

    package init(replica: ReplicaID, item: AttachmentQuery.Item, first: Int, chunks: [Hash256]) {
        self.replica = replica
        self.item = item
        self.first = first
        self.chunks = chunks
    }

    private static let tag = "phusa attachment put 1"

    /// The head, kind and length included, signed by the device for this hub and no other.
    package func bytes(signedBy identity: ReplicaIdentity, hub: ReplicaID) -> [UInt8] {
        var head = ByteWriter()
        head.byte(MessageKind.version)
        head.replica(replica)
        item.write(to: &head)
        head.varint(UInt64(first))
        for chunk in chunks { head.hash(chunk) }
        var writer = ByteWriter()
        writer.byte(MessageKind.attachmentPut.rawValue)
        writer.block(head.bytes + identity.sign(tag: Self.tag, hub.bytes + head.bytes))
        return writer.bytes
    }

    /// A chunk as it follows the head.
    package static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.block(bytes)
        return writer.bytes
    }

    /// A head as it came. Nothing in it may be relied on before its signature was checked.
    package struct Received: Sendable {
        package let put: AttachmentPut
        private let unsigned: [UInt8]
        private let signature: [UInt8]

        /// Reads a head without its kind and length.
        package init(head: [UInt8]) throws(ProtocolError) {
            guard head.first == MessageKind.version else { throw ProtocolError(.versionUnknown) }
            (put, signature) = try decoding { () throws(DecodingFailure) in
                var reader = ByteReader(head)
                _ = try reader.byte()
                let replica = try reader.replica()
                let item = try AttachmentQuery.Item(from: &reader)
                let count = AttachmentChunks.count(of: item.byteCount)
                let first = try reader.varint()
                guard first < UInt64(count) else { throw reader.failure(.inconsistent) }
                var chunks: [Hash256] = []
                for _ in 0..<count { chunks.append(try reader.hash()) }
                let signature = try reader.raw(Signature.byteCount)
                try reader.finish()
                return (
                    AttachmentPut(replica: replica, item: item, first: Int(first), chunks: chunks), signature
                )
            }
            unsigned = Array(head.dropLast(Signature.byteCount))
        }

        package func isSigned(by publicKey: [UInt8], for hub: ReplicaID) -> Bool {
            Signature.isValid(
                signature, tag: AttachmentPut.tag, hub.bytes + unsigned, publicKey: publicKey)
        }
    }
}
