package import Causality
import Foundation
import GRDB

/// Copies of a store in one file, made while others write, and put back. A copy holds the private key: whoever has it can go on
/// as the store's owner.
package enum StoreBackup {
    /// When the copy was made, in milliseconds since 1970, as decimal digits.
    private static let madeSetting = "backup.made"

    /// Writes a copy of the store at `path`, as it is at one moment. It is durable under its name when this returns, or not
    /// there at all.
    /// - Parameters:
    ///   - settings: further settings that the copy has.
    /// - Throws: `backup.unwritable`, or what is wrong with the store.
    package static func write(
        of path: String, to file: String, now: Int64, settings: [String: [UInt8]] = [:]
    ) throws {
        let fresh = file + ".new"
        try? FileManager.default.removeItem(atPath: fresh)
        defer { try? FileManager.default.removeItem(atPath: fresh) }
        guard FileManager.default.createFile(atPath: fresh, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw StoreError(.backupUnwritable, ["file": file]) }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(20)
            let source = try DatabaseQueue(path: path, configuration: configuration)
            try source.inDatabase { try $0.execute(sql: "VACUUM INTO ?", arguments: [fresh]) }
            try source.close()
            let copy = try DatabaseQueue(path: fresh)
            try copy.write { db in
                let all = settings.merging([madeSetting: Array(String(now).utf8)]) { given, _ in given }
                for (key, value) in all.sorted(by: { $0.key < $1.key }) {
                    try db.execute(
                        sql: "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)",
                        arguments: [key, Data(value)])
                }
            }
            try copy.close()
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
        guard DurableFile.sync(fresh), rename(fresh, file) == 0, DurableFile.syncFolder(of: file) else {
            throw StoreError(.backupUnwritable, ["file": file])
        }
    }

    /// Settings of the copy in `file`.
    /// - Throws: `backup.unreadable` where it is no whole copy of a store that has `key`.
    package static func read(_ file: String, having key: String) throws -> (made: Int64, settings: [String: [UInt8]]) {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let copy = try DatabaseQueue(path: file, configuration: configuration)
            return try copy.read { db in
                guard try String.fetchAll(db, sql: "PRAGMA integrity_check") == ["ok"],
                    try db.tableExists("setting")
                else { throw StoreError(.backupUnreadable, ["file": file]) }
                var settings: [String: [UInt8]] = [:]
                for row in try Row.fetchAll(db, sql: "SELECT key, value FROM setting") {
                    settings[try row.at(0)] = Array(try row.at(1) as Data)
                }
                guard settings[key] != nil else { throw StoreError(.backupUnreadable, ["file": file]) }
                let made = settings[madeSetting].flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
                return (made ?? 0, settings)
            }
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.backupUnreadable, ["file": file], cause: error)
        }
    }

    /// Where the logs end in the copy in `file`.
    package static func places(in file: String) throws -> [String: LogPosition] {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            return try DatabaseQueue(path: file, configuration: configuration).read { db in
                let rows = try Row.fetchAll(db, sql: "SELECT name, epoch, position, log_hash FROM space")
                return Dictionary(
                    try rows.map { row in
                        (
                            try row.at(0) as String,
                            LogPosition(
                                epoch: try row.natural(1), index: try row.natural(2), hash: try row.hash("log_hash"))
                        )
                    }
                ) { $1 }
            }
        } catch {
            throw StoreError(.backupUnreadable, ["file": file], cause: error)
        }
    }

    /// Puts a copy in the place of the store at `path`. What was there is kept beside it. At every moment there is a store at
    /// `path`; who has the former one open can save nothing in it any more.
    /// - Parameter prepare: makes the copy ready at the path it is given, before it takes its place.
    /// - Returns: where the store is that was there before; `nil` where there was none.
    package static func put(
        _ file: String, at path: String, now: Int64, prepare: (String) throws -> Void
    ) throws -> String? {
        let fresh = path + ".restoring"
        func clear() {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: fresh + ending) }
        }
        clear()
        defer { clear() }
        do { try FileManager.default.copyItem(atPath: file, toPath: fresh) } catch {
            throw StoreError(.backupUnreadable, ["file": file], cause: error)
        }
        chmod(fresh, 0o600)
        try reopen(fresh)
        try prepare(fresh)
        try settle(fresh)
        guard DurableFile.sync(fresh) else { throw StoreError(.unavailable) }
        let replaced =
            FileManager.default.fileExists(atPath: path) ? try keep(path, as: path + ".replaced-\(now)") : nil
        guard rename(fresh, path) == 0 else {
            try? reopen(path)
            throw StoreError(.unavailable)
        }
        guard DurableFile.syncFolder(of: path) else { throw StoreError(.unavailable) }
        return replaced
    }

    /// Lets people save again in a store that was closed and not replaced: a restore was cut short.
    package static func reopen(_ path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        try change(path, "UPDATE setting SET key = ?2 WHERE key = ?1", [closedSetting, StoredIdentity.ownerSetting])
    }

    /// The owner of a store that was replaced: it has none by its name, so that nobody can save in it.
    static let closedSetting = "replica.replaced"

    /// Gives the store at `path` a second name, and closes it for those who have it open.
    private static func keep(_ path: String, as name: String) throws -> String {
        // One that is damaged keeps what it has not settled beside it.
        try? change(
            path, "UPDATE OR REPLACE setting SET key = ?2 WHERE key = ?1", [StoredIdentity.ownerSetting, closedSetting])
        do { try settle(path) } catch let error as StoreError where error.kind == .busy {
            // What somebody has not settled yet would go with its log of writes.
            try? reopen(path)
            throw error
        } catch {}
        let hasLinks = link(path, name) == 0
        // The log of writes must not be taken for the new store's.
        if FileManager.default.fileExists(atPath: path + "-wal") {
            guard rename(path + "-wal", name + "-wal") == 0 else { throw StoreError(.unavailable) }
        }
        try? FileManager.default.removeItem(atPath: path + "-shm")
        // A file system without links has a moment without a store.
        guard hasLinks || rename(path, name) == 0 else { throw StoreError(.unavailable) }
        return name
    }

    private static func change(_ path: String, _ sql: String, _ arguments: [String]) throws {
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(20)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction(WriteAheadLog.rewrite)
            try queue.write { try $0.execute(sql: sql, arguments: StatementArguments(arguments)) }
            try queue.close()
        } catch {
            throw StoreError(error)
        }
    }

    /// Brings all that was written into the one file.
    private static func settle(_ path: String) throws {
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(20)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction(WriteAheadLog.rewrite)
            let settled = try queue.writeWithoutTransaction {
                try Row.fetchOne($0, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
            try queue.close()
            guard try settled?.at(0) as Int64? ?? 0 == 0 else { throw StoreError(.busy) }
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(error)
        }
    }
}

/// What makes a file's contents and name survive a power cut.
package enum DurableFile {
    package static func sync(_ path: String) -> Bool { synced(path, O_RDONLY) }

    /// How much the file holds; 0 where there is none.
    package static func size(of path: String) -> Int64 {
        var file = stat()
        return stat(path, &file) == 0 ? Int64(file.st_size) : 0
    }

    package static func syncFolder(of path: String) -> Bool {
        let folder = (path as NSString).deletingLastPathComponent
        return synced(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY)
    }

    private static func synced(_ path: String, _ flags: Int32) -> Bool {
        let file = open(path, flags | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return fsync(file) == 0
    }
}
