import Testing
import Wording

@Suite struct CatalogueTests {
    /// The names between braces, in order of the alphabet.
    private func placeholders(_ sentence: String) -> [String] {
        sentence.split(separator: "{", omittingEmptySubsequences: false).dropFirst()
            .compactMap { $0.split(separator: "}").first.map(String.init) }.sorted()
    }

    @Test func everyKeyStandsOnce() {
        let twice = Dictionary(grouping: Catalogue.rows, by: \.key).filter { $0.value.count > 1 }.keys.sorted()
        #expect(twice.isEmpty)
    }

    @Test func everyKeyHasBothSentences() {
        for row in Catalogue.rows {
            #expect(!row.key.isEmpty && !row.vi.isEmpty && !row.en.isEmpty, "\(row.key)")
            #expect(Catalogue.knows(row.key), "\(row.key)")
        }
    }

    @Test func bothSentencesHaveTheSamePlaceholders() {
        for row in Catalogue.rows {
            #expect(Set(placeholders(row.vi)) == Set(placeholders(row.en)), "\(row.key)")
        }
    }

    @Test func bracesArePaired() {
        for row in Catalogue.rows {
            for sentence in [row.vi, row.en] {
                #expect(sentence.count { $0 == "{" } == sentence.count { $0 == "}" }, "\(row.key)")
            }
        }
    }

    @Test func errorsAndRemediesComeInPairs() {
        let keys = Set(Catalogue.rows.map(\.key))
        let errors = Set(keys.filter { $0.hasPrefix("error.") }.map { $0.dropFirst("error.".count) })
        let remedies = Set(keys.filter { $0.hasPrefix("remedy.") }.map { $0.dropFirst("remedy.".count) })
        #expect(errors.symmetricDifference(remedies).sorted() == [])
    }

    @Test func argumentsFillThePlaceholders() {
        for row in Catalogue.rows {
            for (language, sentence) in [(Language.vi, row.vi), (.en, row.en)] {
                let names = Set(placeholders(sentence))
                let arguments = Dictionary(uniqueKeysWithValues: names.map { ($0, "<\($0)>") })
                let expected = names.reduce(sentence) { text, name in
                    text.split(separator: "{\(name)}", omittingEmptySubsequences: false).joined(separator: "<\(name)>")
                }
                #expect(Catalogue.text(row.key, language, arguments) == expected, "\(row.key)")
                #expect(!Catalogue.text(row.key, language).contains("{"), "\(row.key)")
            }
        }
    }

    @Test func anUnknownKeyComesBackAsItself() {
        #expect(!Catalogue.knows("error.of-the-future"))
        #expect(Catalogue.text("error.of-the-future", .vi, ["a": "b"]) == "error.of-the-future")
    }
}

@Suite struct LanguageTests {
    @Test(arguments: [
        ("vi", Language.vi), ("vi_VN.UTF-8", .vi), ("VI-vn", .vi), ("en", .en), ("en_GB", .en), ("C", nil), ("", nil),
        ("fr", nil), ("v", nil),
    ])
    func tagNamesLanguage(tag: String, language: Language?) {
        #expect(Language(tag: tag) == language)
    }

    @Test(arguments: [
        (nil, Language.vi), ("", .vi), ("fr", .vi), ("en", .en), ("fr, en;q=0.8, vi;q=0.5", .en), ("vi,en", .vi),
        (";,;", .vi), ("en-US,en;q=0.5", .en),
    ])
    func headerNamesTheFirstKnownLanguage(header: String?, language: Language) {
        #expect(Language(accepting: header) == language)
    }

    @Test func reportedErrorSpeaksByItsCode() {
        let error = ReportedError(code: "of.the-future", retryable: true)
        #expect(error.message(in: .vi) == "error.of.the-future")
        #expect(error.description == "of.the-future: error.of.the-future")
        #expect(error.retryable)
    }
}
