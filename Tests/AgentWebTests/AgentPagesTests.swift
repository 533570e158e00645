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
import Wording

/// The agent's pages, as a browser without scripts meets them.
@Suite struct AgentPagesTests {
    private let ward: Ward

    init() throws { ward = try Ward() }

    /// Runs `body` with a browser on the pages of the ward's first device.
    private func browse(
        sync: BackgroundSync? = nil, _ body: @escaping @Sendable (PageClient, Ward) async throws -> Void
    ) async throws {
        let ward = ward
        let sync = sync ?? BackgroundSync(device: ward.a) { _ in ward.line }
        let application = Application(router: try AgentServer(device: ward.a, sync: sync).router())
        try await application.test(.router) { client in try await body(PageClient(client), ward) }
    }

    private static func word(_ reply: PageClient.Reply) -> String {
        reply.location.split(separator: "/").last?.split(separator: "?").first.map(String.init) ?? ""
    }

    @Test func everyPageKeepsTheRulesInBothLanguages() async throws {
        try await browse { browser, ward in
            let word = try ward.conflict()
            try ward.save(ward.a, [("place", .set(.text("Chợ")))], form: "visit")
            let pages = [
                "/", "/forms/reading", "/forms/reading?find=k", "/forms/reading/new", "/forms/visit/new",
                "/records/\(word)", "/records/\(word)/edit", "/records/\(word)/delete", "/outbox", "/sync", "/nowhere",
                "/records/rnothing", "/forms/nothing",
            ]
            for language in ["vi", "en"] {
                browser.language = language
                for page in pages {
                    let reply = try await browser.get(page)
                    #expect(PageRules.violations(reply) == [], "\(page)")
                    #expect(reply.html.contains("<html lang=\"\(language)\">"), "\(page)")
                }
            }
        }
    }

    @Test func homeTellsWhatIsWhereAndNothingElse() async throws {
        try await browse { browser, ward in
            _ = try ward.shared()
            try ward.save(ward.a, [("place", .set(.text("Chợ")))], form: "visit")
            let home = try await browser.get("/")
            let numbers = home.html.components(separatedBy: "figure-number\">").dropFirst().map {
                $0.prefix { $0 != "<" }
            }
            #expect(numbers == ["1", "1", "0"])
            #expect(home.html.contains("&lt;Cái Khế&gt; Ward"))
            #expect(!home.html.contains("<Cái"))
        }
    }

    @Test func aRecordIsSavedUnderThePersonAtTheKeyboard() async throws {
        try await browse { browser, ward in
            let chosen = try await browser.submit("/", action: "/person", ["person": "lan"])
            #expect(chosen.status == 303 && chosen.location == "/")
            let saved = try await browser.submit(
                "/forms/reading/new",
                ["v.key": "YT.01", "v.value": "1.234,5", "v.note": "<script>alert(1)</script>", "v.level": "high"])
            #expect(saved.status == 303)
            let page = try await browser.get(saved.location)
            #expect(page.html.contains("Saved here; waiting to be sent to the hub."))
            #expect(page.html.contains("1.234,5"))
            #expect(page.html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
            #expect(page.html.contains("Nguyễn &lt;b&gt;Lan&lt;/b&gt;"))
            #expect(!page.html.contains("<b>Lan"))
            try ward.sync(ward.a)
            let later = try await browser.get(saved.location)
            #expect(
                later.html.contains("Saved, and received by the hub.") && !later.html.contains("waiting to be sent"))
            let change = try #require(try ward.changes(ward.a.store, Self.word(saved)).first)
            #expect(change.author == "lan")
            #expect(change.operations.map(\.register.field) == ["key", "level", "note", "value"])
        }
    }

    @Test func somebodyElsesNameIsNotTaken() async throws {
        try await browse { browser, ward in
            _ = try await browser.submit("/", action: "/person", ["person": "stranger"])
            let saved = try await browser.submit("/forms/visit/new", ["v.place": "Chợ", "author": "stranger"])
            #expect(try ward.changes(ward.a.store, Self.word(saved)).first?.author == "")
        }
    }

    @Test func aDoubleClickMakesOneRecordAndABackButtonNone() async throws {
        try await browse { browser, ward in
            let form = try await browser.get("/forms/visit/new")
            let first = try await browser.submit(form, action: "/forms/visit/new", ["v.place": "Chợ"])
            let second = try await browser.submit(form, action: "/forms/visit/new", ["v.place": "Chợ"])
            #expect(first.status == 303 && second.location == first.location)
            // Back, typed something else, saved: shown on the newest state, and saved from there.
            let again = try await browser.submit(form, action: "/forms/visit/new", ["v.place": "Bến xe"])
            #expect(again.status == 422)
            #expect(again.html.contains("Bến xe") && again.html.contains("This form was saved before."))
            let edit = "/records/\(Self.word(first))/edit"
            let saved = try await browser.submit(again, action: edit, [:])
            #expect(saved.status == 303)
            #expect(try ward.show(ward.a.store, Self.word(first)).fields["place"] == .text("Bến xe"))
            #expect(try ward.a.store.read { try $0.recordCount(RecordFilter(form: "visit")) } == 1)
        }
    }

    @Test func aRecordThatIsThereIsShownInsteadOfOverwritten() async throws {
        try await browse { browser, ward in
            let word = try ward.shared()
            let reply = try await browser.submit("/forms/reading/new", ["v.key": "k", "v.value": "99"])
            #expect(reply.status == 422)
            #expect(reply.html.contains("/records/\(word)\""))
            #expect(reply.html.contains("value=\"99\""))
            #expect(try ward.show(ward.a.store, word).fields["value"] == .decimal(DecimalNumber("1")!))
        }
    }

    @Test func whatIsWrongIsSaidAtItsFieldAndWhatWasTypedStays() async throws {
        try await browse { browser, ward in
            let reply = try await browser.submit(
                "/forms/reading/new", ["v.key": "", "v.value": "1.234", "v.note": "giữ lại"])
            #expect(reply.status == 422)
            #expect(reply.html.contains("href=\"#f-key\"") && reply.html.contains("href=\"#f-value\""))
            #expect(reply.html.contains("could be 1234 or 1,234"))
            #expect(reply.html.contains("giữ lại") && reply.html.contains("value=\"1.234\""))
            #expect(try ward.a.store.read { try $0.recordCount(RecordFilter(form: "reading")) } == 0)
            let mended = try await browser.submit(
                reply, action: "/forms/reading/new", ["v.key": "k", "v.value": "1234"])
            #expect(mended.status == 303)
        }
    }

    @Test func deletedRecordsLeaveTheListAndComeBack() async throws {
        try await browse { browser, ward in
            let word = try ward.shared()
            let deleted = try await browser.submit("/records/\(word)/delete", ["reason": "nhầm"])
            #expect(deleted.status == 303)
            #expect(try ward.show(ward.a.store, word).deleted)
            #expect(try await !browser.get("/forms/reading").html.contains(word))
            #expect(try await browser.get("/records/\(word)").html.contains("nhầm"))
            _ = try await browser.submit("/records/\(word)/restore", [:])
            #expect(try await browser.get("/forms/reading").html.contains(word))
        }
    }

    @Test func aRecordThatIsDeletedAndEditedAtOnceStaysInTheList() async throws {
        try await browse { browser, ward in
            let word = try ward.shared()
            try ward.save(ward.a, [("@deleted", .set(.flag(true)))], to: word, by: "lan")
            try ward.save(ward.b, [("note", .set(.text("vẫn dùng")))], to: word, by: "minh")
            try ward.sync(ward.a)
            #expect(try await !browser.get("/forms/reading").html.contains(word))
            try ward.sync(ward.b, ward.a)
            #expect(try await browser.get("/forms/reading").html.contains(word))
            let page = try await browser.get("/records/\(word)")
            #expect(page.html.contains("One person deleted the record while another went on editing it."))
        }
    }

    @Test func longListsComeInPagesAndAreSearchedWithoutDiacritics() async throws {
        try await browse { browser, ward in
            for number in 0..<51 { try ward.save(ward.a, [("place", .set(.text("Trạm \(number)")))], form: "visit") }
            try ward.save(ward.a, [("place", .set(.text("Bình Thuỷ")))], form: "visit")
            func rows(_ path: String) async throws -> Int {
                try await browser.get(path).html.components(separatedBy: "class=\"row\"").count - 1
            }
            #expect(try await rows("/forms/visit") == 50)
            #expect(try await rows("/forms/visit?page=2") == 2)
            #expect(try await rows("/forms/visit?find=binh+thuy") == 1)
            #expect(try await rows("/forms/visit?find=%22%2A") == 0)
            #expect(try await rows("/forms/visit?find=khong+co") == 0)
        }
    }
}
