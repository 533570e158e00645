import Foundation
import HTTPTypes
import Wording

/// What must hold for every page that is served.
package enum PageRules {
    /// What breaks a rule; empty when nothing does.
    package static func violations(_ reply: PageClient.Reply) -> [String] {
        var found: [String] = []
        let html = reply.html
        for pattern in ["<style", " style=\"", " onclick=", " onload=", "javascript:", "http://", "https://"]
        where html.replacingOccurrences(of: "xmlns=\"http://www.w3.org/2000/svg\"", with: "").contains(pattern) {
            found.append("holds \(pattern)")
        }
        for script in html.components(separatedBy: "<script").dropFirst()
        where !script.hasPrefix(" src=\"/assets/") || !script.contains("></script>") {
            found.append("a script of its own")
        }
        if html.contains("{{") { found.append("an unfilled tag") }
        let policy = reply.headers[.contentSecurityPolicy] ?? ""
        if !policy.contains("default-src 'none'") || policy.contains("unsafe") { found.append("policy: \(policy)") }
        if reply.headers[.xContentTypeOptions] != "nosniff" { found.append("no nosniff") }
        // An error's code is shown as such. A key without a sentence comes back as itself.
        for word in html.split(whereSeparator: { " <>\n\"".contains($0) })
        where [
            "page.", "form.", "home.", "list.", "backups.", "running.", "backup.", "record.", "case.", "cases.",
            "sync.", "sign-in.", "state.",
        ]
        .contains(
            where: { word.hasPrefix($0) && !word.hasPrefix("record.key") })
            && word.allSatisfy({ $0.isLowercase || ".-".contains($0) }) && !Catalogue.knows("error.\(word)")
        {
            found.append("a key: \(word)")
        }
        return found
    }
}
