package import Agent
import Foundation
import Hub
package import RecordStore
import Records

/// Inspections in the ward of the tests, by the forms of the starting data.
extension Ward {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("fixtures/can-tho")

    package static func inspections() throws -> Ward {
        let ward = try Ward()
        let forms = try FixturesFolder(path: fixtures.path).forms.filter {
            $0.group != "indicators" && $0.group != "tasks"
        }
        for form in forms {
            _ = try ward.hub.capture([
                Draft(
                    .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                    edits: [
                        ("form", .set(.text(form.form))), ("version", .set(.integer(Int64(form.version)))),
                        ("definition", .set(.text(String(decoding: form.canonicalJSON, as: UTF8.self)))),
                    ])
            ])
        }
        try ward.sync(ward.a, ward.b)
        return ward
    }

    package static let drawing = "100,200 400,180 700,240;300,100 320,300"

    /// A fire safety inspection with two answers.
    @discardableResult
    package func inspect(_ device: AgentDevice, _ facility: String = "Chợ Cái Khế") throws -> String {
        try save(
            device,
            [
                ("facility", .set(.text(facility))), ("inspected_on", .set(.date(CalendarDate(iso: "2026-11-20")!))),
                ("i01", .set(.text("dat"))), ("i06", .set(.text("khong_dat"))),
            ], form: "kt_pccc")
    }

    @discardableResult
    package func find(_ what: String, in visit: String, on device: AgentDevice) throws -> String {
        try save(
            device,
            [("what", .set(.text(what))), ("severity", .set(.text("critical"))), ("visit", .set(.text(visit)))],
            form: "finding")
    }

    @discardableResult
    package func require(_ what: String, of finding: String, by due: String, on device: AgentDevice) throws -> String {
        try save(
            device,
            [
                ("what", .set(.text(what))), ("owner", .set(.text("Bà Tư"))),
                ("due", .set(.date(CalendarDate(iso: due)!))), ("finding", .set(.text(finding))),
            ], form: "recommendation")
    }

    /// What the two sides write on a record of an inspection, both signing on the screen.
    package static func signing(_ visit: String, number: String = "12/BB-KT") -> [(String, Draft.Edit)] {
        [
            ("number", .set(.text(number))), ("made_at", .set(.moment(Moment(iso: "2026-11-20T10:30:00+07:00")!))),
            ("made_in", .set(.text("Chợ Cái Khế"))), ("manner", .set(.text("man_hinh"))),
            ("leader_name", .set(.text("Nguyễn Lan"))), ("leader_signature", .set(.text(drawing))),
            ("refused", .set(.text("ky"))), ("party_name", .set(.text("Trần Thị Tư"))),
            ("party_signature", .set(.text(drawing))), ("sealed", .set(.text(visit))),
        ]
    }

    @discardableResult
    package func sign(_ visit: String, on device: AgentDevice, number: String = "12/BB-KT") throws -> String {
        try save(device, Self.signing(visit, number: number), form: "inspection_record")
    }

    @discardableResult
    package func supplement(_ record: String, on device: AgentDevice) throws -> String {
        try save(
            device,
            [
                ("number", .set(.text("12a/BB-KT"))), ("what", .set(.text("Mục 06: cửa đã mở"))),
                ("why", .set(.text("Ghi nhầm"))), ("made_in", .set(.text("Chợ"))),
                ("made_at", .set(.moment(Moment(iso: "2026-11-21T08:00:00+07:00")!))),
                ("manner", .set(.text("man_hinh"))), ("leader_name", .set(.text("Nguyễn Lan"))),
                ("leader_signature", .set(.text(Self.drawing))), ("sealed", .set(.text(record))),
            ], form: "record_supplement")
    }
}
