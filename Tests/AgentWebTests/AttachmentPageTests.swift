import Agent
import AgentWeb
import Causality
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import HummingbirdTesting
import NIOCore
import PageTesting
import RecordStore
import Records
import Testing
import WebPages

private typealias Photo = Records.Attachment

/// Photos that come in by a browser, and are shown by one.
@Suite struct AttachmentPageTests {
    private let ward: Ward

    init() throws { ward = try Ward() }

    private static let photo = [0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 7, count: 40_000)

    private func browse(_ device: AgentDevice, _ body: @escaping @Sendable (PageClient) async throws -> Void)
        async throws
    {
        let ward = ward
        let sync = BackgroundSync(device: device, isAutomatic: false) { _ in ward.line }
        let application = Application(router: try AgentServer(device: device, sync: sync).router())
        try await application.test(.router) { client in try await body(PageClient(client)) }
    }

    private static func upload(_ browser: PageClient, _ bytes: [UInt8], token: String?) async throws -> PageClient.Reply
    {
        var headers: HTTPFields = [.contentType: "image/jpeg"]
        if let token, let name = HTTPField.Name("X-Token") { headers[name] = token }
        return try await browser.upload("/attachments", bytes, headers)
    }

    private static func word(_ reply: PageClient.Reply) throws -> String {
        let answer = try #require(try JSONSerialization.jsonObject(with: Data(reply.bytes)) as? [String: Any])
        return try #require(answer["word"] as? String)
    }

    private static func token(_ page: PageClient.Reply) throws -> String {
        try #require(page.form("/forms/visit/new")?.first { $0.name == "token" }?.value)
    }

    /// The first address on the page that begins with `start`.
    private static func address(_ start: String, _ page: PageClient.Reply) throws -> String {
        let parts = try #require(page.html.range(of: "\"" + start))
        return String(page.html[page.html.index(after: parts.lowerBound)...].prefix { $0 != "\"" })
    }

    @Test func aPhotoIsStoredListedShownAndFetchedElsewhere() async throws {
        let ward = ward
        try await browse(ward.a) { browser in
            let form = try await browser.get("/forms/visit/new")
            #expect(PageRules.violations(form) == [])
            #expect(form.html.contains("type=\"file\"") && form.html.contains("accept=\"image/jpeg,image/png\""))
            let answer = try await Self.upload(browser, Self.photo, token: try Self.token(form))
            #expect(answer.status == 200)
            let word = try Self.word(answer)
            let listed = Photo(word: word)
            let attachment = try #require(listed)
            let saved = try await browser.submit(
                form, action: "/forms/visit/new", ["v.place": "Chợ", "v.photos": word])
            #expect(saved.status == 303)
            let record = try await browser.get(saved.location)
            #expect(PageRules.violations(record) == [])
            #expect(record.html.contains("<img src=\"/attachments/\(attachment.hash.hex)\""))
            let image = try await browser.get("/attachments/\(attachment.hash.hex)")
            #expect(image.bytes == Self.photo && image.headers[.contentType] == "image/jpeg")
            #expect(image.headers[.xContentTypeOptions] == "nosniff")
            // Kept as it was: nothing of it is written again.
            let path = saved.location.prefix { $0 != "?" } + "/edit"
            let edit = try await browser.get(String(path))
            #expect(PageRules.violations(edit) == [])
            #expect(edit.html.contains("value=\"\(word)\" checked"))
            let unchanged = try await browser.submit(edit, action: String(path), ["v.photos": word])
            #expect(unchanged.location.hasSuffix("done=unchanged"))
        }
        try ward.sync(ward.a, ward.b)
        try await browse(ward.b) { browser in
            let list = try await browser.get("/forms/visit")
            let path = try Self.address("/records/", list)
            let record = try await browser.get(path)
            #expect(PageRules.violations(record) == [])
            #expect(!record.html.contains("<img src=\"/attachments/"))
            let back = try await browser.submit(record, action: try Self.address("/attachments/", record), [:])
            #expect(back.status == 303 && back.location == path + "?done=fetched")
            #expect(try await browser.get(path).html.contains("<img src=\"/attachments/"))
        }
    }

    @Test func whatIsNoPhotoAndWhoHasNoTokenIsRefused() async throws {
        let ward = ward
        try await browse(ward.a) { browser in
            let form = try await browser.get("/forms/visit/new")
            let token = try Self.token(form)
            for (bytes, token, words) in [
                (Self.photo, nil, " "), (Self.photo, String(repeating: "0", count: 32), " "),
                (Array("<html><script>alert(1)</script>".utf8), token, "no JPEG or PNG"), ([], token, "empty"),
                ([UInt8](repeating: 0xFF, count: 3), token, "no JPEG or PNG"),
            ] as [([UInt8], String?, String)] {
                let answer = try await Self.upload(browser, bytes, token: token)
                #expect(answer.status == 422 && answer.html.contains(words), "\(answer.html)")
            }
            #expect(try ward.a.blobs.all() == [])
            // A form cannot list what is not here.
            let ghost = String(repeating: "a", count: 64) + ".100.jpg"
            let refused = try await browser.submit(
                form, action: "/forms/visit/new", ["v.place": "Chợ", "v.photos": ghost])
            #expect(refused.status == 422 && refused.html.contains("not here yet"))
            for path in ["../../phusa.db", "x", String(repeating: "a", count: 64), "%2e%2e%2f"] {
                #expect(try await browser.get("/attachments/\(path)").status == 404, "\(path)")
            }
        }
    }
}
