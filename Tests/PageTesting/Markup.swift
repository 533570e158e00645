import Foundation

/// What a page's HTML comes to for a browser: its tags with their attributes, however odd the texts between them.
package struct Markup {
    package struct Tag {
        package let name: String
        package let attributes: [(name: String, value: String)]
    }

    package let tags: [Tag]

    package init(_ html: String) {
        var tags: [Tag] = []
        var rest = Substring(html)
        while let start = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: start)...]
            guard let first = rest.first, first.isASCII, first.isLetter else { continue }
            let name = rest.prefix { !$0.isWhitespace && $0 != ">" && $0 != "/" }
            rest = rest[name.endIndex...]
            tags.append(Tag(name: name.lowercased(), attributes: Self.attributes(&rest)))
        }
        self.tags = tags
    }

    /// Reads up to the `>` that ends the tag; one within quotes does not.
    private static func attributes(_ rest: inout Substring) -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        while true {
            rest = rest.drop { $0.isWhitespace || $0 == "/" }
            guard let next = rest.first, next != ">" else { return found }
            let name = rest.prefix { !$0.isWhitespace && !"=>/".contains($0) }
            rest = rest[name.endIndex...].drop(while: \.isWhitespace)
            guard rest.first == "=" else {
                if name.isEmpty { rest = rest.dropFirst() }
                found.append((name.lowercased(), ""))
                continue
            }
            rest = rest.dropFirst().drop(while: \.isWhitespace)
            let quote = rest.first.flatMap { "\"'".contains($0) ? $0 : nil }
            if quote != nil { rest = rest.dropFirst() }
            let value = rest.prefix { next in
                quote.map { next != $0 } ?? !(next.isWhitespace || next == ">")
            }
            rest = rest[value.endIndex...]
            if quote != nil { rest = rest.dropFirst() }
            found.append((name.lowercased(), Html.unescaped(String(value))))
        }
    }

    /// Addresses that tags name.
    package var links: [String] {
        tags.flatMap(\.attributes).filter { ["href", "src", "action", "formaction"].contains($0.name) }.map(\.value)
    }

    /// What a text that somebody typed has made of the page: tags and attributes that none of its templates has, and addresses
    /// that lead elsewhere.
    package var injuries: [String] {
        tags.flatMap { tag -> [String] in
            var found = Self.known.contains(tag.name) ? [] : ["<\(tag.name)>"]
            for (name, value) in tag.attributes {
                if name.hasPrefix("on") || name == "style" || name == "srcdoc" || name.contains("\"") {
                    found.append("<\(tag.name) \(name)=\(value.prefix(40))>")
                }
                guard ["href", "src", "action", "formaction"].contains(name) else { continue }
                let isOwn = value.hasPrefix("/") && !value.hasPrefix("//") && !value.hasPrefix("/\\")
                if !isOwn && !value.hasPrefix("#") && !value.hasPrefix("?") {
                    found.append("<\(tag.name) \(name)=\(value.prefix(60))>")
                }
            }
            if tag.name == "script", !tag.attributes.contains(where: { $0.name == "src" }) { found.append("<script>") }
            if tag.name == "base" || tag.name == "iframe" { found.append("<\(tag.name)>") }
            return found
        }
    }

    /// The tags of this project's templates.
    private static let known: Set<String> = [
        "html", "head", "meta", "title", "link", "script", "body", "a", "header", "main", "footer", "nav", "section",
        "article", "aside", "div", "span", "p", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tfoot",
        "tr", "th", "td", "caption", "h1", "h2", "h3", "h4", "form", "input", "textarea", "select", "option",
        "optgroup", "button", "label", "fieldset", "legend", "img", "svg", "path", "circle", "rect", "g", "line",
        "text", "polyline", "desc", "defs", "use", "marker", "polygon", "code", "pre", "strong", "em", "small", "br",
        "hr", "noscript",
        "details", "summary", "figure", "figcaption", "progress", "output", "time", "mark", "datalist", "ins", "del",
        "col", "colgroup", "b", "i", "abbr", "kbd", "meter", "canvas", "template", "dialog", "blockquote", "q",
    ]
}
