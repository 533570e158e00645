import Causality
import RecordStore
package import Records
import SyncProtocol

/// Bringing the hub the bytes of what records list, after the records themselves: the smallest first, each from where it was cut.
extension AgentDevice {
    private static let epochSetting = "attachments.epoch"

    /// What this machine has and the hub is not known to have, the smallest first.
    package func attachmentsToSend() throws -> [Attachment] {
        let listed = try store.read { store in
            let stored = try store.storedAttachments()
            return try store.listedAttachments().filter { !stored.contains($0.hash) }
        }
        return try listed.filter { try blobs.byteCount(of: $0.hash) == $0.byteCount }
    }

    /// Sends until nothing is left, the budget is used up, or something fails.
    /// - Parameters:
    ///   - maxBytes: how much may go up; `nil` for any number.
    ///   - progress: called after each chunk.
    func sendAttachments(
        with hub: HubLink, epoch: UInt64, over transport: some HubTransport, maxBytes: Int?,
        _ report: inout AttachmentReport, _ progress: (AttachmentReport) -> Void
    ) throws {
        try noteEpoch(epoch)
        let waiting = try attachmentsToSend()
        report.left = waiting.count
        report.bytesLeft = waiting.reduce(0) { $0 + $1.byteCount }
        guard !waiting.isEmpty else { return }
        progress(report)
        for start in stride(from: 0, to: waiting.count, by: ProtocolLimits.attachments) {
            let batch = Array(waiting[start..<min(start + ProtocolLimits.attachments, waiting.count)])
            let standings = try ask(batch, hub, over: transport)
            for (attachment, standing) in zip(batch, standings) {
                let room = maxBytes.map { $0 - report.bytesSent }
                if let room, room <= 0 { return }
                try send(attachment, standing, hub, over: transport, room, &report, progress)
            }
        }
    }

    /// A hub that was put back from a copy may have lost what it had: it is asked about everything again.
    private func noteEpoch(_ epoch: UInt64) throws {
        let text = Array(String(epoch).utf8)
        guard try store.read({ try $0.setting(Self.epochSetting) != text }) else { return }
        try store.write { store in
            try store.forgetStored()
            try store.setSetting(Self.epochSetting, text)
        }
    }

    private func ask(_ batch: [Attachment], _ hub: HubLink, over transport: some HubTransport) throws
        -> [AttachmentStanding]
    {
        let items = batch.map { AttachmentQuery.Item(hash: $0.hash, byteCount: $0.byteCount) }
        let message = AttachmentQuery.bytes(items, signedBy: try store.identity, hub: hub.replica)
        let answer = try Self.checked(try transport.exchange(message, route: .askAttachments))
        return try AttachmentAnswer.standings(answer, count: batch.count)
    }

    private func send(
        _ attachment: Attachment, _ standing: AttachmentStanding, _ hub: HubLink, over transport: some HubTransport,
        _ room: Int?, _ report: inout AttachmentReport, _ progress: (AttachmentReport) -> Void
    ) throws {
        var standing = standing
        var room = room
        // Where somebody else sends the same photo, or the hub found its beginning damaged, it says where it is now.
        for _ in 0..<Self.mostTries {
            switch standing {
            case .unlisted:
                // Its record was refused, or has not been received.
                report.trouble = report.trouble ?? AttachmentError.Code.unlisted.rawValue
                return
            case .whole:
                try store.write { try $0.noteStored(attachment.hash) }
                report.sent += 1
                report.left -= 1
                report.bytesLeft -= attachment.byteCount
                progress(report)
                return
            case .chunks(let first):
                if let room, room < AttachmentChunks.size(of: first, in: attachment.byteCount) { return }
                let before = report.bytesSent
                do {
                    standing = try put(attachment, from: first, hub, over: transport, room, &report, progress)
                } catch let refusal as Refusal where refusal.code == AttachmentError.Code.hashWrong.rawValue {
                    standing = try ask([attachment], hub, over: transport)[0]
                } catch let refusal as Refusal where Self.standsAside.contains(refusal.code) {
                    report.trouble = refusal.code
                    return
                }
                room = room.map { $0 - (report.bytesSent - before) }
            }
        }
        report.trouble = report.trouble ?? AttachmentError.Code.hashWrong.rawValue
    }

    private static let mostTries = 4
    /// What concerns one attachment and not the line.
    private static let standsAside: Set<String> = [
        AttachmentError.Code.unlisted.rawValue, AttachmentError.Code.noRoom.rawValue,
    ]

    /// One message with chunks, as many as the budget has room for and at least one: the last of all may be shorter.
    private func put(
        _ attachment: Attachment, from first: Int, _ hub: HubLink, over transport: some HubTransport, _ room: Int?,
        _ report: inout AttachmentReport, _ progress: (AttachmentReport) -> Void
    ) throws -> AttachmentStanding {
        let identity = try store.identity
        let count = AttachmentChunks.count(of: attachment.byteCount)
        let hashes = try (0..<count).map { AttachmentChunks.hash(try chunk($0, of: attachment)) }
        let head = AttachmentPut(
            replica: identity.replica,
            item: AttachmentQuery.Item(hash: attachment.hash, byteCount: attachment.byteCount), first: first,
            chunks: hashes
        ).bytes(signedBy: identity, hub: hub.replica)
        let most = room.map { max(1, $0 / ProtocolLimits.attachmentChunkBytes) } ?? count
        let end = min(count, first + most)
        var next = first - 1
        var sent = report
        defer { report = sent }
        let answer = try Self.checked(
            try transport.exchange(.putAttachment) {
                guard next >= first else {
                    next = first
                    return head
                }
                guard next < end else { return nil }
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
        let bytes = try blobs.read(attachment.hash, from: AttachmentChunks.offset(of: number), count: size)
        guard bytes.count == size else { throw AttachmentError(.missing) }
        return bytes
    }
}
