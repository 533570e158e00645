import Causality
import Foundation
package import RecordStore
import Records
import Wording

/// Copies that a device makes of itself: each is put back aside and verified before it counts, and before older ones go.
extension AgentDirectory {
    /// Where copies go unless another folder is named. It guards against a damaged file and a wrong hand, and goes with the
    /// disk.
    package var ownBackupFolder: String { path + "/backups" }

    private static let uncheckedName = "unchecked"
    private static let rehearsalName = "rehearsal"

    /// Makes a copy in `folder`, rehearses its restore there, lets older copies go, and remembers what came of it.
    /// - Parameter room: what is free where a path lies.
    /// - Throws: what stood in its way, which the device remembers too; `backup.running` where another is being made.
    package func keepBackup(
        in folder: String, room: (String) -> DiskRoom? = { DiskRoom(at: $0) }
    ) throws -> BackupRecord.Good {
        let device = try open()
        defer { try? device.store.close() }
        do {
            let good = try PrivateFile.locked(path + "/backup.lock") {
                let good = try copy(device, to: folder, room)
                try device.note(good)
                try keepPhotos(of: device, in: folder)
                return good
            }
            guard let good else { throw AgentError(.backupRunning) }
            return good
        } catch {
            let coded = error as? any CodedError ?? AgentError(.backupFailed, ["code": "\(type(of: error))"])
            if coded.code != AgentError.Code.backupRunning.rawValue { try? device.noteBackupTrouble(coded) }
            throw coded
        }
    }

    private func copy(
        _ device: AgentDevice, to folder: String, _ room: (String) -> DiskRoom?
    ) throws -> BackupRecord.Good {
        let isElsewhere = try checkPlace(folder, of: device, room)
        let (mark, counts, replica) = try device.store.read {
            (try device.contentMark($0), try $0.contentCounts(), $0.replica.word)
        }
        let shelf = BackupShelf(unit: device.unit, replica: replica)
        let made = World.system.now()
        let name = shelf.name(made: made)
        let unchecked = "\(folder)/\(shelf.prefix)\(Self.uncheckedName)"
        defer { try? FileManager.default.removeItem(atPath: unchecked) }
        try backUpDatabase(to: unchecked)
        let found = try rehearse(unchecked, in: "\(folder)/\(shelf.prefix)\(Self.rehearsalName)")
        guard found.changes >= counts.changes, found.records >= counts.records else {
            throw AgentError(.backupUnsound, ["problem": "\(found.changes) < \(counts.changes)"])
        }
        let file = "\(folder)/\(name)"
        guard rename(unchecked, file) == 0, DurableFile.syncFolder(of: file) else {
            throw StoreError(.backupUnwritable, ["file": file])
        }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for old in shelf.surplus(of: files, keeping: name) {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(old)")
        }
        return BackupRecord.Good(
            made: made, file: file, bytes: Self.size(of: file), changes: found.changes, records: found.records,
            isElsewhere: isElsewhere, mark: mark)
    }

    /// All copies share one folder of photos. What a hub has by now leaves it, and nothing else does: where photos are gone from this
    /// machine, theirs is the last copy.
    /// - Throws: `backup.no-room` where the disk cannot take all of them and leave what people need.
    private func keepPhotos(of device: AgentDevice, in folder: String) throws {
        let replica = try device.replica.word
        let copies = BackupShelf(unit: device.unit, replica: replica).photos(in: folder)
        let stored = try device.store.read { try $0.storedAttachments() }
        for hash in try copies.all() where stored.contains(hash) { try copies.remove(hash) }
        let taken = try copies.take(device.photosToKeep(), from: device.blobs, leaving: DiskRoom.veryLowBytes)
        guard taken.isComplete else { throw AgentError(.backupNoRoom, ["folder": folder]) }
    }

    /// - Returns: whether the folder lies on another disk than the device's.
    private func checkPlace(_ folder: String, of device: AgentDevice, _ room: (String) -> DiskRoom?) throws -> Bool {
        if folder == ownBackupFolder { try PrivateFile.makeFolder(folder) }
        // Any other folder is made by people: where a disk is not plugged in, its folder must not be made on this one.
        guard FileManager.default.fileExists(atPath: folder), let there = room(folder), let here = room(path) else {
            throw AgentError(.backupFolderGone, ["folder": folder])
        }
        let isElsewhere = there.disk != here.disk
        let last = try device.store.read { try $0.backupRecord().good }
        if let last, last.isElsewhere, !isElsewhere, last.folder == folder {
            throw AgentError(.backupDiskGone, ["folder": folder])
        }
        guard there.fits(copyOf: databaseBytes) else { throw AgentError(.backupNoRoom, ["folder": folder]) }
        return isElsewhere
    }

    /// What the device's database takes on its disk now.
    package var databaseBytes: Int64 { ["", "-wal"].reduce(0) { $0 + Self.size(of: databasePath + $1) } }

    private static func size(of file: String) -> Int64 {
        (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber)?.int64Value ?? 0
    }

    /// Puts the copy back in a folder of its own, as after a disaster, and looks at everything in it.
    /// - Throws: `backup.unsound`, or what a restore throws.
    private func rehearse(_ file: String, in scratch: String) throws -> (changes: Int, records: Int) {
        try? FileManager.default.removeItem(atPath: scratch)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let device = try AgentDirectory(path: scratch).restore(file).device
        defer { try? device.store.close() }
        if let problem = try device.store.verify().first {
            throw AgentError(.backupUnsound, ["problem": "\(problem.kind.rawValue) \(problem.subject)"])
        }
        return try device.store.read { try $0.contentCounts() }
    }
}

extension AgentDevice {
    /// Photos that are on this machine and at no hub, as far as is known: what records list, refused ones too, and drafts.
    func photosToKeep() throws -> Set<Hash256> {
        let stored = try store.read { try $0.storedAttachments() }
        // What no record lists may belong to refused work or a draft; it is little, and nobody else has it.
        return Set(try blobs.all()).subtracting(stored)
    }

    /// What tells whether a new copy would hold anything that the latest does not: changes, verdicts, and drafts.
    package func contentMark(_ store: StoreTransaction) throws -> String {
        "\(try store.contentMark().hex) \(try store.draftMark())"
    }
}
