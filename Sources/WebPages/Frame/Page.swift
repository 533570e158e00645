import HTTPTypes
package import Hummingbird
import NIOCore
package import Wording

/// What stands around every page: the mark, the ways through the site, the language, and who is at the keyboard.
package struct Shell: Sendable {
    package struct Link: Sendable {
        package let href: String
        package let label: String
        package let isHere: Bool
        /// What waits there; `nil` when nothing does.
        package let count: String?

        package init(_ href: String, _ label: String, isHere: Bool, count: Int = 0) {
            self.href = href
            self.label = label
            self.isHere = isHere
            self.count = count == 0 ? nil : String(count)
        }
    }

    package struct Option: Sendable {
        package let value: String
        package let label: String
        package let isSelected: Bool

        package init(_ value: String, _ label: String, isSelected: Bool) {
            self.value = value
            self.label = label
            self.isSelected = isSelected
        }
    }

    package let language: Language
    /// Where the page is, for coming back after a change of language or person.
    package let address: String
    /// Whose site it is: the unit, or the hub.
    package var place = ""
    /// How old what the page shows may be; empty where it is of now.
    package var asOf = ""
    /// Whether nothing here is real.
    package var isTraining = false
    package var links: [Link] = []
    /// People to choose from; empty where nobody is to be chosen.
    package var people: [Option] = []
    /// Who is signed in; empty where nobody is.
    package var signedIn = ""
    /// Where they change their password.
    package var signedInHref: String?
    /// What every form of the page sends back, to prove that it came from here.
    package var token = ""
    /// What was just done, once.
    package var notice = ""
    /// What somebody has to look after before anything else; `nil` where there is nothing.
    package var alarm: String?
    package var alarmHref = ""
    /// Where what was done is to be seen.
    package var noticeHref: String?

    let templates: Templates

    /// - Parameter templates: of the site whose page it is.
    package init(_ request: Request, _ templates: Templates = .common) {
        self.templates = templates
        language = request.language
        address = request.address
    }
}

/// The page's template with its model, in the frame.
package struct Page {
    package let template: String
    package let title: String
    package let model: Any
    package var status: HTTPResponse.Status = .ok
    /// Whether browsers without JavaScript load the page again after two seconds.
    package var isRefreshed = false
    /// Of what is on it, where that is not the reader's: official papers are in Vietnamese.
    package var language: Language?
    /// Instead of the shell's notice, where that would no longer be true; empty for none.
    package var notice: String?

    package init(_ template: String, title: String, _ model: Any) {
        self.template = template
        self.title = title
        self.model = model
    }

    package func response(in shell: Shell) -> Response {
        let notice = notice ?? shell.notice
        let other: Language = shell.language == .vi ? .en : .vi
        var frame: [String: Any] = [
            "lang": shell.language.rawValue, "title": title, "isTraining": shell.isTraining,
            "asOf": shell.asOf, "hasAsOf": !shell.asOf.isEmpty, "links": shell.links,
            "hasLinks": !shell.links.isEmpty, "people": shell.people, "hasPeople": !shell.people.isEmpty,
            "signedIn": shell.signedIn, "isSignedIn": !shell.signedIn.isEmpty, "token": shell.token,
            "notice": notice, "hasNotice": !notice.isEmpty, "address": shell.address,
            "isRefreshed": isRefreshed, "addressQuery": shell.address.percentEncoded, "otherLanguage": other.rawValue,
            "otherLanguageName": other == .vi ? "Tiếng Việt" : "English",
            "style": Asset.style.path, "script": Asset.script.path, "entry": Asset.entry.path,
            "fields": Asset.fields.path,
            "mark": Asset.mark.path, "body": model,
        ]
        if !shell.place.isEmpty { frame["place"] = shell.place }
        if let alarm = shell.alarm { (frame["alarm"], frame["alarmHref"]) = (alarm, shell.alarmHref) }
        if let href = shell.noticeHref { frame["noticeHref"] = href }
        if let href = shell.signedInHref { frame["signedInHref"] = href }
        let html = shell.templates.render(template, language ?? shell.language, frame)
        return Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }
}

extension String {
    /// As a value within a query.
    package var percentEncoded: String {
        utf8.reduce(into: "") { text, byte in
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            if isPlain || [45, 46, 95, 126].contains(byte) {
                text.append(Character(Unicode.Scalar(byte)))
            } else {
                text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}

extension Response {
    /// Sends the browser on after something was done. The page it shows may be loaded again without doing it twice.
    package static func seeOther(_ path: String) -> Response { Response(status: .seeOther, headers: [.location: path]) }

    package static func json(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
