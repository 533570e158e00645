package import Hummingbird

/// Proves that a form was made by a page of this site for this browser: the same chance text stands in a cookie, which
/// browsers send for this site's own pages only, and in the form.
package struct FormToken: Sendable {
    package static let field = "token"

    private let cookie: SiteCookie

    /// - Parameter cookie: where the browser keeps its token.
    package init(_ cookie: SiteCookie) { self.cookie = cookie }

    /// The browser's token; a new one where it has none.
    package func current(_ request: Request) -> (text: String, isNew: Bool) {
        if let known = cookie.value(in: request), Self.isToken(known) { return (known, false) }
        return (Self.make(), true)
    }

    /// Gives the browser its token with the page that names it.
    package func attach(_ token: (text: String, isNew: Bool), to response: inout Response) {
        guard token.isNew else { return }
        response.setCookie(cookie.holding(token.text))
    }

    /// - Throws: `page.token-missing`.
    package func check(_ body: FormBody, of request: Request) throws { try check(body[Self.field], of: request) }

    /// - Parameter text: what came with the request, in a form or a header.
    /// - Throws: `page.token-missing`.
    package func check(_ text: String, of request: Request) throws {
        guard let known = cookie.value(in: request), Self.isToken(known), Self.isSame(text, known)
        else { throw PagesError(.tokenMissing) }
    }

    /// 128 bits of chance, in hexadecimal digits.
    package static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let text = String(UInt32.random(in: .min ... .max, using: &generator), radix: 16)
            return String(repeating: "0", count: 8 - text.count) + text
        }.joined()
    }

    package static func isToken(_ text: String) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// Compares without telling by its time where the first difference is.
    package static func isSame(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).reduce(UInt8(0)) { $0 | $1.0 ^ $1.1 } == 0
    }
}
