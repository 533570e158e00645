package import Causality
import Records

/// A device's question what the hub has of its attachments, so that nothing is sent that is there.
package struct AttachmentQuery: Hashable, Sendable {
    package struct Item: Hashable, Sendable {
        package let hash: Hash256
        package let byteCount: Int

        package init(hash: Hash256, byteCount: Int) {
            self.hash = hash
            self.byteCount = byteCount
        }

        func write(to writer: inout ByteWriter) {
            writer.hash(hash)
            writer.varint(UInt64(byteCount))
        }

        init(from reader: inout ByteReader) throws(DecodingFailure) {
            hash = try reader.hash()
            let count = try reader.varint()
            guard count >= 1, count <= UInt64(RecordLimits.attachmentBytes) else { throw reader.failure(.tooLarge) }
            byteCount = Int(count)
        }
    }

    package let replica: ReplicaID
    package let items: [Item]
    private let unsigned: [UInt8]
    private let signature: [UInt8]

    private static let tag = "phusa attachment query 1"

    /// The message, signed by the device for this hub and no other.
    package static func bytes(_ items: [Item], signedBy identity: ReplicaIdentity, hub: ReplicaID) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(MessageKind.attachmentQuery.rawValue)
        writer.byte(MessageKind.version)
        writer.replica(identity.replica)
        writer.varint(UInt64(items.count))
        for item in items { item.write(to: &writer) }
        return writer.bytes + identity.sign(tag: tag, hub.bytes + writer.bytes)
    }

    package init(bytes: [UInt8]) throws(ProtocolError) {
        var reader = ByteReader(bytes)
        try MessageKind.expect(.attachmentQuery, &reader)
        (replica, items, signature) = try decoding { () throws(DecodingFailure) in
            let replica = try reader.replica()
            var items: [Item] = []
            for _ in 0..<(try reader.count(limit: ProtocolLimits.attachments)) {
                items.append(try Item(from: &reader))
            }
            let signature = try reader.raw(Signature.byteCount)
            try reader.finish()
            return (replica, items, signature)
        }
        unsigned = Array(bytes.dropLast(Signature.byteCount))
    }

    package func isSigned(by publicKey: [UInt8], for hub: ReplicaID) -> Bool {
        Signature.isValid(signature, tag: Self.tag, hub.bytes + unsigned, publicKey: publicKey)
    }
}

/// The hub's answer: how much it has of each, in the order of the question.
package enum AttachmentAnswer {
    package static func bytes(_ standings: [AttachmentStanding]) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(MessageKind.attachmentAnswer.rawValue)
        writer.byte(MessageKind.version)
        writer.varint(UInt64(standings.count))
        for standing in standings { standing.write(to: &writer) }
        return writer.bytes
    }

    /// - Parameter count: how many were asked about; another number is `wire.malformed`.
    package static func standings(_ bytes: [UInt8], count: Int) throws(ProtocolError) -> [AttachmentStanding] {
        var reader = ByteReader(bytes)
        try MessageKind.expect(.attachmentAnswer, &reader)
        return try decoding { () throws(DecodingFailure) in
            guard try reader.count(limit: ProtocolLimits.attachments) == count else {
                throw reader.failure(.inconsistent)
            }
            var standings: [AttachmentStanding] = []
            for _ in 0..<count { standings.append(try AttachmentStanding(from: &reader)) }
            try reader.finish()
            return standings
        }
    }
}
