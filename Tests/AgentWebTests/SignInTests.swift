import Agent
import AgentWeb
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

/// Several people on one machine, without a network.
@Suite struct AgentSignInTests {
    private let ward: Ward

    init() throws {
        ward = try Ward()
        try ward.hub.addPerson(id: "hoa", name: "Hoa", role: "ward_staff", unit: Ward.unit, password: "chín con rồng")
        try ward.hub.addPerson(id: "xem", name: "Xem", role: "viewer", unit: Ward.unit, password: "chỉ xem")
        try ward.sync(ward.a)
    }

    private func browse(_ body: @escaping @Sendable (PageClient, PageClient, Ward) async throws -> Void) async throws {
        let ward = ward
        let sync = BackgroundSync(device: ward.a) { _ in ward.line }
        let application = Application(router: try AgentServer(device: ward.a, sync: sync).router())
        try await application.test(.router) { client in try await body(PageClient(client), PageClient(client), ward) }
    }

    private static func signIn(
        _ browser: PageClient, _ name: String, _ password: String, back: String = "/"
    ) async throws -> PageClient.Reply {
        try await browser.submit(
            "/sign-in?back=\(back)", action: "/sign-in", ["name": name, "password": password])
    }

    @Test func nobodyIsLetInWithoutTheirPassword() async throws {
        try await browse { browser, _, _ in
            for page in ["/", "/forms/reading", "/drafts", "/outbox", "/sync", "/forms/reading/grid"] {
                let reply = try await browser.get(page)
                #expect(reply.status == 303 && reply.location.hasPrefix("/sign-in?back="), "\(page)")
            }
            let door = try await browser.get("/sign-in")
            #expect(PageRules.violations(door) == [])
            for (name, password) in [("hoa", "sai"), ("hoa", ""), ("nobody", "chín con rồng"), ("", "")] {
                #expect(try await Self.signIn(browser, name, password).status == 401, "\(name)")
            }
            let right = try await Self.signIn(browser, "hoa", "chín con rồng", back: "/drafts")
            #expect(right.location == "/drafts")
            let page = try await browser.get("/")
            #expect(page.status == 200 && page.html.contains("Hoa"))
            // Composed otherwise by another keyboard, it is the same password.
            let again = try await Self.signIn(browser, "hoa", "chín con rồng".decomposedStringWithCanonicalMapping)
            #expect(again.status == 303)
        }
    }

    @Test func wrongTriesAreCountedAndWait() async throws {
        try await browse { browser, _, _ in
            for _ in 0..<5 {
                let wrong = try await Self.signIn(browser, "hoa", "sai")
                #expect(wrong.status == 401)
            }
            let late = try await Self.signIn(browser, "hoa", "chín con rồng")
            #expect(late.status == 429)
        }
    }

    @Test func workIsSavedUnderWhoeverIsSignedInAndDraftsAreTheirOwn() async throws {
        try await browse { hoa, lan, ward in
            _ = try await Self.signIn(hoa, "hoa", "chín con rồng")
            // Lan has no password yet, and is chosen by name.
            #expect(try await Self.signIn(lan, "lan", "").status == 303)
            let wrong = try await hoa.submit("/forms/reading/new", ["v.key": "A", "v.value": "nhiều"])
            #expect(wrong.status == 422)
            let draft = try #require(try ward.a.store.read { try $0.drafts(of: "hoa") }.first)
            #expect(draft.author == "hoa")
            #expect(try await lan.get("/drafts/\(draft.name)").status == 404)
            #expect(try await lan.get("/drafts").html.contains("There are no drafts."))
            #expect(try await hoa.get("/drafts").html.contains("A"))
            let saved = try await hoa.submit(
                "/drafts/\(draft.name)", action: "/forms/reading/new", ["v.value": "1"])
            let word = try #require(
                saved.location.split(separator: "/").last?.split(separator: "?").first.map(String.init))
            #expect(try ward.changes(ward.a.store, word).map(\.author) == ["hoa"])
        }
    }

    /// A form that Hoa opened is not saved under Lan's name unasked.
    @Test func whoComesBetweenIsAsked() async throws {
        try await browse { browser, _, ward in
            _ = try await Self.signIn(browser, "hoa", "chín con rồng")
            let page = try await browser.get("/forms/reading/new")
            _ = try await Self.signIn(browser, "lan", "")
            let asked = try await browser.submit(page, action: "/forms/reading/new", ["v.key": "A"])
            #expect(asked.status == 422 && asked.html.contains("Somebody else opened this form"))
            let saved = try await browser.submit(asked, action: "/forms/reading/new", [:])
            #expect(saved.status == 303)
            #expect(try ward.a.store.read { try $0.recordCount(RecordFilter(form: "reading")) } == 1)
        }
    }

    /// A session ends while somebody types: the program was started again.
    @Test func whatIsSentWithoutASessionIsADraft() async throws {
        try await browse { hoa, _, ward in
            _ = try await Self.signIn(hoa, "hoa", "chín con rồng")
            let page = try await hoa.get("/forms/reading/new")
            let out = try await hoa.submit("/sign-out", action: "/sign-out", ["sure": "yes"])
            #expect(out.status == 303)
            let sent = try await hoa.submit(page, action: "/forms/reading/new", ["v.key": "A", "v.note": "chưa mất"])
            #expect(sent.location.hasPrefix("/sign-in?back=%2Fdrafts%2F"))
            let draft = try #require(try ward.a.store.read { try $0.drafts(of: "hoa") }.first)
            _ = try await Self.signIn(hoa, "hoa", "chín con rồng")
            #expect(try await hoa.get("/drafts/\(draft.name)").html.contains("chưa mất"))
        }
    }

    @Test func leavingWithWorkUnsentIsAskedOnceMore() async throws {
        try await browse { hoa, _, _ in
            _ = try await Self.signIn(hoa, "hoa", "chín con rồng")
            _ = try await hoa.submit("/forms/reading/new", ["v.key": "A"])
            let asked = try await hoa.submit("/", action: "/sign-out", [:])
            #expect(asked.location == "/sign-out")
            let page = try await hoa.get("/sign-out")
            #expect(page.html.contains("1 changes that the hub has not received") && PageRules.violations(page) == [])
            let out = try await hoa.submit(page, action: "/sign-out", ["sure": "yes"])
            #expect(out.location == "/sign-in")
            #expect(try await hoa.get("/").status == 303)
        }
    }

    @Test func rolesDecideWhatIsOffered() async throws {
        try await browse { browser, _, ward in
            _ = try await Self.signIn(browser, "xem", "chỉ xem")
            let list = try await browser.get("/forms/reading")
            #expect(list.status == 200 && !list.html.contains("/forms/reading/new"))
            let refused = try await browser.submit("/forms/reading/new", ["v.key": "A"])
            #expect(refused.status == 422)
            #expect(try ward.a.store.read { try $0.recordCount(RecordFilter(form: "reading")) } == 0)
        }
    }

    @Test func aPasswordProofIsShownToNobody() async throws {
        try await browse { browser, _, ward in
            _ = try await Self.signIn(browser, "hoa", "chín con rồng")
            let verifier = try #require(
                try ward.a.store.read { try $0.members(of: Ward.unit).first { $0.id == "hoa" }?.verifier?.text })
            #expect(try await browser.get("/forms/@person").status == 404)
            let word = try #require(
                try ward.a.store.read { try $0.records(RecordFilter(form: "@person"), limit: 9).first?.word })
            #expect(try await browser.get("/records/\(word)").status == 404)
            let home = try await browser.get("/")
            #expect(!home.html.contains(verifier))
            try ward.a.store.catchUpSearch()
            let found = try ward.a.store.read {
                try $0.recordCount(RecordFilter(find: String(verifier.prefix(8)).lowercased()))
            }
            #expect(found == 0)
        }
    }

    @Test func whoIsDisabledComesInNoMore() async throws {
        try await browse { browser, _, ward in
            _ = try await Self.signIn(browser, "hoa", "chín con rồng")
            try ward.hub.disablePerson("hoa")
            try ward.hub.setPassword(of: "xem", to: "mật khẩu mới")
            try ward.sync(ward.a)
            #expect(try await browser.get("/").status == 303)
            #expect(try await Self.signIn(browser, "hoa", "chín con rồng").status == 401)
            #expect(try await Self.signIn(browser, "xem", "chỉ xem").status == 401)
            #expect(try await Self.signIn(browser, "xem", "mật khẩu mới").status == 303)
        }
    }
}
