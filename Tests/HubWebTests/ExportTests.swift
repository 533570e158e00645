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

/// Tables that are taken home from the hub's page of records.
@Suite struct ExportTests {
    private let ward: Ward

    init() throws {
        ward = try Ward()
        for (id, role) in [("viet", "hub_admin"), ("son", "auditor")] {
            try ward.hub.addPerson(id: id, name: id, role: role, unit: Ward.unit, password: "mật khẩu")
        }
    }

    private func fill(_ count: Int) throws {
        for start in stride(from: 0, to: count, by: 100) {
            _ = try ward.hub.capture(
                (start..<min(start + 100, count)).map { number in
                    Draft(
                        .new(form: "reading", space: Ward.space),
                        edits: [
                            ("key", .set(.text("k\(number)"))), ("value", .set(.decimal(DecimalNumber("1.5")!))),
                            ("note", .set(.text(number == 0 ? "=1+1" : "Chợ nổi"))),
                        ])
                })
        }
    }

    private func browse(
        as person: String = "viet", _ body: @escaping @Sendable (PageClient, Ward) async throws -> Void
    ) async throws {
        let ward = ward
        let application = Application(router: HubServer(hub: ward.hub).router())
        try await application.test(.router) { client in
            let browser = PageClient(client)
            if !person.isEmpty { _ = try await browser.submit("/sign-in", ["name": person, "password": "mật khẩu"]) }
            try await body(browser, ward)
        }
    }

    @Test(arguments: ["viet", "son"]) func aListIsTakenHomeAsATable(_ person: String) async throws {
        try fill(3)
        try await browse(as: person) { browser, _ in
            let query = "form=reading&unit=\(Ward.space.percentEncoded)&"
            let list = try await browser.get("/records?\(query)")
            #expect(PageRules.violations(list) == [])
            for kind in ["csv", "excel", "jsonl"] {
                #expect(list.html.contains("/records/export?form=reading&amp;unit=31120%2Fgeneral&amp;as=\(kind)"))
            }
            let csv = try await browser.get("/records/export?\(query)as=csv")
            let today = try ward.hub.store.read { $0.today.iso }
            #expect(
                csv.headers[.contentDisposition] == "attachment; filename=\"phusa-reading-31120-\(today).csv\"")
            #expect(csv.html.hasPrefix("record,space,state,key,value") && csv.html.contains(",1.5,'=1+1,"))
            #expect(csv.html.split(separator: "\r\n").count == 4)
            let sheet = try await browser.get("/records/export?\(query)as=excel")
            #expect(Array(sheet.bytes.prefix(3)) == [0xEF, 0xBB, 0xBF] && sheet.html.contains(";1,5;"))
            let lines = try await browser.get("/records/export?\(query)as=jsonl")
            #expect(lines.html.split(separator: "\n").count == 3 && lines.html.contains("\"=1+1\""))
            let found = try await browser.get("/records/export?\(query)find=k1&as=csv")
            #expect(found.html.contains(",k1,") && !found.html.contains(",k2,"))
            for wrong in ["as=xml&form=reading", "as=csv", "as=csv&form=@person", "as=csv&form=none"] {
                #expect(try await browser.get("/records/export?\(wrong)").status == 404, "\(wrong)")
            }
            let people = try await browser.get(
                "/records/export?form=reading&unit=\(SpaceName.people(Ward.unit).percentEncoded)")
            #expect(people.status == 403)
        }
    }

    @Test func whoIsNotSignedInGetsNothing() async throws {
        try fill(1)
        try await browse(as: "") { browser, _ in
            let reply = try await browser.get("/records/export?form=reading")
            #expect(reply.status == 303 && reply.location.hasPrefix("/sign-in"))
        }
    }

    /// However many there are, a piece holds some of them only, and the next is not read before it was taken.
    @Test func manyRecordsGoOutInPieces() throws {
        try fill(2100)
        var (pieces, lines, largest) = (0, 0, 0)
        var records = try ward.hub.store.read { store in
            try ExportedRecords(
                RecordFilter(form: "reading"), of: store.latestForm("reading"), as: .csv, store, mayRead: { _ in true })
        }
        while let piece = try records.nextPiece(ward.hub.store) {
            pieces += 1
            lines += piece.count { $0 == 10 }
            largest = max(largest, piece.count)
        }
        #expect(lines == 2101 && pieces == 1 + (2100 + ExportedRecords.mostRecords - 1) / ExportedRecords.mostRecords)
        #expect(largest < 400 * ExportedRecords.mostRecords)
    }

    @Test func whatTheVisitorMayNotReadIsLeftOut() throws {
        try fill(3)
        var records = try ward.hub.store.read { store in
            try ExportedRecords(
                RecordFilter(form: "reading"), of: store.latestForm("reading"), as: .jsonLines, store,
                mayRead: { $0 != Ward.space })
        }
        var bytes: [UInt8] = []
        while let piece = try records.nextPiece(ward.hub.store) { bytes += piece }
        #expect(bytes == [])
    }
}
