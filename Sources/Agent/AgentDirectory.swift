import Foundation
import RecordStore
package import SyncProtocol

/// The folder of a device: `replica.key`, its private key, `phusa.db`, its store, and `serve.lock`, held by its one server.
package struct AgentDirectory: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    private var keyPath: String { path + "/replica.key" }
    private var databasePath: String { path + "/phusa.db" }
    /// Whether the folder holds a device.
    package var isInitialized: Bool { FileManager.default.fileExists(atPath: databasePath) }

    /// The device's key. One is made, and kept, in a folder without a device, so that asking a hub again is harmless.
    /// - Throws: `agent.key-missing` when there is a store without its key.
    package func identity() throws -> ReplicaIdentity {
        if let raw = FileManager.default.contents(atPath: keyPath) {
            guard let identity = ReplicaIdentity(rawKey: Array(raw)) else { throw AgentError(.keyMissing) }
            return identity
        }
        guard !isInitialized else { throw AgentError(.keyMissing) }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw AgentError(.directoryUnusable, ["problem": path])
        }
        guard let identity = ReplicaIdentity(rawKey: World.system.random(32)) else { throw AgentError(.keyMissing) }
        try keep(identity.rawKey)
        return identity
    }

    /// Opens the folder's device.
    /// - Parameter unit: makes a device of this unit where there is none; `nil`: `agent.not-initialized` then.
    /// - Parameter concurrentReads: whether pages are to be read while a sync writes.
    package func open(unit: String? = nil, concurrentReads: Bool = false) throws -> AgentDevice {
        guard isInitialized || unit != nil else { throw AgentError(.notInitialized) }
        if let unit, !SpaceName.isUnitCode(unit) { throw AgentError(.unitInvalid, ["unit": unit]) }
        return try AgentDevice(
            path: databasePath, identity: try identity(), unit: unit, world: .system, concurrentReads: concurrentReads)
    }

    /// Makes this process the folder's one server until it ends.
    /// - Throws: `agent.serving` when there is another.
    package func lockForServing() throws {
        guard isInitialized else { throw AgentError(.notInitialized) }
        let file = Foundation.open(path + "/serve.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw AgentError(.directoryUnusable, ["problem": path]) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw AgentError(.serving)
        }
    }

    /// Writes the key so that it is there whole or not at all.
    private func keep(_ key: [UInt8]) throws {
        let fresh = keyPath + ".new"
        let file = createPrivate(fresh)
        guard file >= 0 else { throw AgentError(.directoryUnusable, ["problem": path]) }
        let written = key.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        let isDurable = written == key.count && fsync(file) == 0
        guard close(file) == 0, isDurable, rename(fresh, keyPath) == 0 else {
            throw AgentError(.directoryUnusable, ["problem": path])
        }
        let folder = Foundation.open(path, O_RDONLY)
        guard folder >= 0 else { throw AgentError(.directoryUnusable, ["problem": path]) }
        fsync(folder)
        close(folder)
    }

    private func createPrivate(_ path: String) -> Int32 { Foundation.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600) }
}
