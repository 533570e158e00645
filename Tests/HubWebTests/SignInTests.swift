import Foundation
import HTTPTypes
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import PageTesting
import Testing
import WebPages
import Wording

@Suite struct SignInTests {
    @Test func afterFiveWrongTriesANameWaits() throws {
        var limiter = SignInLimiter()
        for try_ in 0..<5 { try limiter.begin(name: "viet", address: "a\(try_)", now: 0) }
        do {
            try limiter.begin(name: "viet", address: "b", now: 60_000)
            Issue.record("a sixth try was let through")
        } catch let error as any CodedError {
            #expect(error.code == "sign-in.too-often" && error.details["minutes"] == "14")
        }
        try limiter.begin(name: "son", address: "b", now: 60_000)
        try limiter.begin(name: "viet", address: "b", now: SignInLimiter.windowMilliseconds)
    }

    @Test func afterTwentyWrongTriesAnAddressWaits() throws {
        var limiter = SignInLimiter()
        for try_ in 0..<20 { try limiter.begin(name: "n\(try_)", address: "a", now: 0) }
        #expect(throws: (any Error).self) { try limiter.begin(name: "other", address: "a", now: 1) }
        try limiter.begin(name: "other", address: "b", now: 1)
    }

    @Test func rightTriesCountForNothing() throws {
        var limiter = SignInLimiter()
        for _ in 0..<100 {
            try limiter.begin(name: "viet", address: "a", now: 0)
            limiter.succeeded(name: "viet", address: "a")
        }
    }

    @Test func aSessionEndsWhenUnusedAndAfterItsLife() {
        let sessions = Sessions()
        let id = sessions.open(person: "viet", now: 0)
        #expect(sessions.find(id, now: Sessions.idleMilliseconds - 1)?.person == "viet")
        #expect(sessions.find("guessed", now: 0) == nil)
        let idle = sessions.open(person: "viet", now: 0)
        #expect(sessions.find(idle, now: Sessions.idleMilliseconds) == nil)
        let long = sessions.open(person: "viet", now: 0)
        for hour in Int64(1)..<12 { #expect(sessions.find(long, now: hour * 3_600_000) != nil) }
        #expect(sessions.find(long, now: Sessions.lifeMilliseconds) == nil)
        sessions.close(id)
        #expect(sessions.find(id, now: 1) == nil)
    }

    @Test func signingInRotatesTheSessionAndSigningOutEndsIt() async throws {
        let ward = try Ward()
        try ward.hub.addPerson(id: "viet", name: "Việt", role: "hub_admin", unit: Ward.unit, password: "mật khẩu")
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in
            let browser = PageClient(client)
            let wrong = try await browser.submit("/sign-in", ["name": "viet", "password": "sai"])
            #expect(wrong.status == 401, "\(wrong.html)")
            #expect(wrong.html.contains("The name or the password is wrong"))
            #expect(!wrong.html.contains("sai"))
            let missing = try await browser.submit("/sign-in", ["name": "viet", "password": "x", "token": ""])
            #expect(missing.status == 403)
            let right = ["name": "viet", "password": "mật khẩu", "back": "//evil.example"]
            let reply = try await browser.submit("/sign-in", right)
            #expect(reply.location == "/conflicts")
            let cookie = reply.headers[.setCookie] ?? ""
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
            let first = try #require(browser.cookie("hub-session"))
            _ = try await browser.submit("/sign-in", right)
            #expect(browser.cookie("hub-session") != first)
            #expect(try await browser.post("/sign-out", [("token", "x")]).status == 403)
            _ = try await browser.submit("/conflicts", action: "/sign-out", [:])
            #expect(try await browser.get("/conflicts").location.hasPrefix("/sign-in"))
        }
    }

    @Test func tooManyWrongTriesAreRefusedOnThePage() async throws {
        let ward = try Ward()
        try ward.hub.addPerson(id: "viet", name: "Việt", role: "hub_admin", unit: Ward.unit, password: "mật khẩu")
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in
            let browser = PageClient(client)
            for _ in 0..<5 {
                #expect(try await browser.submit("/sign-in", ["name": "viet", "password": "sai"]).status == 401)
            }
            let reply = try await browser.submit("/sign-in", ["name": "viet", "password": "mật khẩu"])
            #expect(reply.status == 429 && reply.html.contains("Try again in 1"))
        }
    }
}
