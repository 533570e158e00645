import Agent
import Causality
import Foundation
import GRDB
import Hub
import RecordStore
import Records
import SyncProtocol
import Testing
import Wording

/// A device that is new in a space of much history takes its state, not its log.
@Suite struct SnapshotTests {
    private let ward: SnapshotWard

    init() throws { ward = try SnapshotWard() }

    private func changeCount(_ store: ReplicaStore) throws -> Int {
        try store.read { try Int.fetchOne($0.db, sql: "SELECT count(*) FROM change") ?? 0 }
    }

    @Test func aNewDeviceTakesTheStateAndAgreesWithTheHub() throws {
        let (_, words) = try ward.veteran()
        let device = try ward.device()
        try ward.sync(device)
        let space = try ward.space(device.store)
        #expect(space.floor > 0)
        #expect(try changeCount(device.store) * 2 < changeCount(ward.hub.store))
        try ward.expectAgreement(device)
        let kinds = try device.store.read { store in
            try store.heads(in: space).map { try store.isHeld($0.replica, upTo: $0.head, in: space) }
        }
        #expect(kinds == [false])
        // What it writes is on what it has.
        try ward.save(device, [("value", .set(.integer(77)))], to: words[3])
        try ward.sync(device)
        try ward.expectAgreement(device)
        #expect(try ward.show(ward.hub.store, words[3]).conflicts == [])
        #expect(try ward.show(ward.hub.store, words[3]).fields["value"] == .integer(77))
    }

    @Test func snapshotsAreMadeAheadAndAnewWhenMuchHasCome() throws {
        func made() throws -> Int {
            try ward.hub.makeDueSnapshots()
            return try ward.hub.store.read { try Int.fetchOne($0.db, sql: "SELECT count(*) FROM snapshot") ?? 0 }
        }
        #expect(try made() == 0)
        let (veteran, words) = try ward.veteran()
        #expect(try made() == 1)
        #expect(try made() == 1)
        for word in words { try ward.save(veteran, [("value", .set(.integer(9)))], to: word) }
        try ward.sync(veteran)
        #expect(try made() == 2)
        let device = try ward.device()
        try ward.sync(device)
        try ward.expectAgreement(device)
    }

    @Test func aCatalogueThatComesAsASnapshotBringsItsForms() throws {
        try ward.makeCatalogueHistory()
        let device = try ward.device(knowsForm: false)
        try ward.sync(device)
        #expect(try device.store.read { try $0.space(SpaceName.catalogue).floor } > 0)
        try ward.save(device, [("key", .set(.text("first"))), ("value", .set(.integer(1)))])
        try ward.sync(device)
        try ward.expectAgreement(device)
    }

    @Test func aSpaceOfLittleHistoryComesWithAllOfIt() throws {
        let veteran = try ward.device()
        try ward.sync(veteran)
        for number in 0..<30 {
            try ward.save(veteran, [("key", .set(.text("k\(number)"))), ("value", .set(.integer(1)))])
        }
        try ward.sync(veteran)
        let device = try ward.device()
        try ward.sync(device)
        #expect(try ward.space(device.store).floor == 0)
        try ward.expectAgreement(device)
    }

    @Test func whatIsLoadedCanBeUsedAndWhatIsNotIsNotClaimed() throws {
        let (veteran, words) = try ward.veteran()
        let device = try ward.device()
        try ward.load(2, into: device)
        let space = try ward.space(device.store)
        #expect(space.fill == .filling)
        #expect(try device.store.read { try $0.heads(in: space).isEmpty })
        let loaded = try device.store.read { try $0.records(form: "reading") }
        #expect(!loaded.isEmpty && loaded.count < words.count)
        // Somebody edits what is there, and somebody types anew what has not come yet.
        let seen = try #require(loaded.first)
        let token = try device.store.read { try $0.baseToken(record: seen.id, in: space).text }
        try ward.save(device, [("note", .set(.text("from here")))], to: seen.word, base: token)
        try ward.save(device, [("value", .set(.integer(55)))], to: seen.word)
        try ward.save(device, [("key", .set(.text("k0"))), ("value", .set(.integer(99)))])
        #expect(try device.store.verify() == [])
        try ward.sync(device, veteran, device)
        try ward.expectAgreement(device)
        let edited = try ward.show(ward.hub.store, seen.word)
        #expect(edited.conflicts == [])
        #expect(edited.fields["note"] == .text("from here"))
        #expect(edited.fields["value"] == .integer(55))
        // They had not seen the hub's value, so that a person is asked.
        #expect(try ward.show(ward.hub.store, words[0]).conflicts == ["value"])
        #expect(try device.store.read { try $0.openChanges(ownOnly: true).isEmpty })
    }

    @Test func aCutLineRepeatsNoChunkThatCame() throws {
        _ = try ward.veteran(records: 60)
        let device = try ward.device()
        var loaded = 0
        var rounds = 0
        while try ward.space(device.store).position == .start || ward.space(device.store).fill == .filling {
            rounds += 1
            // Longer than a head with one chunk, shorter than all.
            do {
                _ = try device.sync(over: SnapshotWard.Line(hub: ward.hub, answerBytes: 1700))
            } catch is SnapshotWard.Line.Cut {}
            let now = try device.store.read { try $0.filling(of: $0.space(SnapshotWard.space))?.loaded ?? .max }
            #expect(now >= loaded)
            loaded = now
            try #require(rounds < 100)
        }
        #expect(rounds > 2)
        try ward.sync(device)
        try ward.expectAgreement(device)
    }

    @Test func aLateSegmentFromBelowTheFloorMergesRight() throws {
        let (veteran, words) = try ward.veteran(records: 12, edits: 2)
        let late = try ward.device()
        try ward.sync(late)
        // Both go on without sight of each other.
        try ward.save(late, [("value", .set(.integer(500)))], to: words[1])
        try ward.save(late, [("note", .set(.text("late")))], to: words[2])
        for edit in 3...8 {
            for word in words where word != words[2] {
                try ward.save(veteran, [("value", .set(.integer(Int64(edit))))], to: word)
            }
            try ward.sync(veteran)
        }
        let device = try ward.device()
        try ward.sync(device)
        #expect(try ward.space(device.store).floor > 0)
        try ward.sync(late, device)
        try ward.expectAgreement(device)
        #expect(try ward.show(device.store, words[1]).conflicts == ["value"])
        #expect(try ward.show(device.store, words[2]).conflicts == [])
        #expect(try ward.show(device.store, words[2]).fields["note"] == .text("late"))
    }

    @Test func waitingAndRefusedWorkIsInIt() throws {
        let (veteran, words) = try ward.veteran()
        // Over what the form allows: captured under a definition that the hub does not share is refused; a form that it does
        // not know waits.
        let odd = FormDefinition(
            form: "reading", version: 2, title: Label(vi: "Số liệu", en: "Reading"), group: "indicators",
            writers: .unit, fields: SnapshotWard.form.fields)
        try veteran.store.write { try $0.storeForm(odd) }
        try ward.save(veteran, [("value", .set(.integer(700)))], to: words[5])
        try ward.sync(veteran)
        #expect(try ward.show(ward.hub.store, words[5]).state == .waiting)
        let device = try ward.device()
        try ward.sync(device)
        #expect(try ward.space(device.store).floor > 0)
        try ward.expectAgreement(device)
        #expect(try ward.show(device.store, words[5]).state == .waiting)
        // The form comes with a stricter rule: the verdict brings back what the waiting change had covered.
        let strict = FormDefinition(
            form: "reading", version: 2, title: Label(vi: "Số liệu", en: "Reading"), group: "indicators",
            writers: .unit,
            fields: [
                SnapshotWard.form.fields[0],
                FieldDefinition(name: "value", type: .integer, label: Label(vi: "Giá trị", en: "Value"), max: "99"),
                SnapshotWard.form.fields[2],
            ])
        _ = try ward.hub.capture([
            Draft(
                .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                edits: [
                    ("form", .set(.text("reading"))), ("version", .set(.integer(2))),
                    ("definition", .set(.text(String(decoding: strict.canonicalJSON, as: UTF8.self)))),
                ])
        ])
        #expect(try ward.show(ward.hub.store, words[5]).state == .refused)
        try ward.sync(device)
        try ward.expectAgreement(device)
        #expect(try ward.show(device.store, words[5]).fields["value"] == .integer(4))
        // A device that comes after the refusal gets it listed.
        let later = try ward.device()
        try ward.sync(later)
        #expect(try ward.space(later.store).floor > 0)
        try ward.expectAgreement(later)
        #expect(try ward.show(later.store, words[5]).state == .refused)
    }

    @Test func aDeviceWithWorkAtTheHubTakesTheLog() throws {
        let (_, words) = try ward.veteran()
        let device = try ward.device()
        try ward.save(device, [("key", .set(.text("own"))), ("value", .set(.integer(1)))])
        // Its first request arrives, its answer does not.
        #expect(throws: SnapshotWard.Line.Cut.self) {
            try device.sync(over: SnapshotWard.Line(hub: ward.hub, answerBytes: 10))
        }
        try ward.sync(device)
        #expect(try ward.space(device.store).floor == 0)
        try ward.expectAgreement(device)
        #expect(try device.store.read { try $0.records(form: "reading") }.count == words.count + 1)
    }

    @Test func aSnapshotThatIsGoneGivesWayToTheLog() throws {
        let (_, words) = try ward.veteran()
        let device = try ward.device()
        try ward.load(2, into: device)
        let seen = try #require(try device.store.read { try $0.records(form: "reading") }.first)
        try ward.save(device, [("note", .set(.text("kept")))], to: seen.word)
        try ward.hub.store.write { store in
            for table in ["snapshot_chunk", "snapshot"] { try store.db.execute(sql: "DELETE FROM \(table)") }
        }
        try ward.sync(device)
        #expect(try ward.space(device.store).floor == 0)
        try ward.expectAgreement(device)
        #expect(try ward.show(ward.hub.store, seen.word).fields["note"] == .text("kept"))
        #expect(try ward.show(ward.hub.store, seen.word).conflicts == [])
        #expect(try device.store.read { try $0.records(form: "reading") }.count == words.count)
    }

    @Test func aSnapshotThatDoesNotComeToItsDigestIsLetGoOf() throws {
        let (_, words) = try ward.veteran()
        let first = try ward.device()
        try ward.load(1, into: first)
        // A hub that signs a digest that its chunks do not come to.
        try ward.hub.store.write { store in
            let bytes = try #require(try Data.fetchOne(store.db, sql: "SELECT manifest FROM snapshot"))
            let honest = try SnapshotManifest(bytes: Array(bytes))
            let lie = SnapshotManifest(
                space: honest.space, position: honest.position, digest: .empty,
                settledRefusals: honest.settledRefusals, time: honest.time, changes: honest.changes,
                chunks: honest.chunks)
            let signature = store.identitySignature(over: lie)
            try store.db.execute(
                sql: "UPDATE snapshot SET name = ?, manifest = ?, signature = ?",
                arguments: [Data(lie.name), Data(lie.bytes), Data(signature)])
            try store.db.execute(sql: "UPDATE snapshot_chunk SET name = ?", arguments: [Data(lie.name)])
        }
        let device = try ward.device()
        try ward.save(device, [("key", .set(.text("own"))), ("value", .set(.integer(1)))])
        let report = try device.sync(over: SnapshotWard.Line(hub: ward.hub))
        #expect(report.complete)
        #expect(report.roundTrips > 1)
        #expect(try ward.space(device.store).floor == 0)
        #expect(try ward.space(device.store).fill == .declined)
        try ward.expectAgreement(device)
        #expect(try device.store.read { try $0.records(form: "reading") }.count == words.count + 1)
    }
}

extension StoreTransaction {
    fileprivate func identitySignature(over manifest: SnapshotManifest) -> [UInt8] {
        ReplicaIdentity(rawKey: [UInt8](repeating: 1, count: 32))!.sign(
            tag: SnapshotManifest.tag, manifest.bytes)
    }
}
