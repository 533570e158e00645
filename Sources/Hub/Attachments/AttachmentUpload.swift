import Causality
import RecordStore
import Records
import SyncProtocol

/// The hub's side of one message with chunks: each is on the disk before the next is looked at. A value, so that a server may hand it
/// from thread to thread.
package struct AttachmentUpload: Sendable {
    private let hub: Hub
    private var reader = MessageReader()
    private var put: AttachmentPut?
    /// The sender's spaces that list it.
    private var spaces: [String] = []
    /// The chunk that comes next.
    private var next = 0
    private var isWhole = false

    package init(_ hub: Hub) { self.hub = hub }

    /// Whether it is known who sends it.
    package var isAdmitted: Bool { put != nil }

    /// Takes in what came of the message.
    /// - Throws: a coded error; chunks before that stay taken.
    package mutating func take(_ bytes: some Collection<UInt8>) throws {
        reader.feed(bytes)
        if put == nil { try begin() }
        guard let put else { return }
        while let chunk = try decoding({ () throws(DecodingFailure) in
            try reader.takeBlock(limit: ProtocolLimits.attachmentChunkBytes)
        }) {
            try take(chunk: chunk.body, of: put)
        }
    }

    private mutating func begin() throws {
        guard let first = reader.firstByte else { return }
        guard MessageKind(rawValue: first) == .attachmentPut else { throw ProtocolError(.notAMessage) }
        let head = try decoding { () throws(DecodingFailure) in
            try reader.takeBlock(skipping: 1, limit: ProtocolLimits.headBytes)
        }
        guard let head else { return }
        let received = try AttachmentPut.Received(head: head.body)
        let device = try hub.provenDevice(received.put.replica) { received.isSigned(by: $0, for: hub.replica) }
        let item = received.put.item
        spaces = try hub.spaces(listing: item.hash, item.byteCount, for: device)
        guard !spaces.isEmpty else { throw StoreError(.attachmentUnlisted) }
        put = received.put
        next = received.put.first
    }

    private mutating func take(chunk: [UInt8], of put: AttachmentPut) throws {
        guard next < put.chunks.count, chunk.count == AttachmentChunks.size(of: next, in: put.item.byteCount),
            AttachmentChunks.hash(chunk) == put.chunks[next]
        else { throw StoreError(.attachmentHashWrong) }
        // Many may be sending at once: what is left is looked at for each chunk.
        try hub.requireRoom()
        try hub.blobs.append(chunk, at: AttachmentChunks.offset(of: next), to: put.item.hash)
        next += 1
        guard next == put.chunks.count else { return }
        // Chunks of another sender, or a power cut, may have left something else before these.
        guard try hub.blobs.finish(put.item.hash) else { throw StoreError(.attachmentHashWrong) }
        try hub.note(brought: put.item.hash, for: spaces)
        isWhole = true
    }

    /// Notes the message's end.
    /// - Returns: the answer.
    package func end() throws -> [UInt8] {
        guard let put, reader.pendingCount == 0 else { throw ProtocolError(.requestCut) }
        let standing: AttachmentStanding =
            isWhole
            ? .whole : .chunks(try hub.blobs.beginning(of: put.item.hash) / ProtocolLimits.attachmentChunkBytes)
        var writer = ByteWriter()
        writer.byte(MessageKind.attachmentTaken.rawValue)
        writer.byte(MessageKind.version)
        standing.write(to: &writer)
        return writer.bytes
    }
}

/// The hub's side of one wish for an attachment: its answer, chunk by chunk.
package struct AttachmentDownload: Sendable {
    private let hub: Hub
    private let hash: Hash256
    private let byteCount: Int
    private var next: Int
    private var isBegun = false

    /// - Throws: `attachment.unlisted`, `attachment.missing`, what ``Hub/provenDevice(_:isProven:)`` does.
    package init(_ hub: Hub, _ message: [UInt8]) throws {
        let get = try AttachmentGet(bytes: message)
        let device = try hub.provenDevice(get.replica) { get.isSigned(by: $0, for: hub.replica) }
        guard try !hub.spaces(listing: get.hash, nil, for: device).isEmpty else {
            throw StoreError(.attachmentUnlisted)
        }
        guard try hub.mayFetch(get.hash, device), let count = try hub.blobs.byteCount(of: get.hash) else {
            throw StoreError(.attachmentMissing)
        }
        self.hub = hub
        hash = get.hash
        byteCount = count
        next = get.first
    }

    /// The next piece of the answer; `nil` at its end.
    package mutating func nextPiece() throws -> [UInt8]? {
        guard isBegun else {
            isBegun = true
            return AttachmentGet.answerStart
        }
        let size = AttachmentChunks.size(of: next, in: byteCount)
        guard size > 0 else { return nil }
        let bytes = try hub.blobs.read(hash, from: AttachmentChunks.offset(of: next), count: size)
        guard bytes.count == size else { throw StoreError(.attachmentMissing) }
        next += 1
        return AttachmentPut.chunk(bytes)
    }
}
