import Agent
import Foundation
import Hub
import RecordStore
import Records
import Testing

/// Devices that will not come again.
@Suite struct DeadDevicesTests {
    /// What happened: files were deleted by a device that was later removed, as was another that had touched them. A third had
    /// been away. When it met a new device, its old files, which it had never touched, and the deletions looked concurrent,
    /// since the counters of devices that no longer were could never be caught up with: 8,571 conflicts, and deleted files
    /// that came back.
    ///
    /// What a person would call right: who was away and did nothing has nothing to say. The deletions stand, nothing comes
    /// back, nobody is asked; and what the dead devices wrote counts for whatever comes after it.
    ///
    /// What PhuSa does: a change counts by what its author had seen, places in the hub's log among it, and not by who still
    /// is. Devices that are not expected any more are retired.
    @Test("Syncthing #10590: devices that are gone make no conflicts and bring nothing back", arguments: [false, true])
    func devicesThatAreGone(snapshots: Bool) throws {
        let ward = try FieldWard(snapshots: snapshots)
        let (away, touching, deleting) = (try ward.device(), try ward.device(), try ward.device())
        var words: [String] = []
        for number in 0..<24 { words.append(try ward.save(away, ["name": .text("ảnh \(number)")])) }
        try ward.sync(away, touching)
        for word in words { try ward.save(touching, ["age": .integer(1)], to: word) }
        try ward.sync(touching, deleting)
        for word in words.prefix(16) { try ward.delete(deleting, word) }
        try ward.sync(deleting)
        for device in [touching, deleting] { try ward.hub.retire(try device.replica.word) }
        let new = try ward.device()
        try ward.save(new, ["status": .text("của máy mới")], to: words[20])
        try ward.sync(new, away, new)
        for store in [ward.hub.store, away.store, new.store] {
            #expect(try store.read { try $0.conflictCount() } == 0)
            let views = try store.read { try $0.records(form: "household") }
            #expect(views.filter(\.deleted).count == 16 && views.count == 24)
        }
        try ward.expectRest(away, new)
        // Whoever edits now has seen what the dead devices wrote.
        try ward.save(away, ["age": .integer(2)], to: words[20])
        try ward.sync(away, new)
        #expect(try ward.standing(new.store, words[20], "age") == [.integer(2)])
        #expect(try ward.cases().isEmpty)
        try ward.expectRest(away, new)
    }

    /// The other half of it: where somebody away did do something, exactly that is asked about.
    @Test("Syncthing #10590: only what was edited while away is a case")
    func onlyWhatWasEditedWhileAway() throws {
        let ward = try FieldWard()
        let (away, deleting) = (try ward.device(), try ward.device())
        var words: [String] = []
        for number in 0..<8 { words.append(try ward.save(away, ["name": .text("ảnh \(number)")])) }
        try ward.sync(away, deleting)
        for word in words { try ward.delete(deleting, word) }
        try ward.sync(deleting)
        try ward.hub.retire(try deleting.replica.word)
        try ward.save(away, ["status": .text("vừa chụp lại")], to: words[3])
        let new = try ward.device()
        try ward.sync(away, new)
        #expect(try ward.cases().map(\.word) == [words[3]])
        #expect(try ward.show(new.store, words[3]).fields["status"] == .text("vừa chụp lại"))
        try ward.expectRest(away, new)
    }
}
