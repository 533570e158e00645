import Causality
import Foundation
import GRDB
package import RecordStore
import Records
import SyncProtocol

/// Attachments that devices bring and fetch. What a device may bring is what records of its spaces list, so that nobody fills the hub's
/// disk with what no record knows. What it may fetch is, besides, what a device with one of those spaces brought: whoever knows a hash,
/// from a printed record for instance, gets nothing for it.
extension Hub {
    /// Answers an ``AttachmentQuery``.
    package func standings(_ message: [UInt8]) throws -> [UInt8] {
        let query = try AttachmentQuery(bytes: message)
        let device = try provenDevice(query.replica) { query.isSigned(by: $0, for: replica) }
        let standings = try query.items.map { try standing(of: $0, for: device) }
        let isMore = standings.contains { if case .chunks = $0 { true } else { false } }
        // Said before bytes come that cannot be taken in.
        if isMore { try requireRoom() }
        return AttachmentAnswer.bytes(standings)
    }

    func standing(of item: AttachmentQuery.Item, for device: Device) throws -> AttachmentStanding {
        guard try !spaces(listing: item.hash, item.byteCount, for: device).isEmpty else { return .unlisted }
        if try blobs.byteCount(of: item.hash) == item.byteCount, try mayFetch(item.hash, device) { return .whole }
        let beginning = try blobs.beginning(of: item.hash)
        guard beginning < item.byteCount else {
            // All of it came and its sender was cut off, or more came than there is. It is sent once more.
            _ = try blobs.finish(item.hash)
            return .chunks(0)
        }
        return .chunks(beginning / ProtocolLimits.attachmentChunkBytes)
    }

    /// Whether a device with one of this one's spaces brought it.
    func mayFetch(_ hash: Hash256, _ device: Device) throws -> Bool {
        let spaces = try spaces(listing: hash, nil, for: device)
        return try store.read { store in try spaces.contains { try store.wasBrought(hash, for: $0) } }
    }

    /// Who asks.
    /// - Parameter isProven: whether they proved it, by the key that the hub knows them by.
    /// - Throws: `device.unknown`, `request.forged`, `device.revoked`.
    func provenDevice(_ replica: ReplicaID, isProven: ([UInt8]) -> Bool) throws -> Device {
        let (device, key) = try store.read { (try Self.device(replica, $0), try $0.publicKey(of: replica)) }
        guard let device, let key else { throw HubError(.deviceUnknown) }
        guard isProven(key) else { throw HubError(.requestForged) }
        guard device.revoked == nil else { throw HubError(.deviceRevoked) }
        return device
    }

    /// Those of the device's spaces whose records list it.
    /// - Parameter byteCount: of which size; `nil` for any.
    func spaces(listing hash: Hash256, _ byteCount: Int?, for device: Device) throws -> [String] {
        try store.read { store in
            try store.spaces(listing: hash).filter { space, attachment in
                device.spaces.contains(space) && byteCount.map { $0 == attachment.byteCount } ?? true
            }.map(\.space)
        }
    }

    /// Notes that the hub has it, from a device with these spaces.
    func note(brought hash: Hash256, for spaces: [String]) throws {
        try store.write { store in
            try store.noteStored(hash)
            for space in spaces { try store.noteBrought(hash, for: space) }
        }
    }

    /// - Throws: `attachment.no-room`.
    func requireRoom() throws {
        if let room = blobs.room, room < attachmentReserve { throw StoreError(.attachmentNoRoom) }
    }

    /// Which attachments of a record are still to come.
    package func missing(_ store: StoreTransaction, ofRecord record: Int64) throws -> Int {
        try store.attachments(ofRecord: record).count { try !store.isStored($0.hash) }
    }
}

extension StoreTransaction {
    fileprivate func wasBrought(_ hash: Hash256, for space: String) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM attachment_space WHERE hash = ? AND space = ?)"),
            arguments: [Data(hash.bytes), space]) ?? false
    }

    func noteBrought(_ hash: Hash256, for space: String) throws {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO attachment_space (hash, space) VALUES (?, ?)").execute(
            arguments: [Data(hash.bytes), space])
    }
}
