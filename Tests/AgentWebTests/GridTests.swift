import Agent
import AgentWeb
import Foundation
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Testing
import WebPages

/// Many records of one form at once, without a script.
@Suite struct GridTests {
    private let ward: Ward
    private static let form = FormDefinition(
        form: "figure", version: 1, title: Label(vi: "Số liệu", en: "Figures"), group: "indicators", writers: .unit,
        fields: [
            FieldDefinition(
                name: "what", type: .selectOne, label: Label(vi: "Gì", en: "What"), required: true, key: true,
                choices: ["one", "two", "three"].map { Choice(name: $0, label: Label(vi: $0, en: "Figure \($0)")) }),
            FieldDefinition(
                name: "period", type: .text, label: Label(vi: "Kỳ", en: "Period"), required: true, key: true),
            FieldDefinition(name: "value", type: .decimal, label: Label(vi: "Giá trị", en: "Value"), max: "100"),
            FieldDefinition(name: "note", type: .text, label: Label(vi: "Ghi chú", en: "Note")),
        ])

    init() throws {
        ward = try Ward()
        try ward.a.store.write { try $0.storeForm(Self.form) }
    }

    private func browse(_ body: @escaping @Sendable (PageClient, Ward) async throws -> Void) async throws {
        let ward = ward
        let sync = BackgroundSync(device: ward.a) { _ in ward.line }
        let application = Application(router: try AgentServer(device: ward.a, sync: sync).router())
        try await application.test(.router) { client in try await body(PageClient(client), ward) }
    }

    private static let page = "/forms/figure/grid?v.period=2026-07"
    private static let action = "/forms/figure/grid"

    private static func values(_ ward: Ward, _ period: String = "2026-07") throws -> [String: String] {
        let records = try ward.a.store.read { try $0.records(RecordFilter(form: "figure"), limit: 100) }
            .filter { $0.fields["period"] == .text(period) }
        return Dictionary(
            uniqueKeysWithValues: records.map {
                ($0.fields["what"]?.plainText ?? "", $0.fields["value"]?.plainText ?? "")
            })
    }

    @Test func rowsAreSavedTogetherAndUntouchedOnesAreNot() async throws {
        try await browse { browser, ward in
            let page = try await browser.get(Self.page)
            #expect(PageRules.violations(page) == [])
            #expect(page.html.contains("Figure three"))
            let saved = try await browser.submit(
                page, action: Self.action, ["r0.v.value": "1,5", "r2.v.value": "3", "r2.v.note": "<i>"])
            #expect(saved.status == 303 && saved.location.hasSuffix("v.period=2026-07&saved=2"))
            #expect(try Self.values(ward) == ["one": "1.5", "three": "3"])
            let again = try await browser.get(saved.location)
            #expect(again.html.contains("2 rows saved") && again.html.contains("&lt;i&gt;"))
            let edited = try await browser.submit(again, action: Self.action, ["r0.v.value": "2"])
            #expect(edited.location.hasSuffix("saved=1"))
            #expect(try Self.values(ward) == ["one": "2", "three": "3"])
        }
    }

    @Test func wrongRowsStayAndRightOnesAreSavedOnce() async throws {
        try await browse { browser, ward in
            let page = try await browser.get(Self.page)
            let partly = try await browser.submit(
                page, action: Self.action, ["r0.v.value": "1", "r1.v.value": "1000", "r1.v.note": "hai"])
            #expect(partly.status == 422)
            #expect(partly.html.contains("1 rows saved") && partly.html.contains("value=\"1000\""))
            #expect(try ward.a.store.read { try $0.draftCount() } == 1)
            let mended = try await browser.submit(partly, action: Self.action, ["r1.v.value": "10"])
            #expect(mended.location.hasSuffix("saved=1"))
            #expect(try Self.values(ward) == ["one": "1", "two": "10"])
            #expect(try ward.a.store.read { try $0.draftCount() } == 0)
            let changes = try ward.a.store.read { store in
                try store.records(RecordFilter(form: "figure"), limit: 100).map {
                    try store.changes(ofRecord: $0.row).count
                }
            }
            #expect(changes == [1, 1])
        }
    }

    /// Pressed twice, or sent again by a browser that had no answer.
    @Test func theSameTableIsSavedOnce() async throws {
        try await browse { browser, ward in
            let page = try await browser.get(Self.page)
            for _ in 0..<2 {
                let saved = try await browser.submit(page, action: Self.action, ["r0.v.value": "1"])
                #expect(saved.status == 303)
            }
            #expect(try ward.a.store.read { try $0.ownCounts() }.waiting == 1)
        }
    }

    @Test func whatCameWhileOneTypedIsAConflictAndNotOverwritten() async throws {
        try await browse { browser, ward in
            let first = try await browser.submit(Self.page, action: Self.action, ["r0.v.value": "1"])
            let page = try await browser.get(first.location)
            let word = try #require(
                try ward.a.store.read { try $0.records(RecordFilter(form: "figure"), limit: 100) }.first?.word)
            _ = try ward.a.capture([
                Draft(.edit(word), edits: [("value", .set(.decimal(DecimalNumber("7")!)))], author: "minh")
            ])
            _ = try await browser.submit(page, action: Self.action, ["r0.v.value": "9"])
            let view = try ward.show(ward.a.store, word)
            #expect(view.conflicts == ["value"])
        }
    }

    /// One record was deleted while somebody typed: nothing is saved, and nothing that was typed is gone.
    @Test func whatCannotBeSavedStaysOnThePage() async throws {
        try await browse { browser, ward in
            let first = try await browser.submit(Self.page, action: Self.action, ["r0.v.value": "1"])
            let page = try await browser.get(first.location)
            let word = try #require(
                try ward.a.store.read { try $0.records(RecordFilter(form: "figure"), limit: 9) }.first?.word)
            _ = try ward.a.capture([Draft(.edit(word), edits: [("@deleted", .set(.flag(true)))])])
            let back = try await browser.submit(
                page, action: Self.action, ["r0.v.value": "9", "r1.v.value": "77", "r1.v.note": "còn đây"])
            #expect(back.status == 422 && back.html.contains("còn đây") && back.html.contains("value=\"77\""))
            #expect(try ward.a.store.read { try $0.draftCount() } == 1)
        }
    }

    @Test func thePeriodBeforeStandsBeside() async throws {
        try await browse { browser, _ in
            _ = try await browser.submit(
                "\(Self.action)?v.period=2025-12", action: Self.action, ["r1.v.value": "77,25"])
            #expect(try await browser.get("\(Self.action)?v.period=2026-01").html.contains("77,25"))
        }
    }

    @Test func rowsWithoutAKeyAreNewRecords() async throws {
        try await browse { browser, ward in
            let page = try await browser.get("/forms/visit/grid")
            #expect(PageRules.violations(page) == [])
            let saved = try await browser.submit(
                page, action: "/forms/visit/grid",
                ["r0.v.place": "Chợ", "r3.v.place": "Bến", "r3.v.on": "2026-07-01", "r25.v.place": "Cầu", "rows": "26"])
            #expect(saved.location.hasSuffix("saved=3"))
            #expect(try ward.a.store.read { try $0.recordCount(RecordFilter(form: "visit")) } == 3)
            // Back to the page that was saved, with something else: nothing is doubled unasked.
            let back = try await browser.submit(page, action: "/forms/visit/grid", ["r0.v.place": "Chợ nổi"])
            #expect(back.status == 422 && back.html.contains("This table was saved before"))
            #expect(try ward.a.store.read { try $0.recordCount(RecordFilter(form: "visit")) } == 3)
            let empty = try await browser.submit(
                "/forms/visit/grid", action: "/forms/visit/grid", ["r1.v.on": "2026-07-01"])
            #expect(empty.status == 422 && empty.html.contains("is required"))
        }
    }
}
