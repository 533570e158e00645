import Agent
import Foundation
import Hub
import HubWeb
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Testing
import WebPages

/// The conflict desk and the page of refused work, as a browser without scripts meets them.
@Suite struct DeskPagesTests {
    private let ward: Ward

    init() throws {
        ward = try Ward()
        for (id, role) in [("viet", "hub_admin"), ("son", "auditor")] {
            try ward.hub.addPerson(id: id, name: "<i>\(id)</i>", role: role, unit: Ward.unit, password: "mật khẩu")
        }
    }

    private func browse(
        as person: String = "viet", _ body: @escaping @Sendable (PageClient, Ward) async throws -> Void
    ) async throws {
        let ward = ward
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in
            let browser = PageClient(client)
            browser.language = "en"
            _ = try await browser.submit("/sign-in", ["name": person, "password": "mật khẩu"])
            try await body(browser, ward)
        }
    }

    private static func pick(_ page: PageClient.Reply, _ number: Int) -> String {
        let picks = page.html.components(separatedBy: "name=\"pick.value\" value=\"").dropFirst().map {
            String($0.prefix { $0 != "\"" })
        }
        return picks[number]
    }

    @Test func aListIsChosenByWhatCasesAreAbout() async throws {
        try await browse { browser, ward in
            let word = try ward.conflict()
            for query in [
                "", "?kind=number", "?field=value", "?author=lan", "?cause=apart", "?form=reading&order=newest",
                "?unit=\(Ward.space.percentEncoded)",
            ] {
                let page = try await browser.get("/conflicts\(query)")
                #expect(page.html.contains("href=\"/conflicts/\(word)\""), "\(query)")
                #expect(PageRules.violations(page) == [], "\(query)")
            }
            for query in ["?kind=deletion", "?field=note", "?author=hoa", "?age=30", "?unit=nowhere", "?cause=alone"] {
                let page = try await browser.get("/conflicts\(query)")
                #expect(page.status == 200 && !page.html.contains("/conflicts/\(word)\""), "\(query)")
            }
            // What nobody can choose is not asked for, and shown as text.
            let odd = try await browser.get("/conflicts?kind=%3Cb%3E&age=x&unit=%3Cb%3Ebold")
            #expect(odd.status == 200 && !odd.html.contains("<b>bold"))
        }
    }

    @Test func everythingOfOneSideIsTakenAtOnceAndPreviewed() async throws {
        try await browse { browser, ward in
            let word = try ward.conflict()
            try ward.save(ward.a, [("key", .set(.text("z"))), ("value", .set(.decimal(DecimalNumber("10")!)))])
            try ward.sync(ward.a)
            let action = "/conflicts/\(word)"
            let page = try await browser.get(action)
            let second = try await browser.submit(
                page, action: action, ["all": Self.pick(page, 1), "reason": "sổ"])
            #expect(second.status == 200 && second.html.contains("value=\"\(Self.pick(page, 1))\" checked"))
            #expect(second.html.contains("sổ"))
            let nowhere = try await browser.submit(page, action: action, ["all": "7"])
            #expect(nowhere.status == 200 && !nowhere.html.contains("\" checked"))
            // What is shown until it is settled is one of the two; the other one is picked.
            let view = try ward.show(ward.hub.store, word)
            let other = try #require(view.versions["value"]?.first { $0.value != view.fields["value"] })
            let preview = try await browser.submit(
                page, action: action, ["pick.value": other.dotWord, "preview": "1"])
            let then = other.value.plainText
            #expect(preview.status == 200 && preview.html.contains("→ \(then)"))
            #expect(preview.html.contains("→ 1\(then)") && preview.html.contains("over 2 records"))
            #expect(PageRules.violations(preview) == [])
            let wrong = try await browser.submit(
                page, action: action, ["pick.value": "other", "x.v.value": "-5000", "preview": "1"])
            #expect(wrong.status == 422)
            #expect(try ward.show(ward.hub.store, word).conflicts == ["value"], "nothing was saved")
        }
    }

    @Test func aCaseShowsWhatEachSideHadNotSeenAndWhatMerged() async throws {
        try await browse { browser, ward in
            let word = try ward.shared()
            try ward.save(
                ward.a, [("value", .set(.decimal(DecimalNumber("4")!))), ("note", .set(.text("mưa")))], to: word,
                by: "lan")
            try ward.save(ward.b, [("value", .set(.decimal(DecimalNumber("6")!)))], to: word, by: "minh")
            try ward.sync(ward.a, ward.b)
            let page = try await browser.get("/conflicts/\(word)")
            #expect(page.html.contains("Had not seen: B") || page.html.contains("Had not seen: A"))
            #expect(page.html.contains("changed it.") && page.html.contains("mưa"))
            #expect(page.html.components(separatedBy: "<circle").count == 4)
            #expect(page.html.contains("had not seen"))
            #expect(PageRules.violations(page) == [])
        }
    }

    @Test func aQuestionAndAnotherLookAtADecision() async throws {
        try await browse { browser, ward in
            let word = try ward.conflict()
            let page = try await browser.get("/conflicts/\(word)")
            let asked = try await browser.submit(
                page, action: "/conflicts/\(word)/ask", ["question": "Số <b>nào</b>?"])
            #expect(asked.location == "/conflicts/\(word)?done=asked")
            let shown = try await browser.get(asked.location)
            #expect(shown.html.contains("Số &lt;b&gt;nào&lt;/b&gt;?") && shown.html.contains("No answer yet"))
            #expect(try await browser.get("/conflicts").html.contains("asked, 0 of 2 answered"))
            _ = try await browser.submit(
                page, action: "/conflicts/\(word)", ["pick.value": Self.pick(page, 0), "reason": "Sổ gốc"])
            for place in ["/conflicts/settled", "/records/\(word)"] {
                let page = try await browser.get(place)
                #expect(page.html.contains("Sổ gốc") && page.html.contains("instead of"), "\(place)")
                #expect(PageRules.violations(page) == [], "\(place)")
            }
            let file = try await browser.get("/conflicts/settled/file")
            #expect(file.html.contains("overruled_by") && file.html.contains("viet") && file.html.contains("Sổ gốc"))
            let record = try await browser.get("/records/\(word)")
            let reopened = try await browser.submit(
                record, action: "/conflicts/\(word)/reopen", ["reason": "Có biên bản"])
            #expect(reopened.location == "/conflicts/\(word)?done=reopened")
            #expect(try ward.show(ward.hub.store, word).conflicts == ["value"])
            let again = try await browser.submit(
                record, action: "/conflicts/\(word)/reopen", ["reason": "Có biên bản"])
            #expect(again.status != 303 || again.location.contains("reopened"))
        }
    }

    @Test func recordsAreFoundWithoutDiacritics() async throws {
        try await browse(as: "son") { browser, ward in
            let word = try ward.save(ward.a, [("key", .set(.text("Chợ <Cái Khế>"))), ("note", .set(.text("mưa to")))])
            _ = try ward.shared()
            try ward.sync(ward.a)
            for query in [
                "?find=cho+cai", "?find=mua", "?form=reading", "", "?unit=\(Ward.space.percentEncoded)&find=KHE",
            ] {
                let page = try await browser.get("/records\(query)")
                #expect(page.html.contains("/records/\(word)"), "\(query)")
                #expect(!page.html.contains("<Cái") && PageRules.violations(page) == [], "\(query)")
            }
            for query in ["?find=khong+co", "?form=visit", "?unit=nowhere", "?page=40"] {
                let page = try await browser.get("/records\(query)")
                #expect(page.status == 200 && !page.html.contains("/records/\(word)"), "\(query)")
            }
            // People and other records of the catalogue's own are none to look through here.
            #expect(try await browser.get("/records?form=@person").status >= 400)
        }
    }

    @Test func anAuditorMayLookAndNothingElse() async throws {
        try await browse(as: "son") { browser, ward in
            let word = try ward.conflict()
            let page = try await browser.get("/conflicts/\(word)")
            #expect(!page.html.contains("/ask\"") && !page.html.contains("name=\"all\""))
            for (path, values) in [
                ("/conflicts/\(word)", ["pick.value": "x", "reason": "x"]),
                ("/conflicts/\(word)/ask", ["question": "?"]),
                ("/conflicts/\(word)/reopen", ["resolution": "x", "reason": "x"]),
                ("/refused/x", ["outcome": "accept"]),
            ] {
                let token = page.html.components(separatedBy: "name=\"token\" value=\"").last.map {
                    String($0.prefix { $0 != "\"" })
                }
                let reply = try await browser.post(path, values.map { ($0.key, $0.value) } + [("token", token ?? "")])
                #expect(reply.status == 403, "\(path) \(reply.status)")
            }
            #expect(try ward.show(ward.hub.store, word).conflicts == ["value"])
            let view = try ward.show(ward.hub.store, word)
            #expect(try ward.hub.store.read { try $0.questions(about: view) }.isEmpty)
        }
    }

    @Test func refusedWorkIsAcceptedOrPutAsideWithAReason() async throws {
        try await browse { browser, ward in
            try ward.hub.disablePerson("lan")
            for note in ["một <b>", "hai"] {
                try ward.save(ward.a, [("key", .set(.text(note))), ("note", .set(.text(note)))], by: "lan")
            }
            try ward.sync(ward.a)
            let page = try await browser.get("/refused")
            #expect(page.html.contains("Changes: 2") && page.html.contains("person.disabled"))
            #expect(page.html.contains("một &lt;b&gt;") && PageRules.violations(page) == [])
            #expect(try await browser.get("/refused?code=rights.role").html.contains("Nothing is refused"))
            let works = try ward.hub.store.read { try $0.refusedWork(limit: 10) }.map(\.dotWord)
            let noReason = try await browser.submit(
                page, action: "/refused/\(works[0])", ["outcome": "dismiss", "reason": "  "])
            #expect(noReason.status == 422 || noReason.status == 400)
            let dismissed = try await browser.submit(
                page, action: "/refused/\(works[0])", ["outcome": "dismiss", "reason": "Trùng"])
            #expect(dismissed.location == "/refused?done=work-dismissed")
            let accepted = try await browser.submit(page, action: "/refused/\(works[1])", ["outcome": "accept"])
            #expect(accepted.location == "/refused?done=work-accepted")
            #expect(try await browser.get("/refused").html.contains("Changes: 0"))
            try ward.sync(ward.a)
            #expect(try ward.a.store.read { try $0.ownCounts().refused } == 0)
            // Twice is once.
            let twice = try await browser.submit(page, action: "/refused/\(works[1])", ["outcome": "accept"])
            #expect(twice.status != 303)
        }
    }
}
