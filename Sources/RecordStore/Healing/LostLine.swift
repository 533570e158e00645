import Causality
import Foundation
import GRDB
import Records
import SyncProtocol

/// A line of the hub's log that it lost, from where it leaves the line that is held.
struct LostLine {
    /// What a receipt on it said.
    struct Received {
        let index: UInt64
        let replica: ReplicaID
        let first: UInt64
        let head: Head
    }

    /// The last index that both lines have.
    let common: UInt64
    /// In the order of the line.
    let receipts: [Received]
}

extension StoreTransaction {
    /// Whether a place is known to be of a line that the hub lost.
    func isLost(_ position: LogPosition, in space: SpaceState) throws -> Bool {
        guard try self.space(space.id).isTangled else { return false }
        return try lostPlace(position.hash, in: space) != nil
    }

    private func lostPlace(
        _ hash: Hash256, in space: SpaceState
    ) throws -> (epoch: UInt64, index: UInt64, previous: Hash256, entry: [UInt8])? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT epoch, position, previous, entry FROM lost WHERE space = ? AND hash = ?"),
            arguments: [space.id, Data(hash.bytes)]
        ).map { row in
            (UInt64(row[0] as Int64), UInt64(row[1] as Int64), try row.hash("previous"), row.bytes("entry"))
        }
    }

    /// The lost line that leads to a place.
    /// - Throws: `segment.dependency-unknown` where the place is not known.
    func lostLine(to end: LogPosition, in space: SpaceState) throws -> LostLine {
        if let known = lostLines[end] { return known }
        var receipts: [LostLine.Received] = []
        var (hash, index) = (end.hash, end.index)
        while true {
            if try logHash(at: index, in: space) == hash { break }
            guard let place = try lostPlace(hash, in: space), place.index == index else {
                // The line leaves below what is held of the log.
                if index <= space.floor, index < end.index { break }
                throw ProtocolError(.dependencyUnknown)
            }
            if case .receipt(let receipt)? = try? LogEntry(bytes: place.entry) {
                receipts.append(
                    LostLine.Received(
                        index: index, replica: receipt.replica, first: receipt.first,
                        head: Head(sequence: receipt.last, hash: receipt.end)))
            }
            (hash, index) = (place.previous, index - 1)
        }
        let line = LostLine(common: index, receipts: receipts.reversed())
        lostLines[end] = line
        return line
    }

    /// Whether a segment may depend on a place: it is on the log as held, below its floor, or on a line known to be lost.
    func knows(_ position: LogPosition, in space: SpaceState) throws -> Bool {
        try isOnLog(position, in: space) || isLost(position, in: space)
    }

    /// What was received on a lost line beyond what both have, under the names here.
    func seen(on line: LostLine, upTo index: UInt64, in space: SpaceState) throws -> VersionVector {
        var vector = VersionVector()
        for receipt in line.receipts where receipt.index <= index {
            let name = try name(of: receipt, in: space)
            vector[name] = max(vector[name], receipt.head.sequence)
        }
        return try expanded(vector, in: space)
    }

    private func name(of receipt: LostLine.Received, in space: SpaceState) throws -> ReplicaID {
        let signer = try branch(receipt.replica)?.signer ?? receipt.replica
        // What never came back keeps the name that it had.
        return try name(of: signer, at: receipt.head.sequence, link: receipt.head.hash, in: space) ?? receipt.replica
    }

    /// The name here of a dot that was named on a lost line; `nil` where it is not of what was received there only.
    func name(of dot: Dot, on line: LostLine, in space: SpaceState) throws -> ReplicaID? {
        guard
            let receipt = line.receipts.first(where: {
                $0.replica == dot.replica && $0.first <= dot.sequence && dot.sequence <= $0.head.sequence
            })
        else { return nil }
        return try holder(of: Dot(name(of: receipt, in: space), dot.sequence), in: space)
    }

    /// Keeps lost entries, as the hub's log tells of them or as they leave the device's.
    /// - Parameter isTold: whether the hub is known to have them.
    func keep(_ part: LostPart, told isTold: Bool, in space: SpaceState) throws {
        try update(space.id) { $0.isTangled = true }
        lostLines = [:]
        for place in part.places {
            try db.cachedStatement(
                sql: """
                    INSERT INTO lost (space, hash, epoch, position, previous, entry, told) VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (space, hash) DO UPDATE SET told = max(told, excluded.told)
                    """
            ).execute(arguments: [
                space.id, Data(place.hash.bytes), Int64(part.start.epoch), Int64(place.index),
                Data(place.previous.bytes), Data(place.entry), isTold,
            ])
        }
    }
}
