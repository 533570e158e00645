import Wording

/// What can be wrong with a table, whatever the form.
package struct TableError: CodedError {
    package enum Code: String, CaseIterable, Sendable {
        case endingUnknown = "table.ending-unknown"
        case empty = "table.empty"
        case notUTF8 = "table.not-utf8"
        case zeroByte = "table.zero-byte"
        case quoteOpen = "table.quote-open"
        case quoteStray = "table.quote-stray"
        case cellCount = "table.cell-count"
        case rowTooLong = "table.row-too-long"
        case tooManyRows = "table.too-many-rows"
        case tooManyColumns = "table.too-many-columns"
        case columnUnknown = "table.column-unknown"
        case columnTwice = "table.column-twice"
        case columnAmbiguous = "table.column-ambiguous"
        case notJSON = "table.not-json"
        case numberAmbiguous = "table.number-ambiguous"
        case choiceAmbiguous = "table.choice-ambiguous"
    }

    package let kind: Code
    package let details: [String: String]

    package init(_ kind: Code, _ details: [String: String] = [:]) {
        self.kind = kind
        self.details = details
    }

    package var code: String { kind.rawValue }
}

/// A table that cannot be read at all, with the line at fault.
package struct TableFailure: CodedError {
    /// Counted from 1.
    package let line: Int
    package let cause: TableError

    package init(line: Int, _ cause: TableError) {
        self.line = line
        self.cause = cause
    }

    package var code: String { cause.code }
    package var details: [String: String] { cause.details.merging(["row": String(line)]) { first, _ in first } }
}
