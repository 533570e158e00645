package import Causality
import Foundation
package import RecordStore
package import Records
package import SyncProtocol

/// The folder of a device: `phusa.db`, its store, with its private key, `serve.lock`, held by its one server, and
/// `hub-ca.pem`, the certificates to trust for its hub, where it has some of its own. `replica.key` holds the key of a
/// device that is only being made.
package struct AgentDirectory: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    private var keyPath: String { path + "/replica.key" }
    private var authoritiesPath: String { path + "/hub-ca.pem" }
    var databasePath: String { path + "/phusa.db" }
    /// Whether the folder holds a device. One that was being made when the power went does not count: it is finished by
    /// whoever makes one again.
    package var isInitialized: Bool {
        FileManager.default.fileExists(atPath: databasePath) && AgentDevice.isMade(path: databasePath)
    }

    /// The key of a device that is to be made here. It is kept until then, so that asking a hub again is harmless.
    package func newIdentity() throws -> ReplicaIdentity {
        if let kept = keptIdentity { return kept }
        guard let identity = ReplicaIdentity(rawKey: World.system.random(32)) else {
            throw AgentError(.directoryUnusable)
        }
        try usable {
            try PrivateFile.makeFolder(path)
            try PrivateFile.write(identity.rawKey, to: keyPath)
        }
        return identity
    }

    private var keptIdentity: ReplicaIdentity? {
        FileManager.default.contents(atPath: keyPath).flatMap { ReplicaIdentity(rawKey: Array($0)) }
    }

    /// Opens the folder's device.
    /// - Parameter unit: makes a device of this unit where there is none; `nil`: `agent.not-initialized` then.
    /// - Parameter concurrentReads: whether pages are to be read while a sync writes.
    /// - Parameter forms: what a device that is made starts with.
    package func open(
        unit: String? = nil, forms: [FormDefinition] = [], concurrentReads: Bool = false
    ) throws -> AgentDevice {
        guard isInitialized || unit != nil else { throw AgentError(.notInitialized) }
        if let unit, !SpaceName.isUnitCode(unit) { throw AgentError(.unitInvalid, ["unit": unit]) }
        let device = try AgentDevice(
            path: databasePath, identity: isInitialized ? keptIdentity : try newIdentity(), unit: unit, forms: forms,
            world: .system, concurrentReads: concurrentReads)
        try forgetKeptKey()
        return device
    }

    /// The folder in this one where its unit's people practise, with a device of its own.
    package var training: AgentDirectory { AgentDirectory(path: path + "/training") }

    /// Opens the device for practice, and makes it where there is none: of the same unit, with the same forms, and with
    /// nothing of what was saved.
    package func openTraining() throws -> AgentDevice {
        let room = training
        let real = try open()
        defer { try? real.store.close() }
        let forms = try real.store.read { try $0.allForms() }
        let names = try real.store.read { store in
            let key = NaturalKey(form: BuiltInForm.unit.form, values: ["code": .text(real.unit)])
            let unit = try store.record(keyed: key, in: SpaceName.catalogue)
            return ["name_vi", "name_en"].map { unit?.fields[$0]?.plainText ?? real.unit }.joined(separator: "\n")
        }
        let identity = room.isInitialized ? nil : try room.newIdentity()
        let device = try AgentDevice(
            path: room.databasePath, identity: identity, unit: real.unit, isTraining: true, world: .system,
            concurrentReads: true)
        try device.store.write { store in
            try forms.forEach(store.storeForm)
            try store.setSetting(AgentDevice.Key.unitNames, Array(names.utf8))
        }
        try room.forgetKeptKey()
        return device
    }

    /// The device has its key now. Left here it would make a second one with it, should the database be lost.
    private func forgetKeptKey() throws {
        try usable {
            if FileManager.default.fileExists(atPath: keyPath) { try FileManager.default.removeItem(atPath: keyPath) }
        }
    }

    /// Makes this process the folder's one server until it ends.
    /// - Throws: `agent.serving` when there is another.
    package func lockForServing() throws {
        guard isInitialized else { throw AgentError(.notInitialized) }
        var isHeld = false
        try usable { isHeld = try PrivateFile.lock(path + "/serve.lock") }
        guard isHeld else { throw AgentError(.serving) }
    }

    /// The way to the hub at `url`, trusting the certificates that were kept for it.
    package func transport(to url: String) throws -> CurlTransport {
        let isKept = FileManager.default.fileExists(atPath: authoritiesPath)
        return try CurlTransport(url: url, authorities: isKept ? authoritiesPath : nil)
    }

    /// Keeps the certificates in `file`, PEM, to trust for the hub from now on.
    /// - Throws: `hub.ca-unreadable`.
    package func keepAuthorities(from file: String) throws {
        guard let pem = FileManager.default.contents(atPath: file), pem.count <= 1 << 20,
            pem.range(of: Data("-----BEGIN CERTIFICATE-----".utf8)) != nil
        else { throw AgentError(.authoritiesUnreadable, ["file": file]) }
        try usable {
            try PrivateFile.makeFolder(path)
            try PrivateFile.write(Array(pem), to: authoritiesPath)
        }
    }

    private func usable(_ body: () throws -> Void) throws {
        do { try body() } catch { throw AgentError(.directoryUnusable, ["problem": path]) }
    }
}

extension AgentDirectory {
    /// What came of putting a copy back.
    package struct Restored: Sendable {
        package let device: AgentDevice
        package let former: ReplicaID
        /// When the copy was made, in milliseconds since 1970.
        package let made: Int64
        /// Where the database is that was here before; `nil` where there was none.
        package let replaced: String?
        /// What came of the photos beside the copy; `nil` where they could not be read or written.
        package let photos: TakenAttachments?
    }

    /// Writes a copy of the device's database to `file`, and of photos that no hub has into a folder beside it.
    package func backUp(to file: String) throws {
        try backUpDatabase(to: file)
        let device = try open()
        defer { try? device.store.close() }
        let taken = try BackupShelf.alone(of: file).take(
            device.photosToKeep(), from: device.blobs, leaving: DiskRoom.veryLowBytes)
        guard taken.isComplete else { throw StoreError(.backupNoRoom, ["folder": file]) }
    }

    func backUpDatabase(to file: String) throws {
        guard isInitialized else { throw AgentError(.notInitialized) }
        try StoreBackup.write(of: databasePath, to: file, now: World.system.now())
    }

    /// Puts the copy in `file` in the place of whatever device is here, with the photos that lie beside it. It goes on as a new replica: what it was when the
    /// copy was made may have gone on elsewhere.
    /// - Throws: `agent.serving` under a `serve`, `backup.unreadable`.
    package func restore(_ file: String) throws -> Restored {
        let copy = try StoreBackup.read(file, having: AgentDevice.Key.unit)
        try usable { try PrivateFile.makeFolder(path) }
        var isFree = false
        try usable { isFree = try PrivateFile.lock(path + "/serve.lock") }
        guard isFree else { throw AgentError(.serving) }
        var former: ReplicaID?
        let replaced = try StoreBackup.put(file, at: databasePath, now: World.system.now()) { fresh in
            let device = try AgentDevice(path: fresh, identity: nil, unit: nil, world: .system)
            former = try device.replica
            try device.store.write { try $0.goOnAsNew() }
            try device.store.close()
        }
        guard let former else { throw AgentError(.notInitialized) }
        let restored = try open()
        // What is in the place of the device by now is not taken back for the sake of its photos.
        let photos = try? BackupShelf.photos(of: file).reduce(into: TakenAttachments()) { sum, photos in
            let taken = try restored.blobs.take(photos.all(), from: photos, leaving: DiskRoom.veryLowBytes)
            sum.count += taken.count
            sum.isComplete = sum.isComplete && taken.isComplete
        }
        try? restored.store.close()
        return Restored(device: try open(), former: former, made: copy.made, replaced: replaced, photos: photos)
    }
}
