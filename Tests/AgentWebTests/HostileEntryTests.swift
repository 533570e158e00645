import Agent
import AgentWeb
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Testing
import WebPages

/// Input that nobody types: each is refused with a code or kept as it is, and what was there stays.
@Suite struct HostileEntryTests {
    private let ward: Ward

    init() throws { ward = try Ward() }

    private func browse(_ body: @escaping @Sendable (PageClient, Ward) async throws -> Void) async throws {
        let ward = ward
        let sync = BackgroundSync(device: ward.a) { _ in ward.line }
        let application = Application(router: try AgentServer(device: ward.a, sync: sync).router())
        try await application.test(.router) { client in try await body(PageClient(client), ward) }
    }

    @Test func aTextOfTenMegabytesIsRefusedByFormAndDraft() async throws {
        let large = String(repeating: "ă", count: 5 << 20)
        try await browse { browser, ward in
            let word = try ward.shared()
            let form = try await browser.get("/records/\(word)/edit")
            let reply = try await browser.submit(form, action: "/records/\(word)/edit", ["v.note": large])
            #expect(reply.status == 413)
            let fields = try #require(form.form("/records/\(word)/edit"))
            let draft = try #require(fields.first { $0.name == "saved" }?.value)
            var headers = HTTPFields()
            headers[.accept] = "application/json"
            let kept = try await browser.post(
                "/drafts/\(draft)", fields.filter { $0.name != "v.note" } + [("v.note", large)], headers)
            #expect(kept.status == 422 && kept.html.contains("message"))
            #expect(try ward.a.store.read { try $0.draftCount() } == 0)
            #expect(try ward.show(ward.a.store, word).fields["note"] == nil)
        }
    }

    /// Marks that turn text round, zero-width letters, HTML and SQL are text like any other.
    @Test(arguments: [
        "\u{202E}gpj.exe", "a\u{200B}b\u{FEFF}", "'; DROP TABLE change; --", "<script>alert(1)</script>", "{{token}}",
        "%00%0d%0aSet-Cookie: x=1", "=HYPERLINK(\"http://x\")", "👩‍👩‍👧‍👦🏴",
    ])
    func oddTextsAreKeptAsTheyAre(text: String) async throws {
        try await browse { browser, ward in
            let saved = try await browser.submit("/forms/visit/new", ["v.place": text])
            #expect(saved.status == 303)
            let word = saved.location.split(separator: "/").last?.split(separator: "?").first.map(String.init) ?? ""
            #expect(try ward.show(ward.a.store, word).fields["place"] == .text(TextFold.normalized(text)))
            for page in [saved.location, "/forms/visit", "/outbox", "/"] {
                let reply = try await browser.get(page)
                #expect(reply.status == 200 && !reply.html.contains("<script>alert"), "\(page)")
                #expect(reply.headers[.setCookie]?.contains("x=1") != true)
            }
        }
    }

    @Test func aTableOfAHundredThousandRowsIsRefused() async throws {
        try await browse { browser, ward in
            let page = try await browser.get("/forms/visit/grid")
            let fields = try #require(page.form("/forms/visit/grid")).filter { $0.name != "rows" }
            let rows = (0..<700).map { ("r\($0).v.place", "Nơi \($0)") }
            let reply = try await browser.post("/forms/visit/grid", fields + [("rows", "100000")] + rows)
            #expect(reply.status == 422)
            #expect(try ward.a.store.read { try $0.recordCount(RecordFilter(form: "visit")) } == 0)
            let many = (0..<9000).map { ("r\($0).v.place", "x") }
            #expect(try await browser.post("/forms/visit/grid", fields + many).status == 413)
        }
    }

    @Test func addressesThatNobodyMadeFindNothing() async throws {
        try await browse { browser, _ in
            for path in [
                "/records/r", "/records/rzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "/records/..%2f..%2fetc%2fpasswd",
                "/drafts/'%20OR%201=1", "/forms/@person", "/forms/@person/new", "/forms/%00",
                "/drafts/\(String(repeating: "a", count: 5000))",
            ] {
                let status = try await browser.get(path).status
                #expect((400..<500).contains(status), "\(path.prefix(60)) \(status)")
            }
        }
    }
}
