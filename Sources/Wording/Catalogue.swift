/// The one catalogue of every sentence that a person reads, in every language.
///
/// A key is `error.CODE` and `remedy.CODE` for a coded error, or names a place on a page. `{name}` in a sentence is
/// replaced by the argument of that name. The sentences stand in `Sentences+*.swift`, a file a subject.
package enum Catalogue {
    package typealias Row = (key: String, vi: String, en: String)

    /// Every row, in the order of the files. A key stands once; the tests check it.
    package static let rows: [Row] =
        errorRows + wireErrorRows + pageErrorRows + pageRows + recordPageRows + agentPageRows + officeRows + hubPageRows
        + deskRows + verifyRows + tableRows + runningRows + passwordRows + attachmentRows + inspectionRows + deviceRows
        + peopleRows + entryRows + backupRows

    private static let index: [String: (vi: String, en: String)] = Dictionary(
        rows.map { ($0.key, ($0.vi, $0.en)) }, uniquingKeysWith: { first, _ in first })

    /// Whether `key` has sentences.
    package static func knows(_ key: String) -> Bool { index[key] != nil }

    /// The sentence of `key`, its placeholders filled. A key nobody wrote a sentence for comes back as itself, so that
    /// a code from a newer peer still says something.
    package static func text(_ key: String, _ language: Language, _ arguments: [String: String] = [:]) -> String {
        guard let row = index[key] else { return key }
        return fill(language == .vi ? row.vi : row.en, arguments)
    }

    /// The sentence of `key` with its placeholders as they stand.
    package static func template(_ key: String, _ language: Language) -> String {
        guard let row = index[key] else { return key }
        return language == .vi ? row.vi : row.en
    }

    private static func fill(_ sentence: String, _ arguments: [String: String]) -> String {
        guard sentence.utf8.contains(UInt8(ascii: "{")) else { return sentence }
        var filled = ""
        var rest = sentence[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            filled += rest[..<open]
            filled += arguments[String(rest[rest.index(after: open)..<close])] ?? ""
            rest = rest[rest.index(after: close)...]
        }
        return filled + rest
    }
}
