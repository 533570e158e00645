import Agent
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import SyncProtocol
import Testing
import WebPages

/// HTML, templates' tags, addresses and formulas in every text that somebody may give: every page shows them as text.
@Suite struct HostileTextTests {
    private static let texts = [
        "\"><xss onx=1 src=x>'\"</textarea></title></select><script>alert(1)</script>", "' onmouseover='alert(1)' x='",
        "{{token}}{{{body}}}{{#t}}page.error.title{{/t}}{{>layout}}", "javascript:alert(1)",
        "<!--<script><svg onload=alert(1)>",
        "\u{202E}\"><img src=//evil.example/x onerror=alert(1)>&lt;script&gt;",
    ]

    private let siege: Siege

    init() throws { siege = try Siege() }

    /// A form all of whose words are hostile.
    private static func form(_ text: String) -> FormDefinition {
        let label = Label(vi: text, en: text)
        return FormDefinition(
            form: "hostile", version: 1, title: label, group: "other", writers: .unit,
            fields: [
                FieldDefinition(name: "name", type: .text, label: label),
                FieldDefinition(
                    name: "pick", type: .selectOne, label: label, choices: [Choice(name: "c", label: label)]),
                FieldDefinition(
                    name: "many", type: .selectMultiple, label: label, policy: .union,
                    choices: [Choice(name: "m", label: label)]),
                FieldDefinition(name: "photos", type: .image, label: label, policy: .union),
            ])
    }

    /// The text wherever it can be: names, labels, values, reasons, questions, what a machine tells of itself.
    private static func spread(_ text: String, in ward: Ward) throws {
        let form = form(text)
        let hub = ward.hub
        _ = try hub.capture([
            Draft(
                .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                edits: [
                    ("form", .set(.text(form.form))), ("version", .set(.integer(1))),
                    ("definition", .set(.text(String(decoding: form.canonicalJSON, as: UTF8.self)))),
                ]),
            Draft(
                .new(form: BuiltInForm.unit.form, space: SpaceName.catalogue),
                edits: [
                    ("code", .set(.text("31117"))), ("name_vi", .set(.text(text))), ("name_en", .set(.text(text))),
                ]),
        ])
        try hub.addPerson(id: "evil", name: text, role: "ward_staff", unit: Ward.unit, password: nil)
        try ward.sync(ward.a, ward.b)
        let word = try ward.save(
            ward.a, [("name", .set(.text(text))), ("pick", .set(.text("c")))], form: "hostile", by: "evil")
        try ward.save(ward.a, [("key", .set(.text(text))), ("note", .set(.text(text)))], by: "evil")
        try ward.sync(ward.a, ward.b)
        // A case, what merged, a question about it, and a decision.
        for (device, value) in [(ward.a, text + "a"), (ward.b, text + "b")] {
            try ward.save(device, [("name", .set(.text(value)))], to: word, form: "hostile", by: "evil")
        }
        try ward.sync(ward.a, ward.b, ward.a)
        let contested = try ward.conflict()
        _ = try hub.settle(contested, ["value": .value(.decimal(DecimalNumber("5")!))], reason: text, author: "viet")
        // Work that is refused, and a machine that is shut out.
        try hub.disablePerson("evil")
        try ward.save(ward.a, [("place", .set(.text(text)))], form: "visit", by: "evil")
        try ward.save(ward.a, [("place", .set(.text(text)))], form: "visit", by: "lan")
        try ward.sync(ward.a)
        let version = String(text.filter { $0.isASCII && $0 > " " }.prefix(20))
        let report = DeviceReport(version: version, waiting: 1, photos: 0, free: 1, epoch: 1)
        _ = try hub.note(
            report: report.bytes(counter: 1 << 60, signedBy: try ward.a.store.identity, hub: hub.replica))
        try hub.revoke(try ward.b.replica.word, reason: text, by: "viet")
    }

    /// Every page that is reached by links from the first ones.
    private static func crawl(
        _ browser: PageClient, _ visit: (String, PageClient.Reply) throws -> Void
    ) async throws -> Int {
        var waiting = [
            "/conflicts", "/conflicts/settled", "/refused", "/records?form=hostile", "/records", "/devices", "/people",
            "/audit", "/tasks", "/inspections", "/records/new", "/tasks/new", "/people/new", "/devices/enrol",
            "/drafts",
            "/forms/hostile/new?unit=31120/general", "/forms/hostile/grid?unit=31120/general",
            "/forms/hostile/blank?unit=31120/general", "/forms/hostile/similar?unit=31120/general&text=x",
        ]
        var seen = Set(waiting)
        var count = 0
        while let path = waiting.popLast(), count < 400 {
            let reply = try await browser.get(path)
            #expect(reply.status < 500, "\(path)")
            if (300..<400).contains(reply.status), seen.insert(reply.location).inserted {
                waiting.append(reply.location)
            }
            guard reply.headers[.contentType]?.hasPrefix("text/html") == true else { continue }
            count += 1
            try visit(path, reply)
            for link in Markup(reply.html).links
            where link.hasPrefix("/") && !link.hasPrefix("/language") && !link.hasPrefix("/assets") {
                let page = String(link.prefix { $0 != "#" })
                if seen.insert(page).inserted { waiting.append(page) }
            }
        }
        return count
    }

    @Test(arguments: texts.indices) func everyPageShowsItAsText(_ index: Int) async throws {
        let text = Self.texts[index]
        try Self.spread(text, in: siege.ward)
        try await siege.storm { client, _, _ in
            let browser = try await Siege.browser(client)
            var shown = 0
            let count = try await Self.crawl(browser) { path, reply in
                #expect(Markup(reply.html).injuries == [], "\(path)")
                let mark = text.contains("{{") ? "{{token}}" : "alert(1)"
                if Html.unescaped(reply.html).contains(mark) { shown += 1 }
                #expect(reply.headers[.contentSecurityPolicy]?.contains("script-src 'self'") == true)
            }
            #expect(count > 30 && shown > 10, "\(count) pages, the text on \(shown)")
        }
    }

    /// What is sent comes back on the page that says what is wrong with it.
    @Test(arguments: texts.indices) func whatIsSentComesBackAsText(_ index: Int) async throws {
        let text = Self.texts[index]
        let word = try siege.ward.conflict()
        let device = try siege.ward.a.replica.word
        try await siege.storm { client, _, _ in
            let browser = try await Siege.browser(client)
            let token = try await Siege.token(browser)
            for (path, fields) in [
                ("/people/new", [("id", text), ("name", text), ("unit", text), ("role", text)]),
                ("/people/hoa/roles", [("unit", text), ("role", text), ("from", text), ("until", text)]),
                ("/devices/enrol", [("unit", text), ("hours", text)]),
                ("/devices/\(device)/revoke", [("reason", "")]), ("/conflicts/\(word)", [("reason", text)]),
                ("/conflicts/\(word)", [("reason", text), ("pick.value", "other"), ("x.v.value", text)]),
                ("/conflicts/\(word)/ask", [("question", "")]), ("/refused/\(text.percentEncoded)", [("reason", text)]),
                ("/forms/reading/new?unit=31120/general", [("v.key", text), ("v.value", text), ("v.note", text)]),
                ("/forms/\(text.percentEncoded)/new", [("v.key", text)]),
                ("/drafts/\(text.percentEncoded)", [("form", text), ("v.key", text)]),
            ] {
                let reply = try await browser.post(path, [("token", token)] + fields.map { (name: $0.0, value: $0.1) })
                #expect(reply.status < 500, "\(path) \(reply.status)")
                #expect(Markup(reply.html).injuries == [], "\(path)")
            }
            let door = PageClient(client)
            let wrong = try await door.submit("/sign-in", ["name": text, "password": text, "back": text])
            #expect(wrong.status == 401 && Markup(wrong.html).injuries == [])
        }
    }

    /// Whatever stands in an address, of every page that takes something from it.
    @Test(arguments: texts.indices) func whatIsAskedForComesBackAsText(_ index: Int) async throws {
        let text = Self.texts[index].percentEncoded
        try await siege.storm { client, _, _ in
            let browser = try await Siege.browser(client)
            for path in [
                "/\(text)", "/records?find=\(text)", "/records?form=\(text)", "/records?unit=\(text)",
                "/records/\(text)",
                "/conflicts?unit=\(text)&form=\(text)&field=\(text)&author=\(text)&about=\(text)", "/conflicts/\(text)",
                "/people?find=\(text)&role=\(text)&unit=\(text)", "/people/\(text)",
                "/devices?unit=\(text)&standing=\(text)",
                "/devices/\(text)", "/audit?by=\(text)&act=\(text)&object=\(text)&from=\(text)",
                "/tasks?unit=\(text)&state=\(text)",
                "/records/new?form=\(text)&unit=\(text)&v.x=\(text)", "/tasks/new?unit=\(text)&v.x=\(text)",
                "/forms/\(text)",
                "/inspections?find=\(text)&unit=\(text)", "/sign-in?back=\(text)", "/paper/\(text)/\(text)",
                "/attachments/\(text)",
                "/records?done=\(text)&record=\(text)", "/language/\(text)?back=\(text)",
                "/conflicts/settled?unit=\(text)",
                "/refused?unit=\(text)", "/drafts/\(text)", "/records?\(text)=\(text)",
                "/forms/reading/new?unit=31120/general&v.key=\(text)",
            ] {
                let reply = try await browser.get(path)
                #expect(reply.status < 500, "\(path) \(reply.status)")
                #expect(Markup(reply.html).injuries == [], "\(path)")
                #expect(reply.location.isEmpty || SitePath(reply.location) != nil, "\(path) \(reply.location)")
            }
        }
    }
}
