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

private typealias Photo = Records.Attachment

/// Photos that people attach at the hub, and what was signed and is not changed there.
@Suite struct EntryPhotoTests {
    private static let photo = [0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 7, count: 40_000)
    private static let place = "?unit=\(Ward.space.percentEncoded)"

    private static func browse(
        _ ward: Ward, _ body: @escaping @Sendable (PageClient, PageClient) async throws -> Void
    ) async throws {
        for id in ["viet", "hoa"] {
            try ward.hub.addPerson(id: id, name: id, role: "hub_admin", unit: Ward.unit, password: "mật khẩu")
        }
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in
            let (viet, hoa) = (PageClient(client), PageClient(client))
            _ = try await viet.submit("/sign-in", ["name": "viet", "password": "mật khẩu"])
            _ = try await hoa.submit("/sign-in", ["name": "hoa", "password": "mật khẩu"])
            try await body(viet, hoa)
        }
    }

    private static func upload(_ browser: PageClient, _ bytes: [UInt8], token: String?) async throws -> PageClient.Reply
    {
        var headers: HTTPFields = [.contentType: "image/jpeg"]
        if let token, let name = HTTPField.Name("X-Token") { headers[name] = token }
        return try await browser.upload("/attachments", bytes, headers)
    }

    @Test func aPhotoThatIsAttachedAtTheHubIsFetchedByTheUnit() async throws {
        let ward = try Ward()
        try await Self.browse(ward) { viet, hoa in
            let action = "/forms/visit/new"
            let form = try await viet.get(action + Self.place)
            #expect(PageRules.violations(form) == [])
            let token = try #require(form.form(action)?.first { $0.name == "token" }?.value)
            for wrong in [nil, String(repeating: "0", count: 32)] {
                let refused = try await Self.upload(viet, Self.photo, token: wrong)
                #expect(refused.status == 422, "\(refused.status) \(refused.html)")
            }
            let answer = try await Self.upload(viet, Self.photo, token: token)
            let json = try #require(try JSONSerialization.jsonObject(with: Data(answer.bytes)) as? [String: Any])
            let word = try #require(json["word"] as? String)
            let listed = Photo(word: word)
            let attachment = try #require(listed)
            // Who knows its hash and did not bring it gets nothing by listing it.
            let stolen = try await hoa.submit(action + Self.place, action: action, ["v.place": "x", "v.photos": word])
            #expect(stolen.status == 422)
            let saved = try await viet.submit(form, action: action, ["v.place": "Chợ", "v.photos": word])
            #expect(saved.status == 303)
            try ward.sync(ward.a)
            try ward.a.fetchAttachment(attachment.hash, over: ward.line)
            #expect(try ward.a.blobs.byteCount(of: attachment.hash) == Self.photo.count)
        }
        #expect(try ward.hub.store.verify() == [])
    }

    @Test func whatWasSignedIsNotChangedAtTheHub() async throws {
        let ward = try Ward.inspections()
        try await Self.browse(ward) { viet, _ in
            let visit = try ward.inspect(ward.a)
            try ward.sync(ward.a)
            let edit = try await viet.get("/records/\(visit)/edit")
            try ward.sign(visit, on: ward.a)
            try ward.sync(ward.a)
            let count = try ward.changes(ward.hub.store, visit).count
            let refused = try await viet.submit(
                edit, action: "/records/\(visit)/edit", ["v.address": "12 Trần Phú"])
            #expect(
                refused.status == 422 && refused.html.contains("It was signed") && refused.html.contains("12 Trần Phú"))
            #expect(try ward.changes(ward.hub.store, visit).count == count)
            #expect(try await !viet.get("/records/\(visit)").html.contains("/records/\(visit)/edit"))
        }
    }
}
