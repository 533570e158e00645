import Foundation
import Testing
import WebPages
import Wording

/// Every key that templates and code name has its sentences.
@Suite struct CatalogueKeyTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")

    private func files(_ ending: String) throws -> [(name: String, text: String)] {
        let enumerator = try #require(FileManager.default.enumerator(atPath: Self.sources.path))
        return try enumerator.compactMap { $0 as? String }.filter { $0.hasSuffix(ending) }.map { name in
            (name, try String(contentsOf: Self.sources.appendingPathComponent(name), encoding: .utf8))
        }
    }

    private func between(_ open: String, _ close: Character, _ text: String) -> [String] {
        text.components(separatedBy: open).dropFirst().map { String($0.prefix { $0 != close }) }
    }

    @Test func everyKeyOfATemplateIsKnown() throws {
        let templates = try files(".mustache")
        #expect(templates.count > 15)
        for (name, text) in templates {
            for key in between("{{#t}}", "{", text) { #expect(Catalogue.knows(key), "\(name): \(key)") }
        }
    }

    @Test func everyKeyOfTheCodeIsKnown() throws {
        for (name, text) in try files(".swift") {
            for key in between("Catalogue.text(\"", "\"", text.replacingOccurrences(of: "(\n", with: "("))
            where !key.contains("\\(") {
                #expect(Catalogue.knows(key), "\(name): \(key)")
            }
        }
    }

    @Test func everyCodeHasSentences() {
        for code in [
            PagesError.Code.notFound, .tooLarge, .malformed, .foreignHost, .foreignOrigin, .tokenMissing, .failed,
            .listenInvalid, .listenFailed,
        ] {
            #expect(Catalogue.knows("error.\(code.rawValue)"))
        }
        for type in ["text", "integer", "decimal", "date", "time", "dateTime", "select_one", "select_multiple"] {
            #expect(Catalogue.knows("type.\(type)"))
        }
        for state in ["received", "waiting", "refused", "conflict", "deleted", "superseded"] {
            #expect(Catalogue.knows("state.\(state)"))
        }
    }

    @Test func everyKeyOfATemplateIsKnownInTheFrame() {
        #expect(!Templates.common.sentenceKeys.isEmpty)
        for key in Templates.common.sentenceKeys { #expect(Catalogue.knows(key), "\(key)") }
    }
}
