import Causality
import RecordStore
import Records
import SyncProtocol
import Wording

/// Small pictures of photos that others took come by themselves, so that a page shows them where there is no line.
extension AgentDevice {
    private static let askedSetting = "photos.asked"
    /// Pictures that come with one exchange: the newest that are not here.
    private static let mostPictures = 64
    /// So long nobody is asked again for pictures that the hub has not got either.
    private static let patienceMilliseconds: Int64 = 3_600_000

    /// - Parameters:
    ///   - fits: whether what may go over the line has room for so many bytes.
    ///   - isOver: asked between two of them; whether something else is to go first.
    func fetchSmallPictures(
        with hub: HubLink, over line: MeteredTransport, fits: (Int) -> Bool, _ isOver: () throws -> Bool
    ) throws {
        let now = store.world.now()
        let due = try store.read { store -> [Attachment] in
            let last = try store.setting(Self.askedSetting).flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
            if let last, (0..<Self.patienceMilliseconds).contains(now - last) { return [] }
            let missing = try store.smallPictures().lazy.map(\.small).filter {
                try $0.byteCount <= RecordLimits.smallPictureBytes && blobs.byteCount(of: $0.hash) == nil
            }
            return Array(missing.prefix(min(Self.mostPictures, ProtocolLimits.attachments)))
        }
        guard !due.isEmpty, fits(ProtocolLimits.headBytes) else { return }
        if let room = blobs.room, room < Self.attachmentReserve { return }
        let there = zip(due, try standings(of: due, with: hub, over: line)).filter { $0.1 == .whole }.map(\.0)
        guard !there.isEmpty else {
            return try store.write { try $0.setSetting(Self.askedSetting, Array(String(now).utf8)) }
        }
        for picture in there {
            guard try !isOver(), fits(ProtocolLimits.headBytes + picture.byteCount) else { return }
            do {
                try fetch(picture.hash, with: hub, over: line)
                try store.write { try $0.noteStored(picture.hash) }
            } catch let refusal as Refusal where !refusal.retryable {
                continue
            }
        }
    }
}
