import Agent
import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol
import Testing
import Wording

/// Work that the hub does not take.
@Suite struct RefusedWorkTests {
    /// What happened: households were given to another area. The phone that had them went on visiting and counting; the server
    /// refused those visits, rightly, and nobody was told. The phone said 148, the server paid 108, and people stopped
    /// trusting either.
    ///
    /// What a person would call right: both sides say the same two numbers, 108 that count and 40 that do not, each of the 40
    /// with why and what to do about it, and somebody can let them count after all or say why not.
    ///
    /// What PhuSa does: refused is a state of its own, at the device and at the hub, counted apart, with a code, words and a
    /// remedy. Accepting repeats the work under its author's name; dismissing needs a reason, which the author reads.
    @Test("CHT #11306: visits that the hub refuses are counted apart on both sides, with a remedy")
    func refusedVisitsAreCountedApart() throws {
        let ward = try FieldWard()
        let phone = try ward.device()
        func visit(_ numbers: Range<Int>) throws {
            _ = try phone.capture(
                numbers.map { number in
                    Draft(
                        .new(form: "household", space: FieldWard.space),
                        edits: [("name", .set(.text("hộ \(number)")))], author: "lan")
                })
        }
        try visit(0..<108)
        try ward.sync(phone)
        // The households go to another ward, and she with them; the phone does not know.
        try ward.hub.addPerson(
            id: "lan", name: "Lan", role: "ward_staff", unit: FieldWard.otherUnit, password: nil)
        try visit(108..<148)
        #expect(try states(phone.store) == [.received: 108, .waiting: 40])
        let report = try phone.sync(over: FieldWard.Line(hub: ward.hub))
        #expect(report.complete && report.refused == 40)
        #expect(try states(phone.store) == [.received: 108, .refused: 40])
        #expect(try states(ward.hub.store) == [.received: 108, .refused: 40])
        let counts = try phone.store.read { try $0.ownCounts() }
        #expect(counts.received == 108 && counts.refused == 40 && counts.waiting == 0)
        let refused = try phone.store.read { try $0.openChanges(ownOnly: true) }
        #expect(refused.count == 40)
        for change in refused {
            let error = ReportedError(code: change.code, details: change.details)
            for language in Language.allCases {
                #expect(!error.message(in: language).isEmpty && !error.remedy(in: language).isEmpty)
            }
        }
        try ward.expectRest(phone)
    }

    @Test("CHT #11306: refused visits count once they are accepted, and whose were dismissed reads why")
    func acceptedVisitsCount() throws {
        let ward = try FieldWard()
        let phone = try ward.device()
        try ward.hub.addPerson(
            id: "lan", name: "Lan", role: "ward_staff", unit: FieldWard.otherUnit, password: nil)
        for number in 0..<4 { try ward.save(phone, ["name": .text("hộ \(number)")], by: "lan") }
        try ward.sync(phone)
        let refused = try ward.hub.store.read { try $0.openChanges(ownOnly: false) }
        #expect(refused.count == 4)
        for change in refused.dropLast() { _ = try ward.hub.acceptRefused(change.dotWord, person: "admin") }
        let last = try #require(refused.last)
        try ward.hub.dismissRefused(last.dotWord, reason: "hộ đã chuyển đi", person: "admin")
        try ward.sync(phone)
        for store in [phone.store, ward.hub.store] {
            #expect(try states(store) == [.received: 3])
            #expect(try store.read { try $0.recordCount(RecordFilter(form: "household")) } == 3)
        }
        let own = try phone.store.read { try $0.openChanges(ownOnly: true) }
        #expect(own.compactMap(\.disposed?.reason).contains("hộ đã chuyển đi"))
        let counts = try phone.store.read { try $0.ownCounts() }
        #expect(counts.received == 3 && counts.refused == 0 && counts.waiting == 0)
        try ward.expectRest(phone)
    }

    /// How many records a list shows in each state.
    private func states(_ store: ReplicaStore) throws -> [DeliveryState: Int] {
        try store.read { try $0.records(RecordFilter(form: "household"), limit: 1000) }
            .reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
    }
}
