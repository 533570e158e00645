import Hub
import Hummingbird
import NIOCore
import NIOPosix
import Records
import SyncProtocol
import WebPages
import Wording

/// Attachments over HTTP, taken in and handed out chunk by chunk, so that their size costs no memory.
extension HubServer {
    func addAttachments(to router: Router<PageContext>) {
        router.post("attachments/1") { request, _ in
            await reply(to: request, "attachments") { try hub.standings($0) }
        }
        router.post("attachment/1") { request, _ in await takeAttachment(request) }
        router.post("attachment/get/1") { request, _ in await giveAttachment(request) }
    }

    private func takeAttachment(_ request: Request) async -> Response {
        do {
            let taken = try await take(request.body)
            return Self.response(.ok, try await Self.attachments.runIfActive { try taken.end() })
        } catch {
            return refuse(error, "attachment")
        }
    }

    /// Takes a message in to its end, also one that is refused: whoever is still sending would not read why. Nobody sends more than
    /// an attachment has.
    private func take(_ body: RequestBody) async throws -> AttachmentUpload {
        var upload = AttachmentUpload(hub)
        var place: ExchangeGate.Place?
        defer { withExtendedLifetime(place) {} }
        var trouble: (any Error)?
        var unread = 0
        for try await buffer in body {
            if let trouble {
                unread += buffer.readableBytes
                guard unread <= RecordLimits.attachmentBytes + ProtocolLimits.messageBytes else { throw trouble }
                continue
            }
            do {
                let before = upload
                upload = try await Self.attachments.runIfActive {
                    var upload = before
                    try upload.take(buffer.readableBytesView)
                    return upload
                }
                if upload.isAdmitted, place == nil {
                    guard let free = attachmentGate.enter() else { throw Self.isBusy }
                    place = free
                }
            } catch {
                trouble = error
            }
        }
        if let trouble { throw trouble }
        return upload
    }

    private static var isBusy: ReportedError {
        ReportedError(
            code: "hub.busy", details: ["seconds": String(ExchangeGate.retrySeconds)], retryable: true)
    }

    private func giveAttachment(_ request: Request) async -> Response {
        do {
            let buffer = try await request.body.collect(upTo: ProtocolLimits.messageBytes)
            let message = Array(buffer.readableBytesView)
            let begun = try await Self.attachments.runIfActive { try AttachmentDownload(hub, message) }
            // Only who has proven who they are takes up a place.
            guard let place = attachmentGate.enter() else { throw Self.isBusy }
            return Response(
                status: .ok, headers: [.contentType: "application/octet-stream"],
                body: ResponseBody { writer in
                    defer { withExtendedLifetime(place) {} }
                    var download = begun
                    while true {
                        let before = download
                        let (after, piece) = try await Self.attachments.runIfActive {
                            var download = before
                            let piece = try download.nextPiece()
                            return (download, piece)
                        }
                        download = after
                        guard let piece else { break }
                        try await writer.write(ByteBuffer(bytes: piece))
                    }
                    try await writer.finish(nil)
                })
        } catch {
            return refuse(error, "attachment")
        }
    }

    /// What waits for the disk here is no hindrance to what people wrote.
    private static let attachments: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 4)
        pool.start()
        return pool
    }()
}
