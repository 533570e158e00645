package import Hummingbird
package import NIOCore
package import Wording

/// What a request brings along beside its bytes.
package struct PageContext: RequestContext, RemoteAddressRequestContext {
    package var coreContext: CoreRequestContextStorage
    package let remoteAddress: SocketAddress?

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}

extension Request {
    package static let languageCookie = "lang"

    /// The language that the person chose, else the browser's, else Vietnamese.
    package var language: Language {
        cookies[Self.languageCookie].flatMap { Language(rawValue: $0.value) }
            ?? Language(accepting: headers[.acceptLanguage])
    }

    /// Path and query, as a link back to here; only ever within this site.
    package var address: String { SitePath(uri.string)?.text ?? "/" }
}

/// A path on this site: what a link back may name. Nothing that a browser could take for another site's address.
package struct SitePath: Sendable {
    package let text: String

    package init?(_ text: String) {
        let isPlain = text.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") }
        guard text.hasPrefix("/"), !text.hasPrefix("//"), isPlain, text.utf8.count <= 2048 else { return nil }
        self.text = text
    }
}
