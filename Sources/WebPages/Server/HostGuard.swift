import HTTPTypes
package import Hummingbird
import Synchronization

/// Refuses what another site makes a browser send here: a `Host` that is not ours (a name that was made to point at this
/// machine), and an `Origin` that differs from it.
package final class HostGuard: RouterMiddleware, Sendable {
    package typealias Context = PageContext

    /// Whether only this machine's own names are taken, which is where an agent serves.
    private let isLocalOnly: Bool
    private let port = Mutex<Int?>(nil)

    package init(localOnly: Bool) { isLocalOnly = localOnly }

    /// The port that is served; until it is known, any.
    package func serve(port: Int) { self.port.withLock { $0 = port } }

    package func handle(
        _ request: Request, context: PageContext, next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        let host = request.head.authority ?? ""
        try check(host: host, origin: request.headers[.origin], isRead: [.get, .head].contains(request.method))
        return try await next(request, context)
    }

    /// - Throws: `page.foreign-host` or `page.foreign-origin`.
    package func check(host: String, origin: String?, isRead: Bool) throws {
        if isLocalOnly {
            guard let (name, port) = Self.split(host), ["127.0.0.1", "localhost", "[::1]"].contains(name) else {
                throw PagesError(.foreignHost)
            }
            let served = self.port.withLock { $0 }
            guard served == nil || (port ?? 80) == served else { throw PagesError(.foreignHost) }
        }
        guard !isRead, let origin else { return }
        // "null" is what browsers send when they will not say.
        guard origin == "http://" + host || (!isLocalOnly && origin == "https://" + host) else {
            throw PagesError(.foreignOrigin)
        }
    }

    private static func split(_ host: String) -> (name: String, port: Int?)? {
        let afterBracket = host.lastIndex(of: "]") ?? host.startIndex
        guard let colon = host[afterBracket...].lastIndex(of: ":") else { return (host.lowercased(), nil) }
        guard let port = Int(host[host.index(after: colon)...]) else { return nil }
        return (host[..<colon].lowercased(), port)
    }
}
