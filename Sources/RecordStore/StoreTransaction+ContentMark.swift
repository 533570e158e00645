package import Causality
import Foundation
import GRDB

extension StoreTransaction {
    /// A fingerprint of the changes and verdicts that the store holds: the same until one is made or comes. What an exchange
    /// only notes, such as its time, leaves it as it is.
    package func contentMark() throws -> Hash256 {
        var bytes = Array("phusa content mark".utf8)
        for row in try Row.fetchAll(db, sql: "SELECT name, epoch, position, log_hash, floor FROM space ORDER BY name") {
            bytes += Array("\(try row.at(0) as String) \(try row.at(1) as Int64) \(try row.at(2) as Int64)".utf8)
            bytes += Array(try row.at(3) as Data) + Array(" \(try row.at(4) as Int64)".utf8)
        }
        for row in try Row.fetchAll(db, sql: "SELECT space, replica, hash, made FROM head ORDER BY space, replica") {
            bytes += Array("\(try row.at(0) as Int64) \(try row.at(1) as Int64)".utf8)
            bytes += Array(try row.at(2) as Data) + Array(" \(try row.at(3) as Int64)".utf8)
        }
        return Hash256.of(bytes)
    }

    /// How many changes and records the store holds.
    package func contentCounts() throws -> (changes: Int, records: Int) {
        (
            try Int.fetchOne(db, sql: "SELECT count(*) FROM change") ?? 0,
            try Int.fetchOne(db, sql: "SELECT count(*) FROM record") ?? 0
        )
    }
}
