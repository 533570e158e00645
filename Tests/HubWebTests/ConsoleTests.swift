import Agent
import Foundation
import HTTPTypes
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Testing
import WebPages

/// The hub's console, as a browser without scripts meets it.
@Suite struct ConsoleTests {
    private let ward: Ward

    init() throws {
        ward = try Ward()
        for (id, role) in [("viet", "hub_admin"), ("son", "auditor"), ("hoa", "ward_staff")] {
            try ward.hub.addPerson(id: id, name: "<i>\(id)</i>", role: role, unit: Ward.unit, password: "mật khẩu")
        }
    }

    private func browse(_ body: @escaping @Sendable (PageClient, Ward) async throws -> Void) async throws {
        let ward = ward
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in try await body(PageClient(client), ward) }
    }

    private static func signIn(_ browser: PageClient, _ name: String, _ password: String = "mật khẩu") async throws
        -> PageClient.Reply
    {
        try await browser.submit("/sign-in", ["name": name, "password": password])
    }

    /// The words of the versions to pick from, in the order of the sides.
    private static func picks(_ page: PageClient.Reply, _ field: String = "value") -> [String] {
        page.html.components(separatedBy: "name=\"pick.\(field)\" value=\"").dropFirst().map {
            String($0.prefix { $0 != "\"" })
        }.filter { $0 != "other" }
    }

    @Test func nobodySeesAnythingBeforeSigningIn() async throws {
        try await browse { browser, ward in
            let word = try ward.conflict()
            for path in ["/conflicts", "/conflicts?unit=x", "/records/\(word)"] {
                let reply = try await browser.get(path)
                #expect(reply.status == 303 && reply.location.hasPrefix("/sign-in?back="), "\(path)")
            }
            let reply = try await browser.post("/conflicts/\(word)", [("reason", "x")])
            #expect(reply.location.hasPrefix("/sign-in"))
        }
    }

    @Test func everyPageKeepsTheRulesInBothLanguages() async throws {
        try await browse { browser, ward in
            let word = try ward.conflict()
            #expect(PageRules.violations(try await browser.get("/sign-in")) == [])
            _ = try await Self.signIn(browser, "viet")
            for language in ["vi", "en"] {
                browser.language = language
                for page in ["/conflicts", "/conflicts/\(word)", "/records/\(word)", "/nowhere"] {
                    let reply = try await browser.get(page)
                    #expect(PageRules.violations(reply) == [], "\(page)")
                    #expect(reply.html.contains("<html lang=\"\(language)\">"))
                }
            }
            #expect(try await browser.get("/conflicts").html.contains("&lt;i&gt;viet&lt;/i&gt;"))
        }
    }

    @Test func aCaseShowsTheBaseAndEachSide() async throws {
        try await browse { browser, ward in
            let word = try ward.conflict()
            _ = try await Self.signIn(browser, "viet")
            let list = try await browser.get("/conflicts")
            #expect(list.html.contains("/conflicts/\(word)") && list.html.contains("Trần Minh"))
            let page = try await browser.get("/conflicts/\(word)")
            let cells = page.html.components(separatedBy: "<td>").dropFirst().map {
                $0.components(separatedBy: "</td>")[0]
            }
            #expect(cells[0].contains(">1<"))
            #expect(cells[1].contains(">4<") && cells[2].contains(">6<"))
            #expect(Self.picks(page).count == 2)
        }
    }

    @Test func anAdminSettlesByPickingAndTheDevicesShowIt() async throws {
        try await browse { browser, ward in
            let word = try ward.conflict()
            _ = try await Self.signIn(browser, "viet")
            let page = try await browser.get("/conflicts/\(word)")
            let action = "/conflicts/\(word)"
            let noReason = try await browser.submit(page, action: action, ["pick.value": Self.picks(page)[1]])
            #expect(noReason.status == 422 && noReason.html.contains("Give a reason"))
            let noChoice = try await browser.submit(page, action: action, ["reason": "sổ"])
            #expect(noChoice.status == 422 && noChoice.html.contains("sổ"))
            let settled = try await browser.submit(
                noReason, action: action, ["reason": "Đối chiếu sổ"])
            #expect(settled.location.hasPrefix("/conflicts?done=settled"))
            #expect(try await browser.get(settled.location).html.contains("href=\"/records/\(word)\""))
            try ward.sync(ward.a, ward.b)
            for store in [ward.hub.store, ward.a.store, ward.b.store] {
                let view = try ward.show(store, word)
                #expect(view.conflicts.isEmpty && view.fields["value"] == .decimal(DecimalNumber("6")!))
            }
            let last = try #require(try ward.changes(ward.hub.store, word).last)
            #expect(last.author == "viet" && last.contents?.reason == "Đối chiếu sổ")
            // A second admin, or a second click.
            let again = try await browser.submit(
                page, action: action, ["pick.value": Self.picks(page)[0], "reason": "x"])
            #expect(again.location == "/records/\(word)?done=settled-before")
        }
    }

    @Test func anotherValueIsCheckedByTheFormsRules() async throws {
        try await browse { browser, ward in
            let word = try ward.conflict()
            _ = try await Self.signIn(browser, "viet")
            let action = "/conflicts/\(word)"
            let wrong = try await browser.submit(
                action, ["pick.value": "other", "x.v.value": "-5000", "reason": "đo lại"])
            #expect(wrong.status == 422 && wrong.html.contains("value=\"-5000\""))
            let right = try await browser.submit(wrong, action: action, ["x.v.value": "5,5"])
            #expect(right.status == 303)
            #expect(try ward.show(ward.hub.store, word).fields["value"] == .decimal(DecimalNumber("5.5")!))
        }
    }

    @Test func aVersionThatComesMeanwhileKeepsTheCaseOpen() async throws {
        try await browse { browser, ward in
            let word = try ward.shared()
            let late = try ward.b.store.read { store in
                let place = try store.locate(word)
                return try store.baseToken(record: place.record, in: place.space).text
            }
            try ward.save(ward.a, [("value", .set(.decimal(DecimalNumber("4")!)))], to: word, by: "lan")
            try ward.save(ward.b, [("value", .set(.decimal(DecimalNumber("6")!)))], to: word, by: "minh")
            try ward.sync(ward.a, ward.b)
            _ = try await Self.signIn(browser, "viet")
            let page = try await browser.get("/conflicts/\(word)")
            _ = try ward.b.capture([
                Draft(.edit(word), edits: [("value", .set(.decimal(DecimalNumber("9")!)))], baseToken: late, author: "")
            ])
            try ward.sync(ward.b)
            let reply = try await browser.submit(
                page, action: "/conflicts/\(word)", ["pick.value": Self.picks(page)[0], "reason": "sổ"])
            #expect(reply.location == "/conflicts/\(word)?done=late")
            #expect(try await browser.get(reply.location).html.contains("another value came in meanwhile"))
            #expect(try ward.show(ward.hub.store, word).conflicts == ["value"])
        }
    }

    @Test func editAgainstDeleteIsARowOfItsOwn() async throws {
        try await browse { browser, ward in
            let word = try ward.shared()
            try ward.save(ward.a, [("@deleted", .set(.flag(true)))], to: word, by: "lan")
            try ward.save(ward.b, [("note", .set(.text("vẫn dùng")))], to: word, by: "minh")
            try ward.sync(ward.a, ward.b)
            _ = try await Self.signIn(browser, "viet")
            let page = try await browser.get("/conflicts/\(word)")
            #expect(page.html.contains("Delete or keep") && page.html.contains("keep (edited: Note)"))
            let picks = Self.picks(page, "@deleted")
            #expect(picks.count == 2)
            let reply = try await browser.submit(
                page, action: "/conflicts/\(word)", ["pick.@deleted": picks[1], "reason": "còn dùng"])
            #expect(reply.location.hasPrefix("/conflicts?done=settled"))
            let view = try ward.show(ward.hub.store, word)
            #expect(!view.deleted && view.conflicts.isEmpty && view.fields["note"] == .text("vẫn dùng"))
        }
    }

    @Test func anAuditorSeesAndSettlesNothing() async throws {
        try await browse { browser, ward in
            let word = try ward.conflict()
            _ = try await Self.signIn(browser, "son")
            let page = try await browser.get("/conflicts/\(word)")
            #expect(page.status == 200 && page.html.contains("an admin settles it"))
            #expect(!page.html.contains("type=\"radio\""))
            let version = try #require(try ward.show(ward.hub.store, word).versions["value"]?.first)
            let reply = try await browser.submit(
                page, action: "/conflicts/\(word)", ["pick.value": version.dotWord, "reason": "x"])
            #expect(reply.status == 403 && reply.html.contains("rights.settle"))
            #expect(try ward.show(ward.hub.store, word).conflicts == ["value"])
        }
    }

    @Test func wardStaffSeeTheirRecordsAndNoDesk() async throws {
        try await browse { browser, ward in
            let word = try ward.conflict()
            #expect(try await Self.signIn(browser, "hoa").location == "/")
            #expect(try await browser.get("/").location == "/records")
            #expect(try await browser.get("/records/\(word)").status == 200)
            for path in ["/conflicts", "/conflicts/\(word)", "/refused", "/devices", "/people", "/audit"] {
                let reply = try await browser.get(path)
                #expect(reply.status == 403 && !reply.html.contains("Trần Minh"), "\(path)")
            }
        }
    }

    @Test func whoHasNoRoleTodayDoesNotComeIn() async throws {
        try await browse { browser, ward in
            let word = try ward.conflict()
            try ward.hub.withdraw(unit: Ward.unit, from: "hoa")
            let refused = try await Self.signIn(browser, "hoa")
            #expect(refused.status == 403 && refused.html.contains("Your role does not see this page"))
            for path in ["/records", "/records/\(word)"] {
                let reply = try await browser.get(path)
                #expect(reply.status == 303 && !reply.html.contains("Trần Minh"), "\(path)")
            }
        }
    }

    @Test func aPersonWhoIsDisabledIsOutAtOnce() async throws {
        try await browse { browser, ward in
            _ = try await Self.signIn(browser, "viet")
            #expect(try await browser.get("/conflicts").status == 200)
            try ward.hub.disablePerson("viet")
            #expect(try await browser.get("/conflicts").location.hasPrefix("/sign-in"))
        }
    }

    @Test func theProtocolsRoutesAreAsTheyWere() async throws {
        try await browse { browser, _ in
            let reply = try await browser.post("/sync/1", [("x", "y")])
            #expect(reply.headers[.contentType] == "application/octet-stream")
            #expect(reply.headers[.contentSecurityPolicy] == nil)
            #expect(try await browser.get("/healthz").html == "ok")
        }
    }
}
