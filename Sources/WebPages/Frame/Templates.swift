import Mustache
package import Wording

/// The pages' templates, made once for each language: `{{#t}}key{{/t}}` in a template becomes the sentence of that key, and
/// the sentence's `{name}` the tag `{{name}}`, which Mustache fills and escapes like every other.
package struct Templates: Sendable {
    private let libraries: [Language: MustacheLibrary]
    /// The keys of all sentences that the templates name.
    package let sentenceKeys: Set<String>

    /// The frame and what every site has in common.
    package static let common = Templates()

    /// - Parameter sources: a target's own templates by name, as it was built with them. They are part of the program, so one
    ///   that cannot be read is a programmer's error.
    package init(_ sources: [String: [UInt8]] = [:]) {
        let texts = Self.commonSources.merging(sources) { _, own in own }
            .mapValues { String(decoding: $0, as: UTF8.self) }
        sentenceKeys = Set(texts.values.flatMap { $0.components(between: Self.open, and: Self.close) })
        do {
            libraries = try Dictionary(
                uniqueKeysWithValues: Language.allCases.map { language in
                    (
                        language,
                        MustacheLibrary(
                            templates: try texts.mapValues { try MustacheTemplate(string: Self.spoken($0, language)) })
                    )
                })
        } catch {
            preconditionFailure("a template of this program is wrong: \(error)")
        }
    }

    private static let commonSources = [
        "badges": PackageResources.badges_mustache, "error": PackageResources.error_mustache,
        "field": PackageResources.field_mustache,
        "layout": PackageResources.layout_mustache, "pager": PackageResources.pager_mustache,
        "state": PackageResources.state_mustache,
    ]

    package func render(_ name: String, _ language: Language, _ model: Any) -> String {
        guard let text = libraries[language]?.render(PlainModel.of(model) ?? model, withTemplate: name) else {
            preconditionFailure("there is no template \(name)")
        }
        return text
    }

    private static let open = "{{#t}}"
    private static let close = "{{/t}}"

    private static func spoken(_ source: String, _ language: Language) -> String {
        source.replacing(between: open, and: close) { key in
            Catalogue.template(key, language).escapedForHTML
                .replacing("{", with: "{{").replacing("}", with: "}}")
        }
    }
}

extension String {
    /// Text that stands for itself in HTML, also within double quotes.
    package var escapedForHTML: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    fileprivate func components(between open: String, and close: String) -> [String] {
        var found: [String] = []
        _ = replacing(between: open, and: close) {
            found.append($0)
            return ""
        }
        return found
    }

    fileprivate func replacing(between open: String, and close: String, _ body: (String) -> String) -> String {
        var text = ""
        var rest = self[...]
        while let start = rest.firstRange(of: open), let end = rest[start.upperBound...].firstRange(of: close) {
            text += rest[..<start.lowerBound]
            text += body(String(rest[start.upperBound..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return text + rest
    }
}
