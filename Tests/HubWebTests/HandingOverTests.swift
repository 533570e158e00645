import Agent
import Causality
import Foundation
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import SyncProtocol
import Testing
import WebPages
import Wording

/// Refused work that belongs to another unit: closed in the one, continued in the other.
@Suite struct HandingOverTests {
    private static let other = "31117"
    private static let otherSpace = SpaceName.general(other)
    private let ward: Ward

    init() throws {
        ward = try Ward()
        _ = try ward.hub.capture([
            Draft(
                .new(form: BuiltInForm.unit.form, space: SpaceName.catalogue),
                edits: [("code", .set(.text(Self.other))), ("name_vi", .set(.text("Phường <Ninh Kiều>")))])
        ])
        try ward.hub.addPerson(id: "viet", name: "Việt", role: "hub_admin", unit: Ward.unit, password: "mật khẩu")
        try ward.hub.addPerson(id: "thu", name: "Thu", role: "ward_staff", unit: Self.other, password: nil)
    }

    /// A visit that somebody of the other unit recorded here, refused, with an edit that was refused too.
    private func refusedVisit() throws -> (record: String, changes: [String]) {
        let word = try ward.save(ward.a, [("place", .set(.text("Bến Ninh Kiều")))], form: "visit", by: "thu")
        try ward.save(ward.a, [("on", .set(.date(CalendarDate(iso: "2026-11-20")!)))], to: word, by: "thu")
        try ward.sync(ward.a)
        let changes = try ward.changes(ward.hub.store, word)
        #expect(changes.allSatisfy { $0.decision == .refused })
        return (word, changes.map(\.dotWord))
    }

    @Test func allThatWasRefusedOfARecordGoesOnInTheOtherUnit() throws {
        let (word, changes) = try refusedVisit()
        let captured = try ward.hub.handOver(changes[0], to: Self.other, reason: "thuộc phường bên", person: "viet")
        let new = try ward.hub.store.read { try $0.view(ofRow: captured.record) }
        #expect(new.space == Self.otherSpace)
        #expect(
            new.fields["place"] == .text("Bến Ninh Kiều") && new.fields["on"] == .date(CalendarDate(iso: "2026-11-20")!)
        )
        #expect(new.versions["place"]?.first?.author == "thu")
        // It counts over there, and here it waits for nobody any more: on both sides alike.
        try ward.sync(ward.a)
        #expect(try ward.hub.store.read { try $0.refusedWorkCount() } == 0)
        let counts = try ward.a.store.read { try $0.ownCounts() }
        #expect(counts.refused == 0 && counts.waiting == 0)
        for store in [ward.hub.store, ward.a.store] {
            let here = try ward.show(store, word)
            let move = try #require(try store.read { try $0.move(of: here) })
            #expect(
                move.isAway && move.unit == Self.other && move.word == new.word && move.reason == "thuộc phường bên")
        }
        let back = try #require(try ward.hub.store.read { try $0.move(of: new) })
        #expect(!back.isAway && back.unit == Ward.unit && back.word == word)
        let entry = try #require(try ward.hub.store.read { try AuditLog.entries(AuditFilter(), limit: 1, $0) }.first)
        #expect(entry.act == "work-moved" && entry.actor == "viet" && entry.object == word)
    }

    /// What a form reckons from what was typed is not handed over, and shows all the same.
    @Test func whatIsComputedIsReckonedAnew() throws {
        var all = FieldDefinition(name: "all", type: .integer, label: Label(vi: "Tất cả", en: "All"))
        all.compute = try Expression("men + 1")
        let form = FormDefinition(
            form: "sum", version: 1, title: Label(vi: "Tổng", en: "Sum"), group: "indicators", writers: .unit,
            fields: [FieldDefinition(name: "men", type: .integer, label: Label(vi: "Nam", en: "Men")), all])
        _ = try ward.hub.capture([
            Draft(
                .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                edits: [
                    ("form", .set(.text("sum"))), ("version", .set(.integer(1))),
                    ("definition", .set(.text(String(decoding: form.canonicalJSON, as: UTF8.self)))),
                ])
        ])
        try ward.sync(ward.a)
        let word = try ward.save(ward.a, [("men", .set(.integer(4)))], form: "sum", by: "thu")
        try ward.sync(ward.a)
        let dot = try #require(try ward.changes(ward.hub.store, word).first?.dotWord)
        let captured = try ward.hub.handOver(dot, to: Self.other, reason: "x", person: "viet")
        let view = try ward.hub.store.read { try $0.view(ofRow: captured.record) }
        #expect(view.fields["men"] == .integer(4) && view.fields["all"] == .integer(5))
    }

    @Test func theOtherUnitsDeviceHasIt() throws {
        let (_, changes) = try refusedVisit()
        let captured = try ward.hub.handOver(changes[1], to: Self.other, reason: "thuộc phường bên", person: "viet")
        let word = try ward.hub.store.read { try $0.view(ofRow: captured.record).word }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-over-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 9, count: 32)))
        let device = try AgentDevice(
            path: folder.appendingPathComponent("c.db").path,
            identity: identity, unit: Self.other, world: .system)
        let code = try ward.hub.makeEnrolCode(unit: Self.other, spaces: [], hours: 1).code
        _ = try device.enrol(url: "test:", code: code, over: ward.line)
        _ = try device.sync(over: ward.line)
        let view = try ward.show(device.store, word)
        #expect(view.fields["place"] == .text("Bến Ninh Kiều"))
        #expect(try device.store.read { try $0.move(of: view) }?.isAway == false)
        #expect(try device.store.verify().isEmpty && ward.hub.store.verify().isEmpty)
    }

    @Test func lateEditsShowUntilSomebodyHasLookedAtThem() throws {
        let (word, changes) = try refusedVisit()
        _ = try ward.hub.handOver(changes[0], to: Self.other, reason: "thuộc phường bên", person: "viet")
        func late() throws -> [String] { try ward.hub.store.read { try $0.lateEdits().map(\.move.record) } }
        #expect(try late() == [])
        // The device has not heard of it yet.
        try ward.save(ward.a, [("place", .set(.text("Bến Ninh Kiều, cầu 2")))], to: word, by: "thu")
        try ward.sync(ward.a)
        #expect(try late() == [word])
        #expect(throws: ReportedError.self) { try ward.hub.noteLateEditsSeen(word, person: "thu") }
        try ward.hub.noteLateEditsSeen(word, person: "viet")
        #expect(try late() == [])
        try ward.save(ward.a, [("place", .set(.text("cầu 3")))], to: word, by: "lan")
        try ward.sync(ward.a)
        #expect(try late() == [word])
    }

    @Test func whatDoesNotGoStaysAsItWas() throws {
        let (_, changes) = try refusedVisit()
        func refusal(_ word: String, _ unit: String, _ reason: String = "x", _ person: String = "viet") -> String {
            do {
                _ = try ward.hub.handOver(word, to: unit, reason: reason, person: person)
                return ""
            } catch { return (error as? any CodedError)?.code ?? "\(error)" }
        }
        #expect(refusal(changes[0], Ward.unit) == "move.same-unit")
        #expect(refusal(changes[0], "99999") == "unit.unknown")
        #expect(refusal(changes[0], Self.other, " ") == "reason.missing")
        #expect(refusal(changes[0], Self.other, "x", "thu") == "rights.settle")
        #expect(refusal("x", Self.other) == "refused.unknown")
        #expect(try ward.hub.store.read { try $0.refusedWorkCount() } == 2)
        // A record with the same key is there already: nobody's work is laid over it.
        let reading = try ward.save(
            ward.a, [("key", .set(.text("k"))), ("value", .set(.decimal(DecimalNumber("2")!)))], by: "thu")
        try ward.sync(ward.a)
        try ward.hub.store.write { try $0.ensureSpace(Self.otherSpace) }
        _ = try ward.hub.capture([
            Draft(
                .new(form: "reading", space: Self.otherSpace),
                edits: [("key", .set(.text("k"))), ("value", .set(.decimal(DecimalNumber("7")!)))])
        ])
        let dot = try #require(try ward.changes(ward.hub.store, reading).first?.dotWord)
        #expect(refusal(dot, Self.other) == "move.exists")
        #expect(refusal(changes[0], Self.other) == "")
        #expect(refusal(changes[1], Self.other) == "refused.unknown", "it went with the first")
    }

    @Test func aPageHandsOver() async throws {
        let ward = ward
        let (word, changes) = try refusedVisit()
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in
            let browser = PageClient(client)
            _ = try await browser.submit("/sign-in", ["name": "viet", "password": "mật khẩu"])
            #expect(PageRules.violations(try await browser.get("/refused")) == [])
            let reply = try await browser.submit(
                "/refused", action: "/refused/\(changes[0])",
                ["outcome": "move", "to": Self.other, "reason": "thuộc phường bên"])
            #expect(reply.location == "/refused?done=work-moved")
            let record = try await browser.get("/records/\(word)")
            #expect(record.html.contains("Phường &lt;Ninh Kiều&gt;") && PageRules.violations(record) == [])
            try ward.save(ward.a, [("place", .set(.text("muộn")))], to: word, by: "thu")
            try ward.sync(ward.a)
            let list = try await browser.get("/refused")
            #expect(list.html.contains("id=\"late\"") && PageRules.violations(list) == [])
            let seen = try await browser.submit("/refused", action: "/refused/\(word)", ["outcome": "seen"])
            #expect(seen.location == "/refused?done=late-seen")
            let after = try await browser.get("/refused")
            #expect(!after.html.contains("id=\"late\""))
        }
    }
}
