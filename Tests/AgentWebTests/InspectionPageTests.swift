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

/// Inspections as a browser without scripts meets them.
@Suite struct InspectionPageTests {
    private let ward: Ward

    init() throws { ward = try Ward.inspections() }

    private func browse(_ body: @escaping @Sendable (PageClient, Ward) async throws -> Void) async throws {
        let ward = ward
        let sync = BackgroundSync(device: ward.a) { _ in ward.line }
        let application = Application(router: try AgentServer(device: ward.a, sync: sync).router())
        try await application.test(.router) { client in try await body(PageClient(client), ward) }
    }

    private static let signing = [
        "v.number": "12/BB-KT", "v.made_at": "2026-11-20T10:30", "v.made_in": "Chợ <b>", "v.manner": "man_hinh",
        "v.leader_name": "Nguyễn <i>Lan</i>", "v.leader_signature": Ward.drawing, "v.refused": "ky",
        "v.party_name": "Trần Thị Tư", "v.party_signature": Ward.drawing,
    ]

    @Test func nobodySignsWhatTheyWereNotShown() async throws {
        try await browse { browser, ward in
            let visit = try ward.inspect(ward.a)
            let path = "/forms/inspection_record/new"
            let page = try await browser.get("\(path)?v.sealed=\(visit)")
            #expect(page.html.contains("/records/\(visit)/paper") && PageRules.violations(page) == [])
            // Somebody's finding comes while the page is open.
            try ward.find("Cửa khóa", in: visit, on: ward.a)
            let refused = try await browser.submit(page, action: path, Self.signing)
            #expect(refused.status == 422 && refused.html.contains("The contents changed since this page was opened"))
            #expect(refused.html.contains("12/BB-KT") && !refused.html.contains(Ward.drawing))
            let unsigned = try await browser.submit(refused, action: path, [:])
            #expect(unsigned.status == 422, "a signature is under what was read")
            let signed = try await browser.submit(
                unsigned, action: path, ["v.leader_signature": Ward.drawing, "v.party_signature": Ward.drawing])
            #expect(signed.status == 303 && signed.location.hasSuffix("?done=saved"))
        }
    }

    @Test func whoDoesNotSignIsWitnessed() async throws {
        try await browse { browser, ward in
            let visit = try ward.inspect(ward.a)
            let path = "/forms/inspection_record/new"
            let page = try await browser.get("\(path)?v.sealed=\(visit)")
            var values = Self.signing
            values["v.refused"] = "tu_choi"
            values["v.party_name"] = ""
            values["v.party_signature"] = ""
            let missing = try await browser.submit(page, action: path, values)
            #expect(missing.status == 422 && missing.html.contains("Name of the witness"))
            values["v.refusal"] = "Không đồng ý với mục 06"
            values["v.witness_name"] = "Lê Văn Tám"
            values["v.witness_signature"] = "không phải chữ ký"
            let wrong = try await browser.submit(missing, action: path, values)
            #expect(wrong.status == 422 && wrong.html.contains("holds no signature"))
            values["v.witness_signature"] = Ward.drawing
            let signed = try await browser.submit(wrong, action: path, values)
            #expect(signed.status == 303)
            let word = signed.location.components(separatedBy: "?")[0].components(separatedBy: "/").last ?? ""
            let paper = try await browser.get("/records/\(word)/paper")
            #expect(paper.html.contains("Không ký: Không đồng ý với mục 06") && paper.html.contains("NGƯỜI CHỨNG KIẾN"))
        }
    }

    @Test func everyPageKeepsTheRulesAndThePaperIsVietnamese() async throws {
        try await browse { browser, ward in
            let facility = try ward.save(
                ward.a,
                [
                    ("facility", .set(.text("Quán <b>Tư</b>"))), ("address", .set(.text("1 & 2"))),
                    ("place", .set(.text("10.03, 105.78; <i>tự đặt</i>"))),
                ], form: "facility")
            let visit = try ward.inspect(ward.a, "Quán <b>Tư</b>")
            try ward.save(
                ward.a,
                [("facility_record", .set(.text(facility))), ("place", .set(.text("10.04, 105.79; \"x\"")))], to: visit)
            let finding = try ward.find("<script>alert(1)</script>", in: visit, on: ward.a)
            try ward.require("Mở <khóa>", of: finding, by: "2020-01-01", on: ward.a)
            for path in ["/records/\(visit)", "/records/\(visit)/paper", "/records/\(finding)"] {
                let page = try await browser.get(path)
                #expect(page.status == 200 && PageRules.violations(page) == [], "\(path)")
            }
            let record = try ward.sign(visit, on: ward.a, number: "<12>/BB")
            for language in ["vi", "en"] {
                browser.language = language
                for path in [
                    "/inspections", "/inspections?status=all", "/inspections?status=overdue", "/records/\(visit)",
                    "/records/\(record)", "/records/\(facility)", "/records/\(record)/paper",
                    "/forms/record_supplement/new?v.sealed=\(record)",
                    "/forms/kt_pccc/new?v.facility_record=\(facility)",
                ] {
                    let page = try await browser.get(path)
                    #expect(page.status == 200 && PageRules.violations(page) == [], "\(path)")
                    for raw in ["<b>Tư", "<script>alert", "<khóa>", "<12>", "<i>tự"] {
                        #expect(!page.html.contains(raw), "\(path) holds \(raw)")
                    }
                }
                let paper = try await browser.get("/records/\(record)/paper")
                #expect(
                    paper.html.contains("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
                        && paper.html.contains("BIÊN BẢN") == false)
                #expect(paper.html.contains("Biên bản kiểm tra") && paper.html.contains("ngày 20 tháng 11 năm 2026"))
            }
            let list = try await browser.get("/inspections")
            #expect(list.html.contains("remedy overdue"))
            let form = try await browser.get("/forms/kt_pccc/new?v.facility_record=\(facility)")
            #expect(form.html.contains("Quán &lt;b&gt;Tư&lt;/b&gt;") && form.html.contains("1 &amp; 2"))
            #expect(try await browser.get("/records/\(finding)/paper").status == 404)
        }
    }

    @Test func aSealedRecordOffersNoWayToChangeIt() async throws {
        try await browse { browser, ward in
            let visit = try ward.inspect(ward.a)
            let open = try await browser.get("/records/\(visit)")
            #expect(open.html.contains("/records/\(visit)/edit") && open.html.contains("/forms/finding/new?v.visit="))
            let edit = try await browser.get("/records/\(visit)/edit")
            let record = try ward.sign(visit, on: ward.a)
            let sealed = try await browser.get("/records/\(visit)")
            #expect(!sealed.html.contains("/edit\"") && !sealed.html.contains("/forms/finding/new"))
            #expect(sealed.html.contains("/forms/record_supplement/new?v.sealed=\(record)"))
            // The page was open: what was typed is told why, and stays.
            let late = try await browser.submit(edit, action: "/records/\(visit)/edit", ["v.i01": "khong_dat"])
            #expect(late.status == 422 && late.html.contains("It was signed: it can no longer be changed"))
            #expect(try ward.show(ward.a.store, visit).fields["i01"] == .text("dat"))
        }
    }

    @Test func whatAnOriginalSaysIsKeptApart() async throws {
        try await browse { browser, ward in
            let page = try await browser.get("/forms/kt_pccc/new")
            let token = page.form("/forms/kt_pccc/new")?.first { $0.name == "token" }?.value ?? ""
            let hash = String(repeating: "ab", count: 32)
            let nowhere = try await browser.upload(
                "/attachments/\(hash)/original", [1, 2, 3], [.init("X-Token")!: token, .init("X-Original")!: hash])
            #expect(nowhere.status == 422 && nowhere.html.contains("message"))
            let forged = try await browser.upload(
                "/attachments/\(hash)/original", [1, 2, 3], [.init("X-Token")!: "x", .init("X-Original")!: hash])
            #expect(forged.status == 422 && forged.html != nowhere.html)
        }
    }
}
