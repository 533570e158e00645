/// A language that people read PhuSa in. Vietnamese is the first; keys and codes never change with it.
package enum Language: String, CaseIterable, Sendable {
    case vi
    case en

    /// The language of a POSIX locale such as `vi_VN.UTF-8`, or of an `Accept-Language` tag; `nil` for any other.
    package init?(tag: some StringProtocol) {
        switch tag.prefix(2).lowercased() {
        case "vi": self = .vi
        case "en": self = .en
        default: return nil
        }
    }

    /// The first language of an `Accept-Language` header that PhuSa speaks, Vietnamese if there is none.
    package init(accepting header: String?) {
        for part in (header ?? "").split(separator: ",") {
            let tag = part.split(separator: ";").first ?? part
            if let known = Language(tag: String(tag.drop { $0 == " " })) {
                self = known
                return
            }
        }
        self = .vi
    }
}
