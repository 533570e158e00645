import Wording

/// What can be wrong with a row beside what is in its cells, and with an import as a whole.
struct ImportError: CodedError {
    enum Code: String, Sendable {
        case rejected = "import.rejected"
        case recordUnknown = "import.record-unknown"
        case otherForm = "import.other-form"
        case otherSpace = "import.other-space"
        case spaceMissing = "import.space-missing"
        case twice = "import.twice"
        case deleted = "import.deleted"
        case baseMissing = "import.base-missing"
        case baseUnknown = "import.base-unknown"
        case baseWrong = "import.base-wrong"
    }

    let kind: Code
    let details: [String: String]

    init(_ kind: Code, _ details: [String: String] = [:]) {
        self.kind = kind
        self.details = details
    }

    var code: String { kind.rawValue }
}
