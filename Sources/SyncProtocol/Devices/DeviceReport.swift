package import Causality
import Records

/// What a device tells its hub of itself, so that somebody there sees a machine in need before its people call. Nothing of what
/// anybody recorded is in it.
package struct DeviceReport: Hashable, Sendable {
    /// Of the program.
    package let version: String
    /// Its changes that the hub has not received.
    package let waiting: UInt64
    /// Photos and files that the hub has not got.
    package let photos: UInt64
    /// Bytes free on its disk; `nil` where it does not know.
    package let free: UInt64?
    /// The hub's epoch that it knows.
    package let epoch: UInt64

    package init(version: String, waiting: UInt64, photos: UInt64, free: UInt64?, epoch: UInt64) {
        self.version = version
        self.waiting = waiting
        self.photos = photos
        self.free = free
        self.epoch = epoch
    }

    private static let tag = "phusa device report 1"

    /// The message, signed by the device for this hub and no other.
    /// - Parameter counter: greater than that of every report before, so that an old one cannot be told again.
    package func bytes(counter: UInt64, signedBy identity: ReplicaIdentity, hub: ReplicaID) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(MessageKind.deviceReport.rawValue)
        writer.byte(MessageKind.version)
        writer.replica(identity.replica)
        writer.varint(counter)
        writer.text(version)
        for number in [waiting, photos, free.map { $0 + 1 } ?? 0, epoch] { writer.varint(number) }
        return writer.bytes + identity.sign(tag: Self.tag, hub.bytes + writer.bytes)
    }

    /// The hub's answer, once it has noted it.
    package static let noted = [MessageKind.deviceNoted.rawValue, MessageKind.version]

    /// - Throws: an error where the answer is not that it was noted.
    package static func expectNoted(_ bytes: [UInt8]) throws(ProtocolError) {
        var reader = ByteReader(bytes)
        try MessageKind.expect(.deviceNoted, &reader)
        try decoding { () throws(DecodingFailure) in try reader.finish() }
    }

    /// A report as it came. Nothing in it may be relied on before its signature was checked.
    package struct Received: Hashable, Sendable {
        package let replica: ReplicaID
        package let counter: UInt64
        package let report: DeviceReport
        private let unsigned: [UInt8]
        private let signature: [UInt8]

        package init(bytes: [UInt8]) throws(ProtocolError) {
            var reader = ByteReader(bytes)
            try MessageKind.expect(.deviceReport, &reader)
            (replica, counter, report, signature) = try decoding { () throws(DecodingFailure) in
                func number(_ most: UInt64) throws(DecodingFailure) -> UInt64 {
                    let number = try reader.varint()
                    guard number <= most else { throw reader.failure(.tooLarge) }
                    return number
                }
                let replica = try reader.replica()
                let counter = try reader.ordinal()
                let version = try reader.text(limit: ProtocolLimits.programVersionBytes)
                // One short word that can be shown beside others.
                guard !version.isEmpty, version.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                    throw reader.failure(.notCanonical)
                }
                let waiting = try number(ProtocolLimits.reportedCount)
                let photos = try number(ProtocolLimits.reportedCount)
                let free = try number(ProtocolLimits.reportedBytes + 1)
                let epoch = try reader.ordinal()
                let signature = try reader.raw(Signature.byteCount)
                try reader.finish()
                let report = DeviceReport(
                    version: version, waiting: waiting, photos: photos, free: free == 0 ? nil : free - 1, epoch: epoch)
                return (replica, counter, report, signature)
            }
            unsigned = Array(bytes.dropLast(Signature.byteCount))
        }

        package func isSigned(by publicKey: [UInt8], for hub: ReplicaID) -> Bool {
            Signature.isValid(signature, tag: DeviceReport.tag, hub.bytes + unsigned, publicKey: publicKey)
        }
    }
}
