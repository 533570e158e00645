import Causality
import Foundation
import GRDB
import Hub
import RecordStore
import Records
import Testing
import Wording

/// Copies that a hub makes of itself: rehearsed, promised, remembered, and missed where they are late.
@Suite final class HubBackupTests {
    private let folder: URL
    private let directory: HubDirectory

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-hub-copies-\(UUID().uuidString)")
        directory = HubDirectory(path: folder.appendingPathComponent("hub").path)
        let hub = try directory.make()
        defer { try? hub.store.close() }
        try save("một", hub)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func save(_ name: String, _ hub: Hub) throws {
        _ = try hub.capture([
            Draft(
                .new(form: BuiltInForm.unit.form, space: SpaceName.catalogue),
                edits: [("code", .set(.text(name))), ("name_vi", .set(.text(name)))])
        ])
    }

    private func remembered() throws -> (record: BackupRecord, generations: [Hub.KeptGeneration]) {
        let hub = try directory.open()
        defer { try? hub.store.close() }
        return try hub.store.read { (try $0.backupRecord(), try Hub.keptGenerations($0)) }
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.ownBackupFolder).sorted()
    }

    @Test func aCopyIsRehearsedPromisedAndNamed() throws {
        let good = try directory.keepBackup(in: directory.ownBackupFolder)
        let name = (good.file as NSString).lastPathComponent
        #expect(try files().filter { $0.hasPrefix("phusa-hub-") && !$0.hasSuffix(".attachments") } == [name])
        #expect(good.records == 1 && good.changes == 1 && !good.isElsewhere)
        let mode = try FileManager.default.attributesOfItem(atPath: good.file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let told = try remembered()
        #expect(told.record == BackupRecord(good: good))
        #expect(told.generations.map(\.file) == [good.file] && told.generations.first?.made == good.made)
        #expect(told.generations.first.map { $0.entries > 0 && $0.epoch == 1 } == true)
        let other = try HubDirectory(path: folder.appendingPathComponent("other").path).restore(good.file)
        #expect(other.epoch == 2)
        #expect(try other.hub.store.read { try $0.contentCounts().records } == 1)
        #expect(try other.hub.store.verify().isEmpty)
    }

    /// A copy that does not pass its trial promises nothing, and the good ones stay.
    @Test func whatDoesNotPassItsTrialIsNotPromised() throws {
        let good = try directory.keepBackup(in: directory.ownBackupFolder)
        let hub = try directory.open()
        try save("hai", hub)
        try hub.store.write { try $0.damageFirstChange() }
        try hub.store.close()
        #expect { try directory.keepBackup(in: directory.ownBackupFolder) } throws: {
            ($0 as? any CodedError)?.code == "backup.unsound"
        }
        let told = try remembered()
        #expect(told.record.good == good && told.record.trouble?.code == "backup.unsound")
        #expect(told.generations.map(\.file) == [good.file])
        #expect(FileManager.default.fileExists(atPath: good.file))
        #expect(try files().filter { $0.contains("unchecked") || $0.contains("rehearsal") }.isEmpty)
    }

    /// The database is safe all the same, and nobody is to believe that the photos are.
    @Test func aPhotoThatIsMissingIsSaidUntilItIsThere() throws {
        let hub = try directory.open()
        let intake = try hub.attachments.intake()
        try intake.add([0xFF, 0xD8, 0xFF] + [UInt8](repeating: 7, count: 4000))
        let photo = try hub.attachments.finish(intake)
        try hub.store.write { try $0.noteStored(photo.hash) }
        let lost = Hash256.of([1, 2, 3])
        try hub.store.write { try $0.noteStored(lost) }
        try hub.store.close()
        func fails() throws -> BackupRecord {
            #expect { try directory.keepBackup(in: directory.ownBackupFolder) } throws: {
                ($0 as? any CodedError)?.code == "backup.photos-missing"
            }
            return try remembered().record
        }
        let first = try fails()
        let second = try fails()
        #expect(first.good != nil && second.good != nil && second.trouble == first.trouble)
        #expect(second.trouble?.details == ["count": "1"])
        #expect(try remembered().generations.count == 2)
        let copies = try FileManager.default.subpathsOfDirectory(atPath: directory.ownBackupFolder)
        #expect(copies.contains { $0.hasSuffix(String(photo.hash.hex.dropFirst(2))) })
        #expect(
            BackupAlarm(
                last: second.good?.made, trouble: first.trouble?.since, started: 0, now: first.trouble?.since ?? 0)
                == nil)
        let later = (first.trouble?.since ?? 0) + BackupAlarm.lateMilliseconds + 1
        #expect(
            BackupAlarm(last: later, trouble: first.trouble?.since, started: 0, now: later)
                == .trouble(BackupAlarm.lateMilliseconds + 1))
    }

    @Test func aFolderThatIsGoneAndAFullDiskAreSaid() throws {
        let gone = folder.appendingPathComponent("usb").path
        #expect { try directory.keepBackup(in: gone) } throws: { ($0 as? any CodedError)?.code == "backup.folder-gone" }
        #expect(!FileManager.default.fileExists(atPath: gone))
        #expect {
            try directory.keepBackup(in: directory.ownBackupFolder) { _ in
                DiskRoom(free: DiskRoom.veryLowBytes, total: 1 << 40, disk: 1)
            }
        } throws: { ($0 as? any CodedError)?.code == "backup.no-room" }
        #expect(try remembered().record.trouble?.code == "backup.no-room")
        #expect(try remembered().generations.isEmpty)
        _ = try directory.keepBackup(in: directory.ownBackupFolder)
        #expect(try remembered().record.trouble == nil)
    }

    @Test func aCopyIsMissedAfterADayAndAHalf() {
        let hour: Int64 = 3_600_000
        func alarm(_ last: Int64?, _ now: Int64) -> BackupAlarm? { BackupAlarm(last: last, started: 0, now: now) }
        #expect(alarm(nil, hour - 1) == nil)
        #expect(alarm(nil, hour) == .never)
        #expect(alarm(hour, 37 * hour) == nil)
        #expect(alarm(hour, 37 * hour + 1) == .late(36 * hour + 1))
        // A clock that was wrong when it was made.
        #expect(alarm(1000 * hour, 2 * hour) == .late(998 * hour))
    }
}

extension StoreTransaction {
    /// Puts another author under the first change, as a bad disk or a wrong hand would.
    fileprivate func damageFirstChange() throws {
        try db.execute(sql: "UPDATE change SET author = 'ai khác' WHERE sequence = 1")
    }
}
