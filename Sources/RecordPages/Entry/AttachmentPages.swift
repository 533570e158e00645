import Causality
import Foundation
import HTTPTypes
package import Hummingbird
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
private enum AttachmentHeader {
    static let original = HTTPField.Name("X-Original")
    static let token = HTTPField.Name("X-Token")
}

/// Where they go and are shown.
package enum AttachmentPath {
    package static let all = "/attachments"
    static func path(of attachment: Attachment) -> String { "\(all)/\(attachment.name)" }
}

extension EntrySite {

    /// Takes a file's bytes as they come, each piece onto the disk before the next is asked for.
    package func takeAttachment(_ request: Request) async throws -> Response {
        do {
            try checkToken(AttachmentHeader.token.flatMap { request.headers[$0] } ?? "", of: request)
            let mayWrite = try await NIOThreadPool.singleton.runIfActive {
                try store.read { store in try typist(request, store).mayWrite }
            }
            guard mayWrite else { throw ReportedError(code: "sign-in.needed") }
            let attachment = try await takeIn(request.body)
            let answer = Attached(
                word: attachment.word, label: ValueText.shown(attachment),
                image: attachment.kind.isImage ? AttachmentPath.path(of: attachment) : nil)
            return .json(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
        } catch let error as any CodedError {
            return try DraftAnswer.failure(error, request.language)
        }
    }

    /// Takes what the original of a photo that was made smaller says of itself: its beginning as the body, its hash beside it.
    package func takeOriginal(_ request: Request, _ hex: String) async throws -> Response {
        do {
            try checkToken(AttachmentHeader.token.flatMap { request.headers[$0] } ?? "", of: request)
            let original = AttachmentHeader.original.flatMap { request.headers[$0] }.flatMap { Hash256(hex: $0) }
            guard let hash = Hash256(hex: hex), let original else { throw PagesError(.notFound) }
            let buffer = try await request.body.collect(upTo: PhotoFacts.startBytes)
            try await NIOThreadPool.singleton.runIfActive {
                let mayWrite = try store.read { store in try typist(request, store).mayWrite }
                guard mayWrite else { throw ReportedError(code: "sign-in.needed") }
                try attachments.note(original: original, start: Array(buffer.readableBytesView), of: hash)
            }
            return .json("{}")
        } catch let error as any CodedError {
            return try DraftAnswer.failure(error, request.language)
        }
    }

    /// Takes the small picture that the page made of a photo.
    package func takeSmall(_ request: Request, _ hex: String) async throws -> Response {
        do {
            try checkToken(AttachmentHeader.token.flatMap { request.headers[$0] } ?? "", of: request)
            guard let hash = Hash256(hex: hex) else { throw PagesError(.notFound) }
            let buffer = try await request.body.collect(upTo: RecordLimits.smallPictureBytes)
            try await NIOThreadPool.singleton.runIfActive {
                let mayWrite = try store.read { store in try typist(request, store).mayWrite }
                guard mayWrite else { throw ReportedError(code: "sign-in.needed") }
                let small = try attachments.keep(smallPicture: Array(buffer.readableBytesView), of: hash)
                try noticeAttached(small)
            }
            return .json("{}")
        } catch let error as any CodedError {
            return try DraftAnswer.failure(error, request.language)
        }
    }

    /// Takes a body in to its end, also one that is refused: a browser that is still sending would not read why.
    private func takeIn(_ body: RequestBody) async throws -> Attachment {
        let intake = try await NIOThreadPool.singleton.runIfActive { try attachments.intake() }
        var trouble: (any Error)?
        var unread = 0
        for try await buffer in body {
            if let trouble {
                unread += buffer.readableBytes
                guard unread <= RecordLimits.attachmentBytes else { throw trouble }
                continue
            }
            do {
                try await NIOThreadPool.singleton.runIfActive { try intake.add(Array(buffer.readableBytesView)) }
            } catch {
                trouble = error
            }
        }
        if let trouble { throw trouble }
        return try await NIOThreadPool.singleton.runIfActive {
            let attachment = try attachments.finish(intake)
            try noticeAttached(attachment)
            return attachment
        }
    }

    /// The bytes.
    package func attachment(_ request: Request, _ hex: String) async throws -> Response {
        let file = try await NIOThreadPool.singleton.runIfActive { try attachments.blobs.file(hex) }
        guard let file else { throw PagesError(.notFound) }
        return file.response(to: request)
    }
}
