import Crypto
import HTTPTypes
package import Hummingbird
import NIOCore

/// The style, the script and the mark that pages name. They are in the program itself, so that it needs no folder beside it;
/// their addresses hold a hash of their contents, so that a browser may keep them for good.
package struct Asset: Sendable {
    package let path: String
    let type: String
    let bytes: [UInt8]
    let tag: String

    private init(_ name: String, _ ending: String, type: String, _ bytes: [UInt8]) {
        let hash = SHA256.hash(data: bytes).prefix(8).map { byte in
            let hex = String(byte, radix: 16)
            return hex.count == 1 ? "0" + hex : hex
        }.joined()
        path = "/assets/\(name)-\(hash).\(ending)"
        tag = "\"\(hash)\""
        self.type = type
        self.bytes = bytes
    }

    package static let style = Asset("style", "css", type: "text/css; charset=utf-8", PackageResources.style_css)
    package static let script = Asset(
        "pages", "js", type: "text/javascript; charset=utf-8", PackageResources.pages_js)
    package static let entry = Asset(
        "entry", "js", type: "text/javascript; charset=utf-8", PackageResources.entry_js)
    package static let fields = Asset(
        "fields", "js", type: "text/javascript; charset=utf-8", PackageResources.fields_js)
    package static let mark = Asset("mark", "svg", type: "image/svg+xml", PackageResources.mark_svg)

    package static let all = [style, script, entry, fields, mark]

    /// Adds a route for each asset, and `/favicon.ico`.
    package static func add(to router: some RouterMethods<PageContext>) {
        for asset in all {
            router.get(RouterPath(asset.path)) { request, _ in asset.response(to: request) }
        }
        router.get("/favicon.ico") { request, _ in mark.response(to: request) }
    }

    private func response(to request: Request) -> Response {
        let headers: HTTPFields = [
            .eTag: tag, .cacheControl: "public, max-age=31536000, immutable", .contentType: type,
        ]
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
