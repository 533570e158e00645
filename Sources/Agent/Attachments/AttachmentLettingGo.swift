import Causality
import Foundation
import RecordStore
import Records
import SyncProtocol

/// Photos that leave a machine: those that the hub has, after the days that people chose, when their small pictures stay. What no record
/// lists stays: it may belong to refused work, to a draft, or to what a restore took out of sight.
extension AgentDevice {
    private static let tidiedSetting = "photos.tidied"
    private static let dayMilliseconds: Int64 = 86_400_000
    /// Where the disk runs low and people chose any days, photos stay so long.
    private static let fewDays = 7

    /// Lets go of what may go, at most once a day. The hub is asked about each of them once more just before.
    /// - Parameters:
    ///   - fits: whether what may go over the line has room for so many bytes.
    ///   - isOver: whether something else is to go first.
    func letGo(
        with hub: HubLink, over line: MeteredTransport, fits: (Int) -> Bool, _ isOver: () throws -> Bool,
        _ report: inout AttachmentReport
    ) throws {
        let now = store.world.now()
        let last = try store.read { try $0.setting(Self.tidiedSetting) }.flatMap {
            Int64(String(decoding: $0, as: UTF8.self))
        }
        // A clock that was set back does not put it off for years.
        if let last, (0..<Self.dayMilliseconds).contains(now - last) { return }
        let candidates = try store.read { try mayGo($0, now: now) }
        guard try candidates.isEmpty || (fits(ProtocolLimits.headBytes) && !isOver()) else { return }
        // Also where it fails: what could not be asked today is asked tomorrow.
        try store.write { try $0.setSetting(Self.tidiedSetting, Array(String(now).utf8)) }
        for start in stride(from: 0, to: candidates.count, by: ProtocolLimits.attachments) {
            guard fits(ProtocolLimits.headBytes), try !isOver() else { return }
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
}
