import Foundation
import HTTPTypes
import Hub
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Testing
import WebPages

/// Addresses to go back to, and names of files, that are to lead elsewhere or to end a line of the answer's head.
@Suite struct RedirectTests {
    private static let places = [
        "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
        "\t//evil.example",
        " //evil.example", "javascript:alert(1)", "/%0d%0aSet-Cookie:x=1\r\nSet-Cookie: x=1", "/\u{0}", "evil.example",
        "/\u{a0}/evil", "///evil.example", "/\r\n/evil.example", "data:text/html,x", "http:evil.example",
    ]
    private let siege: Siege

    init() throws { siege = try Siege() }

    @Test(arguments: places) func aWayBackStaysWithinTheSite(place: String) async throws {
        try await siege.storm { client, _, _ in
            let browser = PageClient(client)
            let page = try await browser.get("/sign-in?back=\(place.percentEncoded)")
            let offered = try #require(page.form("/sign-in")?.first { $0.name == "back" }?.value)
            let language = try await browser.get("/language/en?back=\(place.percentEncoded)").location
            let right = try await browser.submit(
                page, action: "/sign-in", ["name": "viet", "password": Siege.password, "back": place])
            // What holds a NUL is no form at all.
            #expect(right.status == (place.contains("\u{0}") ? 400 : 303))
            for address in [offered, language] + (right.status == 303 ? [right.location] : []) {
                #expect(address.hasPrefix("/") && !address.hasPrefix("//") && !address.contains("\\"), "\(address)")
                #expect(address.utf8.allSatisfy { $0 > 32 && $0 < 127 }, "\(address)")
            }
            #expect(right.headers[values: .setCookie].allSatisfy { !$0.hasPrefix("x=") })
        }
    }

    /// A form, a unit and a kind of file come into the name of the file that is taken home.
    @Test(arguments: [
        "reading\r\nX-Evil: 1", "\"; filename=\"evil.exe", "../../evil", "reading\u{0}", "вирус", "=cmd",
    ]) func aFilesNameIsOfPlainLetters(name: String) async throws {
        try await siege.storm { client, _, _ in
            let browser = try await Siege.browser(client)
            for query in [
                "form=\(name.percentEncoded)", "form=reading&unit=\(name.percentEncoded)",
                "form=reading&as=\(name.percentEncoded)",
            ] {
                let reply = try await browser.get("/records/export?\(query)")
                // Of all tests together, no more tables are made at once than the hub makes.
                #expect(reply.status < 500 || reply.status == 503, "\(query)")
                #expect(reply.headers.first { $0.name.canonicalName == "x-evil" } == nil)
                let disposition = reply.headers[.contentDisposition] ?? "attachment; filename=\"\""
                let file = disposition.dropFirst("attachment; filename=\"".count).dropLast()
                #expect(disposition.hasPrefix("attachment; filename=\"") && disposition.hasSuffix("\""))
                #expect(file.utf8.allSatisfy { $0 > 44 && $0 < 123 && $0 != 47 && $0 != 92 }, "\(disposition)")
            }
        }
    }
}
