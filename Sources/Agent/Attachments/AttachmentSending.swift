import Causality
package import RecordStore
package import Records
import SyncProtocol
import Wording

/// Bringing the hub the bytes of what records list, after the records themselves: the smallest first, each from where it was cut. What
/// goes wrong with photos is told beside what became of records, and never in its place.
extension AgentDevice {
    private static let epochSetting = "attachments.epoch"
    /// After so long the hub is asked again whether it still has what it said to have.
    private static let trustedMilliseconds: Int64 = 7 * 86_400_000

    /// What this machine has and the hub is not known to have: small pictures, then all else, the smallest first.
    package func attachmentsToSend() throws -> [Attachment] { try store.read { try attachmentsToSend($0) } }

    /// - Parameter since: what the hub said before that is not counted.
    package func attachmentsToSend(_ store: StoreTransaction, since: Int64 = 0) throws -> [Attachment] {
        let stored = try store.storedAttachments(since: since)
        let due = try store.listedAttachments().filter { attachment in
            try !stored.contains(attachment.hash)
                && blobs.byteCount(of: attachment.hash) == attachment.byteCount
        }
        guard !due.isEmpty else { return [] }
        let small = try smallHashes(store)
        return due.filter { small.contains($0.hash) } + due.filter { !small.contains($0.hash) }
    }

    /// What goes over any line, whatever people chose for the photos themselves.
    private func smallHashes(_ store: StoreTransaction) throws -> Set<Hash256> {
        Set(
            try store.smallPictures().map(\.small).filter { $0.byteCount <= RecordLimits.smallPictureBytes }
                .map(\.hash))
    }

    /// Sends until nothing is left, the budget is used up, something else is to go first, or the line fails three times without a chunk
    /// coming there between.
    /// - Parameters:
    ///   - epoch: the hub's; 0 where it was not heard.
    ///   - maxBytes: how much may go over the line; `nil` for any number.
    ///   - areAsked: whether somebody asks for photos to go over whatever line there is.
    ///   - isOver: asked between two chunks; whether something else is to go first.
    ///   - progress: called after each chunk.
    func sendAttachments(
        with hub: HubLink, epoch: UInt64, over line: MeteredTransport, maxBytes: Int?, areAsked: Bool,
        isOver: () throws -> Bool, _ report: inout AttachmentReport, _ progress: (AttachmentReport) -> Void
    ) throws {
        guard epoch > 0 else { return }
        try noteEpoch(epoch)
        var sending = AttachmentSending(self, hub, line, maxBytes: maxBytes)
        defer { report = sending.report }
        var failures = 0
        while failures < AttachmentSending.mostFailures {
            let before = sending.gained
            do {
                let now = self.store.world.now()
                let (due, waiting) = try store.read { store in
                    (
                        try attachmentsToSend(store, since: now - Self.trustedMilliseconds),
                        try attachmentsToSend(store)
                    )
                }
                let (rules, small) = try store.read { (try $0.photoRules(), try smallHashes($0)) }
                // Asked before each of them: a machine is carried from one line to another while they go.
                let goes: (Attachment) -> Bool = { areAsked || small.contains($0.hash) || rules.allow(line.network) }
                let held = Set(waiting.filter { !goes($0) })
                sending.report.held = held.count
                sending.report.bytesHeld = held.reduce(0) { $0 + $1.byteCount }
                try sending.run(
                    due.filter { !held.contains($0) }, Set(waiting).subtracting(held), goes, isOver, progress)
                guard areAsked || rules.allow(line.network), !sending.report.isInterrupted else { return }
                try fetchSmallPictures(with: hub, over: line, fits: sending.fits, isOver)
                try letGo(with: hub, over: line, fits: sending.fits, isOver, &sending.report)
                return
            } catch let error as any CodedError {
                sending.report.trouble = error.code
                sending.report.troubleDetails = error.details
                guard error.retryable else { return }
                failures = sending.gained > before ? 1 : failures + 1
            }
        }
    }

    /// Asks the hub how much it has of each.
    /// - Parameter batch: at most ``ProtocolLimits/attachments``.
    func standings(
        of batch: [Attachment], with hub: HubLink, over line: MeteredTransport
    ) throws -> [AttachmentStanding] {
        let items = batch.map { AttachmentQuery.Item(hash: $0.hash, byteCount: $0.byteCount) }
        let message = AttachmentQuery.bytes(items, signedBy: try store.identity, hub: hub.replica)
        let answer = try Self.checked(try line.exchange(message, route: .askAttachments))
        return try AttachmentAnswer.standings(answer, count: batch.count)
    }

    /// A hub that was put back from a copy may have lost what it had: it is asked about everything again that is here.
    private func noteEpoch(_ epoch: UInt64) throws {
        let text = Array(String(epoch).utf8)
        guard try store.read({ try $0.setting(Self.epochSetting) != text }) else { return }
        let stored = try store.read { try $0.storedAttachments() }
        let here = try stored.filter { try blobs.byteCount(of: $0) != nil }
        try store.write { store in
            for hash in here { try store.forgetStored(hash) }
            try store.setSetting(Self.epochSetting, text)
        }
    }
}

/// Photos on their way to the hub in one exchange.
private struct AttachmentSending {
    private let device: AgentDevice
    private let hub: AgentDevice.HubLink
    private let line: MeteredTransport
    private let maxBytes: Int?
    private let before: MeteredTransport.Count
    var report = AttachmentReport()
    /// Counts what the hub was found to have more than at its last word. Bytes that were sent may have come to nobody.
    private(set) var gained = 0
    private var known: [Hash256: Int] = [:]

    static let mostFailures = 3
    /// Where the hub has another beginning than it said, it is asked once more.
    private static let mostTries = 2
    private static let isAskedAgain: Set<String> = [
        StoreError.Code.attachmentHashWrong.rawValue, StoreError.Code.attachmentGap.rawValue,
    ]
    /// What concerns photos and not the line.
    private static let standsAside: Set<String> = [
        StoreError.Code.attachmentUnlisted.rawValue, StoreError.Code.attachmentNoRoom.rawValue,
    ]

    init(_ device: AgentDevice, _ hub: AgentDevice.HubLink, _ line: MeteredTransport, maxBytes: Int?) {
        self.device = device
        self.hub = hub
        self.line = line
        self.maxBytes = maxBytes
        before = line.count
    }

    /// What is left of the budget; `nil` for any number.
    private var room: Int? {
        maxBytes.map { $0 - (line.count.bytesUp - before.bytesUp) - (line.count.bytesDown - before.bytesDown) }
    }

    /// Whether the budget has room for so much.
    func fits(_ bytes: Int) -> Bool { room.map { $0 >= bytes } ?? true }

    /// What a question or a head takes at most.
    private static let headBytes = ProtocolLimits.headBytes

    /// - Parameters:
    ///   - due: what the hub is to be asked about.
    ///   - waiting: those of them that it is not known to have.
    ///   - goes: whether it goes over the line that there is now.
    mutating func run(
        _ due: [Attachment], _ waiting: Set<Attachment>, _ goes: (Attachment) -> Bool, _ isOver: () throws -> Bool,
        _ progress: (AttachmentReport) -> Void
    ) throws {
        report.left = waiting.count
        report.bytesLeft = waiting.reduce(0) { $0 + $1.byteCount }
        report.trouble = nil
        report.troubleDetails = [:]
        guard !due.isEmpty else { return }
        progress(report)
        for start in stride(from: 0, to: due.count, by: ProtocolLimits.attachments) {
            let batch = Array(due[start..<min(start + ProtocolLimits.attachments, due.count)])
            guard fits(Self.headBytes + AttachmentChunks.size(of: 0, in: batch[0].byteCount)) else { return }
            let standings: [AttachmentStanding]
            do {
                standings = try ask(batch)
            } catch let refusal as Refusal where Self.standsAside.contains(refusal.code) {
                // What the records say is there; photos wait until the hub has room again.
                report.trouble = refusal.code
                return
            }
            for (attachment, standing) in zip(batch, standings) {
                guard try !isOver() else {
                    report.isInterrupted = true
                    return
                }
                let isNew = waiting.contains(attachment)
                guard standing == .whole || goes(attachment) else {
                    // It said to have it, and has lost it: it waits for its line like any other.
                    if case .chunks = standing, !isNew {
                        try device.store.write { try $0.forgetStored(attachment.hash) }
                    }
                    continue
                }
                try send(attachment, standing, isNew: isNew, isOver, progress)
            }
        }
    }

    private func ask(_ batch: [Attachment]) throws -> [AttachmentStanding] {
        try device.standings(of: batch, with: hub, over: line)
    }

    /// - Parameter isNew: whether the hub was not known to have it.
    private mutating func send(
        _ attachment: Attachment, _ standing: AttachmentStanding, isNew: Bool, _ isOver: () throws -> Bool,
        _ progress: (AttachmentReport) -> Void
    ) throws {
        var standing = standing
        for _ in 0...Self.mostTries {
            switch standing {
            case .unlisted:
                // Its record was refused, or has not been received.
                note(.attachmentUnlisted)
                return
            case .whole:
                try device.store.write { try $0.noteStored(attachment.hash) }
                guard isNew else { return }
                gained += 1
                report.sent += 1
                report.left -= 1
                report.bytesLeft -= attachment.byteCount
                progress(report)
                return
            case .chunks(let first):
                // It said to have it, and has lost it: until it is there again nobody is told that it is.
                if !isNew { try device.store.write { try $0.forgetStored(attachment.hash) } }
                let size = AttachmentChunks.size(of: first, in: attachment.byteCount)
                guard size > 0 else { return note(.attachmentGap) }
                guard fits(Self.headBytes + size) else { return }
                guard try !isOver() else {
                    report.isInterrupted = true
                    return
                }
                if let last = known.updateValue(first, forKey: attachment.hash), first > last { gained += 1 }
                guard let hashes = try soundChunks(of: attachment) else { return note(.attachmentHashWrong) }
                do {
                    standing = try put(attachment, hashes, from: first, isOver, progress)
                } catch let refusal as Refusal where Self.isAskedAgain.contains(refusal.code) {
                    standing = try ask([attachment])[0]
                } catch let refusal as Refusal where Self.standsAside.contains(refusal.code) {
                    report.trouble = report.trouble ?? refusal.code
                    return
                }
            }
        }
        note(.attachmentHashWrong)
    }

    private mutating func note(_ code: StoreError.Code) { report.trouble = report.trouble ?? code.rawValue }

    /// The hashes of all chunks; `nil` where the bytes on this disk are not those that the record lists.
    private func soundChunks(of attachment: Attachment) throws -> [Hash256]? {
        var sum = RunningHash()
        var hashes: [Hash256] = []
        for number in 0..<AttachmentChunks.count(of: attachment.byteCount) {
            guard let bytes = try? chunk(number, of: attachment) else { return nil }
            sum.add(bytes)
            hashes.append(AttachmentChunks.hash(bytes))
        }
        return sum.value == attachment.hash ? hashes : nil
    }

    /// One message with chunks, as many as the budget has room for and at least one: the last of all may be shorter.
    private mutating func put(
        _ attachment: Attachment, _ hashes: [Hash256], from first: Int, _ isOver: () throws -> Bool,
        _ progress: (AttachmentReport) -> Void
    ) throws -> AttachmentStanding {
        let identity = try device.store.identity
        let head = AttachmentPut(
            replica: identity.replica,
            item: AttachmentQuery.Item(hash: attachment.hash, byteCount: attachment.byteCount), first: first,
            chunks: hashes
        ).bytes(signedBy: identity, hub: hub.replica)
        let most = room.map { max(1, ($0 - Self.headBytes) / ProtocolLimits.attachmentChunkBytes) } ?? hashes.count
        let end = min(hashes.count, first + most)
        var next = first - 1
        var sent = report
        defer { report = sent }
        let answer = try AgentDevice.checked(
            try line.exchange(.putAttachment) {
                guard next >= first else {
                    next = first
                    return head
                }
                guard next < end else { return nil }
                if next > first, try isOver() { return nil }
                let bytes = try chunk(next, of: attachment)
                next += 1
                sent.bytesSent += bytes.count
                progress(sent)
                return AttachmentPut.chunk(bytes)
            })
        var reader = ByteReader(answer)
        try MessageKind.expect(.attachmentTaken, &reader)
        return try decoding { () throws(DecodingFailure) in
            let standing = try AttachmentStanding(from: &reader)
            try reader.finish()
            return standing
        }
    }

    private func chunk(_ number: Int, of attachment: Attachment) throws -> [UInt8] {
        let size = AttachmentChunks.size(of: number, in: attachment.byteCount)
        let bytes = try device.blobs.read(attachment.hash, from: AttachmentChunks.offset(of: number), count: size)
        guard bytes.count == size else { throw StoreError(.attachmentMissing) }
        return bytes
    }
}
