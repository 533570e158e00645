import Agent
import Causality
import Foundation
import GRDB
import Hub
import RecordStore
import Records
import SyncProtocol
import Testing

/// Bits that turn over in work that was saved and not sent: what is sound arrives, what is damaged is kept and told of.
@Suite struct DamagedTailTests {
    /// Turns a bit over in the payload of the device's own change with a sequence.
    private func damage(_ device: AgentDevice, _ sequence: Int64, sql: String) throws {
        let own = try device.replica
        try device.store.write { store in
            try store.db.execute(
                sql: """
                    UPDATE change SET \(sql) WHERE sequence = ? AND replica = (SELECT id FROM replica WHERE name = ?)
                    """, arguments: [sequence, Data(own.bytes)])
        }
    }

    private static let flips = [
        "payload = CAST(substr(payload, 1, length(payload) - 1) || x'7F' AS BLOB)", "author = 'ai đó'",
        "link = zeroblob(32)", "time = time + 65536", "base = x'FFFFFF'",
    ]

    @Test(arguments: flips, [true, false])
    func whatIsSoundArrivesAndWhatIsDamagedIsKept(sql: String, sealed: Bool) throws {
        let ward = try SnapshotWard()
        let (a, b) = (try ward.device(), try ward.device())
        let first = try ward.save(a, [("key", .set(.text("một")))])
        try ward.sync(a)
        let own = try #require(
            try a.store.read { store in
                try store.heads(in: store.space(SnapshotWard.space)).first { $0.replica == store.identity.replica }
            })
        let former = try a.replica
        try ward.save(a, [("note", .set(.text("tốt")))], to: first)
        if sealed { try a.store.write { try $0.seal(in: $0.space(SnapshotWard.space)) } }
        try ward.save(a, [("value", .set(.integer(5)))], to: first)
        let later = try ward.save(a, [("key", .set(.text("sau")))])
        try ward.save(a, [("note", .set(.text("về sau")))], to: later)
        try damage(a, Int64(own.head.sequence) + 2, sql: sql)
        try ward.sync(a, b)
        // Where it is the chain only, what follows tells what it was.
        let isLinkOnly = sql.hasPrefix("link")
        #expect(try (a.replica == former) == isLinkOnly)
        let damaged = try #require(try a.damagedWork())
        #expect(damaged.changes == (isLinkOnly ? 0 : 1))
        #expect(FileManager.default.fileExists(atPath: damaged.copy))
        for store in [a.store, b.store, ward.hub.store] {
            #expect(try ward.show(store, first).fields["note"] == .text("tốt"))
            let shown = try store.read { try $0.records(form: "reading") }
            #expect(!shown.contains { !$0.conflicts.isEmpty })
            #expect(shown.contains { $0.fields["note"] == .text("về sau") })
            #expect(shown.count == 2)
            #expect(try ward.show(store, first).fields["value"] == (isLinkOnly ? .integer(5) : nil))
        }
        for device in [a, b] { try ward.expectAgreement(device) }
    }

    private static let bookkeeping = [
        "UPDATE head SET hash = zeroblob(32) WHERE made > 0",
        "UPDATE head SET sequence = sequence + 9000000000000000000 WHERE made > 0",
        "UPDATE segment SET signature = zeroblob(64) WHERE serial = (SELECT max(serial) FROM segment)",
        "UPDATE change SET link = zeroblob(32) WHERE received IS NOT NULL AND record IN (SELECT record FROM change WHERE received IS NULL)",
    ]

    /// Damage beside what was saved takes nothing of it away.
    @Test(arguments: bookkeeping, [true, false])
    func whatIsDamagedBesideTheWorkIsPutRight(sql: String, sealed: Bool) throws {
        let ward = try SnapshotWard()
        let (a, b) = (try ward.device(), try ward.device())
        let first = try ward.save(a, [("key", .set(.text("một")))])
        try ward.sync(a, b)
        let former = try a.replica
        try ward.save(a, [("note", .set(.text("chờ")))], to: first)
        try ward.save(a, [("value", .set(.integer(5)))], to: first)
        if sealed || sql.contains("signature") { try a.store.write { try $0.seal(in: $0.space(SnapshotWard.space)) } }
        try a.store.write { try $0.db.execute(sql: sql) }
        try ward.sync(a, b)
        #expect(try a.replica == former)
        for store in [a.store, b.store, ward.hub.store] {
            #expect(try ward.show(store, first).fields["note"] == .text("chờ"))
            #expect(try ward.show(store, first).fields["value"] == .integer(5))
        }
    }

    /// Work that was made under a former name, whose key is gone.
    @Test(arguments: [flips[0], "signature"]) func workOfAFormerNameGoesOnUnderTheNewOne(sql: String) throws {
        let ward = try SnapshotWard()
        let (a, b) = (try ward.device(), try ward.device())
        let first = try ward.save(a, [("key", .set(.text("một")))])
        try ward.sync(a, b)
        try ward.save(a, [("note", .set(.text("trước")))], to: first)
        try ward.save(a, [("value", .set(.integer(5)))], to: first)
        let last = try a.store.read { store in
            try store.head(of: store.identity.replica, in: store.space(SnapshotWard.space)).sequence
        }
        if sql != "signature" { try damage(a, Int64(last), sql: sql) }
        try a.store.write { store in
            try store.goOnAsNew()
            guard sql == "signature" else { return }
            try store.db.execute(
                sql: "UPDATE segment SET signature = zeroblob(64) WHERE serial = (SELECT max(serial) FROM segment)")
        }
        try ward.save(a, [("key", .set(.text("sau")))])
        try ward.sync(a, b)
        for store in [a.store, b.store, ward.hub.store] {
            #expect(try ward.show(store, first).fields["note"] == .text("trước"))
            #expect(try ward.show(store, first).conflicts.isEmpty)
            #expect(try store.read { try $0.records(form: "reading") }.count == 2)
        }
        #expect(try a.damagedWork()?.changes == (sql == "signature" ? 0 : 1))
    }

    /// All that was said of a record is damaged: nothing of it is left to show, and nothing stands in the way of the rest.
    @Test func aRecordThatIsDamagedWholeIsGoneAndTheRestArrives() throws {
        let ward = try SnapshotWard()
        let a = try ward.device()
        try ward.sync(a)
        for key in ["một", "hai", "ba"] { try ward.save(a, [("key", .set(.text(key)))]) }
        try damage(a, 2, sql: Self.flips[1])
        try ward.sync(a)
        for store in [a.store, ward.hub.store] {
            let keys = try store.read { try $0.records(form: "reading") }.compactMap { $0.fields["key"] }
            #expect(Set(keys) == [.text("một"), .text("ba")])
        }
        try ward.expectAgreement(a)
        #expect(try a.damagedWork()?.changes == 1)
    }

    @Test func soundWorkIsLeftAsItIs() throws {
        let ward = try SnapshotWard()
        let a = try ward.device()
        try ward.sync(a)
        let former = try a.replica
        try ward.save(a, [("key", .set(.text("một")))])
        try ward.sync(a)
        #expect(try a.replica == former)
        #expect(try a.damagedWork() == nil)
    }
}
