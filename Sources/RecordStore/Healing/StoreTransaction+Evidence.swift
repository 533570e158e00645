import Causality
import Foundation
import GRDB
import Records
package import SyncProtocol

/// Lost entries with the hub's own signature over where they end: what a device shows, and a hub believes.
extension StoreTransaction {
    /// The entries of the space that the hub is not known to have back, in pieces that each end at a signed place.
    package func evidence(in space: SpaceState) throws -> [LostEvidence] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT epoch, position, previous, hash, entry, ends, signature FROM lost
                WHERE space = ? AND told = 0 ORDER BY position, hash
                """, arguments: [space.id])
        let byPrevious = try Dictionary(grouping: rows) { try $0.hash("previous") }
        let hashes = Set(try rows.map { try $0.hash("hash") })
        var pieces = try rootEvidence(in: space)
        // Each line begins where its first entry's place before is not itself among what is untold.
        var pending = try rows.filter { !hashes.contains(try $0.hash("previous")) }.map { try Line(from: $0) }
        while let line = pending.popLast() { pieces += try Self.pieces(of: line, byPrevious, &pending) }
        return pieces
    }

    /// A line as far as it is followed: what no piece has yet, and what comes next.
    private struct Line {
        var start: LogPosition
        var entries: [[UInt8]] = []
        var next: Row

        init(from first: Row) throws {
            let after = try first.natural("position")
            guard after > 0 else { throw StoreError(.damaged, ["code": "position"]) }
            let index = after - 1
            start = LogPosition(
                epoch: index == 0 ? 0 : try first.natural("epoch"), index: index, hash: try first.hash("previous"))
            next = first
        }
    }

    /// - Parameter pending: gets the lines that begin where this one parts. What no piece has yet is of each of them.
    private static func pieces(
        of line: Line, _ byPrevious: [Hash256: [Row]], _ pending: inout [Line]
    ) throws -> [LostEvidence] {
        var line = line
        var pieces: [LostEvidence] = []
        while true {
            let current = line.next
            line.entries.append(try current.bytes("entry"))
            let hash = try current.hash("hash")
            if try current.at("signature") as Data? != nil {
                pieces.append(
                    LostEvidence(
                        part: LostPart(start: line.start, entries: line.entries), ends: try current.bytes("ends"),
                        signature: try current.bytes("signature")))
                line.start = LogPosition(
                    epoch: try current.natural("epoch"), index: try current.natural("position"), hash: hash)
                line.entries = []
            }
            let next = byPrevious[hash] ?? []
            guard next.count == 1 else {
                for row in next {
                    line.next = row
                    pending.append(line)
                }
                return pieces
            }
            line.next = next[0]
        }
    }

    /// Going back may have gone further than it had to: what the log goes through is not lost.
    func forgetWhatIsNotLost(in space: SpaceState) throws {
        try db.cachedStatement(
            sql: """
                DELETE FROM lost WHERE space = ? AND told = 0 AND EXISTS (
                    SELECT 1 FROM log WHERE log.space = lost.space AND log.position = lost.position
                    AND log.hash = lost.hash)
                """
        ).execute(arguments: [space.id])
        try forgetRootsOnLog(in: space)
    }

    /// Of proven lost entries, those that are neither on the log nor known as lost yet.
    package func news(in evidence: LostPart, _ space: SpaceState) throws -> LostPart? {
        if evidence.isRoot { return try knowsStart(of: evidence, in: space) ? nil : evidence }
        var start = evidence.start
        var entries: [[UInt8]] = []
        for place in evidence.places {
            let isKnown =
                try logHash(at: place.index, in: space) == place.hash
                || hasLostEntry(to: place.hash, in: space)
            if isKnown, entries.isEmpty {
                start = LogPosition(epoch: evidence.start.epoch, index: place.index, hash: place.hash)
            } else {
                entries.append(place.entry)
            }
        }
        return entries.isEmpty ? nil : LostPart(start: start, entries: entries)
    }

    /// Whether the place before lost entries is known here.
    package func knowsStart(of part: LostPart, in space: SpaceState) throws -> Bool {
        try logHash(at: part.start.index, in: space) == part.start.hash || isLost(part.start, in: space)
    }
}
