import Agent
import Foundation
import Hub
import RecordStore
import Records
import SyncProtocol
import Testing

/// Forks and revocations as they meet devices that began with a snapshot, or go on under another key.
@Suite struct FloorHealingTests {
    @Test func aForkBelowTheFloorIsTakenInByTheLog() throws {
        let ward = try SnapshotWard()
        let a = try ward.device()
        try ward.sync(a)
        var words: [String] = []
        for number in 0..<6 { words.append(try ward.save(a, [("key", .set(.text("k\(number)")))])) }
        try ward.sync(a)
        let restored = try ward.putBack(a, number: 2) { a in
            for edit in 0..<8 {
                for word in words { try ward.save(a, [("value", .set(.integer(Int64(edit))))], to: word) }
                try ward.sync(a)
            }
        }
        let b = try ward.device()
        try ward.sync(b)
        try #require(try ward.space(b.store).floor > 0)
        // Its own work waits when the fork comes.
        let own = try ward.save(b, [("key", .set(.text("của b")))])
        try ward.save(b, [("note", .set(.text("b")))], to: words[0])
        try ward.save(restored, [("note", .set(.text("bản sao")))], to: words[1])
        try ward.sync(restored)
        try ward.sync(b, a, restored, b)
        #expect(try ward.space(b.store).floor == 0)
        for device in [a, b, restored] { try ward.expectAgreement(device) }
        #expect(try ward.show(ward.hub.store, own).fields["key"] == .text("của b"))
        #expect(try ward.show(ward.hub.store, words[0]).fields["note"] == .text("b"))
        #expect(try ward.show(ward.hub.store, words[1]).fields["note"] == .text("bản sao"))
    }

    @Test func aHubPutBackToBeforeTheSnapshotGetsItAllBack() throws {
        let ward = try SnapshotWard()
        let a = try ward.device()
        try ward.sync(a)
        let b = try ward.device()
        var words: [String] = []
        try ward.putHubBack {
            for number in 0..<6 { words.append(try ward.save(a, [("key", .set(.text("k\(number)")))])) }
            for edit in 0..<8 {
                for word in words { try ward.save(a, [("value", .set(.integer(Int64(edit))))], to: word) }
                try ward.sync(a)
            }
            try ward.sync(b)
            try #require(try ward.space(b.store).floor > 0)
            // The log goes on beyond the floor, and own work waits.
            try ward.save(a, [("note", .set(.text("a")))], to: words[1])
            try ward.sync(a, b)
            try ward.save(b, [("note", .set(.text("b")))], to: words[0])
        }
        // Its work is taken before the others have given back what it builds on, and read anew when they have.
        try ward.sync(b)
        #expect(try ward.show(ward.hub.store, words[0]).fields["note"] == .text("b"))
        try ward.sync(a)
        for _ in 0..<2 { try ward.sync(b, a) }
        for device in [a, b] { try ward.expectAgreement(device) }
        #expect(try ward.show(ward.hub.store, words[0]).fields["note"] == .text("b"))
        #expect(try ward.show(ward.hub.store, words[1]).fields["note"] == .text("a"))
        #expect(try ward.show(ward.hub.store, words[0]).conflicts.isEmpty)
        let kept = try FileManager.default.contentsOfDirectory(atPath: ward.folder.path).filter {
            $0.hasPrefix("3.db.kept-")
        }
        #expect(kept.count == 1)
    }

    /// Nobody is left who could show the hub what it lost below the snapshot: the work made upon it is taken all the same.
    @Test(arguments: [false, true]) func whatWasMadeUponASnapshotThatNobodyElseSawIsTaken(goesOn: Bool) throws {
        let ward = try SnapshotWard()
        let a = try ward.device()
        try ward.sync(a)
        let b = try ward.device()
        var words: [String] = []
        var own = ""
        try ward.putHubBack {
            for number in 0..<3 { words.append(try ward.save(a, [("key", .set(.text("k\(number)")))])) }
            for edit in 0..<8 {
                for word in words { try ward.save(a, [("value", .set(.integer(Int64(edit))))], to: word) }
                try ward.sync(a)
            }
            try ward.sync(b)
            try #require(try ward.space(b.store).floor > 0)
            if goesOn {
                try ward.save(a, [("note", .set(.text("a")))], to: words[1])
                try ward.sync(a, b)
            }
            try ward.save(b, [("note", .set(.text("b")))], to: words[0])
            own = try ward.save(b, [("key", .set(.text("của b")))])
        }
        // The device that had made all of it is gone.
        for _ in 0..<2 { try ward.sync(b) }
        try ward.expectAgreement(b)
        #expect(try ward.hub.epoch() == 2)
        #expect(try ward.show(ward.hub.store, words[0]).fields["note"] == .text("b"))
        #expect(try ward.show(b.store, words[0]).state == .received)
        #expect(try ward.show(ward.hub.store, own).fields["key"] == .text("của b"))
        let late = try ward.device()
        try ward.sync(late)
        try ward.expectAgreement(late)
    }

    @Test func whoIsShutOutStaysOutUnderTheNamesItHasGoneOnUnder() throws {
        let ward = try SnapshotWard()
        let device = try ward.device()
        try ward.sync(device)
        let first = try device.replica
        for _ in 0..<2 {
            try device.store.write { try $0.goOnAsNew() }
            try ward.sync(device)
        }
        try ward.hub.revoke(first.word, reason: "mất máy")
        let now = try device.replica
        let row = try #require(try ward.hub.devices().first { $0.replica == now })
        #expect(row.revoked != nil && row.reason == "mất máy")
        let report = try device.sync(over: SnapshotWard.Line(hub: ward.hub))
        #expect(report.refusals[SnapshotWard.space] == "device.revoked")
    }
}
