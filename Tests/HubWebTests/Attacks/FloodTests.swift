import Foundation
import HTTPTypes
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import NIOCore
import PageTesting
import RecordStore
import Records
import SyncProtocol
import Testing
import WebPages

/// A flood of sign-ins: it ends, it is noted once, it costs no memory, and it keeps nobody out for good.
@Suite struct FloodTests {
    private let siege: Siege

    init() throws { siege = try Siege(signingIn: ["viet", "son"]) }

    /// A try to sign in over a connection from an address of one's own.
    private static func status(
        _ port: Int, _ name: String, _ password: String, from source: String, _ more: String = ""
    ) async throws -> Int {
        let token = FormToken.make()
        let body = "token=\(token)&name=\(name.percentEncoded)&password=\(password.percentEncoded)"
        let answer = try await Siege.ask(
            "POST /sign-in HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nCookie: token-hub=\(token)\r\n\(more)"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)",
            port: port, from: source)
        return Int(answer.dropFirst(9).prefix(3)) ?? 0
    }

    /// Whoever guesses at somebody's password all day does not keep them out where they come from.
    @Test func theRightPersonComesInMeanwhile() async throws {
        try await siege.stormPort { port, _, clock in
            for round in 0..<3 {
                for _ in 0..<7 { _ = try await Self.status(port, "viet", "sai", from: "127.0.0.66") }
                #expect(try await Self.status(port, "viet", Siege.password, from: "127.0.0.66") == 429, "\(round)")
                #expect(try await Self.status(port, "viet", Siege.password, from: "127.0.0.2") == 303, "\(round)")
                clock.pass(minutes: 15)
            }
            #expect(try await Self.status(port, "viet", Siege.password, from: "127.0.0.66") == 303)
        }
    }

    /// A guess from many addresses ends, and whoever came in before comes in where they did.
    @Test func aGuessFromManyAddressesEndsAndKeepsNobodyOutAtHome() {
        var limiter = SignInLimiter(.address)
        #expect(limiter.stop(name: "viet", address: "home", now: 0) == nil)
        limiter.succeeded(name: "viet", address: "home")
        var looked = 0
        for address in 0..<200 {
            for _ in 0..<4 where limiter.stop(name: "viet", address: "10.0.0.\(address)", now: 1) == nil { looked += 1 }
        }
        #expect(looked == SignInLimiter.triesPerNameOverall)
        #expect(limiter.stop(name: "viet", address: "elsewhere", now: 2) != nil)
        #expect(limiter.stop(name: "viet", address: "home", now: 2) == nil)
        #expect(limiter.stop(name: "son", address: "elsewhere", now: 2) == nil)
    }

    /// Headers that say where a request comes from are anybody's to write.
    @Test func anAddressIsNotTakenFromAHeader() async throws {
        try await siege.stormPort { port, ward, _ in
            for number in 0..<5 {
                let status = try await Self.status(
                    port, "viet", "sai", from: "127.0.0.66",
                    "X-Forwarded-For: 10.0.0.\(number)\r\nForwarded: for=10.0.0.\(number)\r\nX-Real-IP: 10.0.0.\(number)\r\n"
                )
                #expect(status == 401)
            }
            #expect(
                try await Self.status(port, "viet", "sai", from: "127.0.0.66", "X-Forwarded-For: 10.9.9.9\r\n") == 429)
            _ = try await Self.status(port, "viet", Siege.password, from: "127.0.0.3", "X-Forwarded-For: 10.9.9.9\r\n")
            let (stopped, came) = (
                try Siege.entries(ward.hub, .signInStopped), try Siege.entries(ward.hub, .signedIn)
            )
            #expect(
                stopped.map(\.details) == [["address": "127.0.0.66"]]
                    && came.map(\.details) == [["address": "127.0.0.3"]])
        }
    }

    @Test func whoIsStoppedIsNotedOnceAndNotForEachTry() async throws {
        try await siege.storm { client, ward, clock in
            let browser = PageClient(client)
            for number in 0..<30 {
                #expect(try await Siege.signIn(browser, "viet", "sai").status == (number < 5 ? 401 : 429))
            }
            let first = try Siege.entries(ward.hub, .signInStopped)
            #expect(first.map(\.object) == ["viet"] && first[0].actor == "" && first[0].unit == Ward.unit)
            #expect(first[0].details == ["address": "unknown"])
            // A quarter of an hour later it is another block.
            clock.pass(minutes: 15)
            for _ in 0..<10 { _ = try await Siege.signIn(browser, "viet", "sai") }
            #expect(try Siege.entries(ward.hub, .signInStopped).count == 2)
            #expect(try ward.hub.auditProblems().isEmpty)
            // Whoever reads the audit is told who was meant, and that nobody was signed in.
            clock.pass(minutes: 15)
            let auditor = try await Siege.browser(client, as: "son")
            let page = try await auditor.get("/audit?act=sign-in-stopped").html
            #expect(page.contains("stopped after wrong sign-ins") && page.contains("href=\"/people/viet\""))
            #expect(page.contains("somebody who was not signed in") && !page.contains("a command at the hub"))
        }
    }

    /// A password typed where the name belongs is written down nowhere.
    @Test func whatIsNobodysNameIsNotWrittenDown() async throws {
        try await siege.storm { client, ward, _ in
            let browser = PageClient(client)
            for _ in 0..<8 { _ = try await Siege.signIn(browser, "chín-con-rồng-của-tôi", "x") }
            let entries = try Siege.entries(ward.hub, .signInStopped)
            #expect(entries.map(\.object) == [""])
        }
    }

    /// A machine of a unit may ask for another password, and is stopped and noted alike.
    @Test func guessesOfAMachineAreNotedToo() async throws {
        try await siege.storm { client, ward, _ in
            for number in 0..<10 {
                let wish = PasswordChange(person: "viet", old: "sai \(number)", new: "mười con rồng").bytes
                _ = try await client.executeRequest(
                    uri: "/password/1", method: .post, headers: [:], body: ByteBuffer(bytes: wish))
            }
            #expect(try Siege.entries(ward.hub, .signInStopped).map(\.object) == ["viet"])
            #expect(try await Siege.signIn(PageClient(client)).status == 429)
        }
    }

    /// One address tries name after name: it is stopped, noted once, and its names are not kept.
    @Test func oneAddressThatTriesEveryNameIsStopped() {
        var limiter = SignInLimiter(.address)
        var told = 0
        for number in 0..<50_000 {
            if let stop = limiter.stop(name: "name\(number)", address: "a", now: Int64(number)), stop.isNew {
                told += 1
            }
        }
        #expect(told == 1 && limiter.remembered < 100)
    }

    @Test(arguments: [SignInLimiter.Scope.everywhere, .address])
    func aNameOfAMegabyteIsNotKept(scope: SignInLimiter.Scope) {
        var limiter = SignInLimiter(scope)
        let long = String(repeating: "x", count: 1 << 20)
        for number in 0..<1000 { _ = limiter.stop(name: "\(number)\(long)", address: "10.0.0.\(number)", now: 0) }
        // All of them are nobody, and one name.
        #expect(limiter.remembered <= 2001)
        #expect(limiter.stop(name: "other\(long)", address: "b", now: 0) != nil)
        #expect(limiter.stop(name: "viet", address: "b", now: 0) == nil)
    }

    /// However large the attack, somebody new comes in, and who is guessed at most stays guarded.
    @Test func aFloodFromEverywhereFillsNoMemoryAndLocksNobodyOut() {
        var limiter = SignInLimiter(.address)
        for number in 0..<5 { #expect(limiter.stop(name: "viet", address: "a", now: Int64(number)) == nil) }
        for number in 0..<30_000 { _ = limiter.stop(name: "n\(number)", address: "ip\(number)", now: 10) }
        #expect(limiter.remembered <= SignInLimiter.limit + 3)
        #expect(limiter.stop(name: "son", address: "b", now: 11) == nil)
        #expect(limiter.stop(name: "viet", address: "a", now: 11) != nil)
    }

    /// Whoever has one address of IPv6 has as many as they like.
    @Test(arguments: [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true), ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("::ffff:10.0.0.1", "10.0.0.1", true), ("::ffff:10.0.0.1", "::ffff:10.0.0.2", false),
        ("10.0.0.1", "10.0.0.2", false),
        ("unknown", "unknown", true), ("unknown", "here", false),
    ]) func addressesAreCountedByWhoHasThem(a: String, b: String, isSame: Bool) {
        #expect((ClientAddress.counted(a) == ClientAddress.counted(b)) == isSame)
    }
}
