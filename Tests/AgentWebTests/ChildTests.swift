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

/// Records of which another has many: each is a record of its own.
@Suite struct ChildTests {
    private let ward: Ward
    private static let finding = FormDefinition(
        form: "finding", version: 1, title: Label(vi: "Phát hiện", en: "Findings"), group: "inspections",
        writers: .unit, fields: fields)

    private static var fields: [FieldDefinition] {
        var visit = FieldDefinition(
            name: "visit", type: .text, label: Label(vi: "Lần thăm", en: "Visit"), required: true)
        visit.parent = "visit"
        return [
            visit,
            FieldDefinition(name: "what", type: .text, label: Label(vi: "Gì", en: "What"), required: true),
        ]
    }

    init() throws {
        ward = try Ward()
        for store in [ward.a.store, ward.b.store, ward.hub.store] { try store.write { try $0.storeForm(Self.finding) } }
    }

    private func browse(_ body: @escaping @Sendable (PageClient, Ward) async throws -> Void) async throws {
        let ward = ward
        let sync = BackgroundSync(device: ward.a) { _ in ward.line }
        let application = Application(router: try AgentServer(device: ward.a, sync: sync).router())
        try await application.test(.router) { client in try await body(PageClient(client), ward) }
    }

    @Test func twoPeopleAddAtOnceAndBothStand() async throws {
        try await browse { browser, ward in
            let visit = try ward.save(ward.a, [("place", .set(.text("Chợ <Cái Răng>")))], form: "visit")
            try ward.sync(ward.a, ward.b)
            let page = try await browser.get("/records/\(visit)")
            let add = "/forms/finding/new?v.visit=\(visit)"
            #expect(page.html.contains(add) && PageRules.violations(page) == [])
            let form = try await browser.get(add)
            #expect(form.html.contains("Chợ &lt;Cái Răng&gt;") && PageRules.violations(form) == [])
            let saved = try await browser.submit(form, action: "/forms/finding/new", ["v.what": "Nứt bờ"])
            #expect(saved.status == 303)
            try ward.save(ward.b, [("visit", .set(.text(visit))), ("what", .set(.text("Sạt lở")))], form: "finding")
            try ward.sync(ward.a, ward.b, ward.a)
            for device in [ward.a, ward.b] {
                let children = try device.store.read { store in
                    try store.children(of: store.view(ofRow: store.locate(visit).row))
                }
                #expect(children.map(\.form.form) == ["finding"])
                #expect(Set(children[0].records.map { $0.fields["what"] }) == [.text("Nứt bờ"), .text("Sạt lở")])
                #expect(children[0].records.allSatisfy { $0.conflicts.isEmpty })
            }
            let both = try await browser.get("/records/\(visit)")
            #expect(both.html.contains("Nứt bờ") && both.html.contains("Sạt lở"))
            let child = try await browser.get(saved.location)
            #expect(child.html.contains("href=\"/records/\(visit)\""))
        }
    }

    @Test func aParentIsNamedByItsWord() throws {
        #expect(throws: RecordsError.self) {
            try ward.save(ward.a, [("visit", .set(.text("Chợ"))), ("what", .set(.text("x")))], form: "finding")
        }
        let json = String(decoding: Self.finding.canonicalJSON, as: UTF8.self)
        #expect(json.contains("\"parent\":\"visit\""))
        #expect(try FormDefinition(json: Array(json.utf8)) == Self.finding)
        for wrong in [json.replacing("\"parent\":\"visit\"", with: "\"parent\":\"Visit!\"")] {
            #expect(throws: RecordsError.self) { try FormDefinition(json: Array(wrong.utf8)) }
        }
    }
}
