package import Causality
import Foundation
package import GRDB

/// Reading what a row holds without trust: in a damaged file a column may hold what this program never wrote.
extension Row {
    /// - Throws: `store.damaged` where the column holds something else.
    package func at<T: DatabaseValueConvertible>(_ column: Int) throws -> T {
        try T.fromDatabaseValue(self[column]).orDamaged("column \(column)")
    }

    /// - Throws: `store.damaged` where the column holds something else.
    package func at<T: DatabaseValueConvertible>(_ column: String) throws -> T {
        try T.fromDatabaseValue(self[column]).orDamaged(column)
    }

    /// A number that is never negative.
    package func natural(_ column: Int) throws -> UInt64 { try (at(column) as Int64).natural() }

    /// A number that is never negative.
    package func natural(_ column: String) throws -> UInt64 { try (at(column) as Int64).natural() }

    /// A range of sequences.
    func range(_ first: Int, _ last: Int) throws -> ClosedRange<UInt64> {
        let (first, last) = (try natural(first), try natural(last))
        guard 0 < first, first <= last else { throw StoreError(.damaged, ["code": "range"]) }
        return first...last
    }

    /// The bytes there; none where the column holds nothing.
    package func bytes(_ column: String) throws -> [UInt8] { (try at(column) as Data?).map { Array($0) } ?? [] }

    package func hash(_ column: String) throws -> Hash256 { try Hash256(bytes: bytes(column)).orDamaged(column) }
}

extension Int64 {
    /// What is stored as a number that is never negative.
    func natural() throws -> UInt64 { try UInt64(exactly: self).orDamaged("number") }
}
