import Causality
import Foundation
import GRDB
import SyncProtocol

/// A segment of which the hub's log knows the beginning and the rest apart.
extension StoreTransaction {
    /// Cuts the segment that goes on over a place, if one does. The rest keeps the signature.
    ///
    /// Of what this store signed, the beginning is signed anew, and nobody need bring its segment: the hub may have it from
    /// another copy of this device, under a receipt that lies before all that it will ever send again.
    /// - Parameters:
    ///   - replica: the row that holds the segment.
    ///   - onlyOwn: whether one that others signed stays whole, since nobody will bring its beginning.
    func cutSegment(of replica: Int64, at sequence: UInt64, in space: SpaceState, onlyOwn: Bool = false) throws {
        guard sequence > 0, let whole = try segmentRow(of: replica, at: sequence, in: space),
            try whole.natural("last") > sequence,
            let end = try end(of: replica, at: sequence, in: space)
        else { return }
        let serial: Int64 = try whole.at("serial")
        let key = try ownKey(signer(of: self.replica(replica), in: space))
        guard key != nil || !onlyOwn else { return }
        if key != nil { try makeRoom(at: serial) }
        try db.cachedStatement(
            sql: "UPDATE segment SET first = ?1 + 1, previous = ?2, continues = 1 WHERE serial = ?3"
        ).execute(arguments: [Int64(sequence), Data(end.hash.bytes), key == nil ? serial : serial + 1])
        if let key { try insertBeginning(of: whole, replica, to: end, signedBy: key, in: space) }
    }

    /// The segment that begins last of those that begin at a place or before.
    private func segmentRow(of replica: Int64, at sequence: UInt64, in space: SpaceState) throws -> Row? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT serial, first, last, previous, dependency, signature, continues FROM segment
                    WHERE space = ? AND replica = ? AND first <= ? ORDER BY first DESC LIMIT 1
                    """), arguments: [space.id, replica, Int64(sequence)])
    }

    private func end(of replica: Int64, at sequence: UInt64, in space: SpaceState) throws -> Head? {
        let link = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT link FROM change WHERE space = ? AND replica = ? AND sequence = ?"),
            arguments: [space.id, replica, Int64(sequence)])
        return try link.map { Head(sequence: sequence, hash: try $0.hash("link")) }
    }

    /// Gives a serial free. Segments are offered in the order of their serials, and a rest goes right behind its beginning.
    private func makeRoom(at serial: Int64) throws {
        // In two steps, since no two may have the same meanwhile.
        try db.execute(sql: "UPDATE segment SET serial = -1 - serial WHERE serial >= ?", arguments: [serial])
        try db.execute(sql: "UPDATE segment SET serial = -serial WHERE serial < 0")
    }

    /// In the place that the whole had.
    private func insertBeginning(
        of whole: Row, _ replica: Int64, to end: Head, signedBy key: ReplicaIdentity, in space: SpaceState
    ) throws {
        let signed = Chain.signedBytes(space: space.name, replica: key.replica, head: end)
        // An open run has no signature yet, and its beginning gets none.
        let signature = try whole.at("signature") as Data? == nil ? nil : key.sign(tag: Chain.segmentTag, signed)
        try db.cachedStatement(
            sql: """
                INSERT INTO segment (serial, space, replica, first, last, previous, dependency, signature, continues)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            try whole.at("serial") as Int64, space.id, replica, try whole.at("first") as Int64, Int64(end.sequence),
            try whole.at("previous") as Data, try whole.at("dependency") as Data, signature.map { Data($0) },
            try whole.at("continues") as Int64,
        ])
    }
}
