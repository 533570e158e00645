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
