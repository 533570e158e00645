import Agent
import AgentWeb
import Foundation
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import SyncProtocol
import Synchronization
import Testing
import WebPages
import Wording

/// What the pages tell of the machine, of copies, and of what goes over the line.
@Suite struct RunningTests {
    private let ward: Ward

    init() throws { ward = try Ward() }

    private func browse(
        premises: Premises = Premises(started: 0), sync: BackgroundSync? = nil,
        _ body: @escaping @Sendable (PageClient, Ward) async throws -> Void
    ) async throws {
        let ward = ward
        let sync = sync ?? BackgroundSync(device: ward.a) { _ in ward.line }
        let server = try AgentServer(device: ward.a, sync: sync, premises: premises)
        try await Application(router: server.router()).test(.router) { client in
            try await body(PageClient(client), ward)
        }
    }

    private func premises(free: Int64, backups: BackgroundBackup? = nil) -> Premises {
        Premises(
            started: 1_795_826_400_000, backups: backups,
            room: { DiskRoom(free: free, total: 250_000_000_000, disk: 1) }, databaseBytes: { 42_700_000 })
    }

    @Test func thePageTellsRoomCopiesAndProgramInBothLanguages() async throws {
        let check = SelfCheck()
        try check.run(on: ward.a.store)
        let premises = Premises(
            started: 1_795_826_400_000, selfCheck: check,
            room: { DiskRoom(free: 75_000_000_000, total: 250_000_000_000, disk: 1) }, databaseBytes: { 42_700_000 })
        try await browse(premises: premises) { browser, _ in
            for language in ["vi", "en"] {
                browser.language = language
                let page = try await browser.get("/running")
                #expect(PageRules.violations(page) == [])
                #expect(page.html.contains("75 GB") && page.html.contains("42,7 MB"))
                #expect(page.html.contains(ProgramVersion.text) && page.html.contains("28/11/2026 07:40"))
            }
            let page = try await browser.get("/running")
            #expect(page.html.contains("Good: the data file is whole"))
            #expect(page.html.contains("Automatic backup is off"))
            #expect(try await browser.get("/").html.contains("href=\"/running\""))
            #expect(try await browser.get("/sync").html.contains("href=\"/running\""))
        }
    }

    @Test(arguments: [(DiskRoom.lowBytes, ""), (499_999_999, "Only 499,9 MB are left"), (99_000_000, "nearly full")])
    func aDiskThatRunsLowIsSaidAtHome(free: Int64, words: String) async throws {
        try await browse(premises: premises(free: free)) { browser, _ in
            for page in ["/", "/running"] {
                let html = try await browser.get(page).html
                #expect(words.isEmpty ? !html.contains("on the disk.") : html.contains(words), "\(page)")
            }
        }
    }

    @Test func aCopyThatFailsIsSaidWithItsRemedyAndAGoodOneTakesItsPlace() async throws {
        let ward = ward
        let backups = try BackgroundBackup(of: ward.a.store, folder: "/media/usb") { _ in }
        try ward.a.store.noteBackupTrouble(StoreError(.backupFolderGone, ["folder": "/media/usb"]))
        try await browse(premises: premises(free: 1 << 40, backups: backups)) { browser, _ in
            for page in ["/", "/running"] {
                #expect(try await browser.get(page).html.contains("The backup folder /media/usb is not there"))
            }
            let page = try await browser.get("/running")
            #expect(page.html.contains("Plug the disk in again"))
            #expect(page.html.contains("The program has made no backup by itself yet."))
        }
    }

    @Test(.timeLimit(.minutes(10))) func aPressMakesACopy() async throws {
        let (made, tell) = AsyncStream.makeStream(of: String.self)
        let backups = try BackgroundBackup(of: ward.a.store, folder: "/media/usb") { tell.yield($0) }
        try await browse(premises: premises(free: 1 << 40, backups: backups)) { browser, _ in
            let running = Task { await backups.run() }
            let reply = try await browser.submit("/running", action: "/running/backup", [:])
            #expect(reply.status == 303)
            var turns = made.makeAsyncIterator()
            #expect(await turns.next() == "/media/usb")
            running.cancel()
            await running.value
        }
    }

    @Test func whatGoesOverTheLineIsCountedOnceAnExchangeAndNotWhileNothingGoes() throws {
        let none = try ward.b.store.read { try $0.traffic() }
        try ward.save(ward.a, [("place", .set(.text(String(repeating: "chợ ", count: 200))))], form: "visit")
        let before = try ward.a.store.read { try $0.traffic() }
        let report = try ward.a.sync(over: ward.line)
        let after = try ward.a.store.read { try $0.traffic() }
        #expect(after.day.up - before.day.up >= Int64(report.bytesUp) && report.bytesUp > 0)
        #expect(after.day.down - before.day.down >= Int64(report.bytesDown))
        #expect(after.month == after.day)
        #expect(try ward.b.store.read { try $0.traffic() }.day == none.day)
    }

    @Test func anExchangeThatFailsIsCountedToo() throws {
        struct Cut: HubTransport {
            func exchange(
                _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
            ) throws {
                while try next() != nil {}
                throw AgentError(.hubUnreachable)
            }
        }
        let before = try ward.a.store.read { try $0.traffic().day }
        #expect(throws: AgentError.self) { try ward.a.sync(over: Cut()) }
        #expect(try ward.a.store.read { try $0.traffic().day.up } > before.up)
    }

    @Test func theBudgetIsSetSeenAndLiftedOnTheSyncPage() async throws {
        try await browse { browser, ward in
            let set = try await browser.submit("/sync", action: "/sync/budget", ["budget": "1,5"])
            #expect(set.location == "/sync?done=budget")
            #expect(try ward.a.store.read { try $0.syncBudget().limit } == 1_500_000)
            let page = try await browser.get("/sync")
            #expect(PageRules.violations(page) == [])
            #expect(page.html.contains("value=\"1,5\"") && page.html.contains("of 1,5 MB"))
            let wrong = try await browser.submit("/sync", action: "/sync/budget", ["budget": "nhiều"])
            #expect(wrong.status == 400 && wrong.html.contains("is no amount of data"))
            _ = try await browser.submit("/sync", action: "/sync/budget", ["budget": " "])
            #expect(try ward.a.store.read { try $0.syncBudget().limit } == nil)
        }
    }

    @Test func aUsedBudgetHoldsTheBackgroundAndLetsAPersonPass() async throws {
        let ward = ward
        let calls = Mutex(0)
        let sync = BackgroundSync(device: ward.a) { _ in
            calls.withLock { $0 += 1 }
            return ward.line
        }
        try ward.a.store.write { try $0.setSyncBudget(1) }
        try ward.save(ward.a, [("place", .set(.text("Chợ")))], form: "visit")
        try await browse(sync: sync) { browser, ward in
            let running = Task { await sync.run() }
            defer { running.cancel() }
            for _ in 0..<5 { sync.noticeSaved() }
            for page in ["/", "/sync"] {
                let html = try await browser.get(page).html
                #expect(html.contains("are used up") && html.contains("1 changes wait"), "\(page)")
            }
            #expect(calls.withLock { $0 } == 0)
            _ = try await browser.submit("/sync", [:])
            let deadline = ContinuousClock.now + .seconds(50)
            while sync.current().phase == .running, ContinuousClock.now < deadline {
                _ = try await browser.get("/sync/state")
            }
            #expect(sync.current().phase == .done && calls.withLock { $0 } == 1)
            #expect(try ward.a.store.read { try $0.ownCounts().unsent } == 0)
        }
    }

    @Test func budgetsAreReadAsPeopleWriteThem() throws {
        for (text, bytes) in [
            ("200MB", Int64(200_000_000)), ("1,5 GB", 1_500_000_000), ("500kb", 500_000), ("200", 200_000_000),
        ] {
            #expect(try SyncBudget.bytes(text) == bytes, "\(text)")
        }
        for text in ["", "nhiều", "-1MB", "0", "1e99", "nan", "inf MB", "MB", "0x10MB "] {
            #expect(throws: AgentError.self, "\(text)") { try SyncBudget.bytes(text) }
        }
    }

    @Test func itWarnsAtFourFifths() {
        #expect(SyncBudget(limit: nil, used: 1 << 50).standing == .none)
        #expect(SyncBudget(limit: 100, used: 79).standing == .open)
        #expect(SyncBudget(limit: 100, used: 80).standing == .near)
        #expect(SyncBudget(limit: 100, used: 99).standing == .near)
        #expect(SyncBudget(limit: 100, used: 100).standing == .used)
    }
}
