import Causality
import Foundation
import GRDB
import Records
package import SyncProtocol

/// The database of one replica: its logs, the hub's logs, merged state, open cases and search rows.
///
/// Every write is one BEGIN IMMEDIATE transaction that is durable when the call returns (WAL, synchronous=FULL). Several
/// processes may have one store open.
package final class ReplicaStore: Sendable {
    private let database: any DatabaseWriter
    let path: String
    private let commits: CommitGroup
    private let formCache = FormCache()
    private let defersSearch: Bool
    package let world: World
    private let writer: CachedIdentity

    /// The incarnation that writes here now. It changes when the store finds out that another went on under the same key.
    package var identity: ReplicaIdentity {
        get throws { try read { $0.identity } }
    }

    /// Opens the database at `path`, and makes it when there is none.
    /// - Parameters:
    ///   - identity: who writes in a new store. A store that is there keeps its own key.
    ///   - tables: further tables of the owner, each a name and its SQL; append-only.
    ///   - concurrentReads: whether others may read while somebody writes.
    ///   - defersSearch: whether all search rows are left for ``catchUpSearch()``, and not only those of large transactions.
    /// - Throws: ``StoreError``, `store.damaged` when the file is no database of this program.
    package init(
        path: String, identity: ReplicaIdentity?, world: World, tables: [(name: String, sql: String)] = [],
        concurrentReads: Bool = false, defersSearch: Bool = false
    ) throws {
        self.path = path
        self.defersSearch = defersSearch
        self.world = world
        do {
            database = try Self.open(path: path, concurrentReads: concurrentReads)
            try database.writeWithoutTransaction(WriteAheadLog.rewrite)
            commits = CommitGroup(database) { try world.step(.beforeCommit) }
            try Schema.migrator(with: tables).migrate(database)
        } catch {
            throw StoreError(error)
        }
        do {
            writer = try Self.writer(of: database, else: identity)
        } catch let error where StoreError.isOfTheFile(error) {
            throw StoreError(error)
        }
        try write { _ = try $0.ensureReplica($0.identity.replica, publicKey: $0.identity.publicKey) }
    }

    /// The store's own identity, or the given one where it has none yet.
    private static func writer(of database: any DatabaseWriter, else identity: ReplicaIdentity?) throws
        -> CachedIdentity
    {
        try database.write { db in
            if let owner = try StoredIdentity.owner(in: db) {
                if try StoredIdentity.key(in: db) == nil {
                    // A store from before keys were kept in it.
                    guard let identity, identity.replica == owner else { throw StoreError(.keyWrong) }
                    try StoredIdentity.keep(identity, in: db)
                }
            } else {
                guard try !StoredIdentity.isClosed(in: db) else { throw StoreError(.replaced) }
                guard let identity else { throw StoreError(.keyWrong) }
                try StoredIdentity.keep(identity, in: db)
            }
            return CachedIdentity(try StoredIdentity.load(from: db))
        }
    }

    private static func open(path: String, concurrentReads: Bool) throws -> any DatabaseWriter {
        var configuration = Configuration()
        configuration.busyMode = .timeout(20)
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            let synchronous = Safeguard.commitsSynced.isOn ? "FULL" : "NORMAL"
            try db.execute(
                sql: "PRAGMA synchronous = \(synchronous); PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY")
        }
        if concurrentReads {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // A pool sets NORMAL when it is made: with it, a power cut takes back what was said to be saved.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            return pool
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { db in
            _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        }
        return queue
    }

    /// Whether the file at `path` is a store in which `key` was set. One that cannot be read counts as such, so that what is
    /// wrong with it is said and not written over.
    package static func isSet(_ key: String, path: String) -> Bool {
        do {
            let queue = try DatabaseQueue(path: path)
            // Whoever closes a file last takes the log into it.
            try queue.writeWithoutTransaction(WriteAheadLog.rewrite)
            return try queue.read { db in
                guard try db.tableExists("setting") else { return false }
                return try Bool.fetchOne(
                    db, sql: "SELECT EXISTS (SELECT 1 FROM setting WHERE key = ?)", arguments: [key]) ?? false
            }
        } catch {
            return true
        }
    }

    private func transaction(_ db: Database) throws -> StoreTransaction {
        StoreTransaction(
            db, identity: try writer.identity(in: db), world: world, formCache: formCache, defersSearch: defersSearch)
    }

    /// Runs `body` in an immediate transaction, or, where others write at the same time, in a savepoint of one that they
    /// share. What it wrote is durable when this returns, and gone when it throws.
    package func write<T>(_ body: (StoreTransaction) throws -> T) throws -> T {
        do {
            let result = try withoutActuallyEscaping(body) { body in
                var result: T?
                try commits.run(
                    CommitGroup.Job { db in
                        let transaction = try self.transaction(db)
                        result = try body(transaction)
                        try transaction.finish()
                    })
                return result
            }
            try world.step(.afterCommit)
            guard let result else { preconditionFailure("a job that did not fail has a result") }
            return result
        } catch let error where StoreError.isOfTheFile(error) {
            throw StoreError(error)
        }
    }

    /// Runs `body` on one unchanging view of the store.
    package func read<T>(_ body: (StoreTransaction) throws -> T) throws -> T {
        do {
            return try database.read { db in
                try body(transaction(db))
            }
        } catch let error where StoreError.isOfTheFile(error) {
            throw StoreError(error)
        }
    }

    /// Brings the search rows that were left behind up to date; for callers about to search.
    package func catchUpSearch() throws { while try catchUpSomeSearch() {} }

    /// Brings some of them up to date in one transaction; writes nothing where none was left behind.
    /// - Returns: whether there may be more.
    package func catchUpSomeSearch() throws -> Bool {
        guard try read({ try Bool.fetchOne($0.db, sql: "SELECT EXISTS (SELECT 1 FROM search_due)") }) == true else {
            return false
        }
        return try write { try $0.catchUpSearch() }
    }

    /// A number that changes whenever another process, or another connection of this one, has written. Asking writes
    /// nothing.
    package func dataVersion() throws -> Int64 {
        do {
            return try database.writeWithoutTransaction { db in
                try Int64.fetchOne(db, sql: "PRAGMA data_version") ?? 0
            }
        } catch {
            throw StoreError(error)
        }
    }

    /// Hands over the connection that writes.
    func withWriter(_ body: (Database) throws -> Void) throws { try database.writeWithoutTransaction(body) }

    /// What SQLite itself says is wrong with the file; empty when nothing is.
    package func integrityProblems() throws -> [String] {
        try read { store in
            try String.fetchAll(store.db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
        }
    }

    package func close() throws { try database.close() }
}

extension StoreError {
    /// Whether the error comes of the database and what is in it.
    static func isOfTheFile(_ error: any Error) -> Bool {
        error is DatabaseError || error is RowDecodingError || error is DecodingFailure
    }

    /// Translates what SQLite reports, and what is stored and cannot be read. The statement and its values stay out of the
    /// message.
    init(_ error: any Error) {
        if error is RowDecodingError || error is DecodingFailure {
            self.init(.damaged, ["code": "value"], cause: error)
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.unavailable, cause: error)
            return
        }
        switch error.resultCode {
        case .SQLITE_FULL: self.init(.full, cause: error)
        // The index of the log of writes could not be made larger.
        case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE: self.init(.full, cause: error)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self.init(.busy, cause: error)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.damaged, ["code": "\(error.resultCode.rawValue)"], cause: error)
        default: self.init(.unavailable, ["code": "\(error.extendedResultCode.rawValue)"], cause: error)
        }
    }
}
