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
        let position = try self.space(space.id).position
        let bytes = entry.bytes
        let index = position.index + 1
        let hash = LogEntry.link(after: position.hash, index: index, entry: bytes)
        let end = LogPosition(epoch: epoch, index: index, hash: hash)
        try db.cachedStatement(sql: "INSERT INTO log (space, position, entry, hash) VALUES (?, ?, ?, ?)")
            .execute(arguments: [space.id, Int64(index), Data(bytes), Data(hash.bytes)])
        try update(space.id) { $0.position = end }
        switch entry {
        case .receipt(let receipt): try carryOut(receipt, at: index, in: space)
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
            try db.execute(
                sql: "UPDATE change SET disposed = ? WHERE space = ? AND replica = ? AND sequence = ?",
                arguments: [Data(bytes), space.id, change.replicaRow, Int64(change.dot.sequence)])
            touched.insert(change.record)
        }
        return end
    }

    private func carryOut(_ receipt: Receipt, at index: UInt64, in space: SpaceState) throws {
        let row = try requireReplica(receipt.replica)
        let received = try changes(of: row, in: space.id, receipt.first...receipt.last)
        guard UInt64(received.count) == receipt.last - receipt.first + 1, received.last?.link == receipt.end,
            received.allSatisfy({ $0.received == nil })
        else { throw ProtocolError(.answerIncomplete) }
        for change in received {
            try receive(
                change, at: index, time: receipt.time, accepted: !receipt.waiting.contains(change.dot.sequence))
        }
    }

    /// The log's chain at `index`; `nil` beyond its end.
    package func logHash(at index: UInt64, in space: SpaceState) throws -> Hash256? {
        guard index > 0 else { return .zero }
        return try Row.fetchOne(
            db, sql: "SELECT hash FROM log WHERE space = ? AND position = ?", arguments: [space.id, Int64(index)]
        ).map { try $0.hash("hash") }
    }

    /// The chain of a segment that is checked whole, also its bases against the receipts held here.
    package func verified(_ segment: Segment, publicKey: [UInt8], in space: SpaceState) throws -> [Hash256] {
        try segment.verified(publicKey: publicKey) { dot in
            guard let received = (try? change(dot, in: space.id))??.received else { return false }
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
            db, sql: "SELECT position, entry FROM log WHERE space = ? AND position > ? ORDER BY position LIMIT ?",
            arguments: [space.id, Int64(index), limit]
        ).map { (UInt64($0["position"] as Int64), $0.bytes("entry")) }
    }

    /// Takes in what a segment of another replica holds, undecided until its receipt is carried out.
    /// - Throws: ``ProtocolError`` when the segment does not continue the replica's log as held here.
    package func take(_ segment: Segment, links: [Hash256], in space: SpaceState) throws {
        let row = try requireReplica(segment.replica)
        let head = try head(of: segment.replica, in: space)
        guard segment.first == head.sequence + 1 else { throw ProtocolError(.segmentGap) }
        guard segment.previous == head.hash else { throw ProtocolError(.segmentFork) }
        for (logged, link) in zip(segment.changes, links) {
            let change = try append(
                logged, of: segment.replica, row: row, in: space, depends: segment.dependency.position.index, link: link
            )
            try merge(change, decision: .undecided)
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
        guard space.position.index >= start else { throw ProtocolError(.answerIncomplete) }
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
                    taken += try take(travelling, in: space)
                }
                try record(receipt, in: space, epoch: epoch)
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

    private func take(_ travelling: TravellingSegment, in space: SpaceState) throws -> Int {
        guard let key = try publicKey(of: travelling.replica) else { throw ProtocolError(.answerIncomplete) }
        let head = try head(of: travelling.replica, in: space)
        guard travelling.first == head.sequence + 1 else { throw ProtocolError(.segmentGap) }
        let segment = try travelling.segment(in: space.name, after: head.hash) { try position(at: $0, in: space) }
        guard try holds(segment.dependency.position, in: space) else { throw ProtocolError(.dependencyUnknown) }
        try take(segment, links: try verified(segment, publicKey: key, in: space), in: space)
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
