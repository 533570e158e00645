import Agent
import Causality
import Hub
import PageTesting
import RecordStore
import Records
import SyncProtocol
import Testing
import Wording

/// What admins do about cases beside settling them, and what the authors hear of it.
@Suite struct DeskTests {
    private let ward: Ward

    init() throws {
        ward = try Ward()
        try ward.hub.addPerson(id: "viet", name: "Việt", role: "hub_admin", unit: Ward.unit, password: nil)
        try ward.hub.addPerson(id: "son", name: "Sơn", role: "auditor", unit: Ward.unit, password: nil)
    }

    private func conflicts(_ filter: CaseFilter = CaseFilter()) throws -> [OpenCase] {
        try ward.hub.store.read { store in
            let cases = try store.cases(filter, limit: 100)
            #expect(try store.caseCount(filter) == cases.count)
            return cases
        }
    }

    /// Settles the only case by the value of one author.
    private func settle(_ word: String, for author: String) throws -> String {
        let view = try ward.show(ward.hub.store, word)
        let version = try #require(view.versions["value"]?.first { $0.author == author })
        return try ward.hub.settle(
            word, ["value": .pick(version.dotWord)], reason: "đã gọi điện", author: "viet"
        ).dot
    }

    @Test func casesAreFoundByWhatTheyAreAbout() throws {
        let word = try ward.conflict()
        try ward.save(ward.a, [("key", .set(.text("n"))), ("note", .set(.text("một")))], by: "lan")
        try ward.save(ward.b, [("key", .set(.text("n"))), ("note", .set(.text("hai")))], by: "lan")
        let removed = try ward.save(ward.a, [("key", .set(.text("d")))])
        try ward.sync(ward.a, ward.b)
        try ward.save(ward.a, [("@deleted", .set(.flag(true)))], to: removed)
        try ward.save(ward.b, [("note", .set(.text("còn")))], to: removed, by: "minh")
        try ward.sync(ward.a, ward.b, ward.a)
        let all = try conflicts()
        #expect(all.count == 3 && all[0].view.word == word)
        #expect(all.map(\.facets.kind) == [.number, .content, .deletion])
        #expect(all[0].facets.authors == ["lan", "minh"] && all[1].facets.authors == ["lan"])
        #expect(all[1].facets.cause == .alone && all[2].facets.authors == ["", "minh"])
        func words(_ change: (inout CaseFilter) -> Void) throws -> [String] {
            var filter = CaseFilter()
            change(&filter)
            return try conflicts(filter).map(\.view.word)
        }
        #expect(try words { $0.kind = .number } == [word])
        #expect(try words { $0.field = "note" } == [all[1].view.word])
        #expect(try words { $0.field = "not" } == [])
        #expect(try words { $0.author = "minh" } == [word, removed])
        #expect(try words { $0.author = "" } == [removed])
        #expect(try words { $0.author = "min" } == [])
        #expect(try words { $0.cause = .alone } == [all[1].view.word])
        #expect(
            try words {
                $0.space = Ward.space
                $0.form = "reading"
            }.count == 3)
        #expect(try words { $0.space = "x" } == [])
        #expect(try words { $0.openBy = 0 } == [])
        #expect(try words { $0.isNewestFirst = true } == all.reversed().map(\.view.word))
        let counts = try ward.hub.store.read { try $0.caseCounts() }
        #expect(counts.all == 3 && counts.spaces == [Ward.space: 3] && counts.forms == ["reading": 3])
        #expect(counts.fields == ["value": 1, "note": 1, "@deleted": 1])
        #expect(counts.authors == ["lan": 2, "minh": 2, "": 1])
        #expect(counts.kinds == [.number: 1, .content: 1, .deletion: 1])
        #expect(try ward.hub.store.verify() == [])
    }

    @Test func aMachineThatHadNotSyncedIsTold() throws {
        let clock = Clock()
        let ward = try Ward(world: World(now: { clock.now }, random: World.system.random))
        let word = try ward.shared()
        try ward.save(ward.a, [("value", .set(.decimal(DecimalNumber("4")!)))], to: word, by: "lan")
        try ward.sync(ward.a)
        clock.now += 60_000
        try ward.save(ward.b, [("value", .set(.decimal(DecimalNumber("6")!)))], to: word, by: "minh")
        try ward.sync(ward.b)
        let found = try ward.hub.store.read { try $0.cases(limit: 10) }
        #expect(found.map(\.facets.cause) == [.unsynced])
    }

    private final class Clock: @unchecked Sendable {
        // One thread, the test's.
        var now: Int64 = 1_790_000_000_000
    }

    @Test func aDecisionSaysWhatItWasAgainst() throws {
        let word = try ward.conflict()
        let dot = try settle(word, for: "lan")
        let found = try ward.hub.store.read {
            try $0.resolutions(of: [ward.hub.replica], in: Ward.space, latest: 100)
        }
        #expect(found.map(\.change.dotWord) == [dot] && found[0].reason == "đã gọi điện")
        #expect(found[0].fields.map(\.register.field) == ["value"])
        #expect(found[0].fields[0].overruled.map(\.change.author) == ["minh"])
        #expect(found[0].fields[0].decided == .decimal(DecimalNumber("4")!))
        // An ordinary edit of the hub decides nothing.
        let edited = try ward.hub.capture([Draft(.edit(word), edits: [("note", .set(.text("x")))], author: "viet")])
        let change = try #require(try ward.changes(ward.hub.store, word).first { $0.dotWord == edited[0].dot })
        #expect(try ward.hub.store.read { try $0.resolution(change) } == nil)
    }

    @Test func aCaseThatIsOpenedAgainHasBothSidesOnceMore() throws {
        let word = try ward.conflict()
        let dot = try settle(word, for: "lan")
        try ward.sync(ward.b)
        let hub: Set<ReplicaID> = [ward.hub.replica]
        func told() throws -> Int {
            try ward.b.store.read { try $0.valuesNotKept(of: "minh", hub: hub, in: Ward.space).count }
        }
        #expect(try told() == 1)
        #expect(throws: RecordsError.self) {
            try ward.hub.reopen(word, resolution: dot, reason: String(repeating: "ớ", count: 2000), author: "viet")
        }
        for reason in ["", "  "] {
            #expect(throws: HubError(.reasonMissing)) {
                try ward.hub.reopen(word, resolution: dot, reason: reason, author: "viet")
            }
        }
        #expect(throws: ReportedError.self) {
            try ward.hub.reopen(word, resolution: dot, reason: "x", author: "son")
        }
        #expect(throws: HubError(.caseUnknown, ["case": word])) {
            try ward.hub.reopen(word, resolution: "none", reason: "x", author: "viet")
        }
        try ward.hub.reopen(word, resolution: dot, reason: "Minh có biên bản", author: "viet")
        let view = try ward.show(ward.hub.store, word)
        #expect(view.conflicts == ["value"])
        #expect(
            Set((view.versions["value"] ?? []).map(\.value))
                == [.decimal(DecimalNumber("4")!), .decimal(DecimalNumber("6")!)])
        #expect(view.versions["value"]?.contains { $0.author == "minh" } == true)
        // It is open everywhere, nobody is told of a loss any more, and it is settled the other way.
        try ward.sync(ward.a, ward.b)
        for device in [ward.a, ward.b] {
            #expect(try ward.show(device.store, word).conflicts == ["value"])
        }
        #expect(try told() == 0)
        #expect(throws: HubError(.caseMovedOn, ["case": word])) {
            let other = try settle(word, for: "minh")
            try ward.hub.reopen(word, resolution: dot, reason: "x", author: "viet")
            _ = other
        }
        try ward.sync(ward.a, ward.b)
        #expect(try ward.show(ward.a.store, word).fields["value"] == .decimal(DecimalNumber("6")!))
        #expect(try ward.hub.store.verify() == [])
    }

    /// Somebody deleted what somebody else went on with: whichever is not kept is told, and can be put beside the other again.
    @Test(arguments: [true, false]) func aDeletionAgainstAnEditIsADecisionLikeAnyOther(_ deletes: Bool) throws {
        let word = try ward.shared()
        try ward.save(ward.a, [("@deleted", .set(.flag(true)))], to: word, by: "lan")
        try ward.save(ward.b, [("value", .set(.decimal(DecimalNumber("6")!)))], to: word, by: "minh")
        try ward.sync(ward.a, ward.b, ward.a)
        #expect(try ward.show(ward.hub.store, word).conflicts == ["@deleted"])
        let dot = try ward.hub.settle(
            word, ["@deleted": .value(.flag(deletes))], reason: "đã đo lại", author: "viet"
        ).dot
        try ward.sync(ward.a, ward.b)
        let found = try ward.hub.store.read { try $0.resolutions(of: [ward.hub.replica], in: Ward.space, latest: 9) }
        let field = try #require(found.first?.fields.first)
        #expect(found.count == 1 && field.register == .deleted && field.decided == .flag(deletes))
        #expect(field.overruled.map(\.change.author) == [deletes ? "minh" : "lan"])
        func told(_ device: AgentDevice, _ author: String) throws -> [ValueNotKept] {
            try device.store.read { try $0.valuesNotKept(of: author, hub: [ward.hub.replica], in: Ward.space) }
        }
        let (loser, author) = deletes ? (ward.b, "minh") : (ward.a, "lan")
        let notice = try #require(try told(loser, author).first)
        #expect(notice.mine == .flag(!deletes) && notice.kept == .flag(deletes))
        #expect(try told(deletes ? ward.a : ward.b, deletes ? "lan" : "minh").isEmpty)
        // Opened again by the hub, then settled once more, and opened by an objection.
        try ward.hub.reopen(word, resolution: dot, reason: "xem lại", author: "viet")
        #expect(try ward.show(ward.hub.store, word).conflicts == ["@deleted"])
        try ward.sync(ward.a, ward.b)
        #expect(try told(loser, author).isEmpty)
        _ = try ward.hub.settle(word, ["@deleted": .value(.flag(deletes))], reason: "vẫn vậy", author: "viet")
        try ward.sync(ward.a, ward.b)
        let again = try #require(try told(loser, author).first)
        let before = try #require(again.before).text
        _ = try loser.capture([
            Draft(
                .edit(word), edits: [("@deleted", .set(.flag(!deletes)))], baseToken: before, author: author,
                reason: "không đồng ý")
        ])
        try ward.sync(loser)
        #expect(try ward.show(ward.hub.store, word).conflicts == ["@deleted"])
        #expect(try ward.hub.store.verify() == [])
    }

    @Test func onlyWhatStillStandsIsOpenedAgainAndOnlyOnce() throws {
        let word = try ward.shared()
        func both(_ device: AgentDevice, _ value: String, _ note: String, _ author: String) throws {
            try ward.save(
                device, [("value", .set(.decimal(DecimalNumber(value)!))), ("note", .set(.text(note)))], to: word,
                by: author)
        }
        try both(ward.a, "4", "bốn", "lan")
        try both(ward.b, "6", "sáu", "minh")
        try ward.sync(ward.a, ward.b)
        let view = try ward.show(ward.hub.store, word)
        func lans(_ field: String) throws -> Settlement {
            .pick(try #require(view.versions[field]?.first { $0.author == "lan" }).dotWord)
        }
        let dot = try ward.hub.settle(
            word, ["value": try lans("value"), "note": try lans("note")], reason: "sổ", author: "viet"
        ).dot
        // The ward corrects the note, having seen the decision: only the number is opened again.
        try ward.sync(ward.a)
        try ward.save(ward.a, [("note", .set(.text("bốn rưỡi")))], to: word, by: "lan")
        try ward.sync(ward.a)
        try ward.hub.reopen(word, resolution: dot, reason: "đo lại", author: "viet")
        #expect(try ward.show(ward.hub.store, word).conflicts == ["value"])
        #expect(try ward.show(ward.hub.store, word).fields["note"] == .text("bốn rưỡi"))
        let count = try ward.changes(ward.hub.store, word).count
        #expect(throws: HubError(.caseMovedOn, ["case": word])) {
            try ward.hub.reopen(word, resolution: dot, reason: "đo lại", author: "viet")
        }
        #expect(try ward.changes(ward.hub.store, word).count == count)
        // What was said once more is no decision of its own.
        let found = try ward.hub.store.read { try $0.resolutions(of: [ward.hub.replica], in: Ward.space, latest: 100) }
        #expect(found.map(\.change.dotWord) == [dot])
        #expect(
            try ward.hub.store.read { try $0.resolutions(of: [ward.hub.replica], in: Ward.space, latest: 0) }.isEmpty)
    }

    @Test func nobodyAnswersInAnotherName() throws {
        let word = try ward.conflict()
        let asked = try ward.hub.ask(word, "Số nào?", author: "viet")
        try ward.sync(ward.a)
        _ = try ward.a.capture([
            Draft(
                .put(form: BuiltInForm.answer.form, space: Ward.space),
                edits: [
                    ("question", .set(.text(asked.word))), ("person", .set(.text("minh"))),
                    ("text", .set(.text("Tôi nhầm"))),
                ], author: "lan")
        ])
        try ward.sync(ward.a)
        let view = try ward.show(ward.hub.store, word)
        let questions = try ward.hub.store.read { try $0.questions(about: view) }
        #expect(questions.flatMap(\.answers).isEmpty && questions[0].waits(for: "minh"))
    }

    @Test func decisionsOfAHubThatWasPutBackAreItsOwnToo() throws {
        let word = try ward.conflict()
        let dot = try settle(word, for: "lan")
        _ = try ward.hub.openEpoch(after: 1)
        try ward.sync(ward.a, ward.b)
        let other = try ward.save(
            ward.a, [("key", .set(.text("n"))), ("value", .set(.decimal(DecimalNumber("1")!)))], by: "lan")
        try ward.save(ward.b, [("key", .set(.text("n"))), ("value", .set(.decimal(DecimalNumber("2")!)))], by: "minh")
        try ward.sync(ward.a, ward.b)
        let later = try settle(other, for: "lan")
        try ward.sync(ward.b)
        let found = try ward.hub.store.read { store in
            try store.resolutions(of: ward.hub.writers(store), in: Ward.space, latest: 100)
        }
        #expect(Set(found.map(\.change.dotWord)) == [dot, later])
        let hub = try #require(try ward.b.hub())
        let told = try ward.b.store.read { store in
            try store.valuesNotKept(of: "minh", hub: store.hubWriters(key: hub.publicKey), in: Ward.space)
        }
        #expect(Set(told.map(\.record)) == [word, other])
    }

    @Test func whereSomebodyWroteSinceNothingIsOpenedAgain() throws {
        let word = try ward.conflict()
        let dot = try settle(word, for: "lan")
        try ward.sync(ward.a)
        try ward.save(ward.a, [("value", .set(.decimal(DecimalNumber("5")!)))], to: word, by: "lan")
        try ward.sync(ward.a)
        #expect(throws: HubError(.caseMovedOn, ["case": word])) {
            try ward.hub.reopen(word, resolution: dot, reason: "x", author: "viet")
        }
        #expect(try ward.show(ward.hub.store, word).conflicts == [])
    }

    @Test func aQuestionComesToItsAuthorsAndTheAnswersBack() throws {
        let word = try ward.conflict()
        #expect(throws: HubError(.questionMissing)) { try ward.hub.ask(word, " \n", author: "viet") }
        #expect(throws: ReportedError.self) { try ward.hub.ask(word, "Số nào đúng?", author: "son") }
        let asked = try ward.hub.ask(word, "Số nào đúng?", author: "viet")
        #expect(asked.asked == ["lan", "minh"] && asked.number == 1 && asked.isWaiting)
        #expect(try ward.hub.ask(word, "Ai đo?", author: "viet").number == 2)
        try ward.sync(ward.a, ward.b)
        func open(_ device: AgentDevice, _ person: String) throws -> [CaseQuestion] {
            try device.store.read { try $0.openQuestions(for: person, in: Ward.space) }
        }
        #expect(try open(ward.a, "lan").map(\.text).sorted() == ["Ai đo?", "Số nào đúng?"])
        #expect(try open(ward.a, "hoa").isEmpty && open(ward.a, "").isEmpty)
        let question = try #require(try open(ward.b, "minh").first { $0.number == 1 })
        _ = try ward.b.capture([
            Draft(
                .put(form: BuiltInForm.answer.form, space: Ward.space),
                edits: [
                    ("question", .set(.text(question.word))), ("person", .set(.text("minh"))),
                    ("text", .set(.text("Tôi đo lại rồi: 6"))),
                ], author: "minh")
        ])
        try ward.sync(ward.b)
        let view = try ward.show(ward.hub.store, word)
        let back = try ward.hub.store.read { try $0.questions(about: view) }
        #expect(back[0].answers.map(\.person) == ["minh"] && back[0].answers[0].text == "Tôi đo lại rồi: 6")
        #expect(back[0].isWaiting && back[0].waits(for: "lan") && !back[0].waits(for: "minh"))
        #expect(try open(ward.b, "minh").map(\.number) == [2])
        // When the case is settled nobody is asked any more.
        _ = try settle(word, for: "lan")
        try ward.sync(ward.a, ward.b)
        #expect(try open(ward.a, "lan").isEmpty && open(ward.b, "minh").isEmpty)
        #expect(throws: HubError(.caseUnknown, ["case": word])) { try ward.hub.ask(word, "?", author: "viet") }
    }

    @Test func whoeverGaveNoNameCannotBeAsked() throws {
        let word = try ward.shared()
        try ward.save(ward.a, [("note", .set(.text("một")))], to: word)
        try ward.save(ward.b, [("note", .set(.text("hai")))], to: word)
        try ward.sync(ward.a, ward.b)
        #expect(throws: HubError(.questionNobody)) { try ward.hub.ask(word, "Số nào?", author: "viet") }
    }
}
