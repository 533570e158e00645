import Foundation
import RecordStore
import SyncProtocol
import Wording

/// The folder of a hub: `hub.key`, its private key, `hub.db`, its store, and `serve.lock`, held by its one server.
package struct HubDirectory: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    private var keyPath: String { path + "/hub.key" }
    private var databasePath: String { path + "/hub.db" }
    private var isInitialized: Bool { FileManager.default.fileExists(atPath: databasePath) }

    /// Makes a hub in a folder that has none.
    package func make() throws -> Hub {
        guard !isInitialized else { throw problem("agent.initialized") }
        if !FileManager.default.fileExists(atPath: keyPath) {
            do {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw problem("agent.directory")
            }
            try keep(World.system.random(32))
        }
        return try load()
    }

    package func open() throws -> Hub {
        guard isInitialized else { throw problem("agent.not-initialized") }
        return try load()
    }

    /// Makes this process the folder's one server until it ends.
    package func lockForServing() throws {
        let file = Foundation.open(path + "/serve.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw problem("agent.directory") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw problem("agent.serving")
        }
    }

    private func load() throws -> Hub {
        guard let raw = FileManager.default.contents(atPath: keyPath),
            let identity = ReplicaIdentity(rawKey: Array(raw))
        else { throw problem("agent.key-missing") }
        return try Hub(path: databasePath, identity: identity, world: .system)
    }

    /// Writes the key so that it is there whole or not at all.
    private func keep(_ key: [UInt8]) throws {
        let fresh = keyPath + ".new"
        let file = Foundation.open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw problem("agent.directory") }
        let written = key.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        let isDurable = written == key.count && fsync(file) == 0
        guard close(file) == 0, isDurable, rename(fresh, keyPath) == 0 else { throw problem("agent.directory") }
        let folder = Foundation.open(path, O_RDONLY)
        guard folder >= 0 else { throw problem("agent.directory") }
        fsync(folder)
        close(folder)
    }

    private func problem(_ code: String) -> ReportedError { ReportedError(code: code, details: ["problem": path]) }
}
