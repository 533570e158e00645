import Causality
import Foundation
import GRDB
import Records
package import SyncProtocol

/// What the hub told this device, and whether that agrees with what it told another.
extension StoreTransaction {
    /// The hub's signatures over places that this store kept, the latest first.
    package func testimony() throws -> Testimony {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT ends, signature, max(position) AS position FROM (
                    SELECT ends, signature, position FROM checkpoint
                    UNION ALL SELECT ends, signature, position FROM lost WHERE signature IS NOT NULL
                ) GROUP BY ends, signature ORDER BY position DESC, ends LIMIT ?
                """, arguments: [Testimony.most])
        return Testimony(
            try rows.map { SignedEnds(ends: try $0.bytes("ends"), signature: try $0.bytes("signature")) })
    }

    /// Where another was told another history than this device, of an epoch that neither has seen end. A hub that was put back
    /// from a copy and says so in its log told two as well; that is no contradiction.
    /// - Throws: `wire.signature-wrong` where the hub with that key did not sign what the other was told.
    package func contradictions(with other: Testimony, hubKey: [UInt8]) throws -> [TwoHistories] {
        var found: [TwoHistories] = []
        for told in other.told {
            for (name, place) in try told.places(hubKey: hubKey).sorted(by: { $0.key < $1.key }) {
                guard !found.contains(where: { $0.space == name }),
                    let proof = try contradiction(told, at: place, in: name)
                else { continue }
                found.append(proof)
            }
        }
        return found
    }

    private func contradiction(_ told: SignedEnds, at place: LogPosition, in name: String) throws -> TwoHistories? {
        guard let space = try allSpaces().first(where: { $0.name == name }),
            let own = try position(at: place.index, in: space), own.hash != place.hash, own.epoch == place.epoch,
            try !isLost(place, in: space)
        else { return nil }
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT position, ends, signature FROM checkpoint WHERE space = ? AND position >= ?
                ORDER BY position LIMIT 1
                """, arguments: [space.id, Int64(place.index)])
        guard let row else { return nil }
        let end = try row.natural(0)
        // Beyond the epoch's end the hub has said that it lost something.
        guard space.epoch(at: end) == place.epoch else { return nil }
        let entries = try logEntries(after: place.index, in: space, limit: Int(end - place.index)).map(\.entry)
        return TwoHistories(
            space: name, first: told,
            second: SignedEnds(ends: try row.bytes("ends"), signature: try row.bytes("signature")), hash: own.hash,
            entries: entries)
    }
}
