import Records
package import Wording

/// In words, for pages and commands alike.
extension PaperCheck {
    package func verdict(_ language: Language) -> String { Catalogue.text("paper.check.\(color.rawValue)", language) }

    package func sentences(_ language: Language) -> [String] {
        let numbers = supplements.map { $0.fields["number"]?.plainText ?? $0.word }.joined(separator: ", ")
        return reasons.map { Catalogue.text("paper.reason.\($0.rawValue)", language, ["numbers": numbers]) }
    }
}
