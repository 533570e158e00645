import Agent
import Causality
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

/// Papers are checked by whoever holds them; inspections and photos are for those who signed in.
@Suite struct PaperTests {
    private let ward: Ward

    init() throws {
        ward = try Ward.inspections()
        try ward.hub.addPerson(id: "viet", name: "Việt", role: "hub_admin", unit: Ward.unit, password: "mật khẩu")
    }

    private func browse(_ body: @escaping @Sendable (PageClient, Ward) async throws -> Void) async throws {
        let ward = ward
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in try await body(PageClient(client), ward) }
    }

    @Test func aPaperIsCheckedWithoutSigningIn() async throws {
        try await browse { browser, ward in
            let visit = try ward.inspect(ward.a, "Quán của bà Tư")
            let record = try ward.sign(visit, on: ward.a, number: "<12>/BB")
            let hash = try ward.a.store.read { try $0.sealCommitment(of: $0.view(ofRow: $0.locate(record).row)) }.hex
            let path = "/paper/\(record)/\(hash)"
            let unknown = try await browser.get(path)
            #expect(unknown.html.contains("Not as it was signed") && PageRules.violations(unknown) == [])
            try ward.sync(ward.a)
            let green = try await browser.get(path)
            #expect(green.html.contains("As it was signed") && green.html.contains("&lt;12&gt;/BB"))
            #expect(PageRules.violations(green) == [] && !green.html.contains("bà Tư"))
            let forged = try await browser.get("/paper/\(record)/\(String(repeating: "0", count: 64))")
            #expect(forged.html.contains("What the paper says is not what was signed"))
            #expect(!forged.html.contains("&lt;12&gt;"), "who holds no paper reads nothing of it")
            for wrong in ["/paper/x/y", "/paper/\(record)/\(hash)0", "/paper/\(record)/"] {
                #expect(try await browser.get(wrong).status == 404, "\(wrong)")
            }
        }
    }

    @Test func inspectionsAndPhotosAreForThoseWhoSignedIn() async throws {
        try await browse { browser, ward in
            let photo: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + (0..<500).map { UInt8(truncatingIfNeeded: $0 * 7) }
            let intake = try ward.a.attachmentIntake()
            try intake.add(photo)
            let attachment = try ward.a.finish(intake)
            let visit = try ward.inspect(ward.a, "Quán <Tư>")
            try ward.save(ward.a, [("i04_photos", .add(attachment.word))], to: visit)
            try ward.find("Cửa <khóa>", in: visit, on: ward.a)
            try ward.sync(ward.a)
            let paths = [
                "/inspections", "/inspections?severity=critical&form=kt_pccc&unit=\(Ward.unit)&status=under-way",
                "/records/\(visit)", "/records/\(visit)/paper",
            ]
            for path in paths + ["/attachments/\(attachment.name)"] {
                #expect(try await browser.get(path).location.hasPrefix("/sign-in?back="), "\(path)")
            }
            _ = try await browser.submit("/sign-in", ["name": "viet", "password": "mật khẩu"])
            for path in paths {
                let page = try await browser.get(path)
                #expect(page.status == 200 && page.html.contains("Quán &lt;Tư&gt;"), "\(path)")
                #expect(PageRules.violations(page) == [], "\(path)")
            }
            let none = try await browser.get("/inspections?severity=minor")
            #expect(!none.html.contains("Quán"))
            let shown = try await browser.get("/attachments/\(attachment.name)")
            #expect(shown.bytes == photo && shown.headers[.contentType] == "image/jpeg")
            #expect(try await browser.get("/attachments/\(String(repeating: "0", count: 64))").status == 404)
        }
    }
}
