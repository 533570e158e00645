import Agent
import Causality
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import RecordStore
import Records
import WebPages
import Wording

/// What a page is told of a file that it sent.
private struct Attached: Encodable {
    /// What the form lists.
    let word: String
    let label: String
    /// Where a photo is shown; `nil` for a document.
    let image: String?
}

/// Photos and files on their way in from a browser, and out to it.
extension AgentSite {
    static let attachmentsPath = "/attachments"
    private static let tokenHeader = HTTPField.Name("X-Token")

    /// Takes a file's bytes as they come, each piece onto the disk before the next is asked for.
    func takeAttachment(_ request: Request) async throws -> Response {
        do {
            try token.check(Self.tokenHeader.flatMap { request.headers[$0] } ?? "", of: request)
            let mayWrite = try await NIOThreadPool.singleton.runIfActive {
                try device.store.read { store in try who(request, store).mayWrite }
            }
            guard mayWrite else { throw AgentError(.signInNeeded) }
            if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > RecordLimits.attachmentBytes
            {
                throw AttachmentError(.tooLarge, ["limit": String(RecordLimits.attachmentBytes / 1_048_576)])
            }
            let intake = try await NIOThreadPool.singleton.runIfActive { try device.attachmentIntake() }
            for try await buffer in request.body {
                try await NIOThreadPool.singleton.runIfActive { try intake.add(Array(buffer.readableBytesView)) }
            }
            let attachment = try await NIOThreadPool.singleton.runIfActive { try intake.finish() }
            let answer = Attached(
                word: attachment.word, label: ValueText.shown(attachment),
                image: attachment.kind.isImage ? Self.path(of: attachment) : nil)
            return .json(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
        } catch let error as any CodedError {
            return try DraftAnswer.failure(error, request.language)
        }
    }

    static func path(of attachment: Attachment) -> String { "\(attachmentsPath)/\(attachment.name)" }

    /// The bytes, as what they are and nothing else: nothing in them runs or is taken for a page.
    func attachment(_ request: Request, _ hex: String) async throws -> Response {
        guard let hash = Hash256(hex: hex) else { throw PagesError(.notFound) }
        let (count, start) = try await NIOThreadPool.singleton.runIfActive {
            (try device.blobs.byteCount(of: hash), try device.blobs.read(hash, from: 0, count: BlobFolder.pieceBytes))
        }
        guard let count, let kind = Attachment.Kind(start: start) else { throw PagesError(.notFound) }
        let blobs = device.blobs
        var headers: HTTPFields = [
            .contentType: kind.mediaType, .contentLength: String(count),
            .cacheControl: "private, max-age=31536000, immutable",
        ]
        headers[.contentDisposition] =
            "\(kind.isImage ? "inline" : "attachment"); filename=\"\(hex.prefix(16)).\(kind.rawValue)\""
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(contentLength: count) { writer in
                var piece = start
                var offset = 0
                while !piece.isEmpty {
                    try await writer.write(ByteBuffer(bytes: piece))
                    offset += piece.count
                    let next = offset
                    piece = try await NIOThreadPool.singleton.runIfActive {
                        try blobs.read(hash, from: next, count: BlobFolder.pieceBytes)
                    }
                }
                try await writer.finish(nil)
            })
    }

    /// Fetches from the hub what another machine brought there.
    func fetchAttachment(_ request: Request, _ hex: String) async throws -> Response {
        let body = try await submitted(request)
        guard let hash = Hash256(hex: hex) else { throw PagesError(.notFound) }
        try await sync.atHub { device, line in try device.fetchAttachment(hash, over: line) }
        let back = SitePath(body["back"])?.text ?? "/"
        return .seeOther("\(back)?done=fetched")
    }
}
