import Agent
import AgentWeb
import Foundation
import Hub
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Testing
import WebPages

/// What a page shows to whoever enters something: what is there already, what was there before, how old it all is.
@Suite struct EntryHelpTests {
    private let ward: Ward

    init() throws { ward = try Ward() }

    private func browse(_ body: @escaping @Sendable (PageClient, Ward) async throws -> Void) async throws {
        let ward = ward
        let sync = BackgroundSync(device: ward.a) { _ in ward.line }
        let application = Application(router: try AgentServer(device: ward.a, sync: sync).router())
        try await application.test(.router) { client in try await body(PageClient(client), ward) }
    }

    @Test func whatMayBeThereAlreadyIsShownWhileTyping() async throws {
        try await browse { browser, ward in
            for place in ["Cơ sở Bình Minh", "Quán Sông Hậu", "Trường <Hưng Lợi>"] {
                try ward.save(ward.a, [("place", .set(.text(place)))], form: "visit")
            }
            func found(_ text: String) async throws -> String {
                let query = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                let reply = try await browser.get("/forms/visit/similar?text=\(query)")
                #expect(reply.status == 200)
                return reply.html
            }
            #expect(try await found("co so binh minh").contains("Cơ sở Bình Minh"))
            #expect(try await found("Nhà hàng Bình Minh").contains("Cơ sở Bình Minh"))
            #expect(try await found("song hau").contains("Quán Sông Hậu"))
            // One word, or none, would be anything.
            for text in ["Minh", "", "  ", "a b c", "\"*\" OR x", String(repeating: "x ", count: 5000)] {
                #expect(try await found(text).contains("\"items\":[]"), "\(text.prefix(20))")
            }
            let form = try await browser.get("/forms/visit/new").html
            #expect(form.contains("data-similar-field=\"place\""))
            // A key tells those of the other form apart, and of one that is there nobody makes another.
            #expect(try await browser.get("/forms/reading/new").html.contains("data-similar") == false)
            #expect(try await browser.get("/forms/@unit/similar?text=a").status == 403)
        }
    }

    @Test func aFormCanBePrintedBlank() async throws {
        try await browse { browser, _ in
            let page = try await browser.get("/forms/reading/blank")
            #expect(page.status == 200 && PageRules.violations(page) == [])
            for text in ["1. Key", "4. Level", "☐", "dust", "Filled in by"] {
                #expect(page.html.contains(text), "\(text)")
            }
            #expect(try await browser.get("/forms/reading").html.contains("/forms/reading/blank"))
            #expect(try await browser.get("/forms/@unit/blank").status == 403)
        }
    }

    @Test func everyPageSaysUpToWhenOthersWorkIsThere() async throws {
        try await browse { browser, ward in
            for page in ["/", "/forms/reading", "/forms/reading/new", "/sync", "/outbox"] {
                let html = try await browser.get(page).html
                #expect(html.contains("Others&#39; work as of"), "\(page)")
            }
            #expect(try ward.a.lastSync() != nil)
        }
    }

    @Test func wardsAreFoundByTheirFormerNames() async throws {
        let unit = FieldDefinition(
            name: "unit", type: .selectOne, label: Label(vi: "Xã", en: "Ward"),
            choices: [Choice(name: Ward.unit, label: Label(vi: "Phường Cái Khế", en: "Cái Khế Ward"))])
        let form = FormDefinition(
            form: "figure", version: 1, title: Label(vi: "Số", en: "Figure"), group: "indicators", writers: .unit,
            fields: [unit])
        try ward.a.store.write { try $0.storeForm(form) }
        func rename(_ names: String) throws {
            _ = try ward.hub.capture([
                Draft(
                    .put(form: BuiltInForm.unit.form, space: SpaceName.catalogue),
                    edits: [("code", .set(.text(Ward.unit))), ("other_names", .set(.text(names)))])
            ])
            try ward.sync(ward.a)
        }
        try rename("Phường An Hòa")
        try ward.save(ward.a, [("unit", .set(.text(Ward.unit)))], form: "figure")
        try ward.a.store.catchUpSearch()
        for (find, count) in [("an hoa", 1), ("cai khe", 1), ("xuan khanh", 0)] {
            #expect(try ward.a.store.read { try $0.recordCount(RecordFilter(form: "figure", find: find)) } == count)
        }
        // What was saved before a name was known is found by it too.
        try rename("Phường An Hòa, Phường Xuân Khánh")
        try ward.a.store.catchUpSearch()
        for find in ["an hoa", "xuan khanh"] {
            #expect(try ward.a.store.read { try $0.recordCount(RecordFilter(form: "figure", find: find)) } == 1)
        }
    }

    @Test func draftsOfWhoeverHasLeftAreThereForTheOthers() async throws {
        try await browse { browser, ward in
            let draft = FormDraft(
                name: FormToken.make(), form: Ward.visit.reference, record: "", author: "gone",
                body: Array("form=visit&version=1&v.place=Bến+Ninh+Kiều".utf8), changed: 1, problems: 0,
                stamp: FormDraft.Stamp(page: "w", turn: 1))
            let others = FormDraft(
                name: FormToken.make(), form: Ward.visit.reference, record: "", author: "minh",
                body: Array("form=visit&version=1&v.place=Riêng".utf8), changed: 1, problems: 0,
                stamp: FormDraft.Stamp(page: "w", turn: 1))
            try ward.a.store.write { store in
                for draft in [draft, others] { _ = try store.keep(draft, from: nil, spare: "") }
            }
            let page = try await browser.get("/drafts")
            #expect(page.html.contains("Bến Ninh Kiều") && !page.html.contains("Riêng"))
            #expect(PageRules.violations(page) == [])
            #expect(try await browser.get("/drafts/\(draft.name)").status == 200)
            #expect(try await browser.get("/drafts/\(others.name)").status == 404)
        }
    }

    @Test func thePeriodsBeforeStandBesideTheCell() async throws {
        let form = FormDefinition(
            form: "figure", version: 1, title: Label(vi: "Số", en: "Figures"), group: "indicators", writers: .unit,
            fields: [
                FieldDefinition(
                    name: "what", type: .selectOne, label: Label(vi: "Gì", en: "What"), required: true, key: true,
                    choices: ["one", "two"].map { Choice(name: $0, label: Label(vi: $0, en: $0)) }),
                FieldDefinition(
                    name: "period", type: .text, label: Label(vi: "Kỳ", en: "Period"), required: true, key: true),
                FieldDefinition(name: "value", type: .decimal, label: Label(vi: "Giá trị", en: "Value")),
            ])
        try ward.a.store.write { try $0.storeForm(form) }
        // 2025-06 is thirteen months before.
        for (period, value) in [("2026-06", "12.5"), ("2026-05", "7"), ("2025-07", "30"), ("2025-06", "900")] {
            try ward.save(
                ward.a,
                [
                    ("what", .set(.text("one"))), ("period", .set(.text(period))),
                    ("value", .set(.decimal(DecimalNumber(value)!))),
                ], form: "figure")
        }
        try await browse { browser, _ in
            let page = try await browser.get("/forms/figure/grid?v.period=2026-07")
            #expect(PageRules.violations(page) == [])
            #expect(page.html.contains("<span class=\"past-latest\">12,5</span>"))
            #expect(page.html.contains("7 – 30") && !page.html.contains("900"))
            // July of last year stands alone, then there is a gap up to May.
            #expect(page.html.components(separatedBy: "<polyline").count == 3)
            #expect(try await browser.get("/forms/figure/grid?v.period=0001-01").status == 200)
            #expect(try await browser.get("/forms/figure/grid?v.period=9999-99").status == 200)
        }
    }
}
