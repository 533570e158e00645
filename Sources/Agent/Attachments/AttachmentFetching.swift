package import Causality
import RecordStore
import Records
import SyncProtocol

/// Fetching what another machine brought the hub, when somebody wants to see it.
extension AgentDevice {
    /// Fetches the bytes, from where an earlier try was cut. What is here already goes only where the whole takes its place.
    /// - Throws: `attachment.unlisted`, `attachment.missing` where the hub has not got them yet, `attachment.hash-wrong`.
    package func fetchAttachment(_ hash: Hash256, over transport: some HubTransport) throws {
        guard try blobs.byteCount(of: hash) == nil || !blobs.isSound(hash) else { return }
        guard let hub = try hub() else { throw AgentError(.notEnrolled) }
        if let room = blobs.room, room < Self.attachmentReserve { throw StoreError(.attachmentNoRoom) }
        try metered(transport, isSecure: hub.isSecure) { try fetch(hash, with: hub, over: $0) }
        try store.write { try $0.noteStored(hash) }
    }

    func fetch(_ hash: Hash256, with hub: HubLink, over transport: some HubTransport) throws {
        var offset = try blobs.beginning(of: hash) / ProtocolLimits.attachmentChunkBytes
        let message = AttachmentGet.bytes(hash, from: offset, signedBy: try store.identity, hub: hub.replica)
        offset *= ProtocolLimits.attachmentChunkBytes
        var reader = MessageReader()
        var refused: [UInt8] = []
        var kind: UInt8?
        var isSent = false
        var isBegun = false
        try transport.exchange(
            .getAttachment,
            sending: {
                defer { isSent = true }
                return isSent ? nil : message
            },
            receiving: { bytes in
                kind = kind ?? bytes.first
                guard kind == MessageKind.attachmentBytes.rawValue else {
                    refused += bytes
                    guard refused.count <= ProtocolLimits.messageBytes else {
                        throw AgentError(.answerTooLarge)
                    }
                    return
                }
                reader.feed(bytes)
                if !isBegun {
                    guard reader.pendingCount >= AttachmentGet.answerStart.count else { return }
                    for byte in AttachmentGet.answerStart {
                        guard reader.takeByte() == byte else { throw ProtocolError(.versionUnknown) }
                    }
                    isBegun = true
                }
                while let chunk = try decoding({ () throws(DecodingFailure) in
                    try reader.takeBlock(limit: ProtocolLimits.attachmentChunkBytes)
                }) {
                    guard offset + chunk.body.count <= RecordLimits.attachmentBytes else {
                        throw StoreError(.attachmentTooLarge)
                    }
                    try blobs.append(chunk.body, at: offset, to: hash)
                    offset += chunk.body.count
                }
            })
        if !refused.isEmpty { throw try Refusal(bytes: refused) }
        guard reader.pendingCount == 0 else { throw ProtocolError(.answerCut) }
        guard try blobs.finish(hash) else { throw StoreError(.attachmentHashWrong) }
    }
}
