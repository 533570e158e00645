/// How a table is written, told by the file's ending.
package enum TableKind: Sendable {
    case csv, jsonLines

    /// The endings that are taken, as messages name them.
    package static let endings = ".csv, \(lineEndings)"
    package static let lineEndings = ".jsonl, .ndjson"

    /// - Throws: `table.ending-unknown`, which names what is taken.
    package init(ofFile path: String) throws(TableError) {
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if name.hasSuffix(".csv") {
            self = .csv
        } else if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") {
            self = .jsonLines
        } else {
            // Spreadsheets save as CSV, so whoever has an .xlsx knows a way.
            throw TableError(.endingUnknown, ["endings": Self.endings])
        }
    }
}
