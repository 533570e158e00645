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
        let due = try store.read { try missingPictures($0, now: now) }
        guard !due.isEmpty, fits(ProtocolLimits.headBytes), try !isOver() else { return }
        if let room = blobs.room, room < Self.attachmentReserve { return }
        var isTroubled = false
        do {
            let there = zip(due, try standings(of: due, with: hub, over: line)).filter { $0.1 == .whole }.map(\.0)
            isTroubled = there.isEmpty
            for picture in there {
                guard try !isOver(), fits(ProtocolLimits.headBytes + picture.byteCount) else { return }
                do {
                    try fetch(picture.hash, with: hub, over: line)
                    try store.write { try $0.noteStored(picture.hash) }
                } catch let error as any CodedError where error.code != AgentError.Code.hubUnreachable.rawValue {
                    // One that is damaged there keeps no other from coming.
                    isTroubled = true
                }
            }
        } catch is Refusal {
            isTroubled = true
        }
        guard isTroubled else { return }
        try store.write { try $0.setSetting(Self.askedSetting, Array(String(now).utf8)) }
    }

    /// The newest that are not here, and some of the others by turns, so that those that nobody has any more hide none.
    private func missingPictures(_ store: StoreTransaction, now: Int64) throws -> [Attachment] {
        let last = try store.setting(Self.askedSetting).flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
        if let last, (0..<Self.patienceMilliseconds).contains(now - last) { return [] }
        let missing = try store.smallPictures().map(\.small).filter {
            try $0.byteCount <= RecordLimits.smallPictureBytes && blobs.byteCount(of: $0.hash) == nil
        }
        let newest = missing.prefix(Self.mostPictures * 3 / 4)
        let others = missing.dropFirst(newest.count)
        guard !others.isEmpty else { return Array(newest) }
        let turn = Int(truncatingIfNeeded: (now / Self.patienceMilliseconds).magnitude) % others.count
        return Array(newest + (others.dropFirst(turn) + others.prefix(turn)).prefix(Self.mostPictures / 4))
    }
}
