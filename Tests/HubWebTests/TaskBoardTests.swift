import Agent
import AgentWeb
import Foundation
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Synchronization
import Testing
import WebPages

/// Tasks that the hub gives, and what units report of them.
@Suite struct TaskBoardTests {
    private let ward: Ward
    private static let other = "31117"

    init() throws {
        ward = try Ward()
        for form in [Self.task, Self.report] {
            _ = try ward.hub.capture([
                Draft(
                    .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                    edits: [
                        ("form", .set(.text(form.form))), ("version", .set(.integer(1))),
                        ("definition", .set(.text(String(decoding: form.canonicalJSON, as: UTF8.self)))),
                    ])
            ])
        }
        _ = try ward.hub.capture([
            Draft(
                .new(form: BuiltInForm.unit.form, space: SpaceName.catalogue),
                edits: [("code", .set(.text(Self.other))), ("name_vi", .set(.text("Phường Ninh Kiều")))])
        ])
        // Of another unit, so that this one's machines ask nobody for a password.
        try ward.hub.addPerson(id: "viet", name: "Việt", role: "hub_admin", unit: Self.other, password: "mật khẩu")
        try ward.sync(ward.a, ward.b)
    }

    private static let task = FormDefinition(
        form: "task", version: 1, title: Label(vi: "Nhiệm vụ", en: "Task"), group: "tasks", writers: .hub,
        fields: [
            FieldDefinition(
                name: "task", type: .text, label: Label(vi: "Mã", en: "Id"), required: true, key: true),
            FieldDefinition(name: "work", type: .text, label: Label(vi: "Nội dung", en: "Work")),
            FieldDefinition(
                name: "lead", type: .selectOne, label: Label(vi: "Chủ trì", en: "Lead"),
                choices: [Ward.unit, other].map { Choice(name: $0, label: Label(vi: $0, en: $0)) }),
            FieldDefinition(name: "due", type: .date, label: Label(vi: "Hạn", en: "Due")),
        ])
    private static let report = FormDefinition(
        form: "task_update", version: 1, title: Label(vi: "Báo cáo", en: "Report"), group: "tasks", writers: .unit,
        fields: [
            FieldDefinition(name: "task", type: .text, label: Label(vi: "Mã", en: "Id"), required: true),
            FieldDefinition(name: "kind", type: .text, label: Label(vi: "Loại", en: "Kind")),
            FieldDefinition(name: "percent", type: .integer, label: Label(vi: "Tỷ lệ", en: "Percent")),
            FieldDefinition(name: "text", type: .text, label: Label(vi: "Nội dung", en: "Text")),
        ])

    private func browse(_ body: @escaping @Sendable (PageClient, Ward) async throws -> Void) async throws {
        let ward = ward
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in
            let browser = PageClient(client)
            _ = try await browser.submit("/sign-in", ["name": "viet", "password": "mật khẩu"])
            try await body(browser, ward)
        }
    }

    /// Gives a task through the pages.
    private static func give(
        _ browser: PageClient, to unit: String, _ code: String, due: String, from: String = ""
    ) async throws -> String {
        let opened = try await browser.get(
            "/tasks/new?unit=\(SpaceName.general(unit).percentEncoded)" + (from.isEmpty ? "" : "&from=\(from)"))
        let form = try await browser.get(opened.location)
        #expect(PageRules.violations(form) == [])
        var values = ["v.task": code, "v.due": due]
        if from.isEmpty { values["v.work"] = "Rà soát bến đò" }
        let saved = try await browser.submit(form, action: "/forms/task/new", values)
        #expect(saved.status == 303, "\(saved.html)")
        return String(saved.location.dropFirst("/records/".count).prefix { $0 != "?" })
    }

    @Test func aTaskComesToTheUnitAndItsProgressComesBack() async throws {
        try await browse { browser, ward in
            let word = try await Self.give(browser, to: Ward.unit, "NV-1", due: "2099-12-31")
            #expect(try ward.show(ward.hub.store, word).fields["lead"] == .text(Ward.unit))
            try ward.sync(ward.a)
            let sync = BackgroundSync(device: ward.a, isAutomatic: false) { _ in ward.line }
            let agent = Application(router: try AgentServer(device: ward.a, sync: sync).router())
            try await agent.test(.router) { client in
                let there = PageClient(client)
                #expect(try await there.get("/tasks").html.contains("Rà soát bến đò"))
                let form = "/forms/task_update/new"
                let saved = try await there.submit(
                    form + "?v.task=NV-1&v.kind=tien_do", action: form, ["v.percent": "40", "v.text": "đã đi 3 bến"])
                #expect(saved.status == 303)
            }
            #expect(try await !browser.get("/tasks").html.contains("đã đi 3 bến"))
            try ward.sync(ward.a)
            let board = try await browser.get("/tasks")
            #expect(PageRules.violations(board) == [])
            #expect(board.html.contains("đã đi 3 bến") && board.html.contains("value=\"40\""))
        }
    }

    @Test func lateTasksComeFirstAndAreChosenByUnitAndState() async throws {
        try await browse { browser, ward in
            _ = try await Self.give(browser, to: Ward.unit, "NV-2", due: "2099-12-31")
            let late = try await Self.give(browser, to: Self.other, "NV-3", due: "2020-01-31")
            let all = try await browser.get("/tasks").html
            let places = ["NV-3", "NV-2"].map { all.range(of: $0)?.lowerBound }
            #expect(try #require(places[0]) < #require(places[1]))
            for (query, shows, hides) in [
                ("?status=overdue", "NV-3", "NV-2"), ("?unit=31120%2Fgeneral", "NV-2", "NV-3"),
                ("?lead=31117", "NV-3", "NV-2"), ("?status=not-started&unit=31120%2Fgeneral", "NV-2", "NV-3"),
            ] {
                let page = try await browser.get("/tasks\(query)").html
                #expect(page.contains(shows) && !page.contains(hides), "\(query)")
            }
            // A later day, and the same for another unit.
            let edit = try await browser.submit("/records/\(late)/edit", ["v.due": "2099-01-31"])
            #expect(edit.status == 303)
            #expect(try await !browser.get("/tasks?status=overdue").html.contains("NV-3"))
            let copy = try await Self.give(browser, to: Ward.unit, "NV-3", due: "2099-02-01", from: late)
            let view = try ward.show(ward.hub.store, copy)
            #expect(view.space == Ward.space && view.fields["work"] == .text("Rà soát bến đò"))
            #expect(view.fields["lead"] == .text(Ward.unit))
            try ward.sync(ward.a)
            #expect(try ward.a.store.read { try $0.tasks(in: Ward.space).map(\.code).sorted() } == ["NV-2", "NV-3"])
        }
    }

    /// Whatever happens to tasks and reports, what is held is what would be worked out anew, and units where nothing happened
    /// are left alone.
    @Test func whatIsHeldIsWhatWouldBeWorkedOutAnew() throws {
        @Sendable func told(_ tasks: [AssignedTask]) -> [String] {
            tasks.map {
                "\($0.view.space) \($0.code) \($0.text("work") ?? "-") \($0.reports.count) \($0.facts.percent)"
            }
        }
        let loads = Mutex<[String]>([])
        let cache = BoardCache<String>(.tasks) { space, store in
            loads.withLock { $0.append(space) }
            return told(try store.tasks(in: space))
        }
        let spaces = [Ward.unit, Self.other].map(SpaceName.general).sorted()
        try ward.hub.store.write { store in for space in spaces { try store.ensureSpace(space) } }
        /// - Returns: of which spaces the entries were worked out.
        func look(_ what: String) throws -> [String] {
            loads.withLock { $0 = [] }
            try ward.hub.store.read { store in
                let fresh = try spaces.flatMap { told(try store.tasks(in: $0)) }
                #expect(try cache.entries(in: store) { _ in true } == fresh, "\(what)")
            }
            let worked = loads.withLock { $0 }
            let again = try ward.hub.store.read { store in try cache.entries(in: store) { _ in true } }
            #expect(loads.withLock { $0 } == worked && !again.isEmpty, "\(what): the second look is free")
            return worked
        }
        func give(_ code: String, _ unit: String) throws -> String {
            let made = try ward.hub.capture([
                Draft(
                    .new(form: "task", space: SpaceName.general(unit)),
                    edits: [("task", .set(.text(code))), ("due", .set(.date(CalendarDate(iso: "2026-12-01")!)))])
            ])
            return try ward.hub.store.read { try $0.view(ofRow: made[0].record).word }
        }
        let first = try give("NV-1", Ward.unit)
        _ = try give("NV-1", Self.other)
        #expect(try look("given") == spaces)
        try ward.sync(ward.a)
        let report = try ward.save(
            ward.a, [("task", .set(.text("NV-1"))), ("percent", .set(.integer(40)))], form: "task_update")
        #expect(try look("not here yet") == [])
        try ward.sync(ward.a)
        #expect(try look("reported") == [Ward.space])
        // Other records of the unit are none of it.
        _ = try ward.conflict()
        #expect(try look("a reading") == [])
        _ = try ward.hub.capture([Draft(.edit(first), edits: [("work", .set(.text("đi bến")))])])
        #expect(try look("changed") == [Ward.space])
        try ward.save(ward.a, [("@deleted", .set(.flag(true)))], to: report)
        try ward.sync(ward.a)
        #expect(try look("the report is deleted") == [Ward.space])
        // A task that a unit has no right to change is refused, and so is what follows of it.
        try ward.save(ward.a, [("work", .set(.text("của phường")))], to: first)
        try ward.sync(ward.a)
        #expect(try ward.hub.store.read { try $0.refusedWorkCount() } == 1)
        #expect(try look("refused") == [Ward.space])
        // What is put aside changes how the record stands.
        let refused = try #require(try ward.hub.store.read { try $0.refusedWork(limit: 1) }.first)
        try ward.hub.dismissRefused(refused.dotWord, reason: "không đúng thẩm quyền", person: "viet")
        #expect(try look("dismissed") == [Ward.space])
    }
}
