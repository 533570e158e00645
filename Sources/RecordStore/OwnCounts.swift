import Foundation
import GRDB
import SyncProtocol

/// How many of this replica's changes stand where.
package struct OwnCounts: Hashable, Sendable {
    /// Without the hub's receipt, or without its verdict.
    package var waiting = 0
    /// Of those, the ones that were not sent or not answered yet.
    package var unsent = 0
    /// Accepted by the hub, if only after it had refused them.
    package var received = 0
    /// Refused, and not dealt with by anybody.
    package var refused = 0
}

extension StoreTransaction {
    /// Counted without a look at every change that waits: a log has no holes and is received from its beginning on, so that all
    /// after the first that was not received wait too.
    package func ownCounts() throws -> OwnCounts {
        let lines = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    WITH line AS (
                        SELECT head.space, head.replica, made, max(after, 0) AS before,
                        (SELECT sequence FROM change WHERE decision <> 1 AND decision = 0 AND received IS NULL
                            AND change.space = head.space AND change.replica = head.replica AND sequence <= made
                            ORDER BY sequence LIMIT 1) AS first
                        FROM head JOIN replica ON replica.id = head.replica WHERE made > 0)
                    SELECT CASE WHEN made > before THEN made - before ELSE 0 END AS made,
                    CASE WHEN first IS NULL THEN 0 ELSE made - first + 1 END AS unsent,
                    (SELECT count(*) FROM change WHERE decision <> 1 AND decision = 0 AND received IS NOT NULL
                        AND change.space = line.space AND change.replica = line.replica
                        AND sequence < coalesce(first, made + 1)) AS undecided,
                    (SELECT count(*) FROM change WHERE decision <> 1 AND decision = 2
                        AND change.space = line.space AND change.replica = line.replica AND sequence <= made) AS refused,
                    (SELECT count(*) FROM change WHERE decision <> 1 AND decision = 2 AND disposed IS NULL
                        AND change.space = line.space AND change.replica = line.replica AND sequence <= made) AS left
                    FROM line
                    """))
        var counts = OwnCounts()
        for line in lines {
            let (unsent, undecided): (Int, Int) = (try line.at("unsent"), try line.at("undecided"))
            counts.unsent += unsent
            counts.waiting += unsent + undecided
            counts.refused += try line.at("left")
            counts.received += try line.at("made") - unsent - undecided - line.at("refused")
        }
        counts.received += try acceptedAfterAll()
        return counts
    }

    /// How many of this replica's refused changes were accepted since, so that the hub has repeated them.
    private func acceptedAfterAll() throws -> Int {
        let bytes = try Data.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT disposed FROM change JOIN head ON head.space = change.space AND head.replica = change.replica
                    WHERE decision <> 1 AND decision = 2 AND disposed IS NOT NULL AND change.sequence <= head.made
                    """))
        return try bytes.filter { bytes in
            guard case .disposition(let disposition) = try LogEntry(bytes: Array(bytes)) else { return false }
            return disposition.outcome == .accepted
        }.count
    }
}
