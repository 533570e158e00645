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

    /// Makes a copy in `folder`, rehearses its restore there, lets older copies go, and remembers what came of it.
    /// - Parameter room: what is free where a path lies.
    /// - Throws: what stood in its way, which the device remembers too; `backup.running` where another is being made.
    package func keepBackup(
        in folder: String, room: @escaping @Sendable (String) -> DiskRoom? = { DiskRoom(at: $0) }
    ) throws -> BackupRecord.Good {
        let device = try open()
        defer { try? device.store.close() }
        let shelf = BackupShelf(unit: device.unit, replica: try device.replica.word)
        let place = RehearsedBackup(to: folder, of: path, ownFolder: ownBackupFolder, shelf: shelf, room: room)
        return try device.store.keepBackup(lock: path + "/backup.lock") {
            let original = try device.store.read {
                RehearsedBackup.Original(
                    made: World.system.now(), bytes: databaseBytes, counts: try $0.contentCounts(),
                    mark: try device.contentMark($0), last: try $0.backupRecord().good)
            }
            return try place.make(of: original) {
                try backUpDatabase(to: $0)
            } rehearse: {
                try rehearse($0, in: $1)
            }
        } photos: {
            try keepPhotos(of: device, in: folder, shelf)
        }
    }

    /// All copies share one folder of photos. What a hub has by now leaves it, and nothing else does: where photos are gone from this
    /// machine, theirs is the last copy.
    /// - Throws: `backup.no-room` where the disk cannot take all of them and leave what people need.
    private func keepPhotos(of device: AgentDevice, in folder: String, _ shelf: BackupShelf) throws {
        let copies = shelf.photos(in: folder)
        let stored = try device.store.read { try $0.storedAttachments() }
        for hash in try copies.all() where stored.contains(hash) { try copies.remove(hash) }
        let taken = try copies.take(device.photosToKeep(), from: device.blobs, leaving: DiskRoom.veryLowBytes)
        guard taken.isComplete else { throw StoreError(.backupNoRoom, ["folder": folder]) }
    }

    /// What the device's database takes on its disk now.
    package var databaseBytes: Int64 { ["", "-wal"].reduce(0) { $0 + DurableFile.size(of: databasePath + $1) } }

    /// Puts the copy back in a folder of its own, as after a disaster, and looks at everything in it.
    /// - Throws: `backup.unsound`, or what a restore throws.
    private func rehearse(_ file: String, in scratch: String) throws -> RehearsedBackup.Counts {
        let device = try AgentDirectory(path: scratch).restore(file).device
        defer { try? device.store.close() }
        if let problem = try device.store.verify().first {
            throw StoreError(.backupUnsound, ["problem": "\(problem.kind.rawValue) \(problem.subject)"])
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
