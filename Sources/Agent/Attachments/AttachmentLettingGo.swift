import Causality
import Foundation
import RecordStore
import Records
import SyncProtocol

/// Photos that leave a machine: those that the hub has, after the days that people chose, when their small pictures stay; and those
/// that nobody ever saved in a record.
extension AgentDevice {
    private static let tidiedSetting = "photos.tidied"
    private static let dayMilliseconds: Int64 = 86_400_000
    /// Where the disk runs low, photos stay so long.
    private static let fewDays = 7
    /// So long somebody may still come back to a page with a photo that no record and no draft lists.
    private static let unlistedDays = 30

    /// Lets go of what may go, at most once a day. The hub is asked about each of them once more just before.
    func letGo(with hub: HubLink, over line: MeteredTransport, _ report: inout AttachmentReport) throws {
        let now = store.world.now()
        let last = try store.read { try $0.setting(Self.tidiedSetting) }.flatMap {
            Int64(String(decoding: $0, as: UTF8.self))
        }
        // A clock that was set back does not put it off for years.
        if let last, (0..<Self.dayMilliseconds).contains(now - last) { return }
        report.letGo += try letGoOfUnlisted(now: now)
        let candidates = try store.read { try mayGo($0, now: now) }
        for start in stride(from: 0, to: candidates.count, by: ProtocolLimits.attachments) {
            let batch = Array(candidates[start..<min(start + ProtocolLimits.attachments, candidates.count)])
            for (attachment, standing) in zip(batch, try standings(of: batch, with: hub, over: line)) {
                guard case .whole = standing else {
                    try store.write { try $0.forgetStored(attachment.hash) }
                    continue
                }
                try blobs.remove(attachment.hash)
                report.letGo += 1
            }
        }
        try store.write { try $0.setSetting(Self.tidiedSetting, Array(String(now).utf8)) }
    }

    /// Photos that the hub said to have, that are here long enough, and of which a small picture stays here.
    private func mayGo(_ store: StoreTransaction, now: Int64) throws -> [Attachment] {
        let isLow = blobs.room.map { $0 < DiskRoom.lowBytes } ?? false
        guard let days = try store.photoRules().keptDays.map({ isLow ? min($0, Self.fewDays) : $0 }) else { return [] }
        let stored = try store.storedAttachments()
        let small = try store.smallPictures()
        let isSmall = Set(small.map(\.small.hash))
        let shown = Set(try small.filter { try blobs.byteCount(of: $0.small.hash) != nil }.map(\.photo))
        return try store.listedAttachments().filter { attachment in
            guard shown.contains(attachment.hash), stored.contains(attachment.hash), !isSmall.contains(attachment.hash),
                let came = try blobs.stored(attachment.hash)
            else { return false }
            return now - came >= Int64(days) * Self.dayMilliseconds
        }
    }

    private func letGoOfUnlisted(now: Int64) throws -> Int {
        let (listed, drafts) = try store.read { store in
            (
                Set(try store.listedAttachments().map(\.hash)),
                try store.draftBodies().map { String(decoding: $0, as: UTF8.self) }
            )
        }
        let unlisted = try blobs.all().filter { hash in
            guard !listed.contains(hash), let came = try blobs.stored(hash),
                now - came >= Int64(Self.unlistedDays) * Self.dayMilliseconds
            else { return false }
            return !drafts.contains { $0.contains(hash.hex) }
        }
        for hash in unlisted { try blobs.remove(hash) }
        return unlisted.count
    }
}
