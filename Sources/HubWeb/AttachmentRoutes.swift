import Hub
import Hummingbird
import NIOCore
import NIOPosix
import SyncProtocol
import WebPages

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
        var place: ExchangeGate.Place?
        defer { withExtendedLifetime(place) {} }
        do {
            var upload = AttachmentUpload(hub)
            for try await buffer in request.body {
                let before = upload
                upload = try await Self.attachments.runIfActive {
                    var upload = before
                    try upload.take(buffer.readableBytesView)
                    return upload
                }
                if upload.isAdmitted, place == nil {
                    guard let free = attachmentGate.enter() else { return Self.busy }
                    place = free
                }
            }
            let whole = upload
            return Self.response(.ok, try await Self.attachments.runIfActive { try whole.end() })
        } catch {
            return refuse(error, "attachment")
        }
    }

    private func giveAttachment(_ request: Request) async -> Response {
        do {
            guard let place = attachmentGate.enter() else { return Self.busy }
            let buffer = try await request.body.collect(upTo: ProtocolLimits.messageBytes)
            let message = Array(buffer.readableBytesView)
            let begun = try await Self.attachments.runIfActive { try AttachmentDownload(hub, message) }
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
