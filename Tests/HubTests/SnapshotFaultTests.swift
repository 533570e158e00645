import Agent
import Causality
import Foundation
import GRDB
import Hub
import RecordStore
import Records
import SyncProtocol
import Synchronization
import Testing
import Wording

/// What once went wrong with snapshots that are cut, let go of, or met by a second process of the device.
@Suite struct SnapshotFaultTests {
    private func loseSnapshots(_ ward: SnapshotWard) throws {
        try ward.hub.store.write { store in
            for table in ["snapshot_chunk", "snapshot"] { try store.db.execute(sql: "DELETE FROM \(table)") }
        }
    }

    private func begun(_ device: AgentDevice) throws -> DeviceExchange {
        DeviceExchange(device, with: try #require(try device.hub()))
    }

    private func request(_ exchange: DeviceExchange) throws -> [UInt8] {
        var request: [UInt8] = []
        while let piece = try exchange.nextPiece() { request += piece }
        return request
    }

    /// A device that had loaded some, wrote about it, and let go of the snapshot.
    private func bereft(_ ward: SnapshotWard) throws -> (device: AgentDevice, word: String) {
        let device = try ward.device()
        try ward.load(2, into: device)
        let seen = try #require(try device.store.read { try $0.records(form: "reading") }.first)
        try ward.save(device, [("note", .set(.text("kept")))], to: seen.word)
        try device.store.write { try $0.stopFilling(SnapshotWard.space) }
        return (device, seen.word)
    }

    @Test func whatWasSavedUnderAFormerNameOutlivesASnapshotThatIsLetGoOf() throws {
        let ward = try SnapshotWard()
        _ = try ward.veteran()
        let device = try ward.device()
        try ward.load(2, into: device)
        let seen = try #require(try device.store.read { try $0.records(form: "reading") }.first)
        try ward.save(device, [("note", .set(.text("kept")))], to: seen.word)
        try device.store.write { try $0.goOnAsNew() }
        try device.store.write { try $0.stopFilling(SnapshotWard.space) }
        #expect(try ward.show(device.store, seen.word).fields["note"] == .text("kept"))
        try ward.sync(device)
        try ward.expectAgreement(device)
        #expect(try ward.show(ward.hub.store, seen.word).fields["note"] == .text("kept"))
    }

    @Test func anotherProcessThatGoesPastTheSnapshotsPlaceStopsNoUpload() throws {
        let ward = try SnapshotWard()
        _ = try ward.veteran()
        let (device, _) = try bereft(ward)
        let exchange = try begun(device)
        let head = try #require(try exchange.nextPiece())
        try ward.sync(device)
        // The request goes on from where it said that the device stands.
        let upload = try #require(try exchange.nextPiece())
        #expect(!head.isEmpty && !upload.isEmpty)
        try ward.expectAgreement(device)
    }

    @Test func anAnswerThatAnotherProcessHasOvertakenEndsQuietly() throws {
        let ward = try SnapshotWard()
        let (veteran, words) = try ward.veteran()
        let device = try ward.device()
        let slow = try begun(device)
        let answer = try ward.hub.answer(try request(slow))
        for word in words { try ward.save(veteran, [("value", .set(.integer(9)))], to: word) }
        try ward.sync(veteran)
        try ward.load(1, into: device)
        try slow.take(answer)
        try slow.finish()
        #expect(slow.more)
        try ward.sync(device)
        try ward.expectAgreement(device)
        #expect(try ward.space(device.store).floor > 0)
    }

    @Test func aRecordIsInOneChunk() throws {
        let ward = try SnapshotWard(packedAim: 120)
        _ = try ward.veteran(records: 9, edits: 3)
        let device = try ward.device()
        var chunks = 0
        repeat {
            chunks += 1
            try ward.load(chunks, into: device)
            for record in try device.store.read({ try $0.records(form: "reading") }) {
                #expect(try ward.show(ward.hub.store, record.word).fields == record.fields)
            }
            try #require(chunks < 50)
        } while try ward.space(device.store).fill == .filling
        #expect(chunks > 4)
        try ward.sync(device)
        try ward.expectAgreement(device)
    }

    @Test func aRecordOfManyLongTextsFitsItsChunks() throws {
        let ward = try SnapshotWard()
        let (veteran, _) = try ward.veteran(records: 60)
        let long = String(repeating: "dài ", count: 12_000)
        for number in 0..<24 {
            // Each without sight of the others: all stand.
            _ = try veteran.capture([
                Draft(
                    .new(form: "reading", space: SnapshotWard.space),
                    edits: [("key", .set(.text("many"))), ("note", .set(.text(long + String(number))))],
                    author: "p\(number)")
            ])
        }
        try ward.sync(veteran)
        let device = try ward.device()
        try ward.sync(device)
        #expect(try ward.space(device.store).floor > 0)
        try ward.expectAgreement(device)
    }

    @Test func whatComesWithARequestForAGoneSnapshotIsTakenIn() throws {
        let ward = try SnapshotWard()
        _ = try ward.veteran()
        let device = try ward.device()
        try ward.load(2, into: device)
        let seen = try #require(try device.store.read { try $0.records(form: "reading") }.first)
        try ward.save(device, [("note", .set(.text("kept")))], to: seen.word)
        try loseSnapshots(ward)
        _ = try ward.hub.answer(try request(try begun(device)))
        #expect(try ward.show(ward.hub.store, seen.word).fields["note"] == .text("kept"))
        try ward.sync(device)
        try ward.expectAgreement(device)
    }

    @Test func aPageFromBeforeTheLetGoIsShownAnew() throws {
        let ward = try SnapshotWard()
        _ = try ward.veteran()
        let device = try ward.device()
        try ward.load(2, into: device)
        let seen = try #require(try device.store.read { try $0.records(form: "reading") }.first)
        let token = try device.store.read { store in
            try store.baseToken(record: seen.id, in: store.space(SnapshotWard.space)).text
        }
        // Own work keeps the record there.
        try ward.save(device, [("note", .set(.text("mine")))], to: seen.word)
        try device.store.write { try $0.stopFilling(SnapshotWard.space) }
        #expect {
            try ward.save(device, [("value", .set(.integer(8)))], to: seen.word, base: token)
        } throws: { ($0 as? StoreError)?.kind == .baseUnknown }
    }

    @Test func ownWorkIsMergedAgainInItsOrderWhateverTheClockSaid() throws {
        let ward = try SnapshotWard()
        _ = try ward.veteran()
        let clock = SnapshotWard.Ahead()
        let device = try ward.device(
            world: World(
                now: { World.system.now() + clock.milliseconds.withLock { $0 } }, random: World.system.random))
        try ward.load(2, into: device)
        let seen = try #require(try device.store.read { try $0.records(form: "reading") }.first)
        clock.milliseconds.withLock { $0 = 86_400_000 }
        try ward.save(device, [("value", .set(.integer(100)))], to: seen.word)
        clock.milliseconds.withLock { $0 = 0 }
        try ward.save(device, [("value", .set(.integer(200)))], to: seen.word)
        try device.store.write { try $0.stopFilling(SnapshotWard.space) }
        let view = try ward.show(device.store, seen.word)
        #expect(view.fields["value"] == .integer(200))
        #expect(view.conflicts == [])
        try ward.sync(device)
        try ward.expectAgreement(device)
    }

    @Test func aSnapshotFromAClockThatWasAheadDoesNotStayTheNewest() throws {
        let ward = try SnapshotWard()
        func made() throws -> Int {
            try ward.hub.makeDueSnapshots()
            return try ward.hub.store.read { try Int.fetchOne($0.db, sql: "SELECT count(*) FROM snapshot") ?? 0 }
        }
        let (veteran, words) = try ward.veteran()
        ward.ahead.milliseconds.withLock { $0 = 86_400_000 }
        #expect(try made() == 1)
        ward.ahead.milliseconds.withLock { $0 = 0 }
        for word in words { try ward.save(veteran, [("value", .set(.integer(9)))], to: word) }
        try ward.sync(veteran)
        #expect(try made() == 2)
        ward.ahead.milliseconds.withLock { $0 = 10_000 }
        #expect(try made() == 2)
    }

    @Test func recordsWaitForTheCataloguesSnapshot() throws {
        let ward = try SnapshotWard()
        try ward.makeCatalogueHistory()
        let writer = try ward.device()
        try ward.sync(writer)
        try ward.save(writer, [("key", .set(.text("a"))), ("value", .set(.integer(1)))])
        try ward.sync(writer)
        let device = try ward.device(knowsForm: false)
        for _ in 0..<50 {
            var options = DeviceExchange.Options()
            options.answerLimit = 1
            let exchange = DeviceExchange(device, with: try #require(try device.hub()), options)
            try SnapshotWard.Line(hub: ward.hub).exchange(.sync, sending: exchange.nextPiece, receiving: exchange.take)
            let (records, isKnown) = try device.store.read { store in
                (
                    try store.recordCount(RecordFilter(space: SnapshotWard.space)),
                    try store.form(SnapshotWard.form.reference)
                )
            }
            #expect(records == 0 || isKnown != nil)
            guard exchange.more else { break }
        }
        try ward.sync(device)
        try ward.expectAgreement(device)
    }
}
