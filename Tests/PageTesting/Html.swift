import Foundation

/// Reads as much of this project's own HTML as the tests need.
package struct Html {
    let text: String

    init(_ text: String) { self.text = text }

    func form(action: String) -> [(name: String, value: String)]? {
        let forms = text.components(separatedBy: "<form ").dropFirst()
        // One that only asks for a page may have the same address as one that does something.
        let named = forms.filter { $0.prefix { $0 != ">" }.contains("action=\"\(action)\"") }
        guard let form = named.first(where: { $0.prefix { $0 != ">" }.contains("method=\"post\"") }) ?? named.first
        else { return nil }
        return fields(in: form.components(separatedBy: "</form>")[0])
    }

    private func fields(in form: String) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        for part in form.components(separatedBy: "<").dropFirst() {
            let tag = String(part.prefix { $0 != ">" })
            if tag.hasPrefix("input ") {
                guard let name = attribute("name", tag) else { continue }
                let type = attribute("type", tag) ?? "text"
                if type == "radio" || type == "checkbox", !tag.contains(" checked") { continue }
                fields.append((name, attribute("value", tag) ?? ""))
            } else if tag.hasPrefix("textarea "), let name = attribute("name", tag) {
                let content = part.dropFirst(tag.count + 1)
                fields.append(
                    (name, Self.unescaped(content.hasPrefix("\n") ? String(content.dropFirst()) : String(content))))
            } else if tag.hasPrefix("select "), let name = attribute("name", tag) {
                fields.append((name, ""))
            } else if tag.hasPrefix("option "), tag.contains(" selected"), let last = fields.indices.last {
                fields[last].value = attribute("value", tag) ?? ""
            }
        }
        return fields
    }

    private func attribute(_ name: String, _ tag: String) -> String? {
        guard let start = tag.range(of: " \(name)=\"") else { return nil }
        return Self.unescaped(String(tag[start.upperBound...].prefix { $0 != "\"" }))
    }

    package static func unescaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&lt;", with: "<").replacingOccurrences(of: "&gt;", with: ">")
            .replacingOccurrences(of: "&quot;", with: "\"").replacingOccurrences(of: "&#39;", with: "'")
            .replacingOccurrences(of: "&amp;", with: "&")
    }
}
