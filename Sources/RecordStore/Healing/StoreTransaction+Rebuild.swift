import Causality
import Foundation
import GRDB
import Records
import SyncProtocol

/// State by definition: where names, bases or decisions of what is merged already have changed, a record's versions are made
/// anew from all its changes instead of from what came last.
extension StoreTransaction {
    /// Makes the versions of a record anew.
    func rebuild(_ record: Int64) throws {
        guard let space = try Int64.fetchOne(db, sql: "SELECT space FROM record WHERE id = ?", arguments: [record])
        else { return }
        let name = try recordName(record)
        var digest = try self.space(space).digest
        try addVersions(of: record, name, in: space) { digest.remove($0) }
        try db.cachedStatement(sql: "DELETE FROM version WHERE record = ?").execute(arguments: [record])
        let counted = try changes(ofRecord: record).filter { $0.decision != .refused }
            .map { CountedChange(change: $0, base: $0.base, operations: Payload.scan($0.payload) ?? []) }
        var deletes = false
        for change in counted {
            for (number, operation) in change.operations.enumerated() where change.isLeft(number) {
                let place = RegisterPlace(record, change.change.payload, operation)
                deletes = deletes || place.isDeletion
                let covering = counted.filter { $0.covers(change, at: place) }
                guard !covering.contains(where: { $0.change.decision == .accepted }) else { continue }
                try insertVersion(of: change.change, at: place, change.change.payload[operation.value])
                if !covering.isEmpty { try setStanding(false, change.change.dot, at: place) }
            }
        }
        try addVersions(of: record, name, in: space) { digest.insert($0) }
        try update(space) { $0.digest = digest }
        try flag(record, .hasDeletion, deletes ? .set : .clear)
        touch(record, mayBeCase: true)
    }

    private struct CountedChange {
        let change: StoredChange
        let base: Base
        let operations: [ScannedOperation]

        /// Whether the operation counted when the space's floor was made.
        func isLeft(_ number: Int) -> Bool {
            guard let left = change.left, left.count == operations.count else { return true }
            return left[number]
        }

        func covers(_ other: CountedChange, at place: RegisterPlace) -> Bool {
            change.dot != other.change.dot && base.covers(other.change.dot, received: other.change.received)
                && change.writes(place)
        }
    }

    /// The digest's elements of the record's standing versions.
    private func addVersions(of record: Int64, _ name: RecordID, in space: Int64, _ body: (Hash256) -> Void) throws {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT version.field, version.item, version.replica, version.sequence, change.payload
                    FROM version JOIN change ON change.space = ? AND change.replica = version.replica
                    AND change.sequence = version.sequence WHERE version.record = ? AND version.standing = 1
                    """), arguments: [space, record])
        for row in rows {
            let item: String = try row.at(1)
            body(
                StateDigest.element(
                    record: name, register: RegisterKey(try row.at(0), item: item.isEmpty ? nil : item),
                    dot: Dot(try replica(row.at(2)), try row.natural(3)),
                    commitment: Payload.commitment(of: try row.bytes("payload"))))
        }
    }

    /// Takes what the record and its refusals add to the digest out of it, or puts it back.
    func record(_ record: Int64, in space: Int64, leaves: Bool) throws {
        let name = try recordName(record)
        var digest = try self.space(space).digest
        try addVersions(of: record, name, in: space) { leaves ? digest.remove($0) : digest.insert($0) }
        for change in try changes(ofRecord: record) where change.decision == .refused {
            let element = StateDigest.element(refused: change.dot, commitment: Payload.commitment(of: change.payload))
            if leaves { digest.remove(element) } else { digest.insert(element) }
        }
        try update(space) { $0.digest = digest }
    }
}
