package import Causality
import Foundation
import GRDB
import Records
package import SyncProtocol

/// The hub's log of a space, as the hub writes it and as devices hold it.
extension StoreTransaction {
    /// Appends an entry and does what it says to the changes it is about.
    /// - Returns: the log's new end.
    @discardableResult package func record(_ entry: LogEntry, in space: SpaceState) throws -> LogPosition {
        let bytes = entry.bytes
        let end = try appendToLog(bytes, in: space, beginning: entry.epochNumber)
        switch entry {
        case .epoch, .seal: break
        case .fork(let fork): try carryOut(fork, in: space)
        case .lost(let part): try keep(part, told: true, in: space)
        case .receipt(let receipt): try carryOut(receipt, at: end.index, in: space)
        case .verdict(let verdict):
            guard let change = try change(verdict.dot, in: space.id), change.decision == .undecided else {
                throw ProtocolError(.answerIncomplete)
            }
            if verdict.accepted {
                try accept(change)
            } else {
                try refuse(change, code: verdict.code, details: verdict.details)
            }
        case .disposition(let disposition):
            guard let change = try change(disposition.dot, in: space.id) else { throw ProtocolError(.answerIncomplete) }
            try db.cachedStatement(
                sql: "UPDATE change SET disposed = ? WHERE space = ? AND replica = ? AND sequence = ?"
            ).execute(arguments: [Data(bytes), space.id, change.replicaRow, Int64(change.dot.sequence)])
            touch(change.record, mayBeCase: false)
        }
        return end
    }

    /// - Parameter beginning: the number of the epoch that the entry begins, if it does.
    func appendToLog(
        _ entry: [UInt8], in space: SpaceState, beginning: UInt64? = nil
    ) throws -> LogPosition {
        let position = try self.space(space.id).position
        let index = position.index + 1
        let before = max(1, position.epoch)
        let epoch = beginning ?? before
        if beginning != nil { try update(space.id) { $0.epochs.begin(epoch, at: index, after: before) } }
        let hash = LogEntry.link(after: position.hash, index: index, entry: entry)
        let end = LogPosition(epoch: epoch, index: index, hash: hash)
        let insert = try prepared(.insertLog)
        insert.bind(1, space.id)
        insert.bind(2, Int64(index))
        insert.bind(3, blob: entry)
        insert.bind(4, blob: hash.bytes)
        try insert.run()
        try update(space.id) { $0.position = end }
        return end
    }

    /// The receipt of changes that are held undecided.
    private func carryOut(_ receipt: Receipt, at index: UInt64, in space: SpaceState) throws {
        let row = try requireReplica(receipt.replica)
        let range: StatementArguments = [space.id, row, Int64(receipt.first), Int64(receipt.last)]
        let place = "space = ? AND replica = ? AND sequence BETWEEN ? AND ?"
        let held = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT count(*), count(received), max(time) FROM change WHERE \(place)"),
            arguments: range)
        guard let held, try held.at(0) as Int64 == Int64(receipt.last - receipt.first) + 1,
            try held.at(1) as Int64 == 0,
            try change(Dot(receipt.replica, receipt.last), in: space.id)?.link == receipt.end
        else { throw ProtocolError(.answerIncomplete) }
        try db.cachedStatement(
            sql: "UPDATE change SET received = ?, received_at = ?, decision = 1 WHERE \(place)"
        ).execute(arguments: [Int64(index), receipt.time] + range)
        for sequence in receipt.waiting {
            try db.cachedStatement(
                sql: "UPDATE change SET decision = 0 WHERE space = ? AND replica = ? AND sequence = ?"
            ).execute(arguments: [space.id, row, Int64(sequence)])
        }
        if try self.space(space.id).isTangled {
            try readAnew(row, receipt.first...receipt.last, in: space)
            try takeNote(ofComingBack: row, receipt.first...receipt.last, in: space)
        }
        // What an accepted change had covered goes for good.
        let covering = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.changeColumns) FROM change WHERE \(place) AND decision = 1
                    AND EXISTS (SELECT 1 FROM version WHERE version.record = change.record AND standing = 0)
                    """), arguments: range
        ).map(storedChange)
        for change in covering { try supersede(change) }
        // A clock that ran ahead is bounded now, which may show another of several values.
        let latest = HybridTime(rawValue: UInt64(bitPattern: try held.at(2) as Int64)).milliseconds
        guard latest > receipt.time else { return }
        for change in try changes(of: row, in: space.id, receipt.first...receipt.last) {
            touch(change.record, mayBeCase: false)
        }
    }

    /// The log's chain at `index`; `nil` beyond its end.
    package func logHash(at index: UInt64, in space: SpaceState) throws -> Hash256? {
        guard index > 0 else { return .zero }
        if index == space.floor, let manifest = try floorManifest(of: space) { return manifest.position.hash }
        return try Row.fetchOne(
            db.cachedStatement(sql: "SELECT hash FROM log WHERE space = ? AND position = ?"),
            arguments: [space.id, Int64(index)]
        ).map { try $0.hash("hash") }
    }

    /// Whether the log as held here goes through `position`.
    package func holds(_ position: LogPosition, in space: SpaceState) throws -> Bool {
        try self.position(at: position.index, in: space) == position
    }

    /// Encoded entries after `index`, in order.
    package func logEntries(after index: UInt64, in space: SpaceState, limit: Int) throws -> [(
        index: UInt64, entry: [UInt8]
    )] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT position, entry FROM log WHERE space = ? AND position > ? ORDER BY position LIMIT ?"),
            arguments: [space.id, Int64(index), limit]
        ).map { (try $0.natural("position"), try $0.bytes("entry")) }
    }

    /// The place in the hub's log at `index`; `nil` beyond what is held.
    package func position(at index: UInt64, in space: SpaceState) throws -> LogPosition? {
        guard index > 0 else { return .start }
        let epoch = try self.space(space.id).epoch(at: index)
        return try logHash(at: index, in: space).map { LogPosition(epoch: epoch, index: index, hash: $0) }
    }
}

extension LogEntry {
    fileprivate var epochNumber: UInt64? { if case .epoch(let epoch) = self { epoch.number } else { nil } }
}
