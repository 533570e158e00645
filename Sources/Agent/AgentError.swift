import Wording

/// What can go wrong on a device, beyond its store.
package struct AgentError: CodedError {
    package enum Code: String, Sendable {
        case directoryUnusable = "agent.directory"
        case notInitialized = "agent.not-initialized"
        case initialized = "agent.initialized"
        case enrolledAlready = "agent.enrolled"
        case notEnrolled = "agent.not-enrolled"
        case unitInvalid = "unit.invalid"
        case serving = "agent.serving"
        case training = "agent.training"
        case budgetInvalid = "budget.invalid"
        case photoDays = "photos.days"
        case photoNetwork = "photos.network"
        case signInWrong = "sign-in.wrong"
        case signInNeeded = "sign-in.needed"
        case signInOther = "sign-in.other"
        case passwordWrong = "password.wrong"
        case passwordUnsure = "password.unsure"
        case passwordTwice = "password.twice"
        case listenLocal = "agent.listen-local"
        case codeInvalid = "enrol.code-invalid"
        case hubUnreachable = "hub.unreachable"
        case hubNotAHub = "hub.not-a-hub"
        case hubURL = "hub.url"
        case hubLineOpen = "hub.line-open"
        case hubCertificate = "hub.certificate"
        case authoritiesUnreadable = "hub.ca-unreadable"
        case digestDiffers = "sync.digest-differs"
        case answerTooLarge = "hub.answer-too-large"
    }

    package let kind: Code
    package let details: [String: String]

    package init(_ kind: Code, _ details: [String: String] = [:]) {
        self.kind = kind
        self.details = details
    }

    package var code: String { kind.rawValue }
    package var retryable: Bool { [.hubUnreachable, .passwordUnsure].contains(kind) }
}
