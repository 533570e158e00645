import Agent
import Foundation
import Hub
import RecordStore
import Records
import Testing

/// Servers and devices that were put back from a copy, or copied to a second machine.
@Suite struct PutBackTests {
    /// What happened: a server was restored from its backup. The phones remembered how far they had uploaded and never sent
    /// again what they had sent after the backup, so it was on the phones for good and on the server never.
    ///
    /// What a person would call right: the next sync brings it back, from whoever has it, also where the phone that made it
    /// is gone; what people had settled stays settled.
    ///
    /// What PhuSa does: a device shows the hub how far its log had been, and gives back what it lacks, its own and others'.
    @Test("CHT #8093: what a restored server lacks comes back from the devices", arguments: [false, true])
    func whatARestoredServerLacksComesBack(authorIsGone: Bool) throws {
        let ward = try FieldWard()
        let (a, b) = (try ward.device(), try ward.device())
        let word = try ward.save(a, ["name": .text("trước bản sao"), "age": .integer(1)])
        try ward.sync(a, b)
        let copy = try ward.copyHub()
        var late: [String] = []
        for number in 0..<5 { late.append(try ward.save(a, ["name": .text("sau bản sao \(number)")])) }
        try ward.save(a, ["age": .integer(2)], to: word)
        try ward.save(b, ["age": .integer(3)], to: word)
        try ward.sync(a, b)
        _ = try ward.hub.settle(word, ["age": .value(.integer(3))], reason: "đếm lại", author: "")
        try ward.sync(b)
        try ward.putHubBack(to: copy)
        #expect(try ward.hub.store.read { try $0.records(form: "household") }.count == 1)
        try ward.sync(b)
        if !authorIsGone { try ward.sync(a, b) }
        for store in [ward.hub.store, b.store] + (authorIsGone ? [] : [a.store]) {
            #expect(try store.read { try $0.records(form: "household") }.count == 6)
            for word in late { #expect(try ward.show(store, word).state == .received) }
            #expect(try ward.show(store, word).fields["age"] == .integer(3))
            #expect(try ward.show(store, word).conflicts.isEmpty)
            #expect(try ward.history(store, word, "age").contains(.integer(2)))
        }
        if authorIsGone { try ward.expectRest(b) } else { try ward.expectRest(a, b) }
    }

    /// What happened: a folder was removed from a device and added again, or its disk put back. Its counters began anew, so
    /// that newer files of its own looked older than what others held, and were overwritten without a conflict.
    ///
    /// What a person would call right: nothing that was written over here without knowing of what is there disappears; where
    /// both were about the same, somebody is asked.
    ///
    /// What PhuSa does: places in a log have hashes, so a count that is used twice is found out. The device goes on under a
    /// new key, and both lines of its work stand.
    @Test("Syncthing #3876: a device whose counters began anew overwrites nothing and is not overwritten")
    func aDeviceWhoseCountersBeganAnew() throws {
        let ward = try FieldWard()
        let (a, b) = (try ward.device(), try ward.device())
        let word = try ward.save(a, ["name": .text("tệp"), "age": .integer(36)])
        try ward.sync(a, b)
        let copy = try ward.copyDevice(1)
        // What the others know of it: 40 and 42. Then its disk is put back, and it writes as many changes again, and less.
        for age in [40, 42] { try ward.save(a, ["age": .integer(Int64(age))], to: word) }
        try ward.sync(a, b)
        let again = try ward.device(from: copy)
        try ward.save(again, ["age": .integer(37)], to: word)
        try ward.save(again, ["status": .text("sau khi thêm lại")], to: word)
        try ward.sync(again, b)
        for store in [ward.hub.store, again.store, b.store] {
            #expect(try ward.standing(store, word, "age") == [.integer(37), .integer(42)])
            #expect(try ward.show(store, word).conflicts == ["age"])
            #expect(try ward.show(store, word).fields["status"] == .text("sau khi thêm lại"))
            #expect(Set(try ward.history(store, word, "age")) == Set([36, 37, 40, 42].map { .integer($0) }))
        }
        try ward.expectRest(again, b)
        // Having seen both, it is its own again.
        try ward.save(again, ["age": .integer(43)], to: word)
        try ward.sync(again, b)
        #expect(try ward.cases().isEmpty)
        #expect(try ward.show(b.store, word).fields["age"] == .integer(43))
        try ward.expectRest(again, b)
    }

    /// What happened: a client's files were put back from a backup, or copied to a second machine. Everything written from
    /// then on was confirmed to the person and never arrived, and neither side said so.
    ///
    /// What a person would call right: what was saved after it arrives, what the copy lacks comes back, and what says
    /// "received" is at the hub.
    ///
    /// What PhuSa does: as above; a clone and its original become two devices.
    @Test("Turso #8129: what is written after a restore or on a clone arrives", arguments: [false, true])
    func whatIsWrittenAfterARestoreArrives(isClone: Bool) throws {
        let ward = try FieldWard()
        let (a, b) = (try ward.device(), try ward.device())
        var words = [try ward.save(a, ["name": .text("một")])]
        try ward.sync(a)
        let copy = try ward.copyDevice(1)
        words.append(try ward.save(a, ["name": .text("hai")]))
        try ward.sync(a)
        let other = try ward.device(from: copy)
        words.append(try ward.save(other, ["name": .text("ba")]))
        words.append(try ward.save(other, ["name": .text("bốn")]))
        if isClone { words.append(try ward.save(a, ["name": .text("năm")])) }
        try ward.sync(other)
        if isClone { try ward.sync(a, other) }
        try ward.sync(b)
        for store in [ward.hub.store, b.store, other.store] + (isClone ? [a.store] : []) {
            #expect(try store.read { try $0.records(form: "household") }.count == words.count)
            for word in words { #expect(try ward.show(store, word).state == .received) }
        }
        if isClone {
            #expect(try a.replica != other.replica)
            try ward.expectRest(a, b, other)
        } else {
            try ward.expectRest(b, other)
        }
        // And what comes after that.
        let last = try ward.save(other, ["name": .text("sáu")])
        try ward.sync(other)
        #expect(try ward.show(ward.hub.store, last).state == .received)
    }
}
