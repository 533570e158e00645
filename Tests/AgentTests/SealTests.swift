import Agent
import Causality
import Hub
import PageTesting
import RecordStore
import Records
import Testing
import Wording

/// What was signed stays as it was signed; what comes late is refused and can be said in a supplement.
@Suite struct SealTests {
    private let ward: Ward

    init() throws { ward = try Ward.inspections() }

    private func code(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? any CodedError)?.code
        }
    }

    private func content(_ device: AgentDevice, _ record: String) throws -> SealedContent {
        let text = try ward.show(device.store, record).fields[SealedContent.field]?.plainText ?? ""
        return try #require(SealedContent(text))
    }

    @Test func aSignedRecordHoldsWhatStoodThen() throws {
        let visit = try ward.inspect(ward.a)
        let finding = try ward.find("Cửa thoát nạn khóa", in: visit, on: ward.a)
        let requirement = try ward.require("Mở khóa", of: finding, by: "2026-12-01", on: ward.a)
        let content = try content(ward.a, try ward.sign(visit, on: ward.a))
        #expect(content.root.record == visit && content.root.form == "kt_pccc")
        #expect(content.root.fields["i06"] == .text("khong_dat"))
        #expect(content.root.fields["inspected_on"] == .date(CalendarDate(iso: "2026-11-20")!))
        #expect(content.root.parts.map(\.record) == [finding])
        #expect(content.root.parts[0].parts.map(\.record) == [requirement])
        #expect(content.score?.passed == 1 && content.score?.failed == 1 && content.score?.failedCritical == 1)
        // One minor item was right, a critical one was not.
        #expect(content.score?.thousandths == 200)
        #expect(SealedContent(content.text) == content)
    }

    @Test func nothingOfItIsChangedAfterwards() throws {
        let visit = try ward.inspect(ward.a)
        let finding = try ward.find("Cửa thoát nạn khóa", in: visit, on: ward.a)
        let requirement = try ward.require("Mở khóa", of: finding, by: "2026-12-01", on: ward.a)
        let record = try ward.sign(visit, on: ward.a)
        for (word, field, value) in [
            (visit, "i06", Value.text("dat")), (finding, "what", .text("Không có gì")),
            (requirement, "due", .date(CalendarDate(iso: "2027-12-01")!)), (record, "number", .text("13/BB-KT")),
            (visit, RegisterKey.deleted.field, .flag(true)), (record, RegisterKey.deleted.field, .flag(true)),
        ] {
            #expect(code { try ward.save(ward.a, [(field, .set(value))], to: word) } == "record.sealed", "\(field)")
        }
        #expect(code { try ward.find("Thêm", in: visit, on: ward.a) } == "record.sealed")
        #expect(code { try ward.require("Thêm", of: finding, by: "2026-12-01", on: ward.a) } == "record.sealed")
        #expect(code { try ward.sign(visit, on: ward.a, number: "13/BB-KT") } == "record.sealed")
        // What comes of it goes on.
        try ward.save(
            ward.a,
            [
                ("what", .set(.text("Đã mở"))), ("on_date", .set(.date(CalendarDate(iso: "2026-11-25")!))),
                ("recommendation", .set(.text(requirement))),
            ], form: "remediation")
        try ward.supplement(record, on: ward.a)
        try ward.supplement(record, on: ward.a)
    }

    @Test func anEditMadeElsewhereIsRefusedAndShownOnBoth() throws {
        let visit = try ward.inspect(ward.a)
        try ward.sync(ward.a, ward.b)
        try ward.save(ward.b, [("i06", .set(.text("dat")))], to: visit)
        let late = try ward.find("Bình hết hạn", in: visit, on: ward.b)
        let record = try ward.sign(visit, on: ward.a)
        try ward.sync(ward.a, ward.b, ward.a)
        for device in [ward.a, ward.b] {
            #expect(try ward.show(device.store, visit).fields["i06"] == .text("khong_dat"))
            #expect(try ward.show(device.store, record).state == .received)
        }
        for word in [visit, late] {
            let refused = try ward.changes(ward.b.store, word).filter { $0.decision == .refused }
            #expect(refused.map(\.code) == ["record.sealed"])
            #expect(refused[0].details == ["record": record], "a verdict's details hold no contents")
        }
        // Everybody sees that it was said; the hub does not make it right at a press.
        #expect(try ward.changes(ward.a.store, visit).contains { $0.decision == .refused })
        for record in [visit, late] {
            let word = try ward.changes(ward.hub.store, record).first { $0.decision == .refused }?.dotWord ?? ""
            #expect(code { _ = try ward.hub.acceptRefused(word, person: "") } == "record.sealed")
        }
        try ward.supplement(record, on: ward.b)
        try ward.sync(ward.b, ward.a)
        let supplements = try ward.a.store.read { try $0.seals(of: $0.view(ofRow: $0.locate(record).row)) }
        #expect(supplements.map { $0.fields["number"] } == [.text("12a/BB-KT")])
    }

    @Test func ofTwoSignedRecordsTheSecondIsRefused() throws {
        let visit = try ward.inspect(ward.a)
        try ward.sync(ward.a, ward.b)
        let first = try ward.sign(visit, on: ward.a, number: "1/BB")
        let second = try ward.sign(visit, on: ward.b, number: "2/BB")
        try ward.sync(ward.a, ward.b, ward.a)
        #expect(try ward.changes(ward.b.store, second).map(\.code) == ["record.sealed"])
        for store in [ward.a.store, ward.b.store, ward.hub.store] {
            #expect(try store.read { try $0.seals(of: $0.view(ofRow: $0.locate(visit).row)) }.map(\.word) == [first])
        }
    }

    @Test func twoWhoAddAtOnceDoNotClashAndWhatWasNotSignedIsSaid() throws {
        let visit = try ward.inspect(ward.a)
        try ward.sync(ward.a, ward.b)
        let one = try ward.find("Một", in: visit, on: ward.a)
        let two = try ward.find("Hai", in: visit, on: ward.b)
        try ward.sync(ward.b)
        // The other's finding is at the hub first, and not here yet.
        let record = try ward.sign(visit, on: ward.a)
        try ward.sync(ward.a, ward.b)
        #expect(try content(ward.b, record).root.parts.map(\.record) == [one])
        let check = try ward.b.store.read { store in
            let seal = try store.view(ofRow: store.locate(record).row)
            let mark = PaperMark(record: record, commitment: try store.sealCommitment(of: seal))
            return try store.check(mark, isHub: false) { _ in true }
        }
        #expect(check.color == .amber && check.reasons == [.changedSince])
        #expect(try ward.show(ward.a.store, two).state == .received)
    }

    @Test func whatIsContestedIsSettledFirst() throws {
        let visit = try ward.inspect(ward.a)
        try ward.sync(ward.a, ward.b)
        try ward.save(ward.a, [("i01", .set(.text("khong_dat")))], to: visit)
        try ward.save(ward.b, [("i01", .set(.text("khong_ap_dung")))], to: visit)
        try ward.sync(ward.a, ward.b, ward.a)
        #expect(code { try ward.sign(visit, on: ward.a) } == "seal.conflict")
        try ward.save(ward.a, [("i01", .set(.text("dat")))], to: visit)
        try ward.sign(visit, on: ward.a)
    }

    @Test func aCaseFromBeforeTheSignatureCanBeSettled() throws {
        let visit = try ward.inspect(ward.a)
        try ward.sync(ward.a, ward.b)
        try ward.save(ward.b, [("i01", .set(.text("khong_ap_dung")))], to: visit)
        try ward.sync(ward.b)
        try ward.save(ward.a, [("i01", .set(.text("khong_dat")))], to: visit)
        let record = try ward.sign(visit, on: ward.a)
        try ward.sync(ward.a, ward.b)
        #expect(try ward.show(ward.hub.store, visit).conflicts == ["i01"])
        _ = try ward.hub.settle(visit, ["i01": .value(.text("khong_dat"))], reason: "Như biên bản", author: "")
        try ward.sync(ward.a)
        #expect(try ward.show(ward.a.store, visit).conflicts == [])
        #expect(try content(ward.a, record).root.fields["i01"] == .text("khong_dat"))
    }

    @Test func paperIsCheckedAgainstTheLog() throws {
        let visit = try ward.inspect(ward.a)
        let record = try ward.sign(visit, on: ward.a)
        func check(_ store: ReplicaStore, _ mark: PaperMark, isHub: Bool = false) throws -> PaperCheck {
            try store.read { try $0.check(mark, isHub: isHub) { _ in true } }
        }
        let mark = try ward.a.store.read { store in
            PaperMark(
                record: record,
                commitment: try store.sealCommitment(of: store.view(ofRow: store.locate(record).row)))
        }
        #expect(PaperMark(mark.text) == mark && PaperMark(mark.address(hub: "https://hub.example/")) == mark)
        #expect(try check(ward.a.store, mark).reasons == [.waiting])
        #expect(try check(ward.hub.store, mark, isHub: true).color == .red)
        #expect(try check(ward.b.store, mark).reasons == [.elsewhere])
        try ward.sync(ward.a, ward.b)
        #expect(try check(ward.hub.store, mark, isHub: true).color == .green)
        #expect(try check(ward.b.store, mark).color == .green)
        let forged = PaperMark(record: record, commitment: .of(tag: "x", []))
        #expect(try check(ward.hub.store, forged, isHub: true).reasons == [.differs])
        #expect(try check(ward.hub.store, PaperMark(record: visit, commitment: mark.commitment)).reasons == [.unsealed])
        try ward.supplement(record, on: ward.a)
        try ward.sync(ward.a)
        #expect(try check(ward.hub.store, mark, isHub: true).reasons == [.supplemented])
        for text in ["", "PHUSA:", "PHUSA:x:y", "https://hub.example/paper/\(record)", mark.text + ":1"] {
            #expect(PaperMark(text) == nil, "\(text)")
        }
    }

    @Test func photosThatAreNotHereAreSaid() throws {
        let photo = try ward.attach(Ward.photo(5000), on: ward.a)
        let visit = try ward.inspect(ward.a)
        try ward.save(ward.a, [("i04_photos", .add(photo.word))], to: visit)
        let record = try ward.sign(visit, on: ward.a)
        try ward.sync(ward.a)
        let check = try ward.hub.store.read { store in
            let seal = try store.view(ofRow: store.locate(record).row)
            return try store.check(
                PaperMark(record: record, commitment: store.sealCommitment(of: seal)), isHub: true
            ) { attachment in attachment.hash != photo.hash }
        }
        #expect(check.reasons == [.photosMissing])
    }

    /// What a device of another program sends: the same store with a form that says nothing of seals.
    private func lax(_ device: AgentDevice, _ name: String) throws {
        var form = try device.store.read { try $0.latestForm(name) }
        form.seals = nil
        for index in form.fields.indices { form.fields[index].part = nil }
        try device.store.write { try $0.storeForm(form) }
    }

    /// The codes of what the hub refused of a record.
    private func refusals(_ word: String) throws -> [String] {
        try ward.changes(ward.hub.store, word).filter { $0.decision == .refused }.map(\.code)
    }

    @Test func aPartIsNotMovedIntoWhatIsSealed() throws {
        let visit = try ward.inspect(ward.a)
        let other = try ward.inspect(ward.a, "Kho")
        let finding = try ward.find("Một", in: other, on: ward.a)
        try ward.sign(visit, on: ward.a)
        #expect(code { try ward.save(ward.a, [("visit", .set(.text(visit)))], to: finding) } == "record.sealed")
        try lax(ward.a, "finding")
        try ward.save(ward.a, [("visit", .set(.text(visit)))], to: finding)
        try ward.sync(ward.a)
        #expect(try refusals(finding) == ["record.sealed"])
    }

    @Test func inOneSegmentASealCountsForWhatComesAfterIt() throws {
        let visit = try ward.inspect(ward.a)
        let record = try ward.sign(visit, on: ward.a)
        for name in ["inspection_record", "finding", "recommendation"] { try lax(ward.a, name) }
        try ward.a.store.write { store in
            var facility = try store.latestForm("record_supplement")
            facility.seals = nil
            try store.storeForm(facility)
        }
        // No form of this device seals anything now.
        try ward.save(ward.a, [("i06", .set(.text("dat")))], to: visit)
        let late = try ward.find("Thêm", in: visit, on: ward.a)
        let requirement = try ward.require("Thêm", of: late, by: "2026-12-01", on: ward.a)
        try ward.save(ward.a, [("number", .set(.text("13/BB")))], to: record)
        try ward.sync(ward.a)
        for word in [visit, late, requirement] { #expect(try refusals(word) == ["record.sealed"], "\(word)") }
        #expect(try refusals(record) == ["seal.unreadable"])
        #expect(try ward.show(ward.hub.store, visit).fields["i06"] == .text("khong_dat"))
    }

    @Test func whatHangsOnRefusedPartsIsRefusedToo() throws {
        let visit = try ward.inspect(ward.a)
        try ward.sync(ward.a, ward.b)
        let late = try ward.find("Bình hết hạn", in: visit, on: ward.b)
        let requirement = try ward.require("Thay bình", of: late, by: "2026-12-01", on: ward.b)
        try ward.sign(visit, on: ward.a)
        try ward.sync(ward.a, ward.b)
        for word in [late, requirement] { #expect(try refusals(word) == ["record.sealed"], "\(word)") }
    }

    @Test func aSealThatWaitedForItsFormIsAcceptedWithIt() throws {
        let visit = try ward.inspect(ward.a)
        var newer = try ward.a.store.read { try $0.latestForm("inspection_record") }
        newer.version += 1
        try ward.a.store.write { try $0.storeForm(newer) }
        let record = try ward.sign(visit, on: ward.a)
        try ward.sync(ward.a)
        #expect(try ward.changes(ward.hub.store, record).map(\.decision) == [.undecided])
        // Nobody is kept from working by what may never be accepted.
        try ward.sync(ward.b)
        let other = try ward.inspect(ward.b, "Kho")
        _ = try ward.hub.capture([
            Draft(
                .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                edits: [
                    ("form", .set(.text(newer.form))), ("version", .set(.integer(Int64(newer.version)))),
                    ("definition", .set(.text(String(decoding: newer.canonicalJSON, as: UTF8.self)))),
                ])
        ])
        #expect(try ward.changes(ward.hub.store, record).map(\.decision) == [.accepted])
        #expect(try !ward.show(ward.b.store, other).fields.isEmpty)
    }

    @Test func aFormThatNobodyKnowsSealsNothing() throws {
        let visit = try ward.inspect(ward.a)
        try ward.sync(ward.a, ward.b)
        var strange = try ward.b.store.read { try $0.latestForm("inspection_record") }
        strange.form = "zzz"
        strange.seals = nil
        try ward.b.store.write { try $0.storeForm(strange) }
        try ward.save(ward.b, Ward.signing(visit), form: "zzz")
        try ward.sync(ward.b)
        try ward.save(ward.a, [("i06", .set(.text("dat")))], to: visit)
        let report = try ward.a.sync(over: ward.line)
        #expect(report.complete)
        #expect(try ward.show(ward.hub.store, visit).fields["i06"] == .text("dat"))
    }

    @Test func aDeletionFromBeforeIsTakenBack() throws {
        let visit = try ward.inspect(ward.a)
        try ward.sync(ward.a, ward.b)
        try ward.save(ward.b, [(RegisterKey.deleted.field, .set(.flag(true)))], to: visit)
        try ward.sync(ward.b)
        try ward.sign(visit, on: ward.a)
        try ward.sync(ward.a)
        #expect(try ward.show(ward.a.store, visit).deleted)
        try ward.save(ward.a, [(RegisterKey.deleted.field, .set(.flag(false)))], to: visit)
        try ward.sync(ward.a)
        #expect(try !ward.show(ward.hub.store, visit).deleted && refusals(visit) == [])
    }

    @Test func aSealSaysWhatItSeals() throws {
        let visit = try ward.inspect(ward.a)
        let other = try ward.inspect(ward.a, "Kho")
        let text = try ward.a.store.read { try $0.sealedContent(of: $0.view(ofRow: $0.locate(other).row)) }.text
        try lax(ward.a, "inspection_record")
        let record = try ward.save(
            ward.a, Ward.signing(visit) + [(SealedContent.field, .set(.text(text)))], form: "inspection_record")
        let flattering = text.replacing("\"failed\":1", with: "\"failed\":0")
        #expect(flattering != text)
        let praise = try ward.save(
            ward.a, Ward.signing(other) + [(SealedContent.field, .set(.text(flattering)))], form: "inspection_record")
        let wrong = try ward.save(
            ward.a, Ward.signing(record) + [(SealedContent.field, .set(.text(text)))], form: "inspection_record")
        try ward.sync(ward.a)
        #expect(try refusals(record) == ["seal.unreadable"] && refusals(praise) == ["seal.unreadable"])
        #expect(try refusals(wrong) == ["seal.unreadable"])
        #expect(try ward.hub.store.read { try $0.seals(of: $0.view(ofRow: $0.locate(visit).row), by: .log) }.isEmpty)
    }

    /// A hub that was put back may lack the version of the checklist that was filled in: it cannot count over, and refuses nothing.
    @Test func aScoreThatCannotBeCountedOverIsTaken() throws {
        var newer = try ward.a.store.read { try $0.latestForm("kt_pccc") }
        newer.version += 1
        var item = try #require(newer.field("i01"))
        item.name = "i99"
        item.section = nil
        newer.fields.append(item)
        try ward.a.store.write { try $0.storeForm(newer) }
        let visit = try ward.save(
            ward.a,
            [
                ("facility", .set(.text("Kho"))), ("inspected_on", .set(.date(CalendarDate(iso: "2026-11-20")!))),
                ("i01", .set(.text("dat"))),
            ], form: "kt_pccc")
        let record = try ward.sign(visit, on: ward.a)
        try ward.sync(ward.a)
        #expect(try refusals(record) == [])
    }

    @Test func whatDoesNotFitOnePaperIsSaid() throws {
        let visit = try ward.inspect(ward.a)
        for index in 0..<40 { try ward.find("\(index) " + String(repeating: "ồ", count: 1900), in: visit, on: ward.a) }
        #expect(code { try ward.sign(visit, on: ward.a) } == "seal.too-many")
    }

    @Test func aDeviceThatSignsNothingIsRefused() throws {
        let visit = try ward.inspect(ward.a)
        try ward.sync(ward.a)
        // A program that leaves the content out, as no store of this project does.
        try lax(ward.a, "inspection_record")
        let record = try ward.sign(visit, on: ward.a)
        try ward.sync(ward.a)
        #expect(try ward.changes(ward.hub.store, record).map(\.code) == ["seal.unreadable"])
    }
}

/// When and where photos were taken travels with the records that list them.
@Suite struct PhotoRecordTests {
    @Test func whatAPhotoSaysIsRecordedOnceARecordListsIt() throws {
        let ward = try Ward.inspections()
        let photo = try ward.attach(Ward.photo(20_000), on: ward.a)
        let original = Hash256.of(tag: "original", [])
        let moment = Moment(iso: "2026-11-20T09:12:31+07:00")!
        try ward.a.store.write { store in
            try store.note(
                PhotoFacts(takenAt: moment, place: "10.04, 105.78 ±7 m"), of: photo.hash, original: original)
        }
        func known(_ device: AgentDevice) throws -> RecordView? {
            try device.store.read { try $0.photo(photo.hash, in: Ward.space) }
        }
        #expect(try known(ward.a) == nil, "a photo that nobody saved says nothing")
        let visit = try ward.inspect(ward.a)
        try ward.save(ward.a, [("i04_photos", .add(photo.word))], to: visit)
        try ward.sync(ward.a, ward.b)
        for device in [ward.a, ward.b] {
            let record = try #require(try known(device))
            #expect(
                record.fields["taken_at"] == .moment(moment) && record.fields["place"] == .text("10.04, 105.78 ±7 m"))
            #expect(record.fields["original_sha256"] == .text(original.hex))
        }
        // Whatever a camera wrote, the record that lists the photo is saved.
        let odd = try ward.attach(Ward.photo(20_000, 2), on: ward.a)
        try ward.a.store.write { try $0.note(PhotoFacts(takenAt: nil, place: "nowhere"), of: odd.hash) }
        try ward.save(ward.a, [("i05_photos", .add(odd.word))], to: visit)
        #expect(try ward.a.store.read { try $0.photo(odd.hash, in: Ward.space) } == nil)
        // Listed again, it is not recorded again.
        let changes = try ward.changes(ward.a.store, try #require(try known(ward.a)).word).count
        try ward.find("Cửa khóa", in: visit, on: ward.a)
        let finding = try ward.find("Khác", in: visit, on: ward.a)
        try ward.save(ward.a, [("photos", .add(photo.word))], to: finding)
        #expect(try ward.changes(ward.a.store, try #require(try known(ward.a)).word).count == changes)
        #expect(throws: StoreError.self) { try ward.a.attachments.note(original: original, start: [], of: original) }
    }
}
