import Agent
import Causality
import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol
import Testing

/// A device knows two histories of one replica by the names that the hub gave. The hub is put back to before that, and gives the
/// names the other way round: what the device and the lost line called a branch, its log never gives a name to.
@Suite struct BranchNameTests {
    /// A line that is there until the device has gone back.
    private struct UntilGoneBack: HubTransport {
        let line: SnapshotWard.Line
        let position: () throws -> UInt64

        func exchange(
            _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
        ) throws {
            let before = try position()
            try line.exchange(route, sending: next, receiving: take)
            if try position() < before { throw SnapshotWard.Line.Cut() }
        }
    }

    private let ward: SnapshotWard
    private let a: AgentDevice
    private let clone: AgentDevice
    private let word: String

    /// The clone's history comes to the hub first and keeps the name, that of `a` goes by a branch's.
    init() throws {
        ward = try SnapshotWard()
        a = try ward.device()
        try ward.sync(a)
        word = try ward.save(a, [("key", .set(.text("k"))), ("value", .set(.integer(0)))])
        try ward.sync(a)
        clone = try ward.putBack(a, number: 2) { _ in }
    }

    private func meetBothHistories() throws {
        try ward.save(clone, [("note", .set(.text("bản sao")))], to: word)
        try ward.sync(clone)
        try ward.save(a, [("value", .set(.integer(1)))], to: word)
        try ward.sync(a)
    }

    private func expectRest(value: Int64) throws {
        for _ in 0..<2 { try ward.sync(a, clone) }
        let late = try ward.device()
        try ward.sync(late)
        for device in [a, clone, late] { try ward.expectAgreement(device) }
        let shown = try ward.show(ward.hub.store, word)
        #expect(shown.fields["value"] == .integer(value))
        #expect(shown.conflicts.isEmpty)
        #expect(shown.versions["value"]?.count == 1)
    }

    @Test func whatWasMadeUponABranchAfterGoingBackIsTaken() throws {
        try ward.putHubBack(after: meetBothHistories)
        let line = UntilGoneBack(line: SnapshotWard.Line(hub: ward.hub)) { [a, ward] in
            try ward.space(a.store).position.index
        }
        #expect(throws: SnapshotWard.Line.Cut.self) { try a.sync(over: line) }
        try ward.save(a, [("value", .set(.integer(2)))], to: word)
        try ward.save(a, [("note", .set(.text("cả hai")))], to: word)
        try expectRest(value: 2)
        #expect(try ward.show(ward.hub.store, word).fields["note"] == .text("cả hai"))
    }

    /// People keep a record's word, and a change's, as their device showed it.
    @Test func wordsOfABranchAreStillRead() throws {
        let form = FormDefinition(
            form: "visit", version: 1, title: Label(vi: "Thăm", en: "Visit"), group: "visits", writers: .unit,
            fields: [FieldDefinition(name: "name", type: .text, label: Label(vi: "Tên", en: "Name"))])
        _ = try ward.hub.capture([
            Draft(
                .new(form: BuiltInForm.form.form, space: SpaceName.catalogue),
                edits: [
                    ("form", .set(.text(form.form))), ("version", .set(.integer(1))),
                    ("definition", .set(.text(String(decoding: form.canonicalJSON, as: UTF8.self)))),
                ])
        ])
        try ward.sync(a)
        var shown: RecordView?
        try ward.putHubBack {
            try ward.save(clone, [("note", .set(.text("bản sao")))], to: word)
            try ward.sync(clone)
            let visit = Draft(
                .new(form: form.form, space: SnapshotWard.space), edits: [("name", .set(.text("của a")))])
            let row = try a.capture([visit])[0].record
            try ward.sync(a)
            shown = try a.store.read { try $0.view(ofRow: row) }
        }
        try ward.sync(a)
        let kept = try #require(shown)
        let version = try #require(kept.versions["name"]?.first)
        let change = try #require(DotWord(version.dotWord))
        let now = try ward.show(ward.hub.store, kept.word)
        #expect(now.fields["name"] == .text("của a") && now.word != kept.word)
        let found = try ward.hub.store.read { try $0.change(change, in: $0.space(SnapshotWard.space)) }
        #expect(found?.record == now.row)
    }

    /// The work itself was saved before the hub was put back, and depends on receipts of the branch on the lost line.
    @Test func whatHadSeenABranchOnALostLineHasSeenIt() throws {
        try ward.putHubBack {
            try meetBothHistories()
            try ward.save(a, [("value", .set(.integer(2)))], to: word)
        }
        try expectRest(value: 2)
    }
}
