import Agent
import Causality
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import RecordPages
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
    private static let originalHeader = HTTPField.Name("X-Original")
    private static let tokenHeader = HTTPField.Name("X-Token")

    /// Takes a file's bytes as they come, each piece onto the disk before the next is asked for.
    func takeAttachment(_ request: Request) async throws -> Response {
        do {
            try token.check(Self.tokenHeader.flatMap { request.headers[$0] } ?? "", of: request)
            let mayWrite = try await NIOThreadPool.singleton.runIfActive {
                try device.store.read { store in try who(request, store).mayWrite }
            }
            guard mayWrite else { throw AgentError(.signInNeeded) }
            let attachment = try await store(request.body)
            let answer = Attached(
                word: attachment.word, label: ValueText.shown(attachment),
                image: attachment.kind.isImage ? Self.path(of: attachment) : nil)
            return .json(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
        } catch let error as any CodedError {
            return try DraftAnswer.failure(error, request.language)
        }
    }

    /// Takes what the original of a photo that was made smaller says of itself: its beginning as the body, its hash beside it.
    func takeOriginal(_ request: Request, _ hex: String) async throws -> Response {
        do {
            try token.check(Self.tokenHeader.flatMap { request.headers[$0] } ?? "", of: request)
            let original = Self.originalHeader.flatMap { request.headers[$0] }.flatMap { Hash256(hex: $0) }
            guard let hash = Hash256(hex: hex), let original else { throw PagesError(.notFound) }
            let buffer = try await request.body.collect(upTo: PhotoFacts.startBytes)
            try await NIOThreadPool.singleton.runIfActive {
                let mayWrite = try device.store.read { store in try who(request, store).mayWrite }
                guard mayWrite else { throw AgentError(.signInNeeded) }
                try device.note(original: original, start: Array(buffer.readableBytesView), of: hash)
            }
            return .json("{}")
        } catch let error as any CodedError {
            return try DraftAnswer.failure(error, request.language)
        }
    }

    /// Takes the small picture that the page made of a photo.
    func takeSmall(_ request: Request, _ hex: String) async throws -> Response {
        do {
            try token.check(Self.tokenHeader.flatMap { request.headers[$0] } ?? "", of: request)
            guard let hash = Hash256(hex: hex) else { throw PagesError(.notFound) }
            let buffer = try await request.body.collect(upTo: RecordLimits.smallPictureBytes)
            try await NIOThreadPool.singleton.runIfActive {
                let mayWrite = try device.store.read { store in try who(request, store).mayWrite }
                guard mayWrite else { throw AgentError(.signInNeeded) }
                try device.keep(smallPicture: Array(buffer.readableBytesView), of: hash)
            }
            return .json("{}")
        } catch let error as any CodedError {
            return try DraftAnswer.failure(error, request.language)
        }
    }

    /// Takes a body in to its end, also one that is refused: a browser that is still sending would not read why.
    private func store(_ body: RequestBody) async throws -> Attachment {
        let intake = try await NIOThreadPool.singleton.runIfActive { try device.attachmentIntake() }
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
        return try await NIOThreadPool.singleton.runIfActive { try device.finish(intake) }
    }

    static func path(of attachment: Attachment) -> String { "\(attachmentsPath)/\(attachment.name)" }

    /// The bytes.
    func attachment(_ request: Request, _ hex: String) async throws -> Response {
        let file = try await NIOThreadPool.singleton.runIfActive { try device.blobs.file(hex) }
        guard let file else { throw PagesError(.notFound) }
        return file.response(to: request)
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
