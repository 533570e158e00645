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

/// A session's cookie in a thief's hands: it is worth what the session is worth, and nothing once that is over.
@Suite struct StolenSessionTests {
    private let siege: Siege

    init() throws { siege = try Siege(signingIn: ["viet", "an", "hoa"]) }

    /// Whether whoever holds the browser's cookies is let in.
    private static func isIn(_ browser: PageClient) async throws -> Bool {
        let reply = try await browser.get("/records")
        #expect(reply.status == 200 || reply.location.hasPrefix("/sign-in"))
        return reply.status == 200
    }

    @Test func whoSignsOutTakesItFromTheThiefToo() async throws {
        try await siege.storm { client, _, _ in
            let owner = try await Siege.browser(client)
            let thief = Siege.thief(client, of: owner)
            #expect(try await Self.isIn(thief))
            _ = try await owner.submit("/records", action: "/sign-out", [:])
            #expect(try await !Self.isIn(thief))
            // The owner's next session is another one.
            _ = try await Siege.signIn(owner)
            #expect(try await !Self.isIn(thief))
        }
    }

    @Test func signingInAgainEndsTheSessionBefore() async throws {
        try await siege.storm { client, _, _ in
            let owner = try await Siege.browser(client)
            let thief = Siege.thief(client, of: owner)
            _ = try await Siege.signIn(owner)
            #expect(try await !Self.isIn(thief))
            #expect(try await Self.isIn(owner))
        }
    }

    /// What a command on the hub's machine does is another process's doing, and ends sessions all the same.
    enum Blow: CaseIterable { case newPassword, locked, lockedAndOpened, sessionsEnded }

    @Test(arguments: Blow.allCases) func whatACommandDoesCountsInTheServer(_ blow: Blow) async throws {
        try await siege.storm { client, ward, _ in
            let owner = try await Siege.browser(client)
            let other = try await Siege.browser(client, as: "an")
            let thief = Siege.thief(client, of: owner)
            #expect(try await Self.isIn(thief))
            switch blow {
            case .newPassword: try ward.hub.setPassword(of: "viet", to: "mật khẩu mới")
            case .locked: try ward.hub.disablePerson("viet")
            case .lockedAndOpened:
                try ward.hub.disablePerson("viet")
                try ward.hub.enablePerson("viet")
            case .sessionsEnded: try ward.hub.audit(.sessionsEnded, by: "", to: "viet")
            }
            for browser in [thief, owner] { #expect(try await !Self.isIn(browser), "\(blow)") }
            #expect(try await Self.isIn(other))
        }
    }

    /// Whoever renews their own password, or ends their other sessions, goes on where they did it.
    @Test(arguments: ["password", "sessions"]) func whoThrowsTheThiefOutStaysIn(_ act: String) async throws {
        try await siege.storm { client, _, _ in
            let owner = try await Siege.browser(client)
            let thief = Siege.thief(client, of: try await Siege.browser(client))
            #expect(try await Self.isIn(thief))
            let token = try await Siege.token(owner)
            let reply = try await owner.post("/people/viet/\(act)", [("token", token)])
            #expect(reply.status == 200 || reply.status == 303)
            #expect(try await !Self.isIn(thief))
            #expect(try await Self.isIn(owner))
        }
    }

    @Test func whoMayNoLongerReadAnythingReadsNothing() async throws {
        try await siege.storm { client, ward, _ in
            let owner = try await Siege.browser(client, as: "hoa")
            try ward.hub.withdraw(unit: Ward.unit, from: "hoa")
            #expect(try await owner.get("/records").status == 403)
        }
    }

    @Test func itEndsUnusedAndAfterItsLife() async throws {
        try await siege.storm { client, _, clock in
            let idle = try await Siege.browser(client)
            clock.pass(minutes: 119)
            #expect(try await Self.isIn(idle))
            clock.pass(minutes: 120)
            #expect(try await !Self.isIn(idle))
            // However busily a thief keeps it alive.
            let busy = try await Siege.browser(client)
            for _ in 0..<11 {
                clock.pass(minutes: 60)
                #expect(try await Self.isIn(busy))
            }
            clock.pass(minutes: 60)
            #expect(try await !Self.isIn(busy))
        }
    }

    /// An id that somebody put into the browser before its owner signed in is worth nothing afterwards.
    @Test(arguments: [
        String(repeating: "0", count: 64), "", "x", "../../etc", String(repeating: "a", count: 100_000), "%00",
    ]) func aPlantedSessionIsNobodys(id: String) async throws {
        try await siege.storm { client, _, _ in
            let owner = PageClient(client)
            owner.plant("session-hub", id)
            #expect(try await !Self.isIn(owner))
            _ = try await Siege.signIn(owner)
            let real = try #require(owner.cookie("session-hub"))
            #expect(real != id && real.count == 64)
            let planter = PageClient(client)
            planter.plant("session-hub", id)
            #expect(try await !Self.isIn(planter))
        }
    }

    /// Whoever may sign in does so ten thousand times, and drives nobody out.
    @Test func manySessionsOfOneDriveNobodyOut() {
        let sessions = Sessions()
        let others = (0..<60).map { sessions.open(person: "p\($0)", now: 0) }
        let first = sessions.open(person: "evil", now: 0)
        for number in 0..<Sessions.limit { _ = sessions.open(person: "evil", now: Int64(number)) }
        #expect(others.allSatisfy { sessions.find($0, now: 1) != nil } && sessions.find(first, now: 1) == nil)
        #expect(sessions.count(of: "evil", now: Int64(Sessions.limit)) == Sessions.limitPerPerson)
    }

    /// Two sessions of an attacker tell nothing of a third.
    @Test func idsAreChance() async throws {
        try await siege.storm { client, _, _ in
            var ids: Set<String> = []
            for _ in 0..<20 {
                ids.insert(try #require(try await Siege.browser(client, as: "hoa").cookie("session-hub")))
            }
            #expect(ids.count == 20 && Set(ids.map { $0.prefix(8) }).count == 20)
        }
    }

    @Test(arguments: [false, true]) func cookiesAreForThisHostAndNoScript(isSecure: Bool) async throws {
        try await siege.storm(isSecure: isSecure) { client, _, _ in
            let browser = PageClient(client)
            let page = try await browser.get("/sign-in")
            let reply = try await browser.submit(
                page, action: "/sign-in", ["name": "viet", "password": Siege.password])
            let lines = [page, reply].flatMap { $0.headers[values: .setCookie] }
            #expect(lines.count == 2)
            for line in lines {
                for part in ["HttpOnly", "SameSite=Strict", "Path=/"] { #expect(line.contains(part), "\(line)") }
                #expect(!line.contains("Domain"))
                // Over TLS nobody on the line, and no page on another port, plants one.
                #expect(line.contains("Secure") == isSecure && line.hasPrefix("__Host-") == isSecure, "\(line)")
            }
            #expect(try await browser.get("/records").status == 200)
        }
    }

    /// A cookie of the plain hub's name is none of the one over TLS.
    @Test func aPlainCookieIsNotTakenOverTLS() async throws {
        try await siege.storm(isSecure: true) { client, _, _ in
            let owner = try await Siege.browser(client)
            let planter = PageClient(client)
            planter.plant("session-hub", try #require(owner.cookie("__Host-session-hub")))
            #expect(try await !Self.isIn(planter))
        }
    }

    /// The token of one's own session does nothing in another's.
    @Test func aSessionNeedsItsOwnToken() async throws {
        try await siege.storm { client, ward, _ in
            let victim = try await Siege.browser(client)
            let attacker = try await Siege.browser(client, as: "hoa")
            let token = try await Siege.token(attacker)
            let reply = try await victim.post(
                "/people/hoa/roles",
                [
                    ("token", token), ("unit", Ward.unit), ("role", "hub_admin"),
                ])
            #expect(reply.status == 403 && reply.html.contains("page.token-missing"))
            #expect(try ward.hub.person("hoa")?.role == .wardStaff)
        }
    }
}
