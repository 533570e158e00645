package import Causality
import Foundation
import GRDB
import Records
package import SyncProtocol

/// A line of the hub's log that it lost, from where it leaves the line that is held.
struct LostLine {
    /// What a receipt on it said.
    struct Received {
        let index: UInt64
        let replica: ReplicaID
        let first: UInt64
        let head: Head
    }

    /// The last index that both lines have; 0 where it is not known how the line leaves the log.
    let common: UInt64
    /// Whether it is known how the line leaves the log.
    let isConnected: Bool
    /// In the order of the line.
    let receipts: [Received]
    /// Whether names of branches may have been given on it.
    let mayName: Bool
    /// Where the way back ends that is known, of a line that is not connected.
    let end: Hash256?

    /// Whether a receipt on it ends at a change.
    func received(_ signed: Set<Hash256>) -> Bool { receipts.contains { signed.contains($0.head.hash) } }

    /// The receipt that has a dot, as it was named there.
    func receipt(of dot: Dot) -> Received? {
        receipts.first { $0.replica == dot.replica && $0.first <= dot.sequence && dot.sequence <= $0.head.sequence }
    }
}

/// What a line is looked up by.
struct LostLineKey: Hashable {
    let end: LogPosition
    let told: Bool
}

/// What of the lost lines counts. What the hub's log has told is the same for everybody who has come as far; what this
/// machine holds besides, it may not have given back yet.
package enum LostKnowledge: Sendable {
    case told, any
}

extension StoreTransaction {
    /// Whether a place is known to be of a line that the hub lost.
    func isLost(_ position: LogPosition, by knowledge: LostKnowledge = .any, in space: SpaceState) throws -> Bool {
        guard try self.space(space.id).isTangled else { return false }
        return try lostPlace(position.hash, by: knowledge, in: space) != nil
            || isRoot(position, by: knowledge, in: space)
    }

    /// Whether the entry is known that leads to a place of a lost line.
    func hasLostEntry(to hash: Hash256, in space: SpaceState) throws -> Bool {
        try lostPlace(hash, by: .any, in: space) != nil
    }

    private func lostPlace(
        _ hash: Hash256, by knowledge: LostKnowledge, in space: SpaceState
    ) throws -> (index: UInt64, previous: Hash256, entry: [UInt8])? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT position, previous, entry FROM lost WHERE space = ? AND hash = ? AND told >= ?"),
            arguments: [space.id, Data(hash.bytes), knowledge == .told]
        ).map { row in (try row.natural(0), try row.hash("previous"), try row.bytes("entry")) }
    }

    /// The lost line that leads to a place, as far back as it is known.
    func lostLine(
        to end: LogPosition, by knowledge: LostKnowledge = .any, in space: SpaceState
    ) throws -> LostLine {
        let key = LostLineKey(end: end, told: knowledge == .told)
        if let known = lostLines[key] { return known }
        var receipts: [LostLine.Received] = []
        var (hash, index, isConnected, hasForks) = (end.hash, end.index, true, false)
        while try logHash(at: index, in: space) != hash {
            guard let place = try lostPlace(hash, by: knowledge, in: space), place.index == index else {
                let place = LogPosition(epoch: end.epoch, index: index, hash: hash)
                // Below what is held of the log the line leaves it, where the hub has not noted that it cannot tell.
                isConnected = try index <= space.floor && index < end.index && !isRoot(place, by: knowledge, in: space)
                break
            }
            switch try? LogEntry(bytes: place.entry) {
            case .receipt(let receipt):
                receipts.append(
                    LostLine.Received(
                        index: index, replica: receipt.replica, first: receipt.first,
                        head: Head(sequence: receipt.last, hash: receipt.end)))
            case .fork: hasForks = true
            default: break
            }
            (hash, index) = (place.previous, index - 1)
        }
        let line = LostLine(
            common: isConnected ? index : 0, isConnected: isConnected, receipts: receipts.reversed(),
            mayName: hasForks || !isConnected, end: isConnected ? nil : hash)
        lostLines[key] = line
        return line
    }

    /// Whether a segment may depend on a place: it is on the log as held, below its floor, or on a line that the log told of.
    package func knows(_ position: LogPosition, in space: SpaceState) throws -> Bool {
        try isOnLog(position, in: space) || isLost(position, by: .told, in: space)
    }

    /// Whether the log tells all that the author of a segment had seen.
    package func tellsSight(of dependency: Dependency, in space: SpaceState) throws -> Bool {
        if try isOnLog(dependency.position, in: space) { return true }
        guard try lostLine(to: dependency.position, by: .told, in: space).isConnected else { return false }
        return try dependency.exceptions.allSatisfy { replica, head in
            try name(of: replica, at: head.sequence, link: head.hash, by: .told, in: space) != nil
        }
    }

    /// What was received on a lost line beyond what both have, under the names here. What came back to nobody yet is left
    /// out: under its former name another history may come.
    func seen(
        on line: LostLine, upTo index: UInt64, by knowledge: LostKnowledge = .any, in space: SpaceState
    ) throws -> VersionVector {
        var vector = VersionVector()
        for receipt in line.receipts where receipt.index <= index {
            guard let name = try name(of: receipt, on: line, by: knowledge, in: space) else { continue }
            vector[name] = max(vector[name], receipt.head.sequence)
        }
        return try expanded(vector, in: space)
    }

    /// The name here of what was received on a lost line; `nil` where it came back to nobody yet.
    func name(
        of receipt: LostLine.Received, on line: LostLine, by knowledge: LostKnowledge, in space: SpaceState
    ) throws -> ReplicaID? {
        // Of a key that is unknown nothing is here; of a branch there may be, by another name.
        guard try line.mayName || replicaRow(receipt.replica) != nil else { return nil }
        let held = try name(
            of: receipt.replica, at: receipt.head.sequence, link: receipt.head.hash, by: knowledge, in: space)
        if let held { return held }
        return try nameBelowFloor(Dot(receipt.replica, receipt.head.sequence), by: knowledge, in: space)
    }

    /// Below a floor links cannot be looked up, so that one history cannot be told from another.
    /// - Throws: `snapshot.too-late` where everybody must read the same.
    func nameBelowFloor(_ dot: Dot, by knowledge: LostKnowledge, in space: SpaceState) throws -> ReplicaID? {
        guard knowledge == .told else { return try isBelowFloor(dot, in: space) ? dot.replica : nil }
        let mayBeBelow = try names(for: dot, in: space).contains { try isBelowFloor(Dot($0, dot.sequence), in: space) }
        if mayBeBelow { throw ProtocolError(.floorTooHigh, ["space": space.name]) }
        return nil
    }

    /// Keeps lost entries, as the hub's log tells of them or as they leave the device's.
    /// - Parameter isTold: whether the hub is known to have them.
    func keep(_ part: LostPart, told isTold: Bool, in space: SpaceState) throws {
        try update(space.id) { $0.isTangled = true }
        if part.isRoot {
            lostLines = [:]
            return try keepRoot(part.start, told: isTold, in: space)
        }
        let shown = isTold ? try segments(behind: part, in: space) : []
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
        try readAnew(shown, in: space)
    }
}
