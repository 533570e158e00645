package import RecordStore
import Records
import WebPages
import Wording

/// What became of checking a paper: its colour with words, since colours alone say nothing to many, and nothing of the record but what
/// whoever holds the paper has read on it.
package struct PaperCheckModel {
    let color: String
    let sign: String
    let verdict: String
    let about: String?
    let reasons: [String]

    package init(_ check: PaperCheck, _ names: NameBook) {
        let language = names.language
        color = check.color.rawValue
        sign =
            switch check.color {
            case .green: "✓"
            case .amber: "!"
            case .red: "✕"
            }
        verdict = check.verdict(language)
        let isTrue = check.color != .red
        about = check.seal.flatMap { seal in
            guard isTrue else { return nil }
            return Catalogue.text(
                "paper.check.signed", language,
                [
                    "number": seal.fields["number"]?.plainText ?? "",
                    "date": ValueText.shown(seal.fields["made_at"] ?? .null, nil, language),
                    "unit": names.space(seal.space),
                ])
        }
        reasons = check.sentences(language)
    }
}
