import Causality
import Foundation
package import RecordStore
import SyncProtocol
import Wording

/// The folder of a hub: `hub.key`, its private key, `hub.db`, its store, and `serve.lock`, held by its one server.
package struct HubDirectory: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    private var keyPath: String { path + "/hub.key" }
    var databasePath: String { path + "/hub.db" }
    private var isInitialized: Bool { FileManager.default.fileExists(atPath: databasePath) }

    /// Makes a hub in a folder that has none.
    package func make() throws -> Hub {
        guard !isInitialized else { throw problem("hub.initialized") }
        if !FileManager.default.fileExists(atPath: keyPath) {
            do {
                try PrivateFile.makeFolder(path)
                try PrivateFile.write(World.system.random(32), to: keyPath)
            } catch {
                throw problem("agent.directory")
            }
        }
        return try load()
    }

    package func open() throws -> Hub {
        guard isInitialized else { throw problem("hub.not-initialized") }
        return try load()
    }

    /// Makes this process the folder's one server until it ends.
    package func lockForServing() throws {
        guard let isHeld = try? PrivateFile.lock(path + "/serve.lock") else { throw problem("agent.directory") }
        guard isHeld else { throw problem("agent.serving") }
    }

    private func load() throws -> Hub {
        guard let raw = FileManager.default.contents(atPath: keyPath),
            let identity = ReplicaIdentity(rawKey: Array(raw))
        else { throw problem("agent.key-missing") }
        return try Hub(path: databasePath, identity: identity, world: .system)
    }

    private func problem(_ code: String) -> ReportedError { ReportedError(code: code, details: ["problem": path]) }
}

extension HubDirectory {
    private static let anchorKeySetting = "hub.anchor-key"

    /// What came of putting a copy back.
    package struct Restored: Sendable {
        package let hub: Hub
        package let epoch: UInt64
        package let formerEpoch: UInt64
        /// When the copy was made, in milliseconds since 1970.
        package let made: Int64
        /// Where the database is that was here before; `nil` where there was none.
        package let replaced: String?
        /// Whether a later copy had been promised to be the one that the hub does not go back behind; `nil` where the database
        /// that was here cannot be read, or there was none.
        package let isBeyondPromise: Bool?
        /// What the hub that was here had received since the copy: it comes back as far as devices still hold it.
        package let since: [Hub.Since]
        /// What came of the photos beside the copy; `nil` where they could not be read or written.
        package let photos: TakenAttachments?
    }

    /// Writes a copy of the hub's database to `file`, with its key, so that a hub can be made of it elsewhere; and of the photos that it
    /// has into one folder for all copies in the same place, as far as they are not there yet.
    /// - Returns: how many photos were copied, and their bytes.
    @discardableResult
    package func backUp(to file: String, withPhotos: Bool = true) throws -> TakenAttachments {
        let hub = try open()
        defer { try? hub.store.close() }
        let made = World.system.now()
        try hub.makeDueSnapshots(isForCopy: true)
        try write(to: file, of: hub, made: made)
        try hub.note(Hub.Generation(made: made, places: StoreBackup.places(in: file), file: file))
        return withPhotos ? try takePhotos(of: hub, beside: file) : TakenAttachments()
    }

    /// Writes a copy of the database, with the hub's key, and promises nothing yet.
    func write(to file: String, of hub: Hub, made: Int64) throws {
        try StoreBackup.write(
            of: databasePath, to: file, now: made, settings: [Self.anchorKeySetting: hub.anchor.rawKey])
    }

    func takePhotos(of hub: Hub, beside file: String, leaving reserve: Int64? = nil) throws -> TakenAttachments {
        let stored = try hub.store.read { try $0.storedAttachments() }
        return try Self.photos(beside: file).take(
            stored.sorted { $0.hex < $1.hex }, from: hub.blobs, leaving: reserve ?? hub.attachmentReserve)
    }

    /// Photos of all copies in the folder of `file`. What has one hash is one photo, so that no copy is made twice.
    private static func photos(beside file: String) -> BlobFolder {
        let folder = (file as NSString).deletingLastPathComponent
        return BlobFolder(path: (folder.isEmpty ? "." : folder) + "/phusa-hub.attachments")
    }

    /// Puts the copy in `file` in the place of whatever hub is here. It goes on in a new epoch, so that its devices give back
    /// what the copy lacks.
    /// - Parameter withPhotos: whether the photos beside the copy are put back too.
    /// - Throws: `agent.serving` under a `serve`, `backup.unreadable`, `store.key-wrong` where another hub is here.
    package func restore(_ file: String, withPhotos: Bool = true) throws -> Restored {
        let copy = try StoreBackup.read(file, having: Hub.anchorSetting)
        guard let raw = copy.settings[Self.anchorKeySetting], let anchor = ReplicaIdentity(rawKey: raw) else {
            throw StoreError(.backupUnreadable, ["file": file])
        }
        do { try PrivateFile.makeFolder(path) } catch { throw problem("agent.directory") }
        try lockForServing()
        if let kept = FileManager.default.contents(atPath: keyPath) {
            guard Array(kept) == raw else { throw StoreError(.keyWrong) }
        } else {
            do { try PrivateFile.write(raw, to: keyPath) } catch { throw problem("agent.directory") }
        }
        // The hub that was here may have been in a later epoch than the copy, and knows what has come since.
        try? StoreBackup.reopen(databasePath)
        let before = isInitialized ? try? open() : nil
        let known = (try? before?.epoch()) ?? 0
        let places = try StoreBackup.places(in: file)
        let since = (try? before?.received(since: places)) ?? []
        let isBeyondPromise = before.flatMap { try? $0.hasPromised(beyond: copy.made) }
        try? before?.store.close()
        var former: UInt64 = 0
        let replaced = try StoreBackup.put(file, at: databasePath, now: World.system.now()) { fresh in
            let hub = try Hub(path: fresh, identity: anchor, world: .system)
            try hub.store.write { try $0.setSetting(Self.anchorKeySetting, nil) }
            former = try hub.epoch()
            try hub.note(Hub.Generation(made: copy.made, places: hub.places(), file: file))
            _ = try hub.openEpoch(after: known)
            try hub.store.close()
        }
        let hub = try open()
        let stored = try hub.store.read { try $0.storedAttachments() }
        let photos =
            withPhotos
            ? try? hub.blobs.take(stored, from: Self.photos(beside: file), leaving: hub.attachmentReserve) : nil
        return Restored(
            hub: hub, epoch: try hub.epoch(), formerEpoch: former, made: copy.made, replaced: replaced,
            isBeyondPromise: isBeyondPromise, since: since, photos: photos)
    }
}
