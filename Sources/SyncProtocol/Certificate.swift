package import Causality
import Records

/// The hub's signed word that a replica belongs to a unit and may take part in spaces.
package struct Certificate: Hashable, Sendable {
    package let publicKey: [UInt8]
    package let unit: String
    package let spaces: [String]
    /// The hub's clock at enrolment, in milliseconds since 1970.
    package let issued: Int64
    package let hub: ReplicaID
    package let signature: [UInt8]

    private static let tag = "phusa certificate 1"

    package var replica: ReplicaID { ReplicaID(publicKey: publicKey) }

    /// Whether the key writes for the hub itself: it is of no unit.
    package var isHubs: Bool { unit.isEmpty }

    /// A certificate signed with the hub's key.
    package init(publicKey: [UInt8], unit: String, spaces: [String], issued: Int64, hub: ReplicaIdentity) {
        self.publicKey = publicKey
        self.unit = unit
        self.spaces = spaces
        self.issued = issued
        self.hub = hub.replica
        let body = Self.body(publicKey: publicKey, unit: unit, spaces: spaces, issued: issued, hub: hub.replica)
        signature = hub.sign(tag: Self.tag, body)
    }

    private static func body(publicKey: [UInt8], unit: String, spaces: [String], issued: Int64, hub: ReplicaID)
        -> [UInt8]
    {
        var writer = ByteWriter()
        writer.byte(1)
        writer.raw(publicKey)
        writer.text(unit)
        writer.varint(UInt64(spaces.count))
        for space in spaces { writer.text(space) }
        writer.signed(issued)
        writer.replica(hub)
        return writer.bytes
    }

    package var bytes: [UInt8] {
        Self.body(publicKey: publicKey, unit: unit, spaces: spaces, issued: issued, hub: hub) + signature
    }

    /// Reads a certificate and checks that the hub with `hubKey` signed it.
    package init(bytes: [UInt8], hubKey: [UInt8]) throws(ProtocolError) {
        var reader = ByteReader(bytes)
        self = try decoding { () throws(DecodingFailure) in try Self(from: &reader) }
        let body = Array(bytes.dropLast(Signature.byteCount))
        guard hub == ReplicaID(publicKey: hubKey),
            Signature.isValid(signature, tag: Self.tag, body, publicKey: hubKey)
        else { throw ProtocolError(.certificateWrong) }
    }

    /// Whether it says that it is the hub's own. Whether that is true, only its signature tells: for leaving out at little cost what does
    /// not even say so.
    package static func claimsHub(_ bytes: [UInt8]) -> Bool {
        var reader = ByteReader(bytes)
        return (try? Self(from: &reader))?.isHubs ?? false
    }

    private init(from reader: inout ByteReader) throws(DecodingFailure) {
        guard try reader.byte() == 1 else { throw reader.failure(.unknownKind) }
        publicKey = try reader.raw(32)
        unit = try reader.text(limit: ProtocolLimits.spaceBytes)
        var spaces: [String] = []
        for _ in 0..<(try reader.count(limit: ProtocolLimits.spaces)) {
            spaces.append(try reader.text(limit: ProtocolLimits.spaceBytes))
        }
        self.spaces = spaces
        issued = try reader.signed()
        hub = try reader.replica()
        signature = try reader.raw(Signature.byteCount)
        try reader.finish()
    }
}
