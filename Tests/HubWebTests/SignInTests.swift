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

    @Test(arguments: [SignInLimiter.Scope.everywhere, .address])
    func rightTriesCountForNothing(scope: SignInLimiter.Scope) throws {
        var limiter = SignInLimiter(scope)
        for _ in 0..<200 {
            try limiter.begin(name: "viet", address: "a", now: 0)
            limiter.succeeded(name: "viet", address: "a")
        }
    }

    /// On the network of an office, who guesses at everybody's password keeps nobody but themselves out.
    @Test func aStrangerInTheHouseKeepsNobodyOut() throws {
        var limiter = SignInLimiter(.address)
        var refused = 0
        for name in ["lan", "minh", "hoa", "viet", "son", "an"] {
            for _ in 0..<6 {
                do { try limiter.begin(name: name, address: "stranger", now: 0) } catch { refused += 1 }
            }
        }
        #expect(refused == 36 - SignInLimiter.triesPerAddress)
        for name in ["lan", "minh", "hoa", "viet", "son", "an"] {
            try limiter.begin(name: name, address: "desk", now: 0)
        }
    }

    @Test func aGuessFromManyAddressesEnds() throws {
        var limiter = SignInLimiter(.address)
        for try_ in 0..<SignInLimiter.triesPerNameOverall {
            try limiter.begin(name: "lan", address: "a\(try_ / 4)", now: 0)
        }
        #expect(throws: (any Error).self) { try limiter.begin(name: "lan", address: "other", now: 1) }
        try limiter.begin(name: "minh", address: "other", now: 1)
        try limiter.begin(name: "lan", address: "other", now: SignInLimiter.windowMilliseconds)
    }

    @Test func whoseASessionWasIsKnownForAWhile() {
        let sessions = Sessions()
        let id = sessions.open(person: "viet", now: 0)
        #expect(sessions.owner(id, now: Sessions.lifeMilliseconds) == "viet")
        #expect(sessions.find(id, now: Sessions.lifeMilliseconds) == nil)
        #expect(sessions.owner(id, now: Sessions.memoryMilliseconds) == nil)
        #expect(sessions.owner("guessed", now: 0) == nil)
        sessions.close(id)
        #expect(sessions.owner(id, now: 1) == nil)
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
            #expect(reply.location == "/")
            let cookie = reply.headers[.setCookie] ?? ""
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
            let first = try #require(browser.cookie("session-hub"))
            _ = try await browser.submit("/sign-in", right)
            #expect(browser.cookie("session-hub") != first)
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
