import Foundation
import Wording

/// A copy that a store makes of itself, and that counts: it lies where copies are meant to lie, was put back once aside and
/// looked through whole, and only then has its name and lets older ones go.
package struct RehearsedBackup: Sendable {
    /// Where the copy goes.
    package let folder: String
    /// The folder of the program's data, on whose disk a copy guards against little.
    package let home: String
    /// The one folder that is made where it is missing.
    package let ownFolder: String
    package let shelf: BackupShelf
    /// What is free where a path lies.
    let room: @Sendable (String) -> DiskRoom?

    package init(
        to folder: String, of home: String, ownFolder: String, shelf: BackupShelf,
        room: @escaping @Sendable (String) -> DiskRoom? = { DiskRoom(at: $0) }
    ) {
        (self.folder, self.home, self.ownFolder) = (Self.standard(folder), home, Self.standard(ownFolder))
        (self.shelf, self.room) = (shelf, room)
    }

    /// A folder by its whole path: what is remembered of it is compared with what is asked for, from wherever that was typed.
    package static func standard(_ folder: String) -> String {
        URL(fileURLWithPath: folder, isDirectory: true).standardizedFileURL.path
    }

    /// How much a store holds.
    package typealias Counts = (changes: Int, records: Int)

    /// What the copy is to be measured by: what the store holds before it is made.
    package struct Original: Sendable {
        let made: Int64
        let bytes: Int64
        let counts: Counts
        let mark: String
        let last: BackupRecord.Good?

        /// - Parameters:
        ///   - bytes: what the database takes on its disk.
        ///   - mark: tells whether a later copy would hold anything that this one does not.
        ///   - last: the latest good copy.
        package init(made: Int64, bytes: Int64, counts: Counts, mark: String, last: BackupRecord.Good?) {
            (self.made, self.bytes, self.counts, self.mark, self.last) = (made, bytes, counts, mark, last)
        }
    }

    /// - Parameters:
    ///   - write: writes the copy to the file that it is given.
    ///   - rehearse: puts the copy that it is given back in a folder of its own, as after a disaster, and looks at everything in it;
    ///     the folder is removed afterwards.
    /// - Throws: what stood in its way, in ``StoreError``'s words.
    package func make(
        of original: Original, write: (_ file: String) throws -> Void,
        rehearse: (_ file: String, _ scratch: String) throws -> Counts
    ) throws -> BackupRecord.Good {
        if folder == ownFolder { try PrivateFile.makeFolder(folder) }
        let unchecked = "\(folder)/\(shelf.prefix)unchecked"
        let scratch = "\(folder)/\(shelf.prefix)rehearsal"
        func clear() {
            for path in [unchecked, unchecked + ".new", scratch] { try? FileManager.default.removeItem(atPath: path) }
        }
        // What a copy left that was killed takes room away from this one.
        clear()
        defer { clear() }
        let isElsewhere = try checkPlace(original)
        try write(unchecked)
        let found = try rehearse(unchecked, scratch)
        guard found.changes >= original.counts.changes, found.records >= original.counts.records else {
            throw StoreError(.backupUnsound, ["problem": "\(found.changes) < \(original.counts.changes)"])
        }
        let file = "\(folder)/\(shelf.name(made: original.made))"
        guard rename(unchecked, file) == 0, DurableFile.syncFolder(of: file) else {
            throw StoreError(.backupUnwritable, ["file": file])
        }
        letGo(keeping: file)
        return BackupRecord.Good(
            made: original.made, file: file, bytes: DurableFile.size(of: file), changes: found.changes,
            records: found.records, isElsewhere: isElsewhere, mark: original.mark)
    }

    private func letGo(keeping file: String) {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for old in shelf.surplus(of: files, keeping: (file as NSString).lastPathComponent) {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(old)")
        }
    }

    /// - Returns: whether the folder lies on another disk than the data.
    private func checkPlace(_ original: Original) throws -> Bool {
        // Any other folder is made by people: where a disk is not plugged in, its folder must not be made on this one.
        guard FileManager.default.fileExists(atPath: folder), let there = room(folder), let here = room(home) else {
            throw StoreError(.backupFolderGone, ["folder": folder])
        }
        let isElsewhere = there.disk != here.disk
        if let last = original.last, last.isElsewhere, !isElsewhere, last.folder == folder {
            throw StoreError(.backupDiskGone, ["folder": folder])
        }
        guard there.fits(copyOf: original.bytes) else { throw StoreError(.backupNoRoom, ["folder": folder]) }
        return isElsewhere
    }
}
