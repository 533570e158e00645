/// An error that people, scripts and the wire can all act on: a stable code, and in every language a sentence that says
/// what happened and one that says what to do (see ``Catalogue``).
package protocol CodedError: Error, CustomStringConvertible, Sendable {
    /// The stable code, such as `record.unknown`. It also goes on the wire.
    var code: String { get }
    /// What fills the sentences' `{placeholders}`. Never the content of a record.
    var details: [String: String] { get }
    /// Whether trying the same thing again later can succeed.
    var retryable: Bool { get }
}

extension CodedError {
    package var retryable: Bool { false }

    package var description: String { "\(code): \(message(in: .en))" }

    /// What happened, in one sentence without a full stop.
    package func message(in language: Language) -> String {
        Catalogue.text("error.\(code)", language, details)
    }

    /// What to do about it.
    package func remedy(in language: Language) -> String {
        Catalogue.text("remedy.\(code)", language, details)
    }
}

/// A coded error known only by its code, as one that arrived over the wire or was read from a stored verdict.
package struct ReportedError: CodedError {
    package let code: String
    package let details: [String: String]
    package let retryable: Bool

    package init(code: String, details: [String: String] = [:], retryable: Bool = false) {
        self.code = code
        self.details = details
        self.retryable = retryable
    }
}
