import Causality
import Foundation
import GRDB
import RecordStore
import Records
import SyncProtocol
import Testing
import Wording

/// What saving does, and what it refuses, on one replica by itself.
@Suite final class CaptureTests {
    private let folder: URL
    private let store: ReplicaStore
    private static let space = "31120/general"

    private static let form = FormDefinition(
        form: "reading", version: 1, title: Label(vi: "Số liệu", en: "Reading"), group: "indicators", writers: .unit,
        fields: [
            FieldDefinition(name: "place", type: .text, label: Label(vi: "Nơi", en: "Place"), required: true),
            FieldDefinition(
                name: "value", type: .integer, label: Label(vi: "Giá trị", en: "Value"), min: "0", max: "100"),
            FieldDefinition(
                name: "tags", type: .selectMultiple, label: Label(vi: "Nhãn", en: "Tags"), policy: .union,
                choices: ["p", "q"].map { Choice(name: $0, label: Label(vi: $0, en: $0)) }),
        ])

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let identity = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 7, count: 32)))
        store = try ReplicaStore(path: folder.appendingPathComponent("a.db").path, identity: identity, world: .system)
        try store.write { store in
            try store.ensureSpace(Self.space)
            try store.storeForm(Self.form)
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func save(
        _ edits: [(String, Draft.Edit)], to target: Draft.Target? = nil, base: String? = nil, by author: String = ""
    )
        throws -> RecordView
    {
        let target = target ?? .new(form: "reading", space: Self.space)
        return try store.write { store in
            let captured = try store.capture([Draft(target, edits: edits, baseToken: base, author: author)])
            return try store.view(ofRow: captured[0].record)
        }
    }

    private func token(_ view: RecordView) throws -> String {
        try store.read { try $0.baseToken(record: view.id, in: try $0.space(view.space)).text }
    }

    private func code(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch let error as RecordsError {
            return error.code
        } catch let error as StoreError {
            return error.code
        } catch {
            return "\(error)"
        }
    }

    @Test func aSavedRecordShowsItsValuesAndWaits() throws {
        let view = try save([("place", .set(.text("Bến Ninh Kiều"))), ("value", .set(.integer(5)))])
        #expect(view.fields == ["place": .text("Bến Ninh Kiều"), "value": .integer(5)])
        #expect(view.state == .waiting)
        #expect(view.conflicts.isEmpty)
        #expect(try store.verify().isEmpty)
    }

    @Test(arguments: [
        "DELETE FROM version WHERE field = 'value'", "UPDATE version SET value = x'010E' WHERE field = 'value'",
        "DELETE FROM head", "UPDATE record SET form = 'x'", "UPDATE form SET digest = zeroblob(32)",
        "INSERT INTO conflict (record, fields, since) SELECT id, 'value', 1 FROM record",
        "UPDATE space SET digest = zeroblob(32)", "UPDATE change SET payload = zeroblob(length(payload))",
    ])
    func verifyFindsDamage(sql: String) throws {
        _ = try save([("place", .set(.text("x"))), ("value", .set(.integer(5)))])
        #expect(try store.verify().isEmpty)
        try store.write { try $0.db.execute(sql: sql) }
        #expect(try !store.verify().isEmpty)
    }

    /// A store's key is kept in it, so that neither can be lost without the other.
    @Test func anotherKeyIsNotTakenForTheStores() throws {
        let path = folder.appendingPathComponent("a.db").path
        let other = try #require(ReplicaIdentity(rawKey: [UInt8](repeating: 8, count: 32)))
        for given in [other, nil] {
            let opened = try ReplicaStore(path: path, identity: given, world: .system)
            #expect(try opened.identity.rawKey == [UInt8](repeating: 7, count: 32))
        }
    }

    @Test func aStoreIsNotMadeWithoutAKey() throws {
        let path = folder.appendingPathComponent("b.db").path
        let error = #expect(throws: StoreError.self) { try ReplicaStore(path: path, identity: nil, world: .system) }
        #expect(error?.kind == .keyWrong)
    }

    @Test func controlCharactersAreNotKept() throws {
        let view = try save([("place", .set(.text("\u{1B}[31mBến\u{0}\r Ninh\u{202E} Kiều\n2")))])
        #expect(view.fields["place"] == .text("[31mBến Ninh Kiều\n2"))
    }

    @Test func laterEditSupersedesEarlier() throws {
        let first = try save([("place", .set(.text("x"))), ("value", .set(.integer(5)))])
        let second = try save([("value", .set(.integer(6)))], to: .edit(first.word))
        #expect(second.fields["value"] == .integer(6))
        #expect(second.versions["value"]?.count == 1)
        #expect(second.conflicts.isEmpty)
    }

    @Test func editsOfTwoPeopleFromOneViewAreAConflict() throws {
        let record = try save([("place", .set(.text("x"))), ("value", .set(.integer(1)))])
        let opened = try token(record)
        _ = try save([("value", .set(.integer(2)))], to: .edit(record.word), base: opened, by: "lan")
        let view = try save([("value", .set(.integer(3)))], to: .edit(record.word), base: opened, by: "minh")
        #expect(view.conflicts == ["value"])
        #expect(view.versions["value"]?.count == 2)
        #expect(try store.read { try $0.conflictCount() } == 1)
    }

    @Test func onePersonsEditsFromOneViewAreNoConflict() throws {
        let record = try save([("place", .set(.text("x")))])
        let opened = try token(record)
        _ = try save([("value", .set(.integer(2)))], to: .edit(record.word), base: opened, by: "lan")
        let view = try save([("value", .set(.integer(3)))], to: .edit(record.word), base: opened, by: "lan")
        #expect(view.conflicts.isEmpty)
        #expect(view.fields["value"] == .integer(3))
    }

    @Test func equalValuesAreNoConflict() throws {
        let record = try save([("place", .set(.text("x")))])
        let opened = try token(record)
        _ = try save([("value", .set(.integer(2)))], to: .edit(record.word), base: opened, by: "lan")
        let view = try save([("value", .set(.integer(2)))], to: .edit(record.word), base: opened, by: "minh")
        #expect(view.conflicts.isEmpty)
        #expect(view.versions["value"]?.count == 2)
    }

    @Test func editAgainstDeleteIsACaseAndKeepsTheRecordWhole() throws {
        let record = try save([("place", .set(.text("x")))])
        let opened = try token(record)
        _ = try save([("@deleted", .set(.flag(true)))], to: .edit(record.word), base: opened, by: "lan")
        let view = try save([("value", .set(.integer(3)))], to: .edit(record.word), base: opened, by: "minh")
        #expect(view.conflicts == ["@deleted"])
        #expect(!view.deleted)
        #expect(view.fields["value"] == .integer(3))
    }

    @Test func aRemovalTakesOnlyTheAdditionsItsAuthorHadSeen() throws {
        let record = try save([("place", .set(.text("x"))), ("tags", .add("p"))])
        let opened = try token(record)
        _ = try save([("tags", .add("p")), ("tags", .add("q"))], to: .edit(record.word), by: "lan")
        let view = try save([("tags", .drop("p"))], to: .edit(record.word), base: opened, by: "minh")
        #expect(view.fields["tags"] == .items(["p", "q"]))
    }

    @Test func searchIgnoresDiacriticsAndCase() throws {
        _ = try save([("place", .set(.text("Phường Bình Thuỷ")))])
        for words in ["binh thuy", "Bình Thủy", "BINH", "thuy phuong"] {
            #expect(try store.read { try $0.records(form: "reading", find: words) }.count == 1, "\(words)")
        }
        #expect(try store.read { try $0.records(form: "reading", find: "cai rang") }.isEmpty)
    }

    @Test func wrongInputIsRefusedWithItsCodeAndSavesNothing() throws {
        let record = try save([("place", .set(.text("x")))])
        let other = try save([("place", .set(.text("y")))])
        let digest = try store.read { try $0.space(Self.space).digest }
        let cases: [(String, () throws -> Void)] = [
            ("form.unknown", { _ = try self.save([], to: .new(form: "nothing", space: Self.space)) }),
            ("space.unknown", { _ = try self.save([], to: .new(form: "reading", space: "no/where")) }),
            ("field.unknown", { _ = try self.save([("no_such", .set(.integer(1)))], to: .edit(record.word)) }),
            ("field.required", { _ = try self.save([("value", .set(.integer(1)))]) }),
            ("field.type", { _ = try self.save([("value", .set(.text("many")))], to: .edit(record.word)) }),
            ("field.range", { _ = try self.save([("value", .set(.integer(101)))], to: .edit(record.word)) }),
            ("field.choice", { _ = try self.save([("tags", .add("z"))], to: .edit(record.word)) }),
            ("field.not-a-set", { _ = try self.save([("value", .add("z"))], to: .edit(record.word)) }),
            ("record.nothing-to-save", { _ = try self.save([], to: .edit(record.word)) }),
            ("word.invalid", { _ = try self.save([], to: .edit("' OR 1=1 --")) }),
            ("base.invalid", { _ = try self.save([("value", .set(.integer(1)))], to: .edit(record.word), base: "b0") }),
            (
                "base.other-record",
                {
                    _ = try self.save(
                        [("value", .set(.integer(1)))], to: .edit(record.word), base: try self.token(other))
                }
            ),
        ]
        for (expected, body) in cases { #expect(code(body) == expected) }
        #expect(try store.read { try $0.space(Self.space).digest } == digest)
    }

    @Test func changesSavedTogetherComeIntoOneSegment() throws {
        try store.write { store in
            _ = try store.capture([
                Draft(.new(form: "reading", space: Self.space), edits: [("place", .set(.text("a")))])
            ])
            let batch = (0..<5).map {
                Draft(.new(form: "reading", space: Self.space), edits: [("place", .set(.text("b\($0)")))])
            }
            _ = try store.capture(batch)
            let space = try store.space(Self.space)
            try store.seal(in: space)
            #expect(try store.unreceivedSegments(in: space).map(\.first) == [1, 2])
            #expect(try store.segment(of: store.replica, first: 2, in: space)?.changes.count == 5)
        }
    }

    @Test func aFileThatIsNoDatabaseIsReportedAsDamaged() throws {
        let path = folder.appendingPathComponent("b.db").path
        try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: path))
        #expect(throws: StoreError.self) {
            _ = try ReplicaStore(path: path, identity: self.store.identity, world: .system)
        }
    }

    @Test func everythingThatVerifyFindsHasASentenceAndARemedy() {
        for kind in Problem.Kind.allCases {
            #expect(Catalogue.knows("problem.\(kind.rawValue)"))
            #expect(Catalogue.knows("problem.\(kind.rawValue).remedy"))
        }
    }

    /// What SQLite says is well, and what people entered is not: each kind by its name.
    @Test(arguments: [
        ("UPDATE change SET author = 'somebody else'", Problem.Kind.head),
        ("UPDATE space SET digest = zeroblob(32) WHERE name = '31120/general'", .digest),
        ("DELETE FROM version", .values), ("UPDATE form SET digest = zeroblob(32)", .definition),
        ("INSERT INTO conflict (record, since, fields) SELECT id, 0, 'place' FROM record", .openCase),
    ])
    func verifyNamesWhatWasDoneToTheFile(sql: String, kind: Problem.Kind) throws {
        _ = try save([("place", .set(.text("x")))])
        #expect(try store.verify().isEmpty)
        try store.write { try $0.db.execute(sql: sql) }
        #expect(try store.verify().map(\.kind).contains(kind))
    }

    @Test func aBaseNamesNoMoreThanItMay() throws {
        let keyed = FormDefinition(
            form: "keyed", version: 1, title: Label(vi: "Mã", en: "Keyed"), group: "indicators", writers: .unit,
            fields: [
                FieldDefinition(name: "key", type: .text, label: Label(vi: "Mã", en: "Key"), required: true, key: true),
                FieldDefinition(name: "value", type: .integer, label: Label(vi: "Giá trị", en: "Value")),
            ])
        try store.write { try $0.storeForm(keyed) }
        let new = Draft.Target.new(form: "keyed", space: Self.space)
        let first = try save([("key", .set(.text("k"))), ("value", .set(.integer(0)))], to: new, by: "lan")
        for number in 1...300 {
            _ = try save([("value", .set(.integer(Int64(number))))], to: .edit(first.word), by: "lan")
        }
        // Typed anew by who made all of it.
        let again = try save([("key", .set(.text("k"))), ("value", .set(.integer(999)))], to: new, by: "lan")
        #expect(again.fields["value"] == .integer(999))
        #expect(again.conflicts == [])
        #expect(try store.verify() == [])
    }
}
