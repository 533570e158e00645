import Agent
import Causality
import Foundation
import Hub
import RecordStore
import Records
import Testing

/// What was on a screen or in a file is found again by its base, whatever came since.
@Suite struct PastViewTests {
    private static func label(_ text: String) -> Label { Label(vi: text, en: text) }

    private static let form: FormDefinition = {
        var twice = FieldDefinition(name: "twice", type: .integer, label: label("twice"))
        twice.compute = try? Expression("value * 2")
        return FormDefinition(
            form: "reading", version: 1, title: label("reading"), group: "indicators", writers: .unit,
            fields: SnapshotWard.form.fields + [
                FieldDefinition(
                    name: "tags", type: .selectMultiple, label: label("tags"), policy: .union,
                    choices: ["p", "q", "r"].map { Choice(name: $0, label: label($0)) }),
                FieldDefinition(name: "latest", type: .integer, label: label("latest"), policy: .latest),
                FieldDefinition(name: "highest", type: .integer, label: label("highest"), policy: .highest), twice,
            ])
    }()

    /// A device and what it showed of a record.
    private struct Moment {
        let store: ReplicaStore
        let word: String
        let token: String
        let fields: [String: Value]
        let deleted: Bool
        let conflicts: [String]

        init(_ store: ReplicaStore, _ word: String) throws {
            (token, fields, deleted, conflicts) = try store.read { transaction in
                let place = try transaction.locate(word)
                let view = try transaction.view(ofRow: place.row)
                let token = try transaction.baseToken(record: place.record, in: place.space).text
                return (token, view.fields, view.deleted, view.conflicts)
            }
            self.store = store
            self.word = word
        }

        func now() throws -> PastView { try now(in: store) }

        func now(in store: ReplicaStore) throws -> PastView {
            try store.read { transaction in
                let place = try transaction.locate(word)
                let base = try transaction.base(token: token, record: place.record, in: place.space)
                return try transaction.view(ofRow: place.row, asOf: base)
            }
        }
    }

    private let ward: SnapshotWard
    private let a: AgentDevice
    private let b: AgentDevice

    init() throws {
        ward = try SnapshotWard(form: Self.form)
        a = try ward.device()
        // Its clock is an hour ahead, which the hub bounds at receipt.
        b = try ward.device(world: World(now: { World.system.now() + 3_600_000 }, random: World.system.random))
        try ward.sync(a, b)
    }

    private func expectSame(_ moment: Moment, in store: ReplicaStore? = nil, _ note: Comment = "") throws {
        let past = try moment.now(in: store ?? moment.store)
        let shown = past.fields.filter { $0.value != .null }
        #expect(shown == moment.fields.filter { $0.value != .null }, note)
        #expect(past.deleted == moment.deleted, note)
        #expect(past.isWhole, note)
    }

    private func record() throws -> String {
        let word = try ward.save(
            a,
            [
                ("key", .set(.text("k"))), ("value", .set(.integer(1))), ("note", .set(.text("một"))),
                ("tags", .add("p")),
                ("latest", .set(.integer(1))), ("highest", .set(.integer(5))),
            ])
        try ward.sync(a, b)
        return word
    }

    enum Later: String, CaseIterable {
        case editsInARow, editsElsewhere, editsOfBoth, deletion, restoring, members, policies, settling
    }

    @Test(arguments: Later.allCases) func laterWorkChangesNothingOfIt(later: Later) throws {
        let word = try record()
        let sides = [try Moment(a.store, word), try Moment(b.store, word), try Moment(ward.hub.store, word)]
        func edit(_ device: AgentDevice, _ edits: (String, Draft.Edit)...) throws {
            try ward.save(device, edits, to: word)
        }
        switch later {
        case .editsInARow:
            try edit(a, ("value", .set(.integer(2))))
            try edit(a, ("value", .set(.null)), ("note", .set(.text("hai"))))
        case .editsElsewhere:
            try edit(b, ("value", .set(.integer(3))))
        case .editsOfBoth, .settling:
            try edit(a, ("value", .set(.integer(2))), ("note", .set(.text("a"))))
            try edit(b, ("value", .set(.integer(3))), ("note", .set(.null)))
        case .deletion, .restoring:
            try edit(b, (RegisterKey.deleted.field, .set(.flag(true))))
        case .members:
            try edit(a, ("tags", .drop("p")), ("tags", .add("q")))
            try edit(b, ("tags", .add("r")))
        case .policies:
            try edit(a, ("latest", .set(.integer(0))), ("highest", .set(.integer(6))))
            try edit(b, ("latest", .set(.integer(9))), ("highest", .set(.integer(4))))
        }
        for moment in sides { try expectSame(moment) }
        let between = [try Moment(a.store, word), try Moment(b.store, word)]
        try ward.sync(a, b, a)
        let after = [try Moment(a.store, word), try Moment(b.store, word), try Moment(ward.hub.store, word)]
        if later == .settling {
            #expect(after[0].conflicts == ["note", "value"])
            try edit(a, ("value", .set(.integer(3))))
        }
        if later == .restoring { try edit(a, (RegisterKey.deleted.field, .set(.flag(false)))) }
        try ward.sync(a, b)
        for moment in sides + between + after { try expectSame(moment) }
        #expect(sides[0].fields["twice"] == .integer(2))
    }

    @Test func whatWasRefusedLaterWasShownBefore() throws {
        try ward.hub.addPerson(id: "lan", name: "Lan", role: "ward_staff", unit: SnapshotWard.unit, password: nil)
        let word = try record()
        try ward.hub.disablePerson("lan")
        let before = try Moment(a.store, word)
        try ward.save(a, [("value", .set(.integer(9)))], to: word, by: "lan")
        let made = try Moment(a.store, word)
        try ward.sync(a, b)
        let refused = try Moment(a.store, word)
        #expect([before, made, refused].map { $0.fields["value"] } == [.integer(1), .integer(9), .integer(1)])
        let other = try Moment(b.store, word)
        try ward.save(b, [("note", .set(.text("sau")))], to: word)
        try ward.sync(b, a)
        for moment in [before, made, refused, other] { try expectSame(moment) }
    }

    @Test func whatWaitedAtTheHubWasShownUntilItsVerdict() throws {
        let word = try record()
        func next(max: String?) -> FormDefinition {
            var fields = Self.form.fields
            fields[1].max = max
            return FormDefinition(
                form: "reading", version: 2, title: Self.label("reading"), group: "indicators", writers: .unit,
                fields: fields)
        }
        try a.store.write { try $0.storeForm(next(max: "999")) }
        try ward.save(a, [("value", .set(.integer(700)))], to: word)
        try ward.sync(a, b)
        let waiting = [try Moment(a.store, word), try Moment(b.store, word), try Moment(ward.hub.store, word)]
        _ = try ward.hub.capture([
            Draft(
                .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                edits: [
                    ("form", .set(.text("reading"))), ("version", .set(.integer(2))),
                    ("definition", .set(.text(String(decoding: next(max: "99").canonicalJSON, as: UTF8.self)))),
                ])
        ])
        try ward.sync(b)
        let refused = [try Moment(b.store, word), try Moment(ward.hub.store, word)]
        #expect((waiting + refused).map { $0.fields["value"] } == [700, 700, 700, 1, 1].map { .integer($0) })
        for moment in waiting.dropFirst() + refused { try expectSame(moment) }
    }

    /// A year of random work on one record: every moment of it is found again.
    @Test(arguments: 0..<8) func anyMomentIsFoundAgain(seed: UInt64) throws {
        var random = Random(state: seed)
        try ward.hub.addPerson(id: "lan", name: "Lan", role: "ward_staff", unit: SnapshotWard.unit, password: nil)
        let word = try record()
        var moments: [Moment] = []
        for step in 0..<80 {
            let device = [a, b][random.below(2)]
            let base = moments.filter { $0.store === device.store }.randomElement(using: &random)?.token
            switch random.below(10) {
            case 0, 1: try ward.sync(device)
            case 2: try ward.sync(a, b, a)
            case 3, 4, 5: moments.append(try Moment([a.store, b.store, ward.hub.store][random.below(3)], word))
            default:
                let edits: [(String, Draft.Edit)] = [
                    ("value", .set(.integer(Int64(random.below(5))))),
                    ("note", .set(random.below(3) == 0 ? .null : .text("\(step)"))),
                    ("tags", .add(["p", "q", "r"][random.below(3)])),
                    ("tags", .drop(["p", "q", "r"][random.below(3)])),
                    ("latest", .set(.integer(Int64(step)))), ("highest", .set(.integer(Int64(random.below(9))))),
                    (RegisterKey.deleted.field, .set(.flag(random.below(2) == 0))),
                ]
                // An edit of what is known to be deleted is refused here.
                _ = try? ward.save(
                    device, [edits[random.below(edits.count)]], to: word, base: random.below(2) == 0 ? base : nil,
                    by: random.below(4) == 0 ? "lan" : "")
            }
            if step == 40 { try? ward.hub.disablePerson("lan") }
        }
        try ward.sync(a, b, a)
        #expect(!moments.isEmpty)
        for (number, moment) in moments.enumerated() { try expectSame(moment, "moment \(number)") }
    }

    @Test func aRestoredDeviceFindsItAgain() throws {
        let word = try record()
        let first = try Moment(a.store, word)
        try ward.save(a, [("value", .set(.integer(2)))], to: word)
        let second = try Moment(a.store, word)
        let restored = try ward.putBack(a, number: 2) { device in
            try ward.save(device, [("value", .set(.integer(3)))], to: word)
            try ward.sync(device)
        }
        try ward.sync(b)
        try ward.save(b, [("note", .set(.text("b")))], to: word)
        try ward.sync(b, restored, restored)
        for moment in [first, second] { try expectSame(moment, in: restored.store) }
    }

    /// Of what lies below a floor there are no bases here; of what stands at it there are, also while it loads.
    @Test func overASnapshotWhatStoodThereIsWhole() throws {
        let (_, words) = try ward.veteran()
        let late = try ward.device()
        var loading: [String] = []
        for chunks in 1...9 where loading.isEmpty {
            try ward.load(chunks, into: late)
            loading = try late.store.read { try $0.records(form: "reading").map(\.word) }
        }
        let early = try loading.map { try Moment(late.store, $0) }
        #expect(!early.isEmpty && early.count < words.count)
        try ward.sync(late)
        #expect(try ward.space(late.store).floor > 0)
        let at = try words.map { try Moment(late.store, $0) }
        for word in words { try ward.save(late, [("value", .set(.integer(900))), ("note", .set(.null))], to: word) }
        try ward.sync(late)
        for moment in early + at { try expectSame(moment) }
        // One that is said to be older than the floor knows nothing of what was dropped.
        let partial = try late.store.read { store in
            try store.view(ofRow: store.locate(words[0]).row, asOf: Base(position: 3))
        }
        #expect(!partial.isWhole && partial.shown("value") == nil)
    }

    /// What an import says twice.
    @Test func whatWasSaidOnTheSameBaseIsKnown() throws {
        let word = try record()
        let moment = try Moment(a.store, word)
        func isSaid(_ value: Int64) throws -> Bool {
            try moment.now().isSaidAlready(.integer(value), of: RegisterKey("value"))
        }
        #expect(try !isSaid(1) && !isSaid(2))
        try ward.save(b, [("value", .set(.integer(4)))], to: word)
        try ward.sync(b, a)
        // Somebody else's, and one that was made with sight of it.
        #expect(try !isSaid(4))
        try ward.save(a, [("value", .set(.integer(3)))], to: word)
        #expect(try !isSaid(3))
        var draft = Draft(.edit(word), edits: [("value", .set(.integer(2)))], baseToken: moment.token)
        draft.seesOwnEdits = false
        _ = try a.capture([draft])
        #expect(try isSaid(2))
        #expect(try ward.show(a.store, word).conflicts == ["value"])
        try ward.save(a, [("value", .set(.integer(5)))], to: word)
        #expect(try isSaid(2))
    }

    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }

        mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
    }
}
