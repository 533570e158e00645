import Causality
import Foundation
import GRDB
import Records
import SyncProtocol

/// Putting right what is damaged of own waiting work, and saving again what is sound of it.
extension StoreTransaction {
    /// Puts links, heads and signatures right. Where changes are damaged, or signed by a key that is gone, the logs are closed
    /// at their last good heads, and what is sound of what follows is saved again under a new name, as its author had seen the
    /// rest. What is damaged is gone from here; a copy of the whole store keeps it.
    package func cut(_ tails: [(space: SpaceState, tail: DamagedTail)]) throws {
        for (space, tail) in tails {
            for (sequence, link) in tail.links { try mend(link, of: Dot(tail.replica, sequence), in: space) }
            if let head = tail.head { try setHead(head, of: requireReplica(tail.replica), in: space.id) }
            for first in tail.unsigned where tail.replica == identity.replica { try sign(first, in: space) }
        }
        let bySpace = Dictionary(grouping: tails, by: \.space.id).sorted { $0.key < $1.key }
        let rests = try bySpace.compactMap { try takeOut($0.value.map(\.tail), in: $0.value[0].space) }
        guard !rests.isEmpty else { return }
        try goOnAsNew()
        for rest in rests {
            var names: [Dot: Dot] = [:]
            for (change, header) in rest.sound {
                names[change.dot] = try saveAgain(change, header, of: rest, names).dot
            }
            for record in rest.touched { try forgetIfEmpty(record) }
            let digest = try digestByDefinition(of: space(rest.space.id))
            try update(rest.space.id) { $0.digest = digest }
        }
    }

    /// Closes a segment anew.
    private func sign(_ first: UInt64, in space: SpaceState) throws {
        let row = try requireReplica(identity.replica)
        guard let segment = try segments(of: row, overlapping: first...first, in: space).first else { return }
        let end = try storedLink(segment.range.upperBound, of: identity.replica, row, in: space).orDamaged("link")
        let signed = Chain.signedBytes(
            space: space.name, replica: identity.replica, head: Head(sequence: segment.range.upperBound, hash: end))
        try db.execute(
            sql: "UPDATE segment SET signature = ? WHERE space = ? AND replica = ? AND first = ?",
            arguments: [Data(identity.sign(tag: Chain.segmentTag, signed)), space.id, row, Int64(first)])
    }

    private func mend(_ link: Hash256, of dot: Dot, in space: SpaceState) throws {
        try db.cachedStatement(
            sql: "UPDATE change SET link = ? WHERE space = ? AND replica = ? AND sequence = ?"
        ).execute(arguments: [
            Data(link.bytes), space.id, try requireReplica(dot.replica), Int64(dot.sequence),
        ])
    }

    /// What follows the last good heads of a space's own logs.
    private struct Rest {
        let space: SpaceState
        /// In the order in which it was made.
        let sound: [(change: StoredChange, header: ChangeHeader)]
        /// The records that something was said of.
        let touched: Set<Int64>
    }

    /// - Returns: `nil` where everything can stay.
    private func takeOut(_ tails: [DamagedTail], in space: SpaceState) throws -> Rest? {
        let own = try formerReplicas() + [identity.replica]
        let byName = Dictionary(tails.map { ($0.replica, $0) }) { $1 }
        func mustGo(_ name: ReplicaID) -> Bool {
            guard let tail = byName[name] else { return false }
            return !tail.damaged.isEmpty || name != identity.replica && !tail.unsigned.isEmpty
        }
        guard let first = own.firstIndex(where: mustGo) else { return nil }
        var sound: [(change: StoredChange, header: ChangeHeader)] = []
        var touched: Set<Int64> = []
        // What was made later, under other names, depends on what goes.
        for name in own[first...] {
            guard let row = try replicaRow(name), let waiting = try waiting(of: row, in: space) else { continue }
            let good = mustGo(name) ? byName[name]?.goodHead ?? 0 : waiting.lowerBound - 1
            let damaged = byName[name]?.damaged ?? []
            for sequence in good + 1...max(good + 1, waiting.upperBound) where !damaged.contains(sequence) {
                let change = try change(Dot(name, sequence), in: space.id).orDamaged("change")
                sound.append((change: change, header: try header(of: change)))
            }
            touched.formUnion(try forget(after: good, of: name, row, in: space))
        }
        for record in touched { try rebuild(record) }
        return Rest(space: space, sound: sound, touched: touched)
    }

    private func waiting(of row: Int64, in space: SpaceState) throws -> ClosedRange<UInt64>? {
        let ends = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT min(sequence) AS start, max(sequence) FROM change
                    WHERE decision <> 1 AND decision = 0 AND space = ? AND replica = ? AND received IS NULL
                    """), arguments: [space.id, row])
        guard let ends, try ends.at("start") as Int64? != nil else { return nil }
        return try ends.range(0, 1)
    }

    /// - Returns: the records that something was said of.
    private func forget(after sequence: UInt64, of replica: ReplicaID, _ row: Int64, in space: SpaceState) throws
        -> [Int64]
    {
        let place: StatementArguments = [space.id, row, Int64(sequence)]
        let link = try link(of: replica, at: sequence, in: space)
        var touched = Set(
            try Int64.fetchAll(
                db, sql: "SELECT DISTINCT record FROM change WHERE space = ? AND replica = ? AND sequence > ?",
                arguments: place))
        touched.formUnion(
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT version.record FROM version JOIN record ON record.id = version.record
                    WHERE record.space = ? AND version.replica = ? AND version.sequence > ?
                    """, arguments: place))
        for record in touched {
            try db.cachedStatement(sql: "DELETE FROM version WHERE record = ?").execute(arguments: [record])
        }
        for (table, column) in [("change", "sequence"), ("segment", "first")] {
            try db.execute(
                sql: "DELETE FROM \(table) WHERE space = ? AND replica = ? AND \(column) > ?", arguments: place)
        }
        // What the cut segment had that is good is closed anew, with the dots and links that it had.
        try db.execute(
            sql: """
                UPDATE segment SET last = ?3, signature = NULL WHERE space = ?1 AND replica = ?2 AND last > ?3
                """, arguments: place)
        if sequence > 0, let link {
            try setHead(Head(sequence: sequence, hash: link), of: row, in: space.id)
            try db.execute(
                sql: "UPDATE head SET made = min(made, ?3) WHERE space = ?1 AND replica = ?2", arguments: place)
        } else {
            try db.execute(sql: "DELETE FROM head WHERE space = ?1 AND replica = ?2", arguments: [space.id, row])
        }
        return touched.sorted()
    }

    private func saveAgain(
        _ change: StoredChange, _ header: ChangeHeader, of rest: Rest, _ names: [Dot: Dot]
    ) throws -> StoredChange {
        // What its author had seen of the record, one by one: whole logs are named only as a segment depends on them.
        var base = Base(position: change.base.position)
        for other in rest.sound.map(\.change) where change.base.covers(other.dot, received: other.received) {
            if let new = names[other.dot] { base.insert(new) }
        }
        for other in try changes(ofRecord: change.record)
        where change.base.covers(other.dot, received: other.received)
            && !base.covers(other.dot, received: other.received)
        {
            base.insert(other.dot)
        }
        base.limit(to: RecordLimits.baseDots, own: identity.replica)
        var target = header.target
        if case .record(.created(let dot)) = target, let new = names[dot] { target = .record(.created(new)) }
        return try appendOwn(
            ChangeHeader(form: header.form, target: target, author: header.author, time: header.time, base: base),
            change.payload, in: rest.space)
    }
}
