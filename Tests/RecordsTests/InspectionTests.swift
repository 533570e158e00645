import Records
import Testing

@Suite struct InspectionTests {
    @Test func aSignatureIsStrokesOnASheet() throws {
        let drawing = try #require(Signature("0,0 1000,400;5,6"))
        #expect(drawing.strokes.count == 2 && drawing.path == "M0 0L1000 400M5 6L5 6")
        for wrong in [
            "", ";", "1,1", "1,1;2,2", "1,1 1,1", "1001,0 2,2", "0,401 2,2", "-1,0 2,2", "1,2,3 4,5", "1 2", "a,b c,d",
            "1,1  2,2", "1,1 2,2;", "00001,1 2,2", "<svg>",
            String(repeating: "1,1 2,2;", count: 3000) + "1,1 2,2",
        ] {
            #expect(Signature(wrong) == nil, "\(wrong.prefix(40))")
        }
    }

    @Test func aPlaceIsMeasuredOrExplained() throws {
        let measured = try #require(Place("10.04521, 105.7469 ±12 m"))
        #expect(measured.accuracy == 12 && measured.isExplained && measured.longitude == 105.7469)
        let set = try #require(Place("10.04521,105.7469; máy không có định vị; hỏi chủ cơ sở"))
        #expect(set.accuracy == nil && set.note == "máy không có định vị; hỏi chủ cơ sở" && set.isExplained)
        #expect(Place("10, 105")?.isExplained == false && Place("10, 105;  ")?.isExplained == false)
        for wrong in [
            "", "10", "91, 0", "0, 181", "10; 105", "1e3, 2", "nan, nan", "10, 105 ±", "10, 105 ±x m", "10, 1.2.3",
        ] {
            #expect(Place(wrong) == nil, "\(wrong)")
        }
        let near = try #require(Place("10.04521, 105.7479"))
        #expect((100...120).contains(Int(measured.distance(to: near))))
    }

    @Test(arguments: [
        ("Quán ăn Bến Ninh Kiều", "QUAN AN BEN NINH KIEU", true), ("Quán Bến Ninh Kiều", "Quán ăn Bến Ninh Kiều", true),
        ("Chợ", "Chợ Cái Khế", false), ("Chợ Cái Khế", "Chợ Cái Răng", false), ("Chợ", "chợ", true), ("", "", false),
    ]) func facilitiesAreAlikeByName(a: String, b: String, isAlike: Bool) {
        #expect(FacilityLikeness.of((a, "", ""), (b, "", "")) == (isAlike ? [.name] : []))
    }

    @Test func facilitiesAreAlikeByAddressAndPlace() {
        let here = "10.04521, 105.7469 ±5 m"
        #expect(FacilityLikeness.of(("A", "38 Hai Bà Trưng", ""), ("B", "38, hai ba trung", "")) == [.address])
        #expect(FacilityLikeness.of(("A", "Hai Bà Trưng", ""), ("B", "Hai Bà Trưng", "")) == [])
        #expect(FacilityLikeness.of(("A", "", here), ("B", "", "10.04521, 105.7471; tự đặt")) == [.near(22)])
        #expect(FacilityLikeness.of(("A", "", here), ("B", "", "10.05, 105.75; tự đặt")) == [])
        #expect(FacilityLikeness.of(("A", "", here), ("B", "", "không rõ")) == [])
    }

    private static let answers = ["dat", "khong_dat", "khong_ap_dung", "khong_kiem_tra_duoc"]

    private static func item(_ name: String, _ severity: String?) -> FieldDefinition {
        var field = FieldDefinition(
            name: name, type: .selectOne, label: Label(vi: name, en: name),
            choices: answers.map { Choice(name: $0, label: Label(vi: $0, en: $0)) })
        field.severity = severity
        return field
    }

    @Test func aScoreCountsOnlyWhatCouldBeJudged() throws {
        let form = FormDefinition(
            form: "kt", version: 1, title: Label(vi: "", en: ""), group: "inspections", writers: .unit,
            fields: [
                Self.item("a", "minor"), Self.item("b", "major"), Self.item("c", "critical"), Self.item("d", nil),
                FieldDefinition(name: "n", type: .decimal, label: Label(vi: "", en: "")),
            ])
        let all = try #require(
            InspectionScore(form, ["a": .text("dat"), "b": .text("dat"), "c": .text("khong_dat"), "n": .integer(1)]))
        #expect((all.passed, all.failed, all.unanswered, all.failedCritical) == (2, 1, 1, 1))
        #expect(all.thousandths == 429)
        let none = try #require(
            InspectionScore(form, ["a": .text("khong_ap_dung"), "b": .text("khong_kiem_tra_duoc")]))
        #expect(none.thousandths == nil && none.isStarted && none.notApplicable == 1 && none.couldNotCheck == 1)
        var plain = form
        plain.fields.removeAll { InspectionScore.isItem($0) }
        #expect(InspectionScore(plain, [:]) == nil)
    }

    private static func day(_ text: String) -> CalendarDate { CalendarDate(iso: text)! }

    @Test(arguments: [
        (InspectionFacts(isStarted: false, isEnded: false), InspectionStatus.draft),
        (InspectionFacts(isStarted: true, isEnded: false), .underWay),
        (InspectionFacts(isStarted: true, isEnded: true), .awaitingSignature),
        (InspectionFacts(isStarted: true, isEnded: true, seal: .waiting), .signed),
        (InspectionFacts(isStarted: true, isEnded: false, seal: .received), .closed),
        (InspectionFacts(isStarted: true, isEnded: true, seal: .received, loose: 1), .submitted),
        (InspectionFacts(isStarted: true, isEnded: true, isTransferred: true, seal: .received), .transferred),
        (InspectionFacts(isStarted: true, isEnded: true, isTransferred: true), .awaitingSignature),
        (facts([.init(due: day("2026-11-19"))]), .overdue), (facts([.init(due: day("2026-11-20"))]), .remediating),
        (facts([.init(due: day("2026-11-19"))], .waiting), .overdue),
        (facts([.init(due: day("2026-11-19"), doneOn: [day("2026-11-19")])]), .remediated),
        (facts([.init(due: nil, doneOn: []), .init(due: nil, doneOn: [day("2026-11-01")])]), .remediating),
        (facts([.init(due: day("2026-11-19"), looks: [(day("2026-11-18"), true)])]), .closed),
        (
            facts([
                .init(due: day("2026-11-19"), doneOn: [day("2026-11-10")], looks: [(day("2026-11-12"), false)])
            ]), .overdue
        ),
        (
            facts([
                .init(due: day("2026-11-19"), doneOn: [day("2026-11-13")], looks: [(day("2026-11-12"), false)])
            ]), .remediated
        ),
        (facts([.init(due: day("2026-11-19"), doneOn: [day("2062-11-19")])]), .overdue),
        (
            InspectionFacts(
                isStarted: true, isEnded: true, seal: .received,
                requirements: [.init(due: nil, looks: [(day("2026-11-13"), true)])], loose: 1), .submitted
        ),
        (
            facts([
                .init(due: nil, looks: [(day("2026-11-13"), true), (day("2026-11-12"), false)])
            ]), .closed
        ),
    ])
    func aStatusFollowsFromWhatWasRecorded(_ facts: InspectionFacts, _ status: InspectionStatus) {
        #expect(facts.status(today: Self.day("2026-11-20")) == status)
    }

    private static func facts(
        _ requirements: [InspectionFacts.Requirement], _ seal: InspectionFacts.Seal = .received
    ) -> InspectionFacts {
        InspectionFacts(isStarted: true, isEnded: true, seal: seal, requirements: requirements)
    }

    @Test func whatASealIsToBeIsChecked() throws {
        func form(_ change: (inout FormDefinition) -> Void) throws -> FormDefinition {
            var sealed = FieldDefinition(
                name: SealedContent.target, type: .text, label: Label(vi: "", en: ""), required: true)
            sealed.parent = "group:inspections"
            let content = FieldDefinition(name: SealedContent.field, type: .text, label: Label(vi: "", en: ""))
            var form = FormDefinition(
                form: "seal", version: 1, title: Label(vi: "", en: ""), group: "g", writers: .unit,
                fields: [sealed, content])
            form.seals = true
            change(&form)
            return try FormDefinition(json: form.canonicalJSON)
        }
        #expect(try form { _ in }.isSeal)
        for wrong: (inout FormDefinition) -> Void in [
            { $0.fields[0].parent = nil }, { $0.fields[0].required = false }, { $0.fields.removeLast() },
            { $0.fields[1].required = true }, { $0.fields[0].parent = "group:" }, { $0.fields[0].parent = "group:A b" },
            {
                $0.fields[1].appearance = .signature
                $0.fields[1].type = .integer
            },
            { $0.fields[1].part = true },
        ] {
            #expect(throws: RecordsError.self) { try form(wrong) }
        }
    }
}
