import Causality
import Foundation
import GRDB
import SyncProtocol
import Synchronization

/// The key pair of whoever writes in a store. It is kept in the store itself, so that neither can be lost without the other,
/// and so that going on under a new key is part of the transaction that finds out that it must be.
enum StoredIdentity {
    static let ownerSetting = "replica"
    private static let keySetting = "replica.key"

    static func owner(in db: Database) throws -> ReplicaID? {
        try setting(ownerSetting, db).flatMap { ReplicaID(bytes: $0) }
    }

    static func key(in db: Database) throws -> ReplicaIdentity? {
        try setting(keySetting, db).flatMap { ReplicaIdentity(rawKey: $0) }
    }

    /// Whether another store has taken this one's place.
    static func isClosed(in db: Database) throws -> Bool { try setting(StoreBackup.closedSetting, db) != nil }

    /// - Throws: `store.replaced`, or `store.key-wrong` where the key is not the owner's.
    static func load(from db: Database) throws -> ReplicaIdentity {
        if try isClosed(in: db) { throw StoreError(.replaced) }
        guard let identity = try key(in: db), try owner(in: db) == identity.replica else { throw StoreError(.keyWrong) }
        return identity
    }

    static func keep(_ identity: ReplicaIdentity, in db: Database) throws {
        for (key, value) in [(ownerSetting, identity.replica.bytes), (keySetting, identity.rawKey)] {
            try db.cachedStatement(
                sql:
                    "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
            ).execute(arguments: [key, Data(value)])
        }
    }

    private static func setting(_ key: String, _ db: Database) throws -> [UInt8]? {
        try Data.fetchOne(db.cachedStatement(sql: "SELECT value FROM setting WHERE key = ?"), arguments: [key]).map {
            Array($0)
        }
    }
}

/// The store's identity as last read. Another process may have gone on under a new key since.
final class CachedIdentity: Sendable {
    private let known: Mutex<ReplicaIdentity>

    init(_ identity: ReplicaIdentity) { known = Mutex(identity) }

    func identity(in db: Database) throws -> ReplicaIdentity {
        let cached = known.withLock { $0 }
        guard try StoredIdentity.owner(in: db) != cached.replica else { return cached }
        let current = try StoredIdentity.load(from: db)
        known.withLock { $0 = current }
        return current
    }
}
