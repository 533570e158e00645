import Agent
import Foundation
import HTTPTypes
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Testing
import WebPages

/// Records entered and changed at the hub's own pages, and what the unit's machines get of it.
@Suite struct EntryTests {
    private let ward: Ward
    private static let new = "/forms/reading/new"
    private static let place = "?unit=\(Ward.space.percentEncoded)"

    init() throws {
        ward = try Ward()
        for (id, role) in [("viet", "hub_admin"), ("hoa", "hub_admin"), ("son", "auditor")] {
            try ward.hub.addPerson(id: id, name: id, role: role, unit: Ward.unit, password: "mật khẩu")
        }
    }

    private func browse(
        as person: String = "viet", _ body: @escaping @Sendable (PageClient, Ward) async throws -> Void
    ) async throws {
        let ward = ward
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in
            let browser = PageClient(client)
            _ = try await browser.submit("/sign-in", ["name": person, "password": "mật khẩu"])
            try await body(browser, ward)
        }
    }

    private static func word(_ reply: PageClient.Reply) -> String {
        String(reply.location.dropFirst("/records/".count).prefix { $0 != "?" })
    }

    private static func decimal(_ text: String) -> Value { .decimal(DecimalNumber(text)!) }

    @Test func whatIsEnteredAtTheHubComesToTheUnitsMachines() async throws {
        try await browse { browser, ward in
            let list = try await browser.get("/records?form=reading&unit=\(Ward.space.percentEncoded)")
            #expect(list.html.contains("href=\"/records/new?form=reading&amp;unit=31120%2Fgeneral&amp;\""))
            let opened = try await browser.get("/records/new?form=reading&unit=\(Ward.space.percentEncoded)&")
            #expect(opened.status == 303 && opened.location == Self.new + "?unit=31120%2Fgeneral")
            let form = try await browser.get(opened.location)
            #expect(PageRules.violations(form) == [] && form.html.contains("&lt;Cái Khế&gt; Ward"))
            let saved = try await browser.submit(form, action: Self.new, ["v.key": "h1", "v.value": "12.5"])
            #expect(saved.status == 303)
            let word = Self.word(saved)
            let view = try ward.show(ward.hub.store, word)
            #expect(view.space == Ward.space && view.state == .received)
            try ward.sync(ward.a)
            let there = try ward.show(ward.a.store, word)
            #expect(there.fields["value"] == Self.decimal("12.5") && there.versions["value"]?.first?.author == "viet")
            let page = try await browser.get(saved.location)
            #expect(PageRules.violations(page) == [] && page.html.contains("/records/\(word)/edit"))
        }
        #expect(try ward.hub.store.verify() == [] && ward.a.store.verify() == [])
    }

    @Test func aFormSavedTwiceSavesOnceAndAKeyThatExistsLeadsToItsRecord() async throws {
        try await browse { browser, ward in
            let form = try await browser.get(Self.new + Self.place)
            let first = try await browser.submit(form, action: Self.new, ["v.key": "twice", "v.value": "1"])
            let second = try await browser.submit(form, action: Self.new, ["v.key": "twice", "v.value": "1"])
            #expect(first.location == second.location)
            #expect(try ward.changes(ward.hub.store, Self.word(first)).count == 1)
            let known = try await browser.submit(
                Self.new + Self.place, action: Self.new, ["v.key": "twice", "v.value": "9"])
            #expect(known.status == 422 && known.html.contains("/records/\(Self.word(first))"))
            #expect(known.html.contains("value=\"9\""))
        }
    }

    @Test func whatIsWrongComesBackWithAllThatWasTypedAndIsKeptAsADraft() async throws {
        try await browse { browser, _ in
            let wrong = try await browser.submit(
                Self.new + Self.place, action: Self.new, ["v.key": "w", "v.value": "x1", "v.note": "giữ lại"])
            #expect(wrong.status == 422 && wrong.html.contains("x1") && wrong.html.contains("giữ lại"))
            #expect(PageRules.violations(wrong) == [])
            let drafts = try await browser.get("/drafts")
            #expect(PageRules.violations(drafts) == [] && drafts.html.contains("href=\"/drafts/"))
            let again = try await browser.submit(wrong, action: Self.new, ["v.value": "2"])
            #expect(again.status == 303)
            #expect(try await !browser.get("/drafts").html.contains("href=\"/drafts/"))
        }
    }

    @Test func anEditOnWhatWasShownStandsBesideWhatAMachineWroteMeanwhile() async throws {
        try await browse { browser, ward in
            let word = try ward.shared()
            let edit = try await browser.get("/records/\(word)/edit")
            #expect(PageRules.violations(edit) == [])
            try ward.save(ward.a, [("value", .set(Self.decimal("4")))], to: word, by: "lan")
            try ward.sync(ward.a)
            let saved = try await browser.submit(edit, action: "/records/\(word)/edit", ["v.value": "7"])
            #expect(saved.status == 303)
            let view = try ward.show(ward.hub.store, word)
            #expect(view.conflicts == ["value"])
            #expect(Set((view.versions["value"] ?? []).map(\.value)) == [Self.decimal("4"), Self.decimal("7")])
            #expect(try await browser.get("/conflicts").html.contains("/conflicts/\(word)"))
            try ward.sync(ward.a, ward.b)
            for device in [ward.a, ward.b] { #expect(try ward.show(device.store, word).conflicts == ["value"]) }
        }
    }

    @Test func anEditAgainstOneThatAMachineHasNotSentIsACaseToo() async throws {
        try await browse { browser, ward in
            let word = try ward.shared()
            try ward.save(ward.a, [("value", .set(Self.decimal("4")))], to: word, by: "lan")
            _ = try await browser.submit("/records/\(word)/edit", ["v.value": "7", "v.note": "sửa ở trung tâm"])
            try ward.sync(ward.a, ward.b)
            for store in [ward.hub.store, ward.a.store, ward.b.store] {
                let view = try ward.show(store, word)
                #expect(view.conflicts == ["value"] && view.fields["note"] == .text("sửa ở trung tâm"))
                #expect(Set((view.versions["value"] ?? []).map(\.value)) == [Self.decimal("4"), Self.decimal("7")])
            }
        }
    }

    @Test func aRecordIsDeletedAndTakenBack() async throws {
        try await browse { browser, ward in
            let word = try ward.shared()
            let ask = try await browser.get("/records/\(word)/delete")
            #expect(PageRules.violations(ask) == [])
            _ = try await browser.submit(ask, action: "/records/\(word)/delete", ["reason": "nhập nhầm"])
            try ward.sync(ward.a)
            #expect(try ward.show(ward.a.store, word).deleted)
            _ = try await browser.submit("/records/\(word)/restore", [:])
            try ward.sync(ward.a)
            #expect(try !ward.show(ward.a.store, word).deleted)
        }
    }

    @Test func aDraftIsForNobodyElse() async throws {
        let ward = ward
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in
            let (viet, hoa, nobody) = (PageClient(client), PageClient(client), PageClient(client))
            _ = try await viet.submit("/sign-in", ["name": "viet", "password": "mật khẩu"])
            _ = try await hoa.submit("/sign-in", ["name": "hoa", "password": "mật khẩu"])
            let form = try await viet.get(Self.new + Self.place)
            let name = try #require(form.form(Self.new)?.first { $0.name == "saved" }?.value)
            let token = try #require(
                try await hoa.get(Self.new + Self.place).form(Self.new)?.first { $0.name == "token" }?.value)
            let kept = try await viet.submit(
                Self.new + Self.place, action: Self.new, to: "/drafts/\(name)", ["saved": name, "v.note": "bí mật"])
            #expect(kept.location == "/drafts/\(name)?done=draft-kept")
            #expect(try await viet.get("/drafts/\(name)").html.contains("bí mật"))
            #expect(try await hoa.get("/drafts/\(name)").status == 404)
            #expect(try await !hoa.get("/drafts").html.contains(name))
            for path in ["/drafts/\(name)", "/drafts/\(name)/discard"] {
                let taken = try await hoa.post(
                    path, [("token", token), ("saved", name), ("form", "reading"), ("v.note", "khác")])
                #expect(taken.status == 404)
            }
            #expect(try await nobody.get("/drafts/\(name)").location.hasPrefix("/sign-in"))
            #expect(try ward.hub.store.read { try $0.drafts(of: "viet").count } == 1)
            // Whose session ended, or whose hub was started anew, signs in and finds what was typed.
            let late = try await nobody.post(Self.new, [("saved", name), ("v.note", "bí mật")])
            #expect(late.location == "/sign-in?back=\("/drafts/\(name)".percentEncoded)")
        }
    }

    @Test func whoMayNotRecordIsOfferedNothingAndTurnedAway() async throws {
        try await browse(as: "son") { browser, ward in
            let word = try ward.shared()
            #expect(try await !browser.get("/records").html.contains("/records/new"))
            #expect(try await !browser.get("/records/\(word)").html.contains("/edit"))
            #expect(try await browser.get("/tasks").status == 200)
            for path in ["/records/new", "/tasks/new", Self.new + Self.place, "/records/\(word)/edit", "/drafts"] {
                #expect(try await browser.get(path).status == 403, "\(path)")
            }
        }
    }

    @Test func whatOnlyTheHubWritesIsNotOffered() async throws {
        try await browse { browser, ward in
            let choice = try await browser.get("/records/new")
            #expect(PageRules.violations(choice) == [] && choice.html.contains("value=\"reading\""))
            #expect(!choice.html.contains("value=\"@unit\""))
            for path in ["/forms/@unit/new", "/forms/@person/new"] {
                #expect(try await browser.get(path + Self.place).status == 403, "\(path)")
            }
            let people = try await browser.get(Self.new + "?unit=\(SpaceName.people(Ward.unit).percentEncoded)")
            #expect(people.status == 400)
            #expect(try await browser.get(Self.new + "?unit=nowhere").status == 400)
            // A way that says no unit asks for it first.
            #expect(try await browser.get(Self.new).location == "/records/new?form=reading")
            let unit = try ward.hub.store.read { store in
                try store.records(RecordFilter(form: BuiltInForm.unit.form), limit: 1)[0].word
            }
            #expect(try await browser.get("/records/\(unit)/edit").status == 403)
        }
    }

    @Test func aTableIsEnteredAtOnce() async throws {
        try await browse { browser, ward in
            let page = try await browser.get("/forms/reading/grid\(Self.place)&v.key=g1")
            #expect(PageRules.violations(page) == [])
            let saved = try await browser.submit(page, action: "/forms/reading/grid", ["r0.v.value": "5"])
            #expect(saved.status == 303 && saved.location.contains("unit=31120%2Fgeneral"), "\(saved.location)")
            try ward.sync(ward.a)
            let found = try ward.a.store.read { try $0.records(RecordFilter(form: "reading"), limit: 10) }
            #expect(found.map { $0.fields["value"] } == [Self.decimal("5")])
        }
    }
}
