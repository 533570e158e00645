import Causality
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

/// People, their roles and the audit, as a browser without scripts meets them.
@Suite struct PeoplePagesTests {
    private let ward: Ward

    init() throws {
        ward = try Ward()
        for (id, role, unit) in [
            ("viet", "hub_admin", "VPUBND"), ("an", "unit_leader", Ward.unit), ("son", "auditor", "VPUBND"),
        ] {
            if unit != Ward.unit, id == "viet" {
                _ = try ward.hub.capture([
                    Draft(
                        .new(form: BuiltInForm.unit.form, space: SpaceName.catalogue),
                        edits: [("code", .set(.text(unit))), ("name_vi", .set(.text("Văn phòng <b>UBND</b>")))])
                ])
            }
            try ward.hub.addPerson(id: id, name: "<i>\(id)</i>", role: role, unit: unit, password: "mật khẩu")
        }
        try ward.hub.addPerson(id: "thu", name: "Đặng Thị Thu", role: "inspector", unit: "VPUBND", password: nil)
    }

    private func browse(
        as name: String = "viet", _ body: @escaping @Sendable (PageClient, Ward, PageClient) async throws -> Void
    ) async throws {
        let ward = ward
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in
            let browser = PageClient(client)
            _ = try await browser.submit("/sign-in", ["name": name, "password": "mật khẩu"])
            try await body(browser, ward, PageClient(client))
        }
    }

    /// The password on a page that shows one.
    private static func password(_ page: PageClient.Reply) throws -> String {
        let start = try #require(page.html.range(of: "<code class=\"word\">"))
        return String(page.html[start.upperBound...].prefix { $0 != "<" })
    }

    @Test func everyPageKeepsTheRulesInBothLanguages() async throws {
        try await browse { browser, _, _ in
            for language in ["vi", "en"] {
                browser.language = language
                for path in [
                    "/people", "/people?find=thu&role=inspector", "/people/new", "/people/thu", "/people/viet",
                    "/audit",
                    "/audit?act=person-added&by=viet&object=thu&from=2026-01-01&until=2100-01-01", "/audit?object=x",
                ] {
                    let page = try await browser.get(path)
                    #expect(
                        page.status == 200 && PageRules.violations(page) == [], "\(path) \(PageRules.violations(page))")
                    #expect(!page.html.contains("<i>") && !page.html.contains("<b>UBND"), "\(path)")
                }
                let wrong = try await browser.submit(
                    "/people/new", ["id": "A B", "name": "", "unit": "x", "role": "y"])
                #expect(wrong.status == 422 && PageRules.violations(wrong) == [])
            }
        }
    }

    @Test func somebodyIsAddedAndSignsInWithWhatThePageShowed() async throws {
        try await browse { browser, ward, other in
            let page = try await browser.submit(
                "/people/new",
                [
                    "id": " Hoa.Tran ", "name": "Trần Hòa", "unit": Ward.unit, "role": "unit_leader",
                    "with-password": "yes",
                ])
            #expect(page.status == 200 && PageRules.violations(page) == [])
            let password = try Self.password(page)
            #expect(password.count == 14)
            #expect(try await !browser.get("/people/hoa.tran").html.contains(password))
            let reply = try await other.submit("/sign-in", ["name": "hoa.tran", "password": password])
            #expect(reply.status == 303 && reply.location == "/")
            #expect(try await other.get("/").location == "/conflicts")
            let entry = try #require(
                try ward.hub.store.read { try AuditLog.entries(AuditFilter(), limit: 9, $0) }.first {
                    $0.object == "hoa.tran" && $0.act == "person-added"
                })
            #expect(entry.actor == "viet" && entry.details == ["role": "unit_leader"])
            // Again is a problem, with all that was typed.
            let again = try await browser.submit(
                "/people/new", ["id": "hoa.tran", "name": "Hòa & Hợp", "unit": Ward.unit, "role": "viewer"])
            #expect(again.status == 422 && again.html.contains("Hòa &amp; Hợp"))
        }
    }

    @Test func rolesAreGivenForATimeAndTakenAway() async throws {
        try await browse { browser, ward, _ in
            let wrong = try await browser.submit(
                "/people/thu", action: "/people/thu/roles",
                ["unit": Ward.unit, "role": "inspector", "from": "2026-12-31", "until": "2026-12-01"])
            #expect(wrong.status == 422 && wrong.html.contains("value=\"2026-12-31\""))
            let given = try await browser.submit(
                "/people/thu", action: "/people/thu/roles",
                ["unit": Ward.unit, "role": "inspector", "from": "2026-12-01", "until": "2026-12-31"])
            #expect(given.location == "/people/thu?done=role-given")
            let page = try await browser.get("/people/thu?done=role-given")
            #expect(page.html.contains("01/12/2026 – 31/12/2026") && PageRules.violations(page) == [])
            #expect(try ward.hub.person("thu")?.grants.count == 2)
            // Two forms of the page have that address: the first is that of the first unit's role.
            let taken = try await browser.submit(
                "/people/thu", action: "/people/thu/roles/withdraw", ["unit": Ward.unit])
            #expect(taken.location == "/people/thu?done=role-taken")
            #expect(try ward.hub.person("thu")?.grants.map(\.unit) == ["VPUBND"])
        }
    }

    @Test func nobodyChangesTheirOwnRights() async throws {
        try await browse { browser, ward, _ in
            let page = try await browser.get("/people/viet")
            #expect(page.form("/people/viet/roles") == nil && page.form("/people/viet/account") == nil)
            for (action, values) in [
                ("roles", ["unit": "VPUBND", "role": "viewer"]), ("roles/withdraw", ["unit": "VPUBND"]),
            ] {
                let reply = try await browser.submit(
                    "/people/thu", action: "/people/thu/roles", to: "/people/viet/\(action)", values)
                #expect(reply.status == 422, "\(action)")
            }
            let reply = try await browser.submit(
                "/people/thu", action: "/people/thu/account", to: "/people/viet/account", ["lock": "yes"])
            #expect(reply.status >= 400)
            #expect(try ward.hub.person("viet")?.role == .hubAdmin)
            #expect(try ward.hub.person("viet")?.disabled == false)
        }
    }

    @Test func whoIsLockedIsOutAtOnceAndDoesNotComeBackWithTheOldSession() async throws {
        try await browse { browser, _, other in
            _ = try await other.submit("/sign-in", ["name": "an", "password": "mật khẩu"])
            #expect(try await other.get("/records").status == 200)
            #expect(try await browser.get("/people/an").html.contains("Sessions: 1"))
            let locked = try await browser.submit("/people/an", action: "/people/an/account", ["lock": "yes"])
            #expect(locked.location == "/people/an?done=person-disabled")
            #expect(try await other.get("/records").location.hasPrefix("/sign-in"))
            _ = try await browser.submit("/people/an", action: "/people/an/account", ["lock": "no"])
            #expect(try await other.get("/records").location.hasPrefix("/sign-in"))
            _ = try await other.submit("/sign-in", ["name": "an", "password": "mật khẩu"])
            let ended = try await browser.submit("/people/an", action: "/people/an/sessions", [:])
            #expect(ended.status == 303)
            #expect(try await other.get("/records").location.hasPrefix("/sign-in"))
        }
    }

    @Test func aNewPasswordEndsWhatTheOldOneOpened() async throws {
        try await browse { browser, _, other in
            _ = try await other.submit("/sign-in", ["name": "an", "password": "mật khẩu"])
            let page = try await browser.submit("/people/an", action: "/people/an/password", [:])
            let password = try Self.password(page)
            #expect(try await other.get("/records").location.hasPrefix("/sign-in"))
            #expect(try await other.submit("/sign-in", ["name": "an", "password": "mật khẩu"]).status == 401)
            #expect(try await other.submit("/sign-in", ["name": "an", "password": password]).status == 303)
        }
    }

    @Test func peopleAreFoundWithoutDiacritics() async throws {
        try await browse { browser, _, _ in
            for find in ["dang thi thu", "%C4%90%E1%BA%B7ng", "THU"] {
                let page = try await browser.get("/people?find=\(find.replacing(" ", with: "+"))")
                #expect(page.html.contains("Đặng Thị Thu"), "\(find)")
            }
            let none = try await browser.get("/people?find=nobody")
            #expect(!none.html.contains("Đặng Thị Thu"))
        }
    }

    @Test func aUnitsLeaderSeesTheirOwnPeople() async throws {
        try await browse(as: "an") { browser, _, _ in
            let list = try await browser.get("/people")
            #expect(list.html.contains("/people/lan") && !list.html.contains("/people/thu"))
            #expect(!list.html.contains("/people/new"))
            let own = try await browser.get("/people/lan")
            #expect(own.status == 200 && own.form("/people/lan/roles") == nil && PageRules.violations(own) == [])
            #expect(try await browser.get("/people/thu").status == 404)
            #expect(try await browser.get("/audit").status == 403)
        }
    }

    @Test func theAuditIsSearched() async throws {
        try await browse(as: "son") { browser, ward, _ in
            try ward.hub.give(Grant(unit: Ward.unit, role: .viewer), to: "thu", by: "viet")
            func count(_ query: String) async throws -> Int {
                try await browser.get("/audit?\(query)").html.components(separatedBy: "<li class=\"row\">").count - 1
            }
            #expect(try await count("act=role-given") == 1)
            #expect(try await count("by=viet&object=thu") == 1)
            #expect(try await count("by=viet&object=lan") == 0)
            #expect(try await count("act=role-given&until=2020-01-01") == 0)
            #expect(try await count("act=signed-in&by=son") == 1)
            let head = try ward.hub.store.read { try AuditLog.head($0) }
            #expect(try await browser.get("/audit").html.contains("\(head.number):\(head.hash.hex)"))
        }
    }
}
