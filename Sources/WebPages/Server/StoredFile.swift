import HTTPTypes
package import Hummingbird
import NIOCore
import NIOPosix

/// A stored file on its way to a browser, as what it is and nothing else: nothing in it runs or is taken for a page.
package struct StoredFile: Sendable {
    /// Names the contents.
    package let hash: String
    package let byteCount: Int
    package let mediaType: String
    /// Of its name, without the point.
    package let ending: String
    /// Whether it is shown, and not only kept.
    package let isShown: Bool
    /// The bytes from a place on, as many as the store hands out at once; none at the end.
    package let read: @Sendable (Int) throws -> [UInt8]

    package init(
        hash: String, byteCount: Int, mediaType: String, ending: String, isShown: Bool,
        read: @escaping @Sendable (Int) throws -> [UInt8]
    ) {
        self.hash = hash
        self.byteCount = byteCount
        self.mediaType = mediaType
        self.ending = ending
        self.isShown = isShown
        self.read = read
    }

    package func response(to request: Request) -> Response {
        // Asked for again each time, so that nobody sees it by a browser that somebody else signed out of.
        let tag = "\"\(hash)\""
        var headers: HTTPFields = [.contentType: mediaType, .cacheControl: "private, no-cache", .eTag: tag]
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        headers[.contentLength] = String(byteCount)
        headers[.contentDisposition] = "\(isShown ? "inline" : "attachment"); filename=\"\(hash.prefix(16)).\(ending)\""
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(contentLength: byteCount) { [read] writer in
                var offset = 0
                while true {
                    let start = offset
                    let piece = try await NIOThreadPool.singleton.runIfActive { try read(start) }
                    if piece.isEmpty { break }
                    try await writer.write(ByteBuffer(bytes: piece))
                    offset += piece.count
                }
                try await writer.finish(nil)
            })
    }
}
