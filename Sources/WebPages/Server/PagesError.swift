import Wording

/// What can be wrong with what a browser sends.
package struct PagesError: CodedError {
    package enum Code: String, Sendable {
        case notFound = "page.not-found"
        case tooLarge = "page.too-large"
        case malformed = "page.malformed"
        case foreignHost = "page.foreign-host"
        case foreignOrigin = "page.foreign-origin"
        case tokenMissing = "page.token-missing"
        case failed = "page.failed"
        case listenInvalid = "listen.invalid"
        case listenFailed = "listen.failed"
    }

    package let kind: Code
    package let details: [String: String]

    package init(_ kind: Code, _ details: [String: String] = [:]) {
        self.kind = kind
        self.details = details
    }

    package var code: String { kind.rawValue }
}
