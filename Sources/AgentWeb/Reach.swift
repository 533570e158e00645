import WebPages

/// From where the browsers of a site come, and so what they must prove.
enum Reach: Sendable {
    /// This machine's own, over loopback: whoever sits at it has its files too.
    case machine
    /// The office's, over TLS: nobody is anybody before they have signed in with a password.
    case office

    func cookie(_ purpose: String, machine: String) -> SiteCookie {
        SiteCookie(purpose, machine: machine, isSecure: self == .office)
    }

    /// What is shown before anybody has signed in, beside the assets and the choice of a language.
    var openPaths: Set<String> {
        switch self {
        case .machine: ["/sign-in", "/healthz", "/favicon.ico", "/office", "/office/qr.svg"]
        case .office: ["/sign-in", "/favicon.ico"]
        }
    }
}
