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

/// What other sites, oversized bodies and refused work meet.
@Suite struct AgentGuardTests {
    private let ward: Ward

    init() throws { ward = try Ward() }

    private func browse(
        transport: @escaping @Sendable (AgentDevice.HubLink) throws -> any HubTransport,
        _ body: @escaping @Sendable (PageClient, Ward, BackgroundSync) async throws -> Void
    ) async throws {
        let ward = ward
        let sync = BackgroundSync(device: ward.a, isAutomatic: false, transport: transport)
        let application = Application(router: try AgentServer(device: ward.a, sync: sync).router())
        try await application.test(.router) { client in try await body(PageClient(client), ward, sync) }
    }

    private func browse(
        _ body: @escaping @Sendable (PageClient, Ward, BackgroundSync) async throws -> Void
    ) async throws {
        let line = ward.line
        try await browse(transport: { _ in line }, body)
    }

    @Test func anotherSitesFormIsRefusedAndNothingIsSaved() async throws {
        try await browse { browser, ward, _ in
            let form = try await browser.get("/forms/visit/new")
            for origin in ["http://evil.example", "null", "https://localhost"] {
                let reply = try await browser.submit(
                    form, action: "/forms/visit/new", ["v.place": "Chợ"], [.origin: origin])
                #expect(reply.status == 403)
            }
            let missing = try await browser.submit(form, action: "/forms/visit/new", ["v.place": "Chợ", "token": ""])
            #expect(missing.status == 403)
            #expect(missing.html.contains("page.token-missing"))
            for path in ["/sync", "/person", "/forms/visit/new"] {
                #expect(try await browser.post(path, [("v.place", "Chợ")]).status == 403, "\(path)")
            }
            #expect(try ward.a.store.read { try $0.recordCount(RecordFilter(form: "visit")) } == 0)
            let own = try await browser.submit(
                form, action: "/forms/visit/new", ["v.place": "Chợ"], [.origin: "http://localhost"])
            #expect(own.status == 303)
        }
    }

    @Test func tooLargeAFormIsRefused() async throws {
        try await browse { browser, _, _ in
            let large = String(repeating: "x", count: FormBody.limitBytes + 1)
            let reply = try await browser.post("/forms/visit/new", [("v.place", large)])
            #expect(reply.status == 413)
        }
    }

    @Test func pagesAreForThisMachineOnly() async throws {
        let server = try AgentServer(device: ward.a, sync: BackgroundSync(device: ward.a) { _ in ward.line })
        await #expect { try await server.run(at: try ListenAddress("0.0.0.0:0")) { _ in } } throws: {
            ($0 as? AgentError)?.code == "agent.listen-local"
        }
    }

    @Test func refusedWorkIsShownWithReasonAndRemedy() async throws {
        try await browse { browser, ward, _ in
            try ward.hub.disablePerson("minh")
            try ward.save(ward.a, [("place", .set(.text("Chợ")))], form: "visit", by: "minh")
            try ward.sync(ward.a)
            let outbox = try await browser.get("/outbox")
            #expect(outbox.html.contains("Refused") && outbox.html.contains("The account “minh” is disabled"))
            #expect(outbox.html.contains("Ask the admin to look at the change"))
            let home = try await browser.get("/")
            let numbers = home.html.components(separatedBy: "figure-number\">").dropFirst().map {
                $0.prefix { $0 != "<" }
            }
            #expect(numbers == ["0", "0", "1"])
        }
    }

    @Test func syncNowSendsWhatWaitsAndTellsSo() async throws {
        try await browse { browser, ward, sync in
            try ward.save(ward.a, [("place", .set(.text("Chợ")))], form: "visit")
            let running = Task { await sync.run() }
            defer { running.cancel() }
            let pressed = try await browser.submit("/sync", [:])
            #expect(pressed.location == "/sync")
            let state = try await Self.ended(browser)
            #expect(state.contains("\"phase\":\"done\"") && state.contains("Sent 1 and received 0 changes."))
            let counts = try ward.a.store.read { try $0.ownCounts() }
            #expect(counts.received == 1 && counts.waiting == 0 && counts.unsent == 0)
        }
    }

    @Test func aHubThatIsAwayIsSaidInPlainWords() async throws {
        let away: @Sendable (AgentDevice.HubLink) throws -> any HubTransport = { _ in
            throw AgentError(.hubUnreachable, ["problem": "no route"])
        }
        try await browse(transport: away) { browser, _, sync in
            let running = Task { await sync.run() }
            defer { running.cancel() }
            _ = try await browser.submit("/sync", [:])
            let state = try await Self.ended(browser)
            #expect(state.contains("\"phase\":\"failed\"") && state.contains("The hub cannot be reached: no route"))
            #expect(try await browser.get("/").html.contains("Your work is saved here"))
        }
    }

    /// The state of the exchange, once it is over.
    private static func ended(_ browser: PageClient) async throws -> String {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            let state = try await browser.get("/sync/state").html
            if state.contains("\"running\":false") { return state }
            await Task.yield()
        }
        Issue.record("the exchange did not end")
        return ""
    }
}
