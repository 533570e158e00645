package import Causality
import Foundation
import GRDB

/// Names one of this replica's changes that the hub has not accepted and nobody has dealt with.
package struct OpenWork: Hashable, Sendable {
    package let dot: Dot
    let space: Int64

    package init(dot: Dot, space: Int64) {
        self.dot = dot
        self.space = space
    }
}

/// Such changes, however many there are: their names are few bytes each, and they are read one at a time.
extension StoreTransaction {
    package enum WorkOrder: Sendable {
        case oldestFirst
        /// What waits for a person before what waits for a line.
        case refusedFirst
    }

    package func openWork(_ order: WorkOrder = .oldestFirst, limit: Int = .max, offset: Int = 0) throws -> [OpenWork] {
        let rank = order == .refusedFirst ? "decision = 0, " : ""
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT change.space, change.replica, change.sequence FROM change
                    JOIN head ON head.space = change.space AND head.replica = change.replica
                    WHERE decision <> 1 AND disposed IS NULL AND change.sequence <= head.made
                    ORDER BY \(rank)time, change.space, change.replica, change.sequence LIMIT ? OFFSET ?
                    """), arguments: [limit, offset]
        ).map { OpenWork(dot: Dot(try replica($0.at(1)), try $0.natural(2)), space: try $0.at(0)) }
    }

    /// - Returns: `nil` where it goes by another name by now.
    package func change(_ work: OpenWork) throws -> StoredChange? { try change(work.dot, in: work.space) }

    /// How many of this replica's changes the hub has not received, by form.
    package func unsentCounts() throws -> [(form: String, count: Int)] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT record.form, count(*) FROM change
                    JOIN head ON head.space = change.space AND head.replica = change.replica
                    JOIN record ON record.id = change.record
                    WHERE decision <> 1 AND decision = 0 AND received IS NULL AND change.sequence <= head.made
                    GROUP BY record.form ORDER BY record.form
                    """)
        ).map { (try $0.at(0), try $0.at(1)) }
    }
}
