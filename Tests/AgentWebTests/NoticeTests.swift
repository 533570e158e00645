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

/// Whose value was not kept is told so, and may object.
@Suite struct NoticeTests {
    private let ward: Ward

    init() throws { ward = try Ward() }

    private func browse(
        _ device: AgentDevice, _ body: @escaping @Sendable (PageClient, Ward) async throws -> Void
    ) async throws {
        let ward = ward
        let sync = BackgroundSync(device: device) { _ in ward.line }
        let application = Application(router: try AgentServer(device: device, sync: sync).router())
        try await application.test(.router) { client in try await body(PageClient(client), ward) }
    }

    /// Lan's 4 and Minh's 6, settled as 6.
    private func settled() throws -> String {
        let word = try ward.conflict()
        let view = try ward.show(ward.hub.store, word)
        let six = try #require(view.versions["value"]?.first { $0.value == .decimal(DecimalNumber("6")!) })
        _ = try ward.hub.settle(word, ["value": .pick(six.dotWord)], reason: "Sổ <b>ghi</b> 6", author: "admin")
        try ward.sync(ward.a, ward.b)
        return word
    }

    @Test func theAuthorIsToldAndAccepts() async throws {
        _ = try settled()
        try await browse(ward.a) { browser, _ in
            _ = try await browser.submit("/", action: "/person", ["person": "lan"])
            #expect(try await browser.get("/").html.contains("/notices"))
            let page = try await browser.get("/notices")
            #expect(page.html.contains(">4<") && page.html.contains("Sổ &lt;b&gt;ghi&lt;/b&gt; 6"))
            #expect(PageRules.violations(page) == [])
            let action = try #require(page.html.components(separatedBy: "action=\"/notices/").dropFirst().first)
            let name = String(action.prefix { $0 != "/" })
            _ = try await browser.submit(page, action: "/notices/\(name)/accept", [:])
            #expect(try await browser.get("/notices").html.contains("There is nothing to tell."))
        }
    }

    @Test func aQuestionOfTheHubIsAnsweredHere() async throws {
        let word = try ward.conflict()
        _ = try ward.hub.ask(word, "Số <b>nào</b>?", author: "")
        try ward.sync(ward.a)
        try await browse(ward.a) { browser, ward in
            _ = try await browser.submit("/", action: "/person", ["person": "lan"])
            #expect(try await browser.get("/").html.contains("The hub asks you"))
            let page = try await browser.get("/notices")
            #expect(page.html.contains("Số &lt;b&gt;nào&lt;/b&gt;?") && page.html.contains("/records/\(word)"))
            #expect(PageRules.violations(page) == [])
            let action = try #require(
                page.html.components(separatedBy: "action=\"/notices/questions/").dropFirst().first)
            let path = "/notices/questions/" + action.prefix { $0 != "\"" }
            #expect(try await browser.submit(page, action: path, ["answer": "  "]).status == 422)
            let reply = try await browser.submit(page, action: path, ["answer": "Bốn"])
            #expect(reply.location == "/notices?done=answered")
            // A second click, or a question that is none, says nothing more.
            _ = try await browser.submit(page, action: path, ["answer": "Năm"])
            #expect(try await browser.get("/notices").html.contains("There is nothing to tell."))
            try ward.sync(ward.a)
            let view = try ward.show(ward.hub.store, word)
            let answers = try ward.hub.store.read { try $0.questions(about: view) }.flatMap(\.answers)
            #expect(answers.map(\.text) == ["Bốn"] && answers.map(\.person) == ["lan"])
        }
        try ward.sync(ward.b)
        try await browse(ward.b) { browser, _ in
            _ = try await browser.submit("/", action: "/person", ["person": "hoa"])
            #expect(try await browser.get("/notices").html.contains("There is nothing to tell."))
        }
    }

    @Test func nobodyElseIsTold() async throws {
        _ = try settled()
        try await browse(ward.b) { browser, _ in
            _ = try await browser.submit("/", action: "/person", ["person": "minh"])
            #expect(try await browser.get("/notices").html.contains("There is nothing to tell."))
        }
    }

    @Test func anObjectionOpensTheCaseAgain() async throws {
        let word = try settled()
        #expect(try ward.show(ward.hub.store, word).conflicts == [])
        try await browse(ward.a) { browser, ward in
            _ = try await browser.submit("/", action: "/person", ["person": "lan"])
            let page = try await browser.get("/notices")
            let action = try #require(page.html.components(separatedBy: "action=\"/notices/").dropFirst().first)
            let name = String(action.prefix { $0 != "/" })
            let empty = try await browser.submit(page, action: "/notices/\(name)/object", ["reason": " "])
            #expect(empty.status == 422)
            let objected = try await browser.submit(page, action: "/notices/\(name)/object", ["reason": "Đếm lại là 4"])
            #expect(objected.location == "/records/\(word)?done=objected")
            // Sent twice it is said once.
            _ = try await browser.submit(page, action: "/notices/\(name)/object", ["reason": "Đếm lại là 4"])
            try ward.sync(ward.a)
            #expect(try ward.show(ward.hub.store, word).conflicts == ["value"])
            let changes = try ward.changes(ward.hub.store, word).filter { $0.author == "lan" }
            #expect(changes.count == 3)
            #expect(try await browser.get("/notices").html.contains("There is nothing to tell."))
        }
    }
}
