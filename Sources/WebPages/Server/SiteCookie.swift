package import Hummingbird

/// A cookie of one site on one machine. Browsers send it for the site's own pages only, and no script reads it.
package struct SiteCookie: Sendable {
    package let name: String
    private let isSecure: Bool

    /// - Parameters:
    ///   - machine: tells apart the cookies of several programs on one machine, since a cookie knows no port.
    ///   - isSecure: of a site over TLS. Browsers then take it from this very host over TLS only, and send it nowhere else, so
    ///     that a page on another port, or somebody on the line, plants none.
    package init(_ purpose: String, machine: String, isSecure: Bool) {
        name = (isSecure ? "__Host-" : "") + purpose + "-" + machine
        self.isSecure = isSecure
    }

    package func value(in request: Request) -> String? { request.cookies[name]?.value }

    /// - Parameter maxAge: seconds; `nil`: until the browser is closed; 0 takes it away.
    package func holding(_ value: String, maxAge: Int? = nil) -> Cookie {
        Cookie(
            name: name, value: value, maxAge: maxAge, path: "/", secure: isSecure, httpOnly: true, sameSite: .strict)
    }
}
