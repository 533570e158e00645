import Agent
import Foundation
import GRDB
import RecordStore
import Records
import Testing
import Wording

/// Copies that a device makes of itself: rehearsed, remembered, and said where they cannot be made.
@Suite final class RehearsedBackupTests {
    private static let form = FormDefinition(
        form: "visit", version: 1, title: Label(vi: "Thăm", en: "Visit"), group: "visits", writers: .unit,
        fields: [FieldDefinition(name: "name", type: .text, label: Label(vi: "Tên", en: "Name"))])

    private let folder: URL
    private let directory: AgentDirectory
    private let device: AgentDevice

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-copies-\(UUID().uuidString)")
        directory = AgentDirectory(path: folder.appendingPathComponent("agent").path)
        device = try directory.open(unit: "31120")
        try device.store.write { try $0.storeForm(Self.form) }
        try save("một")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func save(_ name: String) throws {
        _ = try device.capture([
            Draft(.new(form: "visit", space: SpaceName.general("31120")), edits: [("name", .set(.text(name)))])
        ])
    }

    private func remembered() throws -> BackupRecord { try device.store.read { try $0.backupRecord() } }

    private func files(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    private static func room(_ free: Int64, disk: UInt64 = 1) -> DiskRoom {
        DiskRoom(free: free, total: 1 << 40, disk: disk)
    }

    @Test func aCopyIsRehearsedRememberedAndAlone() throws {
        let good = try directory.keepBackup(in: directory.ownBackupFolder)
        #expect(try files(directory.ownBackupFolder) == [(good.file as NSString).lastPathComponent])
        let mode = try FileManager.default.attributesOfItem(atPath: good.file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try remembered() == BackupRecord(good: good, trouble: nil))
        #expect(good.records == 1 && good.changes == 1 && !good.isElsewhere)
        let restored = try AgentDirectory(path: folder.appendingPathComponent("other").path).restore(good.file)
        let names = try restored.device.store.read { try $0.records(form: "visit") }.map { $0.fields["name"] }
        #expect(names == [.text("một")])
    }

    @Test func photosThatNoHubHasAreInTheCopyAndComeBack() throws {
        try device.store.write {
            try $0.storeForm(
                FormDefinition(
                    form: "look", version: 1, title: Label(vi: "Xem", en: "Look"), group: "visits", writers: .unit,
                    fields: [
                        FieldDefinition(
                            name: "photos", type: .image, label: Label(vi: "Ảnh", en: "Photos"), policy: .union)
                    ]))
        }
        func photo(_ seed: UInt8) throws -> Records.Attachment {
            let intake = try device.attachmentIntake()
            try intake.add([0xFF, 0xD8, 0xFF] + [UInt8](repeating: seed, count: 40_000))
            let photo = try device.finish(intake)
            _ = try device.capture([
                Draft(
                    .new(form: "look", space: SpaceName.general("31120")), edits: [("photos", .add(photo.word))])
            ])
            return photo
        }
        let (first, second) = (try photo(1), try photo(2))
        let good = try directory.keepBackup(in: directory.ownBackupFolder)
        let other = try AgentDirectory(path: folder.appendingPathComponent("other").path).restore(good.file)
        #expect(try other.device.blobs.isSound(first.hash) && other.device.blobs.isSound(second.hash))
        // What the hub has meanwhile leaves the copies.
        try device.store.write { try $0.noteStored(first.hash) }
        let later = try directory.keepBackup(in: directory.ownBackupFolder)
        let third = try AgentDirectory(path: folder.appendingPathComponent("third").path).restore(later.file)
        #expect(try third.device.blobs.all() == [second.hash])
        // Where photos are gone from this machine, what is in the copies is all that is left of them.
        try device.blobs.remove(second.hash)
        let last = try directory.keepBackup(in: directory.ownBackupFolder)
        let fifth = try AgentDirectory(path: folder.appendingPathComponent("fifth").path).restore(last.file)
        #expect(try fifth.device.blobs.all() == [second.hash] && fifth.photos?.count == 1)
        try device.blobs.take([second.hash], from: fifth.device.blobs)
        // One file by itself has its own folder beside it.
        let single = folder.appendingPathComponent("one.bak").path
        try directory.backUp(to: single)
        let fourth = try AgentDirectory(path: folder.appendingPathComponent("fourth").path).restore(single)
        #expect(try fourth.device.blobs.all() == [second.hash])
    }

    @Test func onlyWhatPeopleSavedMakesANewCopyWorthwhile() throws {
        let mark = { try self.device.store.read { try self.device.contentMark($0) } }
        let before = try mark()
        try device.store.write { try $0.setSyncBudget(1) }
        _ = try directory.keepBackup(in: directory.ownBackupFolder)
        #expect(try mark() == before)
        #expect(try remembered().good?.mark == before)
        try save("hai")
        #expect(try mark() != before)
    }

    @Test func aFolderThatIsGoneIsNotMadeAndSaid() throws {
        let usb = folder.appendingPathComponent("usb").path
        let error = #expect(throws: StoreError.self) { try directory.keepBackup(in: usb) }
        #expect(error?.code == "backup.folder-gone")
        #expect(!FileManager.default.fileExists(atPath: usb))
        let trouble = try #require(try remembered().trouble)
        #expect(trouble.code == "backup.folder-gone" && trouble.error.message(in: .en).contains(usb))
        // Said once: a copy is tried every quarter of an hour, and the disk is left alone.
        #expect(throws: StoreError.self) { try directory.keepBackup(in: usb) }
        #expect(try remembered().trouble == trouble)
        try FileManager.default.createDirectory(atPath: usb, withIntermediateDirectories: true)
        let good = try directory.keepBackup(in: usb)
        #expect(try remembered() == BackupRecord(good: good, trouble: nil))
    }

    @Test func aDiskThatIsNotPluggedInIsNotTakenForItsFolder() throws {
        let usb = folder.appendingPathComponent("usb").path
        try FileManager.default.createDirectory(atPath: usb, withIntermediateDirectories: true)
        let good = try directory.keepBackup(in: usb) { Self.room(1 << 40, disk: $0 == usb ? 2 : 1) }
        #expect(good.isElsewhere)
        let error = #expect(throws: StoreError.self) {
            try directory.keepBackup(in: usb) { _ in Self.room(1 << 40, disk: 1) }
        }
        #expect(error?.code == "backup.disk-gone")
        #expect(try remembered().good == good)
    }

    @Test func noCopyTakesTheLastRoom() throws {
        let error = #expect(throws: StoreError.self) {
            try directory.keepBackup(in: directory.ownBackupFolder) { _ in Self.room(DiskRoom.veryLowBytes + 1) }
        }
        #expect(error?.code == "backup.no-room")
        #expect(try files(directory.ownBackupFolder) == [])
    }

    @Test func aCopyThatDoesNotVerifyTakesNoPlaceOfAGoodOne() throws {
        let good = try directory.keepBackup(in: directory.ownBackupFolder)
        try device.store.write { try $0.db.execute(sql: "UPDATE version SET value = x'7b' WHERE field = 'name'") }
        try save("hai")
        #expect(throws: (any Error).self) { try directory.keepBackup(in: directory.ownBackupFolder) }
        #expect(try files(directory.ownBackupFolder) == [(good.file as NSString).lastPathComponent])
        let known = try remembered()
        #expect(known.good == good && known.trouble != nil)
    }

    @Test func levelsOfRoom() {
        #expect(Self.room(DiskRoom.lowBytes).level == .ample)
        #expect(Self.room(DiskRoom.lowBytes - 1).level == .low)
        #expect(Self.room(DiskRoom.veryLowBytes).level == .low)
        #expect(Self.room(DiskRoom.veryLowBytes - 1).level == .veryLow)
        #expect(DiskRoom(at: folder.path).map { $0.free > 0 && $0.total >= $0.free } == true)
        #expect(DiskRoom(at: folder.path + "/nowhere") == nil)
    }
}

/// The shell around the schedule.
@Suite struct BackgroundBackupTests {
    @Test(.timeLimit(.minutes(10))) func itCopiesOnlyWhatChangedAndOnPress() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("phusa-copying-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let directory = AgentDirectory(path: folder.path)
        let device = try directory.open(unit: "31120")
        let (made, tell) = AsyncStream.makeStream(of: Void.self)
        let backups = try BackgroundBackup(
            of: device.store, folder: directory.ownBackupFolder, intervalMilliseconds: 1,
            mark: { try device.contentMark($0) },
            make: { folder in
                defer { tell.yield() }
                _ = try directory.keepBackup(in: folder)
            })

        let running = Task { await backups.run() }
        var turns = made.makeAsyncIterator()
        await turns.next()
        let first = try device.store.read { try $0.backupRecord().good }
        #expect(first != nil)
        // Nothing has changed, so only a person's word makes another.
        backups.press()
        await turns.next()
        running.cancel()
        await running.value
        #expect(!backups.isRunning)
    }
}
