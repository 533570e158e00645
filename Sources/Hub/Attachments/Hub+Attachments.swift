import Causality
package import RecordStore
import Records
import SyncProtocol

/// Attachments that devices bring and fetch. What a device may have is what records of its spaces list, so that nobody fills the hub's
/// disk with what no record knows, or learns what is there by its hash.
extension Hub {
    /// Answers an ``AttachmentQuery``.
    package func standings(_ message: [UInt8]) throws -> [UInt8] {
        let query = try AttachmentQuery(bytes: message)
        let device = try attachmentDevice(query.replica) { query.isSigned(by: $0, for: replica) }
        return AttachmentAnswer.bytes(try query.items.map { try standing(of: $0, for: device) })
    }

    func standing(of item: AttachmentQuery.Item, for device: Device) throws -> AttachmentStanding {
        guard try lists(item.hash, item.byteCount, for: device) else { return .unlisted }
        if try blobs.byteCount(of: item.hash) != nil {
            try note(stored: item.hash)
            return .whole
        }
        return .chunks(try blobs.beginning(of: item.hash) / ProtocolLimits.attachmentChunkBytes)
    }

    /// Who asks.
    /// - Parameter isProven: whether they proved it, by the key that the hub knows them by.
    /// - Throws: `device.unknown`, `request.forged`, `device.revoked`.
    func attachmentDevice(_ replica: ReplicaID, isProven: ([UInt8]) -> Bool) throws -> Device {
        let (device, key) = try store.read { (try Self.device(replica, $0), try $0.publicKey(of: replica)) }
        guard let device, let key else { throw HubError(.deviceUnknown) }
        guard isProven(key) else { throw HubError(.requestForged) }
        guard device.revoked == nil else { throw HubError(.deviceRevoked) }
        return device
    }

    /// - Parameter byteCount: of which size; `nil` for any.
    func lists(_ hash: Hash256, _ byteCount: Int?, for device: Device) throws -> Bool {
        try store.read { store in
            try store.spaces(listing: hash).contains { space, attachment in
                device.spaces.contains(space) && byteCount.map { $0 == attachment.byteCount } ?? true
            }
        }
    }

    /// Notes what the folder has, so that pages need not ask the disk.
    func note(stored hash: Hash256) throws {
        guard try store.read({ try !$0.isStored(hash) }) else { return }
        try store.write { try $0.noteStored(hash) }
    }

    /// Which attachments of a record are still to come.
    package func missing(_ store: StoreTransaction, ofRecord record: Int64) throws -> Int {
        try store.attachments(ofRecord: record).count { try !store.isStored($0.hash) }
    }
}
