package import Causality
import Foundation
import GRDB
import Records
package import SyncProtocol

/// The hub's log of a space, as the hub writes it and as devices hold it.
extension StoreTransaction {
    /// Appends an entry and does what it says to the changes it is about.
    /// - Returns: the log's new end.
    package func record(_ entry: LogEntry, in space: SpaceState, epoch: UInt64) throws -> LogPosition {
        let bytes = entry.bytes
        let end = try appendToLog(bytes, in: space, epoch: epoch)
        switch entry {
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

    private func appendToLog(_ entry: [UInt8], in space: SpaceState, epoch: UInt64) throws -> LogPosition {
        let position = try self.space(space.id).position
        let index = position.index + 1
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
        guard let held, held[0] as Int64 == Int64(receipt.last - receipt.first) + 1, held[1] as Int64 == 0,
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
        let latest = HybridTime(rawValue: UInt64(bitPattern: held[2] as Int64)).milliseconds
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

    /// The chain of a segment that is checked whole, also its bases against the receipts held here.
    package func verified(_ segment: Segment, publicKey: [UInt8], in space: SpaceState) throws -> [Hash256] {
        try segment.verified(publicKey: publicKey) { dot in
            guard let received = (try? change(dot, in: space.id))??.received else {
                // What lies below the floor and left nothing cannot be looked up; the hub did.
                return (try? isBelowFloor(dot, in: space)) ?? false
            }
            return received <= segment.dependency.position.index
        }
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
        ).map { (UInt64($0["position"] as Int64), $0.bytes("entry")) }
    }

    /// Takes in a segment of another replica together with its receipt.
    /// - Throws: ``ProtocolError`` when the segment does not continue the replica's log as held here.
    package func take(
        _ segment: Segment, links: [Hash256], _ receipt: Receipt, in space: SpaceState, epoch: UInt64
    ) throws {
        let row = try requireReplica(segment.replica)
        let head = try head(of: segment.replica, in: space)
        guard segment.first == head.sequence + 1 else { throw ProtocolError(.segmentGap) }
        guard segment.previous == head.hash else { throw ProtocolError(.segmentFork) }
        let index = try appendToLog(LogEntry.receipt(receipt).bytes, in: space, epoch: epoch).index
        let waiting = Set(receipt.waiting)
        for (logged, link) in zip(segment.changes, links) {
            let decision: Decision = waiting.contains(logged.sequence) ? .undecided : .accepted
            let (change, record) = try append(
                logged, of: segment.replica, row: row, in: space, depends: segment.dependency.position.index,
                link: link,
                mark: ReceiptMark(index: index, time: receipt.time, decision: decision))
            try merge(change, into: record)
        }
        try setHead(Head(sequence: segment.last, hash: links[links.count - 1]), of: row, in: space.id)
        try insertSegment(
            replica: row, first: segment.first, last: segment.last, previous: segment.previous,
            dependency: segment.dependency, signature: segment.signature, in: space.id)
    }

    /// Applies the part of the hub's log that an answer brings, with the segments its receipts are for. What another
    /// process took in since the request was made is passed over.
    /// - Parameters:
    ///   - start: the index of the entry before the part's first.
    /// - Returns: how many changes of other replicas came, and the log's place after the part's last entry.
    package func apply(
        _ part: LogPart, after start: UInt64, in name: String, epoch: UInt64
    ) throws -> (taken: Int, end: LogPosition) {
        let space = try space(name)
        try seal(in: space)
        var taken = 0
        guard space.position.index >= start, space.fill != .filling else { throw ProtocolError(.answerIncomplete) }
        let held = min(space.position.index - start, UInt64(part.items.count))
        for item in part.items.dropFirst(Int(held)) {
            switch item {
            case .entry(let bytes):
                let entry = try decoding { () throws(DecodingFailure) in try LogEntry(bytes: bytes) }
                if case .receipt = entry { throw ProtocolError(.answerIncomplete) }
                _ = try record(entry, in: space, epoch: epoch)
            case .received(let receipt): try record(receipt, in: space, epoch: epoch)
            case .brought(let receipt, let travelling):
                if try head(of: receipt.replica, in: space).sequence < receipt.first {
                    taken += try take(travelling, receipt, in: space, epoch: epoch)
                } else {
                    try record(receipt, in: space, epoch: epoch)
                }
            }
        }
        let end = start + UInt64(part.items.count)
        return (taken, try position(at: end, in: space).orThrow(.answerIncomplete))
    }

    private func record(_ receipt: LogPart.TravellingReceipt, in space: SpaceState, epoch: UInt64) throws {
        guard let last = try change(Dot(receipt.replica, receipt.last), in: space.id) else {
            throw ProtocolError(.answerIncomplete)
        }
        _ = try record(.receipt(receipt.receipt(end: last.link)), in: space, epoch: epoch)
    }

    private func take(
        _ travelling: TravellingSegment, _ receipt: LogPart.TravellingReceipt, in space: SpaceState, epoch: UInt64
    ) throws -> Int {
        guard let key = try publicKey(of: travelling.replica) else { throw ProtocolError(.answerIncomplete) }
        let head = try head(of: travelling.replica, in: space)
        guard travelling.first == head.sequence + 1 else { throw ProtocolError(.segmentGap) }
        let segment = try travelling.segment(in: space.name, after: head.hash) { try position(at: $0, in: space) }
        let depends = segment.dependency.position
        guard try depends.index < space.floor || holds(depends, in: space) else {
            throw ProtocolError(.dependencyUnknown)
        }
        let links = try verified(segment, publicKey: key, in: space)
        try take(segment, links: links, receipt.receipt(end: links[links.count - 1]), in: space, epoch: epoch)
        return segment.changes.count
    }

    /// The place in the hub's log at `index`; `nil` beyond what is held.
    package func position(at index: UInt64, in space: SpaceState) throws -> LogPosition? {
        guard index > 0 else { return .start }
        let epoch = try self.space(space.id).position.epoch
        return try logHash(at: index, in: space).map { LogPosition(epoch: epoch, index: index, hash: $0) }
    }
}

extension Optional {
    fileprivate func orThrow(_ code: ProtocolError.Code) throws -> Wrapped {
        guard let self else { throw ProtocolError(code) }
        return self
    }
}
