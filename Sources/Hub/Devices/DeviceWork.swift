package import Causality
import Foundation
import GRDB
package import RecordStore
import Records

/// What the hub holds of a device's work: what a lost machine had brought home.
package struct DeviceWork: Sendable {
    package struct Space: Sendable {
        package let name: String
        /// Changes that the hub has.
        package let changes: Int
        /// Of them, those that were refused and nobody has looked at.
        package let refused: Int
        /// When the latest of them came in, and when it was made, in milliseconds since 1970.
        package let received: Int64?
        package let made: Int64?
        package let later: Int
    }

    package let spaces: [Space]
    /// The ids of people whose work came from it, those with the latest first.
    package let authors: [String]

    package var changes: Int { spaces.reduce(0) { $0 + $1.changes } }
    /// What came after it was revoked and nobody has looked at.
    package var later: Int { spaces.reduce(0) { $0 + $1.later } }
    package var refused: Int { spaces.reduce(0) { $0 + $1.refused } }

    /// - Parameter device: its branches, which it signed with the same key, are its work too.
    package init(of device: ReplicaID, _ store: StoreTransaction) throws {
        let name = Hub.data(device)
        spaces = try Row.fetchAll(
            store.db.cachedStatement(
                sql: """
                    SELECT space.name, count(*), sum(decision = 2 AND disposed IS NULL), max(received_at), max(time),
                        sum(decision = 2 AND disposed IS NULL AND code = 'device.revoked')
                    FROM space JOIN change ON change.space = space.id WHERE \(Self.isMine)
                    GROUP BY space.id ORDER BY space.name
                    """), arguments: [name]
        ).map {
            // As the change states it: times are ordered as they are stored.
            let made = (try $0.at(4) as Int64?).map { HybridTime(rawValue: UInt64(bitPattern: $0)).milliseconds }
            return Space(
                name: try $0.at(0), changes: try $0.at(1), refused: try $0.at(2), received: try $0.at(3), made: made,
                later: try $0.at(5))
        }
        authors = try String.fetchAll(
            store.db.cachedStatement(
                sql: """
                    SELECT author FROM space JOIN change ON change.space = space.id WHERE \(Self.isMine) AND author <> ''
                    GROUP BY author ORDER BY max(time) DESC, author
                    """), arguments: [name])
    }

    private static let isMine = """
        change.replica IN (SELECT own.id FROM replica own JOIN replica named
            ON own.id = named.id OR own.signer = named.id WHERE named.name = ?1)
        """

    /// What a machine did by all its names: those before a new key, and those since.
    /// - Parameter device: one of them.
    package init(ofAllNamesOf device: ReplicaID, _ store: StoreTransaction) throws {
        let works = try Hub.lineage(of: device, store).map { try DeviceWork(of: $0, store) }
        spaces = Dictionary(grouping: works.flatMap(\.spaces), by: \.name).values.compactMap { same in
            same.first.map { first in
                Space(
                    name: first.name, changes: same.reduce(0) { $0 + $1.changes },
                    refused: same.reduce(0) { $0 + $1.refused }, received: same.compactMap(\.received).max(),
                    made: same.compactMap(\.made).max(), later: same.reduce(0) { $0 + $1.later })
            }
        }.sorted { $0.name < $1.name }
        var authors: [String] = []
        for author in works.flatMap(\.authors) where !authors.contains(author) { authors.append(author) }
        self.authors = authors
    }
}
