import Causality
import Foundation
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Testing
import WebPages

/// Copies of the hub, as its admins and auditors meet them.
@Suite struct BackupPagesTests {
    private let ward: Ward
    private static let hour: Int64 = 3_600_000

    init() throws {
        ward = try Ward()
        for (id, role) in [("viet", "hub_admin"), ("son", "auditor")] {
            try ward.hub.addPerson(id: id, name: id, role: role, unit: Ward.unit, password: "mật khẩu")
        }
    }

    /// - Parameter age: how long the program has run.
    private func copies(_ backups: BackgroundBackup?, age: Int64) -> HubCopies {
        HubCopies(
            started: ward.hub.store.world.now() - age, backups: backups,
            room: { DiskRoom(free: 99_000_000, total: 250_000_000_000, disk: 1) }, databaseBytes: { 42_700_000 })
    }

    private func browse(
        as name: String = "viet", _ copies: HubCopies, _ body: @escaping @Sendable (PageClient) async throws -> Void
    ) async throws {
        let application = Application(router: HubServer(hub: ward.hub, copies: copies).router())
        try await application.test(.router) { client in
            let browser = PageClient(client)
            _ = try await browser.submit("/sign-in", ["name": name, "password": "mật khẩu"])
            try await body(browser)
        }
    }

    private func idle() throws -> BackgroundBackup {
        try BackgroundBackup(of: ward.hub.store, folder: "/media/<b>usb") { _ in }
    }

    @Test func thePageKeepsTheRulesInBothLanguagesAndTellsWhichCopiesThereAre() async throws {
        let made = ward.hub.store.world.now() - Self.hour
        for (number, file) in ["/tmp/<i>gone.bak", CommandLine.arguments[0]].enumerated() {
            try ward.hub.note(
                Hub.Generation(
                    made: made + Int64(number),
                    places: [SpaceName.catalogue: LogPosition(epoch: 1, index: 1234, hash: .zero)], file: file))
        }
        try await browse(copies(try idle(), age: 2 * Self.hour)) { browser in
            for language in ["vi", "en"] {
                browser.language = language
                let page = try await browser.get("/backups")
                #expect(page.status == 200, "\(language)")
                #expect(PageRules.violations(page) == [], "\(language)")
            }
            let html = try await browser.get("/backups").html
            #expect(html.contains("1.234") && html.contains("&lt;i&gt;gone.bak") && !html.contains("<i>gone"))
            #expect(html.components(separatedBy: "the file is not there any more").count == 2)
            #expect(html.components(separatedBy: ">promised<").count == 2)
            #expect(html.contains("nearly full") && html.contains("42,7 MB"))
            #expect(!html.contains("role=\"alert\""))
        }
    }

    @Test func aLateCopyIsSaidOnEveryPageOfAnAdminsAndInTheFigures() async throws {
        let late = Hub.Generation(
            made: ward.hub.store.world.now() - 50 * Self.hour,
            places: [SpaceName.catalogue: LogPosition(epoch: 1, index: 1, hash: .zero)], file: "")
        let copies = copies(try idle(), age: 2 * Self.hour)
        try await browse(copies) { browser in
            let conflicts = try await browser.get("/conflicts").html
            #expect(conflicts.contains("The hub has no backup at all"))
        }
        try ward.hub.note(late)
        try await browse(copies) { browser in
            for path in ["/conflicts", "/records", "/people", "/backups"] {
                let html = try await browser.get(path).html
                #expect(
                    html.contains("The hub&#39;s latest backup is old (2 days ago)") || html.contains("backup is old"))
            }
        }
        try await browse(as: "son", copies) { browser in
            let conflicts = try await browser.get("/conflicts").html
            #expect(!conflicts.contains("backup is old"))
            let page = try await browser.get("/backups").html
            #expect(page.contains("backup is old"))
        }
        let figures = try await Application(router: HubServer(hub: ward.hub, copies: copies).metricsRouter()).test(
            .router
        ) { client in
            try await client.execute(uri: "/metrics", method: .get) { String(buffer: $0.body) }
        }
        #expect(figures.contains("phusa_backup_late 1\n"))
        // Where somebody else looks after copies, nothing is missed.
        try await browse(self.copies(nil, age: 2 * Self.hour)) { browser in
            let conflicts = try await browser.get("/conflicts").html
            #expect(!conflicts.contains("backup is old"))
        }
    }

    @Test(.timeLimit(.minutes(10))) func anAdminsPressMakesACopyAndStandsInTheAudit() async throws {
        let (made, tell) = AsyncStream.makeStream(of: String.self)
        let backups = try BackgroundBackup(of: ward.hub.store, folder: "/media/usb") { tell.yield($0) }
        let ward = ward
        try await browse(copies(backups, age: 0)) { browser in
            let running = Task { await backups.run() }
            let reply = try await browser.submit("/backups", [:])
            #expect(reply.status == 303 && reply.location == "/backups?done=backup-begun")
            var turns = made.makeAsyncIterator()
            let asked = await turns.next()
            #expect(asked == "/media/usb")
            running.cancel()
            await running.value
            var filter = AuditFilter()
            filter.act = AuditEntry.Act.copyAsked.rawValue
            let entries = try ward.hub.store.read { [filter] in try AuditLog.entries(filter, limit: 9, $0) }
            #expect(entries.map(\.actor) == ["viet"] && entries.map(\.object) == ["/media/usb"])
        }
    }

    /// A crowd is turned away with words and a time, and costs no more.
    @Test func whoComesToAFullHouseIsToldWhenToComeAgain() async throws {
        let gate = PageGate(most: 0)
        let router = Router(context: PageContext.self)
        router.add(middleware: ErrorPages())
        router.add(middleware: gate)
        router.get("/") { _, _ in "in" }
        try await Application(router: router).test(.router) { client in
            try await client.execute(uri: "/", method: .get) { reply in
                #expect(reply.status == .serviceUnavailable)
                #expect(reply.headers[.retryAfter] == "5")
                #expect(String(buffer: reply.body).contains("page.busy"))
            }
        }
    }
}
