import Agent
import AgentWeb
import Foundation
import Hub
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import SyncProtocol
import Testing
import WebPages
import Wording

/// Another password, asked for at the machine and given by the hub.
@Suite struct PasswordTests {
    private static let old = "chín con rồng"
    private static let new = "mười con rồng"
    private let ward: Ward

    init() throws {
        ward = try Ward()
        try ward.hub.addPerson(id: "hoa", name: "Hoa", role: "ward_staff", unit: Ward.unit, password: Self.old)
        try ward.sync(ward.a)
    }

    private struct CutLine: HubTransport {
        func exchange(
            _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
        ) throws { throw AgentError(.hubUnreachable, ["problem": "cut"]) }
    }

    private func browse(
        line: (any HubTransport & Sendable)? = nil,
        _ body: @escaping @Sendable (PageClient, PageClient) async throws -> Void
    ) async throws {
        let line = line ?? ward.line
        let sync = BackgroundSync(device: ward.a, isAutomatic: false) { _ in line }
        let application = Application(router: try AgentServer(device: ward.a, sync: sync).router())
        try await application.test(.router) { client in
            let here = PageClient(client)
            try await Self.signIn(here, Self.old)
            try await body(here, PageClient(client))
        }
    }

    private static func signIn(_ browser: PageClient, _ password: String) async throws {
        let reply = try await browser.submit("/sign-in", ["name": "hoa", "password": password])
        #expect(reply.status == 303)
    }

    private static func change(
        _ browser: PageClient, from old: String = old, to new: String = new, again: String? = nil
    ) async throws -> PageClient.Reply {
        try await browser.submit("/password", ["password": old, "new": new, "again": again ?? new])
    }

    @Test func theHubGivesItAndTheMachineTakesItWithTheNextSync() async throws {
        let ward = ward
        try await browse { here, there in
            try await Self.signIn(there, Self.old)
            let home = try await here.get("/")
            #expect(home.html.contains("href=\"/password\""))
            let page = try await here.get("/password")
            #expect(PageRules.violations(page) == [])
            let reply = try await Self.change(here)
            #expect(reply.status == 303 && reply.location == "/?done=password")
            // Who sits elsewhere under that name proves themselves anew.
            #expect(try await here.get("/drafts").status == 200)
            #expect(try await there.get("/drafts").status == 303)
            try ward.sync(ward.a)
            let former = try await there.submit("/sign-in", ["name": "hoa", "password": Self.old])
            #expect(former.status == 401)
            try await Self.signIn(there, Self.new)
        }
    }

    /// Another password, given at the hub or at another machine, ends what was signed in to by the old one; who gave it themselves
    /// goes on where they did.
    @Test func aNewPasswordEndsSessionsOnceTheMachineHasIt() async throws {
        let ward = ward
        try await browse { here, there in
            try await Self.signIn(there, Self.old)
            _ = try await Self.change(here)
            try ward.sync(ward.a)
            #expect(try await here.get("/drafts").status == 200)
            #expect(try await here.get("/drafts").status == 200)
            try await Self.signIn(there, Self.new)
            #expect(try await there.get("/drafts").status == 200)
            try ward.hub.setPassword(of: "hoa", to: "mười hai con rồng")
            #expect(try await there.get("/drafts").status == 200, "the machine does not know yet")
            try ward.sync(ward.a)
            for browser in [here, there] { #expect(try await browser.get("/drafts").status == 303) }
            try await Self.signIn(here, "mười hai con rồng")
            #expect(try await here.get("/drafts").status == 200)
        }
    }

    @Test func whatIsWrongIsSaidAndChangesNothing() async throws {
        let ward = ward
        try await browse { here, _ in
            for (old, new, again, words) in [
                ("sai mật khẩu", Self.new, Self.new, "The present password is not right"),
                (String(repeating: "x", count: 2_000), Self.new, Self.new, "The present password is not right"),
                (Self.old, Self.new, "mười con rắn", "was not the same twice"),
                (Self.old, "ngắn", "ngắn", "at least 8 characters"),
                (Self.old, "12345678", "12345678", "easy to guess"),
            ] {
                let reply = try await Self.change(here, from: old, to: new, again: again)
                #expect(reply.status == 400 && reply.html.contains(words), "\(words)")
                #expect(PageRules.violations(reply) == [])
                for typed in [old, new, again] where !typed.allSatisfy(\.isNumber) {
                    #expect(!reply.html.contains(typed), "\(words)")
                }
            }
            #expect(try ward.hub.signIn("hoa", password: Self.old).id == "hoa")
        }
    }

    @Test func withoutALineNothingIsKeptToBeSentLater() async throws {
        let ward = ward
        try await browse(line: CutLine()) { here, _ in
            let reply = try await Self.change(here)
            #expect(reply.status == 503 && reply.html.contains("not known whether the password was changed"))
            #expect(try ward.a.waitingCount() == 0)
        }
        let files = try FileManager.default.subpathsOfDirectory(atPath: ward.path).map { ward.path + "/" + $0 }
        let holders = files.filter { file in
            FileManager.default.contents(atPath: file).map { $0.range(of: Data(Self.new.utf8)) != nil } ?? false
        }
        #expect(files.count > 3 && holders == [])
    }

    @Test(arguments: [
        ("http://hub.example:8640", true), ("http://127.0.0.1:8640", false), ("HTTP://10.0.0.1", true),
        ("https://hub.example", false), ("http://localhost:8640/a", false), ("http://[::1]:8640", false),
        ("http://127.0.0.1.example", true),
    ]) func noPasswordGoesOverALineThatOthersRead(url: String, isOpen: Bool) throws {
        let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 9, count: 32)))
        let device = try AgentDevice(
            path: ward.path + "/other.db", identity: identity, unit: Ward.unit, world: .system)
        let code = try ward.hub.makeEnrolCode(unit: Ward.unit, spaces: [], hours: 1).code
        _ = try device.enrol(url: url, code: code, over: ward.line)
        var found = ""
        do {
            try device.changePassword(of: "hoa", from: Self.old, to: Self.new, over: CutLine())
        } catch let error as any CodedError { found = error.code }
        #expect(found == (isOpen ? "hub.line-open" : "hub.unreachable"))
    }

    @Test func whoIsChosenByNameHasNoneToChange() async throws {
        try await browse { here, _ in
            _ = try await here.submit("/sign-in", ["name": "lan", "password": ""])
            #expect(try await here.get("/password").status == 404)
            #expect(try await here.get("/").html.contains("href=\"/password\"") == false)
        }
    }
}
