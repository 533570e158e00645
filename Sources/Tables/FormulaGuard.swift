/// Texts that a spreadsheet would take for a formula, made plain by an apostrophe before them.
///
/// The apostrophe is also put before texts that have one there already, so that taking one off gives back every text.
package enum FormulaGuard {
    /// Full-width forms count too: some spreadsheets take them for the narrow ones.
    private static let openers: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]

    private static func isRisky(_ text: some StringProtocol) -> Bool {
        text.unicodeScalars.first { $0 != "'" }.map(openers.contains) ?? false
    }

    package static func guarded(_ text: String) -> String { isRisky(text) ? "'" + text : text }

    package static func unguarded(_ text: String) -> String {
        text.unicodeScalars.first == "'" && isRisky(text) ? String(text.unicodeScalars.dropFirst()) : text
    }
}
