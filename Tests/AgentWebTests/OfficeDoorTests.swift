import Agent
import AgentWeb
import Foundation
import HTTPTypes
import Hummingbird
import PageTesting
import RecordStore
import Records
import Testing
import WebPages

/// What the office's network gets before anybody has signed in, and after.
@Suite struct OfficeDoorTests {
    private let place: OfficeWard

    init() throws { place = try OfficeWard() }

    /// The routes are the router's own, so that one which is added is held to this too.
    @Test func everyRouteSendsStrangersToTheDoor() async throws {
        let open = Set(Asset.all.map(\.path) + ["/sign-in", "/language/x", "/favicon.ico"])
        let routes = try place.server().officeRouter().routes.map { route in
            let path = route.path.description.split(separator: "/").map { $0.hasPrefix("{") ? "x" : String($0) }
            return (method: route.method, path: "/" + path.joined(separator: "/"))
        }
        #expect(routes.count > 30)
        try await place.browse { browser in
            let token = try #require(try await browser.get("/sign-in").form("/sign-in")?.first { $0.name == "token" })
            for (method, path) in routes where !open.contains(path) {
                let replies =
                    method == .post
                    ? [try await browser.post(path, []), try await browser.post(path, [token])]
                    : [
                        try await browser.get(path),
                        try await browser.get(path, [.accept: "application/json"]),
                    ]
                for reply in replies {
                    let isDoor = reply.status == 303 && reply.location.hasPrefix("/sign-in")
                    #expect(isDoor || reply.status == 403, "\(method) \(path): \(reply.status) \(reply.location)")
                    #expect(PageRules.violations(reply).filter { $0.hasPrefix("policy") } == [])
                }
            }
            for path in ["/office", "/office/qr.svg", "/healthz", "/nowhere"] {
                #expect(try await browser.get(path).location.hasPrefix("/sign-in"), "\(path)")
            }
        }
        #expect(try place.ward.a.store.read { try $0.draftCount(of: "") } == 0)
    }

    @Test func onlyAPasswordLetsIn() async throws {
        try await place.browse { browser in
            let door = try await browser.get("/sign-in")
            #expect(PageRules.violations(door) == [])
            #expect(door.html.contains("Hoa") && !door.html.contains("Trần Minh"))
            // Minh has no password, and is chosen by name at the machine itself only.
            for (name, password) in [("minh", ""), ("minh", "x"), ("hoa", ""), ("", ""), ("nobody", "x")] {
                #expect(try await OfficeWard.signIn(browser, name, password).status == 401, "\(name)")
            }
            #expect(try await browser.get("/").status == 303)
            #expect(try await OfficeWard.signIn(browser, "hoa").location == "/")
            let home = try await browser.get("/")
            #expect(home.status == 200 && home.html.contains("Hoa") && !home.html.contains("\"/office\""))
            #expect(try await browser.get("/office").status == 404)
            let token = try #require(home.form("/sign-out")?.first { $0.name == "token" })
            #expect(try await browser.post("/person", [token, ("person", "minh")]).status == 404)
        }
    }

    @Test func aFormIsSavedFromTheOffice() async throws {
        try await place.browse { browser in
            _ = try await OfficeWard.signIn(browser, "hoa")
            let form = try await browser.get("/forms/visit/new")
            let foreign = try await browser.submit(
                form, action: "/forms/visit/new", ["v.place": "Chợ"], [.origin: "http://localhost"])
            #expect(foreign.status == 403)
            let saved = try await browser.submit(
                form, action: "/forms/visit/new", ["v.place": "Chợ"], [.origin: "https://localhost"])
            #expect(saved.status == 303)
        }
        #expect(try place.ward.a.store.read { try $0.recordCount(RecordFilter(form: "visit")) } == 1)
    }

    @Test func cookiesAreForThisHostOverTLSOnly() async throws {
        try await place.browse { browser in
            let door = try await browser.get("/sign-in")
            let entry = try await OfficeWard.signIn(browser, "hoa")
            let cookies = (door.headers[values: .setCookie] + entry.headers[values: .setCookie])
            #expect(cookies.count == 2)
            for cookie in cookies {
                #expect(cookie.hasPrefix("__Host-") && !cookie.contains("Domain"), "\(cookie)")
                for word in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
                    #expect(cookie.contains(word), "\(cookie)")
                }
            }
            #expect(entry.headers[HTTPField.Name("Strict-Transport-Security")!] == nil)
        }
    }

    @Test func aSessionOfTheMachineIsNoneOfTheOffice() async throws {
        try await place.browseHere { here in
            _ = try await here.submit("/sign-in", ["name": "minh", "password": ""])
            #expect(try await here.get("/").status == 200)
            let id = try #require(here.cookie("session-"))
            let name = try place.ward.a.replica.word.prefix(8)
            try await place.browse { browser in
                let reply = try await browser.get(
                    "/", [.cookie: "__Host-session-\(name)=\(id); session-\(name)=\(id)"])
                #expect(reply.status == 303)
            }
        }
    }

    /// A form left open over lunch is kept for whoever had signed in; strangers and others leave nothing under their name.
    @Test func whatIsSentAfterASessionEndedIsItsPersonsDraft() async throws {
        let place = place
        try await place.browse { hoa in
            _ = try await OfficeWard.signIn(hoa, "hoa")
            let page = try await hoa.get("/forms/reading/new")
            var fields = try #require(page.form("/forms/reading/new"))
            place.clock.move(hours: 3)
            let sent = try await hoa.submit(page, action: "/forms/reading/new", ["v.key": "A", "author": "lan"])
            #expect(sent.location.hasPrefix("/sign-in?back=%2Fdrafts%2F"))
            #expect(try place.ward.a.store.read { try $0.drafts(of: "hoa").count } == 1)
            _ = try await OfficeWard.signIn(hoa, "hoa")
            _ = try await hoa.submit("/sign-out", ["sure": "yes"])
            // Signed out, this browser is a stranger's.
            fields.removeAll { $0.name == "saved" }
            fields.append(("saved", FormToken.make()))
            let late = try await hoa.post("/forms/reading/new", fields)
            #expect(late.location == "/sign-in")
        }
        let drafts = try place.ward.a.store.read { try $0.drafts(of: "hoa").count + $0.drafts(of: "lan").count }
        #expect(drafts == 1)
    }
}
