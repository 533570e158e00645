import Agent
import Causality
import Foundation
import Hub
import RecordStore
import Records
import Testing

/// What a hub promises with a backup: no device rests on a snapshot that the latest copy lacks.
@Suite struct GenerationTests {
    private func backUp(_ ward: SnapshotWard, _ name: String, at now: Int64) throws {
        let file = ward.folder.appendingPathComponent(name).path
        try ward.hub.makeDueSnapshots(isForCopy: true)
        try StoreBackup.write(of: ward.folder.appendingPathComponent("hub.db").path, to: file, now: now)
        try ward.hub.note(Hub.Generation(made: now, places: StoreBackup.places(in: file), file: file))
    }

    private func edit(_ ward: SnapshotWard, _ device: AgentDevice, _ words: [String]) throws {
        for number in 0..<6 {
            for word in words { try ward.save(device, [("value", .set(.integer(Int64(number))))], to: word) }
            try ward.sync(device)
        }
    }

    @Test func snapshotsAreGivenOnlyOfWhatTheLatestCopyHas() throws {
        let ward = try SnapshotWard()
        let (veteran, words) = try ward.veteran()
        try backUp(ward, "first.bak", at: 1000)
        let promised = try ward.space(ward.hub.store).position.index
        try edit(ward, veteran, words)
        for _ in 0..<2 {
            let device = try ward.device()
            try ward.sync(device)
            let floor = try ward.space(device.store).floor
            #expect(floor > 0 && floor <= promised)
            try ward.expectAgreement(device)
            try ward.hub.makeDueSnapshots()
            try edit(ward, veteran, words)
        }
        try backUp(ward, "second.bak", at: 2000)
        let device = try ward.device()
        try ward.sync(device)
        #expect(try ward.space(device.store).floor > promised)
        #expect(try ward.hub.lastBackup() == 2000)
    }

    @Test func withoutASnapshotInTheCopyTheLogIsGiven() throws {
        let ward = try SnapshotWard()
        try backUp(ward, "empty.bak", at: 1000)
        _ = try ward.veteran()
        let device = try ward.device()
        try ward.sync(device)
        #expect(try ward.space(device.store).floor == 0)
        try ward.expectAgreement(device)
    }

    /// Before the first copy there is none that the hub could be put back to.
    @Test func withoutACopyNothingIsPromised() throws {
        let ward = try SnapshotWard()
        _ = try ward.veteran()
        let device = try ward.device()
        try ward.sync(device)
        #expect(try ward.space(device.store).floor > 0)
        #expect(try ward.hub.lastBackup() == nil)
    }
}
