import Agent
import AgentWeb
import Causality
import Foundation
import Hub
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Testing
import WebPages

/// What people see of a sync before it, and how they send one thing before the rest.
@Suite struct SendingTests {
    private let ward: Ward

    init() throws { ward = try Ward() }

    private func browse(_ body: @escaping @Sendable (PageClient, Ward, BackgroundSync) async throws -> Void)
        async throws
    {
        let ward = ward
        let sync = BackgroundSync(device: ward.a, isAutomatic: false) { _ in ward.line }
        let application = Application(router: try AgentServer(device: ward.a, sync: sync).router())
        try await application.test(.router) { client in try await body(PageClient(client), ward, sync) }
    }

    @Test func aPreviewSaysWhatGoesAndComesAndChangesNothing() async throws {
        try await browse { browser, ward, _ in
            let word = try ward.shared()
            try ward.save(ward.a, [("value", .set(.decimal(DecimalNumber("2")!)))], to: word)
            try ward.save(ward.b, [("value", .set(.decimal(DecimalNumber("3")!)))], to: word)
            try ward.sync(ward.b)
            let reply = try await browser.submit("/sync", action: "/sync/preview", [:])
            #expect(reply.status == 200)
            for words in ["Reading: 1", "1 changes", "1 conflicts would be open, 1 of them new", "Takes about 1 s"] {
                #expect(reply.html.contains(words), "\(words)")
            }
            #expect(try ward.a.waitingCount() == 1)
            #expect(try ward.show(ward.a.store, word).conflicts.isEmpty)
        }
    }

    @Test func oneThatIsWantedGoesBeforeTheRestAndNothingComes() throws {
        let word = try ward.shared()
        try ward.save(ward.b, [("key", .set(.text("theirs")))])
        try ward.sync(ward.b)
        try ward.save(ward.a, [("value", .set(.decimal(DecimalNumber("2")!)))], to: word)
        // What was saved since the latest contact goes as one.
        try ward.a.store.write { try $0.seal(in: try $0.space(Ward.space)) }
        let dot = try #require(try ward.changes(ward.a.store, word).first { $0.received == nil }?.dot)
        try ward.save(ward.a, [("note", .set(.text("later")))], to: word)
        let wanted = DeviceExchange.Waiting(space: Ward.space, dot: dot)
        let report = try ward.a.sync(over: ward.line, only: wanted)
        #expect(report.changesUp == 1 && report.left == 1 && report.roundTrips == 1 && !report.complete)
        let fields = try ward.show(ward.hub.store, word).fields
        #expect(fields["value"] == .decimal(DecimalNumber("2")!) && fields["note"] == nil)
        let elsewhere = DeviceExchange.Waiting(space: "31120/other", dot: dot)
        #expect(try ward.a.sync(over: ward.line, only: elsewhere).changesUp == 0)
        try ward.sync(ward.a, ward.b)
        let ends = try [ward.hub.store, ward.a.store, ward.b.store].map {
            try $0.read { try $0.space(Ward.space).digest }
        }
        #expect(Set(ends.map(\.hex)).count == 1)
    }

    @Test func allThatIsUnsentIsAFileToCarryAway() async throws {
        try await browse { browser, ward, _ in
            let word = try ward.shared()
            for number in 0..<450 {
                try ward.save(ward.a, [("key", .set(.text("K\(number)"))), ("note", .set(.text("“chợ”\n<b>")))])
            }
            try ward.save(ward.b, [("key", .set(.text("theirs")))])
            try ward.sync(ward.b)
            let page = try await browser.get("/outbox")
            #expect(page.html.contains("href=\"/outbox/file\""))
            let reply = try await browser.get("/outbox/file")
            #expect(reply.status == 200)
            let disposition = reply.headers[.contentDisposition] ?? ""
            #expect(disposition.hasPrefix("attachment; filename=\"phusa-\(Ward.unit)-2"))
            let lines = reply.html.split(separator: "\n")
            #expect(lines.count == 450)
            let first = try #require(
                try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
            #expect((first["fields"] as? [String: Any])?["note"] as? String == "“chợ”\n<b>")
            #expect(first["state"] as? String == "waiting" && first["record"] as? String != word)
            // What healing gave another name meanwhile is not left out in silence.
            try ward.a.store.read { store in
                let work = try #require(store.openWork(limit: 1).first).dot
                let unknown = OpenWork(dot: Dot(work.replica, work.sequence + 9_999), space: 1)
                #expect(throws: StoreError.self) { _ = try store.line(of: unknown) }
            }
            // The second page of the list holds what the first does not.
            let names = try (0..<2).map { page in
                try ward.a.store.read { try Set($0.openWork(.refusedFirst, limit: 50, offset: page * 50)) }
            }
            #expect(names[0].count == 50 && names[0].isDisjoint(with: names[1]))
        }
    }

    @Test func whatWaitsCanBeSentBeforeTheRest() async throws {
        try await browse { browser, ward, sync in
            let word = try ward.shared()
            let first = try ward.save(ward.a, [("value", .set(.decimal(DecimalNumber("2")!)))], to: word)
            let dot = try #require(try ward.changes(ward.a.store, first).first { $0.received == nil }?.dotWord)
            let outbox = try await browser.get("/outbox")
            #expect(outbox.form("/outbox/send")?.contains { $0.name == "dot" && $0.value == dot } == true)
            let running = Task { await sync.run() }
            let reply = try await browser.submit(outbox, action: "/outbox/send", [:])
            #expect(reply.location == "/sync")
            while sync.current().phase == .running || sync.current().phase == .idle { await Task.yield() }
            running.cancel()
            #expect(sync.current().phase == .done)
            #expect(try ward.a.waitingCount() == 0)
            // Once sent it is not offered, and asking again is harmless.
            #expect(try await browser.get("/outbox").form("/outbox/send") == nil)
            #expect(try await browser.submit(outbox, action: "/outbox/send", [:]).location == "/sync")
            #expect(try await browser.submit(outbox, action: "/outbox/send", ["dot": "x"]).status == 404)
        }
    }
}
