import HTTPTypes
package import Hummingbird
import Synchronization

/// Refuses what another site makes a browser send here: a `Host` that is not ours (a name that was made to point at this
/// machine), and an `Origin` that differs from it.
package final class HostGuard: RouterMiddleware, Sendable {
    package typealias Context = PageContext

    /// The names by which a site is reached, and how it is spoken to.
    package struct Site: Sendable {
        let isSecure: Bool
        /// In lower case, IPv6 addresses in brackets. Asked at each request, since a machine's addresses change.
        let names: @Sendable () -> Set<String>

        package init(isSecure: Bool, names: @escaping @Sendable () -> Set<String>) {
            self.isSecure = isSecure
            self.names = names
        }

        /// Where an agent's pages are for its own machine.
        package static let local = Site(isSecure: false) { ["127.0.0.1", "localhost", "[::1]"] }
    }

    /// `nil` where a proxy may give any name.
    private let site: Site?
    private let port = Mutex<Int?>(nil)

    /// - Parameter site: which names are taken; `nil`: whatever name the site is given, by either scheme.
    package init(_ site: Site?) { self.site = site }

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
        if let site {
            guard let (name, port) = Self.split(host), site.names().contains(name) else {
                throw PagesError(.foreignHost)
            }
            let served = self.port.withLock { $0 }
            guard served == nil || (port ?? (site.isSecure ? 443 : 80)) == served else {
                throw PagesError(.foreignHost)
            }
        }
        guard !isRead, let origin else { return }
        let schemes = site.map { [$0.isSecure ? "https://" : "http://"] } ?? ["http://", "https://"]
        // "null" is what browsers send when they will not say.
        guard schemes.contains(where: { origin == $0 + host }) else { throw PagesError(.foreignOrigin) }
    }

    private static func split(_ host: String) -> (name: String, port: Int?)? {
        let afterBracket = host.lastIndex(of: "]") ?? host.startIndex
        guard let colon = host[afterBracket...].lastIndex(of: ":") else { return (host.lowercased(), nil) }
        guard let port = Int(host[host.index(after: colon)...]) else { return nil }
        return (host[..<colon].lowercased(), port)
    }
}
