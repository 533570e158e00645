import Wording

/// What can be wrong with an attachment, on the way in or on the line.
package struct AttachmentError: CodedError {
    package enum Code: String, Sendable {
        /// Neither a photo nor a document of a kind that PhuSa knows.
        case kindUnknown = "attachment.kind-unknown"
        case empty = "attachment.empty"
        case tooLarge = "attachment.too-large"
        /// The file cannot be read.
        case unreadable = "attachment.unreadable"
        /// Text is kept before photos are.
        case noRoom = "attachment.no-room"
        /// Bytes that do not go on where the beginning ends.
        case gap = "attachment.gap"
        /// Bytes that are not those of their hash.
        case hashWrong = "attachment.hash-wrong"
        /// No record of the device's spaces lists it.
        case unlisted = "attachment.unlisted"
        /// It is not here.
        case missing = "attachment.missing"
    }

    package let kind: Code
    package let details: [String: String]

    package init(_ kind: Code, _ details: [String: String] = [:]) {
        self.kind = kind
        self.details = details
    }

    package var code: String { kind.rawValue }
    package var retryable: Bool { [.gap, .hashWrong, .noRoom].contains(kind) }
}
