import Causality
import Foundation
package import RecordStore
import Records

/// Copies that a hub makes of itself: each is put back aside and verified before it is promised, and before older ones go.
extension HubDirectory {
    /// Where copies go unless another folder is named. It guards against a damaged file and a wrong hand, and goes with the
    /// disk.
    package var ownBackupFolder: String { path + "/backups" }

    /// What the hub's database takes on its disk now.
    package var databaseBytes: Int64 { ["", "-wal"].reduce(0) { $0 + DurableFile.size(of: databasePath + $1) } }

    /// Makes a copy in `folder`, rehearses its restore there, promises not to go back behind it, lets older copies go, and
    /// remembers what came of it.
    /// - Parameter room: what is free where a path lies.
    /// - Throws: what stood in its way, which the hub remembers too; `backup.running` where another is being made.
    package func keepBackup(
        in folder: String, room: @escaping @Sendable (String) -> DiskRoom? = { DiskRoom(at: $0) }
    ) throws -> BackupRecord.Good {
        let hub = try open()
        defer { try? hub.store.close() }
        let place = RehearsedBackup(
            to: folder, of: path, ownFolder: ownBackupFolder, shelf: BackupShelf(hub: hub.replica.word),
            room: room)
        return try hub.store.keepBackup(lock: path + "/backup.lock") {
            try hub.makeDueSnapshots(isForCopy: true)
            let made = World.system.now()
            let original = try hub.store.read {
                RehearsedBackup.Original(
                    made: made, bytes: databaseBytes, counts: try $0.contentCounts(), mark: "",
                    last: try $0.backupRecord().good)
            }
            var places: [String: LogPosition] = [:]
            let good = try place.make(of: original) { file in
                try write(to: file, of: hub, made: made)
                places = try StoreBackup.places(in: file)
            } rehearse: { file, scratch in
                try HubDirectory(path: scratch).rehearse(file)
            }
            try hub.note(Hub.Generation(made: made, places: places, file: good.file))
            return good
        } photos: {
            let taken = try takePhotos(of: hub, beside: place.folder + "/copies", leaving: DiskRoom.veryLowBytes)
            guard taken.isComplete else { throw StoreError(.backupNoRoom, ["folder": folder]) }
            guard taken.missing == 0 else {
                throw StoreError(.backupPhotosMissing, ["count": String(taken.missing)])
            }
        }
    }

    /// Puts the copy in `file` in this folder, which is removed afterwards, and looks at everything in it. The photos are beside
    /// it under their hashes and need no rehearsal.
    private func rehearse(_ file: String) throws -> RehearsedBackup.Counts {
        let hub = try restore(file, withPhotos: false).hub
        defer { try? hub.store.close() }
        if let problem = try (hub.store.verify() + hub.auditProblems()).first {
            throw StoreError(.backupUnsound, ["problem": "\(problem.kind.rawValue) \(problem.subject)"])
        }
        return try hub.store.read { try $0.contentCounts() }
    }
}
