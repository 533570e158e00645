import Causality
import Foundation
import GRDB
import Records
package import SyncProtocol

/// Going back to the last place that the hub still has: nothing is dropped but what its lost words said.
extension StoreTransaction {
    /// Puts the space where the hub's log goes through `index`. The entries after it are kept as lost ones, to be given
    /// back; what they had received or decided waits again.
    package func rewind(_ name: String, to index: UInt64) throws {
        let space = try space(name)
        guard index < space.position.index, index >= space.floor, space.fill != .filling else { return }
        try seal(in: space)
        let start = try position(at: index, in: space).orDamaged("log")
        let tail = try keepTail(after: index, in: space)
        let entries = try tail.map { try decodingEntry($0) }
        var touched = try recordsDecided(by: entries, after: index, in: space)
        let segments = try segments(dependingAfter: index, in: space)
        let shown = try rootsShown(by: entries, in: space)
        let connected = try shown.least.map { try self.segments(dependingAfter: $0 - 1, in: space) } ?? []
        for segment in segments + connected { touched.formUnion(try records(of: segment, in: space)) }
        for record in touched {
            try self.record(record, in: space.id, leaves: true)
            try db.cachedStatement(sql: "DELETE FROM version WHERE record = ?").execute(arguments: [record])
        }
        let lost = Safeguard.rewindUnreceives.isOn ? index : .max
        try db.execute(
            sql: """
                UPDATE change SET received = NULL, received_at = NULL, decision = 0, code = '', details = NULL, disposed = NULL
                WHERE space = ? AND received > ?
                """, arguments: [space.id, Int64(clamping: lost)])
        try undo(entries, in: space)
        try db.execute(sql: "DELETE FROM log WHERE space = ? AND position > ?", arguments: [space.id, Int64(index)])
        try update(space.id) { state in
            state.position = start
            state.epochs.cut(after: index)
            // What is held would be in a snapshot's way.
            if index == 0 { state.fill = .declined }
        }
        lostLines = [:]
        for segment in segments { try readAnew(segment, waitingOnly: true, in: space) }
        // What had been read anew when a root was shown is read as it was before.
        if let least = shown.least {
            for segment in try self.segments(onLinesTo: shown.roots, from: least, in: space) {
                try readAnew(segment, in: space)
            }
        }
        for record in touched {
            try self.record(record, in: space.id, leaves: false)
            try rebuild(record)
        }
    }

    /// The roots that entries of the log had shown the way to, and the least of their indices.
    private func rootsShown(
        by entries: [LogEntry], in space: SpaceState
    ) throws -> (roots: Set<Hash256>, least: UInt64?) {
        var (roots, least): (Set<Hash256>, UInt64?) = ([], nil)
        for case .lost(let part) in entries {
            for place in part.places {
                let position = LogPosition(epoch: 0, index: place.index, hash: place.hash)
                guard try isRoot(position, by: .told, in: space) else { continue }
                roots.insert(place.hash)
                least = min(least ?? place.index, place.index)
            }
        }
        return (roots, least)
    }

    /// Keeps the entries after `index` as lost ones.
    @discardableResult func keepTail(after index: UInt64, in space: SpaceState) throws -> [[UInt8]] {
        let tail = try logEntries(after: index, in: space, limit: .max).map(\.entry)
        guard !tail.isEmpty else { return [] }
        let start = try position(at: index, in: space).orDamaged("log")
        if Safeguard.lostEntriesKept.isOn {
            try keep(LostPart(start: start, entries: tail), told: false, in: space)
        }
        try keepCheckpointsWithLost(after: index, in: space)
        return tail
    }

    private func decodingEntry(_ bytes: [UInt8]) throws -> LogEntry {
        try decoding { () throws(DecodingFailure) in try LogEntry(bytes: bytes) }
    }

    /// The hub's signatures over lost places go with them: they are the proof.
    private func keepCheckpointsWithLost(after index: UInt64, in space: SpaceState) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT checkpoint.position, ends, signature, hash FROM checkpoint
                JOIN log ON log.space = checkpoint.space AND log.position = checkpoint.position
                WHERE checkpoint.space = ? AND checkpoint.position > ?
                """, arguments: [space.id, Int64(index)])
        for row in rows {
            try db.execute(
                sql: "UPDATE lost SET ends = ?, signature = ? WHERE space = ? AND hash = ?",
                arguments: [
                    Data(try row.bytes("ends")), Data(try row.bytes("signature")), space.id,
                    Data(try row.bytes("hash")),
                ])
        }
        try db.execute(
            sql: "DELETE FROM checkpoint WHERE space = ? AND position > ?", arguments: [space.id, Int64(index)])
    }

    /// Records of changes whose receipt or verdict is among the lost entries.
    private func recordsDecided(
        by entries: [LogEntry], after index: UInt64, in space: SpaceState
    ) throws -> Set<Int64> {
        var records = Set(
            try Int64.fetchAll(
                db, sql: "SELECT DISTINCT record FROM change WHERE space = ? AND received > ?",
                arguments: [space.id, Int64(index)]))
        for case .verdict(let verdict) in entries {
            if let change = try change(verdict.dot, in: space.id) { records.insert(change.record) }
        }
        return records
    }

    private func undo(_ entries: [LogEntry], in space: SpaceState) throws {
        for entry in entries {
            switch entry {
            case .verdict(let verdict):
                guard let row = try replicaRow(verdict.dot.replica) else { continue }
                try db.execute(
                    sql: """
                        UPDATE change SET decision = 0, code = '', details = NULL, disposed = NULL
                        WHERE space = ? AND replica = ? AND sequence = ?
                        """, arguments: [space.id, row, Int64(verdict.dot.sequence)])
            case .disposition(let disposition):
                guard let row = try replicaRow(disposition.dot.replica) else { continue }
                try db.execute(
                    sql: "UPDATE change SET disposed = NULL WHERE space = ? AND replica = ? AND sequence = ?",
                    arguments: [space.id, row, Int64(disposition.dot.sequence)])
            case .lost(let part): try forgetTold(part, in: space)
            case .receipt, .seal, .fork, .epoch: continue
            }
        }
    }

    /// What the hub had been given back is lost once more, with its word that it had it.
    private func forgetTold(_ part: LostPart, in space: SpaceState) throws {
        if part.isRoot {
            try db.cachedStatement(sql: "UPDATE lost_root SET told = 0 WHERE space = ? AND hash = ?").execute(
                arguments: [space.id, Data(part.start.hash.bytes)])
        }
        for place in part.places {
            try db.cachedStatement(sql: "UPDATE lost SET told = 0 WHERE space = ? AND hash = ?").execute(arguments: [
                space.id, Data(place.hash.bytes),
            ])
        }
    }

    /// A segment as a row has it.
    struct SegmentRow {
        let replica: Int64
        let range: ClosedRange<UInt64>
        let dependency: Dependency
    }

    func segments(dependingAfter index: UInt64, in space: SpaceState) throws -> [SegmentRow] {
        try Row.fetchAll(
            db, sql: "SELECT replica, first, last, dependency FROM segment WHERE space = ? ORDER BY serial",
            arguments: [space.id]
        ).compactMap { row in
            var reader = ByteReader(try row.bytes("dependency"))
            let dependency = try Dependency(from: &reader)
            guard dependency.position.index > index else { return nil }
            return SegmentRow(
                replica: try row.at(0), range: try row.range(1, 2), dependency: dependency)
        }
    }

    func records(of segment: SegmentRow, in space: SpaceState) throws -> [Int64] {
        try changes(of: segment.replica, in: space.id, segment.range).map(\.record)
    }

    func segments(
        of replica: Int64, overlapping range: ClosedRange<UInt64>, in space: SpaceState
    ) throws -> [SegmentRow] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT first, last, dependency FROM segment
                    WHERE space = ? AND replica = ? AND first <= ? AND last >= ?
                    """), arguments: [space.id, replica, Int64(range.upperBound), Int64(range.lowerBound)]
        ).map { row in
            var reader = ByteReader(try row.bytes("dependency"))
            return SegmentRow(
                replica: replica, range: try row.range(0, 1), dependency: try Dependency(from: &reader))
        }
    }

    /// Reads what a receipt is for as everybody reads it who gets it with the receipt: by what the log tells up to here.
    func readAnew(_ replica: Int64, _ range: ClosedRange<UInt64>, in space: SpaceState) throws {
        for segment in try segments(of: replica, overlapping: range, in: space) { try readAnew(segment, in: space) }
        for record in Set(try changes(of: replica, in: space.id, range).map(\.record)).sorted() { try rebuild(record) }
    }

    /// Reads the bases of a segment's changes under the names and by the line that hold now.
    func readAnew(
        _ segment: SegmentRow, above sequence: UInt64 = 0, waitingOnly: Bool = false, in space: SpaceState
    ) throws {
        let replica = try replica(segment.replica)
        let any = try reading(segment.dependency, of: replica, by: .any, in: space)
        for change in try changes(of: segment.replica, in: space.id, segment.range)
        where change.dot.sequence > sequence && (change.received == nil || !waitingOnly) {
            let reading =
                try change.received.map {
                    try self.reading(segment.dependency, of: replica, by: .told, received: $0, in: space)
                } ?? any
            let base = try readBase(change.ownBase, at: change.dot.sequence, reading, in: space)
            try db.cachedStatement(
                sql: "UPDATE change SET reads = ? WHERE space = ? AND replica = ? AND sequence = ?"
            ).execute(arguments: [
                base.map { Data($0.canonicalBytes) }, space.id, segment.replica, Int64(change.dot.sequence),
            ])
        }
    }

    /// The highest place among the hub's that this space's log goes through too; the start where none is.
    /// - Parameter places: indices of the hub's log, each with the beginning of its hash.
    package func lastCommon(of places: [AnswerFrame.LinePlace], in space: SpaceState) throws -> UInt64 {
        for place in places.sorted(by: { $0.index > $1.index }) where place.index <= space.position.index {
            if let hash = try logHash(at: place.index, in: space),
                Array(hash.bytes.prefix(place.prefix.count)) == place.prefix
            {
                return place.index
            }
        }
        return 0
    }
}
