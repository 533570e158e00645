package import Causality
import Foundation
import GRDB
package import RecordStore
import Records
import SyncProtocol

/// Generations of backups. With each the hub promises not to go back behind it, and from then on gives snapshots only of what
/// the latest copy has too: what a device rests on without its log must not go with the hub's disk.
extension Hub {
    /// One backup: when it was made, in milliseconds since 1970, where each space's log ended in it, and the file that it was
    /// written to; empty where that was not noted.
    package struct Generation: Sendable {
        package let made: Int64
        package let places: [String: LogPosition]
        package let file: String

        package init(made: Int64, places: [String: LogPosition], file: String) {
            (self.made, self.places, self.file) = (made, places, file)
        }
    }

    /// When the latest backup was made, in milliseconds since 1970; `nil` before the first.
    package func lastBackup() throws -> Int64? { try store.read { try $0.lastGeneration() } }

    /// A backup that is remembered, as lists tell of it.
    package struct KeptGeneration: Sendable {
        package let made: Int64
        /// Empty where it was not noted.
        package let file: String
        /// Of the hub whose copy it is.
        package let epoch: Int64
        /// How many entries its logs held.
        package let entries: Int64
    }

    /// What is remembered of backups, the latest first.
    package static func keptGenerations(_ store: StoreTransaction) throws -> [KeptGeneration] {
        try Row.fetchAll(
            store.db,
            sql: """
                SELECT made, coalesce(file, ''), max(1, max(epoch)), sum(position)
                FROM generation LEFT JOIN generation_file USING (serial) GROUP BY serial ORDER BY serial DESC
                """
        ).map { KeptGeneration(made: try $0.at(0), file: try $0.at(1), epoch: try $0.at(2), entries: try $0.at(3)) }
    }

    /// Promises not to go back behind a copy.
    package func note(_ generation: Generation) throws {
        try store.write { store in
            let latest = try Int64.fetchOne(store.db, sql: "SELECT max(serial) FROM generation") ?? 0
            for (space, place) in generation.places {
                try store.db.execute(
                    sql: """
                        INSERT INTO generation (serial, made, space, epoch, position, hash) VALUES (?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        latest + 1, generation.made, space, Int64(place.epoch), Int64(place.index),
                        Data(place.hash.bytes),
                    ])
            }
            try store.db.execute(
                sql: "INSERT INTO generation_file (serial, file) VALUES (?, ?)",
                arguments: [latest + 1, generation.file])
            for table in ["generation", "generation_file"] {
                try store.db.execute(
                    sql: "DELETE FROM \(table) WHERE serial <= ?", arguments: [latest + 1 - Self.keptGenerations])
            }
        }
    }

    /// How many backups are remembered. Only the latest is promised; by the others a copy is recognized.
    private static let keptGenerations: Int64 = 100

    /// Whether a later backup was promised than the one that was made at a time. The order is that in which they were made,
    /// whatever the clock said.
    func hasPromised(beyond made: Int64) throws -> Bool {
        try store.read { store in
            let known = try Int64.fetchOne(
                store.db, sql: "SELECT max(serial) FROM generation WHERE made = ?", arguments: [made])
            let latest = try Int64.fetchOne(store.db, sql: "SELECT max(serial) FROM generation")
            guard let latest else { return false }
            if let known { return known < latest }
            return try Int64.fetchOne(
                store.db, sql: "SELECT made FROM generation WHERE serial = ?", arguments: [latest]) ?? 0 > made
        }
    }

    /// Where each log ends now.
    func places() throws -> [String: LogPosition] {
        try store.read { store in
            Dictionary(try store.allSpaces().map { ($0.name, $0.position) }) { $1 }
        }
    }

    /// Up to where snapshots may be given: what the latest copy has; `nil` before the first copy, when there is none that the
    /// hub could be put back to.
    func promisedIndex(in space: SpaceState, _ store: StoreTransaction) throws -> UInt64? {
        let latest = try Int64.fetchOne(store.db, sql: "SELECT max(serial) FROM generation")
        guard let latest else { return nil }
        let row = try Row.fetchOne(
            store.db.cachedStatement(sql: "SELECT position, hash FROM generation WHERE serial = ? AND space = ?"),
            arguments: [latest, space.name])
        guard let row else { return 0 }
        let index = try row.natural(0)
        return try store.logHash(at: index, in: space) == row.hash("hash") ? index : 0
    }

    /// What the hub has received of a space since a place in its log.
    package struct Since: Sendable {
        package let space: String
        package let changes: Int
        /// How many replicas wrote them.
        package let replicas: Int
    }

    /// What has come since the copy with these places was made; that is what comes back from devices, if they still hold it.
    func received(since places: [String: LogPosition]) throws -> [Since] {
        try store.read { store in
            try store.allSpaces().compactMap { space in
                var index: UInt64 = 0
                if let place = places[space.name], try store.logHash(at: place.index, in: space) == place.hash {
                    index = place.index
                }
                let row = try Row.fetchOne(
                    store.db,
                    sql: "SELECT count(*), count(DISTINCT replica) FROM change WHERE space = ? AND received > ?",
                    arguments: [space.id, Int64(index)])
                guard let row, let changes = try row.at(0) as Int?, changes > 0 else { return nil }
                return Since(space: space.name, changes: changes, replicas: try row.at(1))
            }
        }
    }
}

extension StoreTransaction {
    /// When the latest backup was made, in milliseconds since 1970; `nil` before the first.
    package func lastGeneration() throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT made FROM generation ORDER BY serial DESC LIMIT 1"))
    }
}
