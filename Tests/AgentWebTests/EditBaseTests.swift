import Agent
import AgentWeb
import Foundation
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Testing

/// What an edit rests on: what was on screen, and only the fields that were changed.
@Suite struct EditBaseTests {
    private let ward: Ward

    init() throws { ward = try Ward() }

    private func browse(_ body: @escaping @Sendable (PageClient, Ward) async throws -> Void) async throws {
        let ward = ward
        let sync = BackgroundSync(device: ward.a) { _ in ward.line }
        let application = Application(router: try AgentServer(device: ward.a, sync: sync).router())
        try await application.test(.router) { client in try await body(PageClient(client), ward) }
    }

    private static func decimal(_ text: String) -> Value { .decimal(DecimalNumber(text)!) }

    @Test func openedBeforeASyncAndSavedAfterItIsAConflictOnTheSameField() async throws {
        try await browse { browser, ward in
            let word = try ward.shared()
            let form = try await browser.get("/records/\(word)/edit")
            try ward.save(ward.b, [("value", .set(Self.decimal("2")))], to: word)
            try ward.sync(ward.b, ward.a)
            let saved = try await browser.submit(form, action: "/records/\(word)/edit", ["v.value": "3"])
            #expect(saved.status == 303)
            #expect(try ward.show(ward.a.store, word).conflicts == ["value"])
            #expect(try await browser.get("/records/\(word)").html.contains("Conflict"))
        }
    }

    @Test func onAnotherFieldItMerges() async throws {
        try await browse { browser, ward in
            let word = try ward.shared()
            let form = try await browser.get("/records/\(word)/edit")
            try ward.save(ward.b, [("value", .set(Self.decimal("2")))], to: word)
            try ward.sync(ward.b, ward.a)
            _ = try await browser.submit(form, action: "/records/\(word)/edit", ["v.note": "đã kiểm"])
            let view = try ward.show(ward.a.store, word)
            #expect(view.conflicts.isEmpty)
            #expect(view.fields["value"] == Self.decimal("2") && view.fields["note"] == .text("đã kiểm"))
        }
    }

    @Test func afterAProblemTheBaseIsStillWhatWasOnScreen() async throws {
        try await browse { browser, ward in
            let word = try ward.shared()
            let form = try await browser.get("/records/\(word)/edit")
            try ward.save(ward.b, [("value", .set(Self.decimal("2")))], to: word)
            try ward.sync(ward.b, ward.a)
            let wrong = try await browser.submit(
                form, action: "/records/\(word)/edit", ["v.value": "x", "v.note": "n"])
            #expect(wrong.status == 422)
            let saved = try await browser.submit(wrong, action: "/records/\(word)/edit", ["v.value": "3"])
            #expect(saved.status == 303)
            #expect(try ward.show(ward.a.store, word).conflicts == ["value"])
        }
    }

    @Test func untouchedFieldsAreNotWritten() async throws {
        try await browse { browser, ward in
            let word = try ward.save(
                ward.a,
                [
                    ("key", .set(.text("k"))), ("value", .set(Self.decimal("1234.5"))),
                    ("note", .set(.text("hai\ndòng"))), ("level", .set(.text("low"))),
                    ("signs", .set(.items(["dust", "noise"]))),
                ])
            let nothing = try await browser.submit("/records/\(word)/edit", [:])
            #expect(nothing.location.hasSuffix("done=unchanged"))
            #expect(try ward.changes(ward.a.store, word).count == 1)
            _ = try await browser.submit("/records/\(word)/edit", ["v.level": "high"])
            let last = try #require(try ward.changes(ward.a.store, word).last)
            #expect(last.operations.map(\.register.field) == ["level"])
        }
    }

    @Test func ofASetOnlyTheMembersThatChangedAreWritten() async throws {
        try await browse { browser, ward in
            let word = try ward.save(
                ward.a, [("key", .set(.text("k"))), ("signs", .set(.items(["dust", "noise"])))])
            let form = try await browser.get("/records/\(word)/edit")
            _ = try await browser.submit(form, action: "/records/\(word)/edit", ["v.signs": "noise"])
            let last = try #require(try ward.changes(ward.a.store, word).last)
            #expect(last.operations == [Operation(RegisterKey("signs", item: "dust"), .flag(false))])
        }
    }

    @Test func twoEditsInARowByOnePersonAreNeverAConflict() async throws {
        try await browse { browser, ward in
            let word = try ward.shared()
            _ = try await browser.submit("/", action: "/person", ["person": "lan"])
            let form = try await browser.get("/records/\(word)/edit")
            _ = try await browser.submit("/records/\(word)/edit", ["v.value": "2"])
            _ = try await browser.submit(form, action: "/records/\(word)/edit", ["v.value": "3"])
            let view = try ward.show(ward.a.store, word)
            #expect(view.conflicts.isEmpty && view.fields["value"] == Self.decimal("3"))
        }
    }

    @Test func aBaseOfAnotherRecordIsRefusedAndWhatWasTypedStays() async throws {
        try await browse { browser, ward in
            let word = try ward.shared()
            let other = try ward.save(ward.a, [("key", .set(.text("other")))])
            let base = try #require(
                try await browser.get("/records/\(other)/edit").form("/records/\(other)/edit")?
                    .first { $0.name == "base" }?.value)
            let reply = try await browser.submit("/records/\(word)/edit", ["v.note": "mới", "base": base])
            #expect(reply.status == 422 && reply.html.contains("mới"))
            #expect(try ward.show(ward.a.store, word).fields["note"] == nil)
        }
    }
}
