import Agent
import AgentWeb
import Foundation
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Testing
import WebPages

/// What is typed is on the disk before it is saved, and stays there until it is saved or thrown away.
@Suite struct DraftTests {
    private let ward: Ward

    init() throws { ward = try Ward() }

    private func browse(_ body: @escaping @Sendable (PageClient, Ward) async throws -> Void) async throws {
        let ward = ward
        let sync = BackgroundSync(device: ward.a) { _ in ward.line }
        let application = Application(router: try AgentServer(device: ward.a, sync: sync).router())
        try await application.test(.router) { client in try await body(PageClient(client), ward) }
    }

    /// Sends a form's fields as its script does while somebody types.
    private static func type(
        _ browser: PageClient, _ page: String, _ fields: [String: String], window: String = "w", turn: Int = 1,
        from: String? = nil
    ) async throws -> PageClient.Reply {
        let html = try await browser.get(page).html
        let address = try #require(attribute("data-draft", html))
        let action = try #require(attribute("class=\"record-form\" method=\"post\" action", html))
        var sent = fields.merging(["page": window, "turn": "\(turn)"]) { first, _ in first }
        sent["from"] = from ?? attribute("data-draft-from", html) ?? ""
        return try await browser.submit(page, action: action, to: address, sent)
    }

    private static func attribute(_ name: String, _ html: String) -> String? {
        html.components(separatedBy: "\(name)=\"").dropFirst().first.map { String($0.prefix { $0 != "\"" }) }
    }

    @Test func whatWasTypedComesBackAndIsSavedOnce() async throws {
        try await browse { browser, ward in
            let kept = try await Self.type(browser, "/forms/reading/new", ["v.key": "YT.01", "v.note": "dở d<b>ang"])
            #expect(kept.status == 303)
            let draft = kept.location.replacing("?done=draft-kept", with: "")
            let page = try await browser.get(draft)
            #expect(page.html.contains("YT.01") && page.html.contains("dở d&lt;b&gt;ang"))
            #expect(PageRules.violations(page) == [])
            let list = try await browser.get("/drafts")
            #expect(list.html.contains("YT.01") && PageRules.violations(list) == [])
            #expect(try await browser.get("/forms/reading/new").html.contains(draft))
            #expect(try ward.a.store.read { try $0.recordCount(RecordFilter(form: "reading")) } == 0)
            let saved = try await browser.submit(draft, action: "/forms/reading/new", ["v.value": "3"])
            #expect(saved.status == 303 && saved.location.hasPrefix("/records/"))
            #expect(try ward.a.store.read { try $0.draftCount() } == 0)
            #expect(try await browser.get(saved.location).html.contains("dở d&lt;b&gt;ang"))
            #expect(try await browser.get(draft).status == 404)
        }
    }

    @Test func aFormThatCannotBeSavedIsADraft() async throws {
        try await browse { browser, ward in
            let wrong = try await browser.submit("/forms/reading/new", ["v.key": "YT.02", "v.value": "-5.000"])
            #expect(wrong.status == 422)
            let drafts = try ward.a.store.read { try $0.drafts(of: "") }
            #expect(drafts.count == 1 && drafts[0].problems == 1)
            let mended = try await browser.submit(
                "/drafts/\(drafts[0].name)", action: "/forms/reading/new", ["v.value": "5"])
            #expect(mended.status == 303)
            #expect(try ward.a.store.read { try $0.draftCount() } == 0)
        }
    }

    @Test func anEditGoesOnFromItsDraftAndFromWhatItsAuthorHadSeen() async throws {
        try await browse { browser, ward in
            let word = try ward.shared()
            let kept = try await Self.type(browser, "/records/\(word)/edit", ["v.note": "đang sửa"])
            #expect(kept.status == 303)
            _ = try ward.b.capture([Draft(.edit(word), edits: [("note", .set(.text("người khác")))])])
            try ward.sync(ward.b, ward.a)
            let again = try await browser.get("/records/\(word)/edit")
            #expect(again.status == 303)
            let saved = try await browser.submit(again.location, action: "/records/\(word)/edit", [:])
            #expect(saved.status == 303)
            let view = try ward.a.store.read { store in try store.view(ofRow: try store.locate(word).row) }
            #expect(view.conflicts == ["note"])
        }
    }

    @Test func twoWindowsOfOneDraftKeepBoth() async throws {
        try await browse { browser, ward in
            let kept = try await Self.type(browser, "/forms/reading/new", ["v.key": "A"])
            let draft = kept.location.replacing("?done=draft-kept", with: "")
            let stamp = try #require(try ward.a.store.read { try $0.drafts(of: "") }.first?.stamp.text)
            _ = try await Self.type(browser, draft, ["v.note": "cửa sổ một"], window: "one", turn: 1, from: stamp)
            // Late, and of the same window: what came after it stays.
            _ = try await Self.type(browser, draft, ["v.note": "trễ"], window: "one", turn: 1, from: stamp)
            _ = try await Self.type(browser, draft, ["v.note": "cửa sổ hai"], window: "two", turn: 1, from: stamp)
            let bodies = try ward.a.store.read { try $0.drafts(of: "") }.map { try FormBody(bytes: $0.body)["v.note"] }
            #expect(Set(bodies) == ["cửa sổ một", "cửa sổ hai"])
        }
    }

    @Test func theReadyOnesAreSavedTogetherAndTheOthersStay() async throws {
        try await browse { browser, ward in
            for (key, value) in [("A", "1"), ("B", "2"), ("C", "nhiều")] {
                _ = try await Self.type(browser, "/forms/reading/new", ["v.key": key, "v.value": value])
            }
            let finished = try await browser.submit("/drafts", action: "/drafts", [:])
            #expect(finished.location == "/drafts?saved=2&left=1")
            #expect(try await browser.get(finished.location).html.contains("2 drafts saved; 1 left"))
            #expect(try ward.a.store.read { try $0.recordCount(RecordFilter(form: "reading")) } == 2)
            let left = try #require(try ward.a.store.read { try $0.drafts(of: "") }.first?.name)
            let discarded = try await browser.submit("/drafts", action: "/drafts/\(left)/discard", [:])
            #expect(discarded.status == 303)
            #expect(try ward.a.store.read { try $0.draftCount() } == 0)
        }
    }

    @Test func aDraftStaysOnItsVersionUntilItIsTakenOver() async throws {
        try await browse { browser, ward in
            let kept = try await Self.type(browser, "/forms/reading/new", ["v.key": "A", "v.note": "cũ"])
            let draft = kept.location.replacing("?done=draft-kept", with: "")
            var newer = Ward.reading
            newer.version = 2
            newer.fields.append(
                FieldDefinition(name: "who", type: .text, label: Label(vi: "Ai", en: "Who"), required: true))
            newer.fields.removeAll { $0.name == "note" }
            try ward.a.store.write { [newer] in try $0.storeForm(newer) }
            let page = try await browser.get(draft)
            #expect(page.html.contains("“Who” is added") && page.html.contains("“Note” is left out"))
            #expect(!page.html.contains("name=\"v.who\""))
            _ = try await browser.submit(draft, action: "\(draft)/upgrade", [:])
            let taken = try await browser.get(draft)
            #expect(taken.html.contains("name=\"v.who\""))
            // What the newer version asks for is missing: it is not saved by the older one instead.
            let finished = try await browser.submit("/drafts", action: "/drafts", [:])
            #expect(finished.location == "/drafts?saved=0&left=1")
        }
    }

    @Test func foreignAndWrongRequestsKeepNothing() async throws {
        try await browse { browser, ward in
            let foreign = try await browser.post("/drafts/\(String(repeating: "a", count: 32))", [("v.key", "A")])
            #expect(foreign.status == 403)
            #expect(try ward.a.store.read { try $0.draftCount() } == 0)
            #expect(try await browser.get("/drafts/nothing").status == 404)
        }
    }
}
