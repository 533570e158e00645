package import Causality
import Foundation
import GRDB
import Records
import SyncProtocol

/// Own work that waits and that its chain no longer proves: bits have turned over on the disk. The hub would refuse it, and all
/// that follows it, for ever.
extension StoreTransaction {
    /// Of the changes that this replica made in a space and that have no receipt.
    package struct DamagedTail: Sendable {
        /// The last of the log that is as it was made.
        package let goodHead: UInt64
        /// What cannot be read any more, or is not what was saved.
        package let damaged: [UInt64]
        /// Links that are not what was saved, of changes that are, with what they were.
        package let links: [UInt64: Hash256]
    }

    /// What of the own waiting changes is damaged; `nil` where nothing is.
    package func damagedTail(in space: SpaceState) throws -> DamagedTail? {
        guard let row = try replicaRow(identity.replica) else { return nil }
        let first = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT min(sequence) FROM change
                    WHERE decision <> 1 AND decision = 0 AND space = ? AND replica = ? AND received IS NULL
                    """), arguments: [space.id, row])
        guard let start = try first?.natural() else { return nil }
        let head = try head(of: identity.replica, in: space)
        guard start > 0, start <= head.sequence else { return nil }
        func stored(_ sequence: UInt64) throws -> [Hash256] {
            let end = sequence == head.sequence ? head.hash : nil
            return try [storedLink(sequence, row, in: space), end].compactMap { $0 }
        }
        var (damaged, links): ([UInt64], [UInt64: Hash256]) = ([], [:])
        var before = try stored(start - 1).first
        for sequence in start...head.sequence {
            let kept = try stored(sequence)
            let link = before.flatMap { computedLink(sequence, after: $0, row, in: space) }
            if let link, kept.contains(link) {
                if kept.first != link { links[sequence] = link }
                before = link
            } else if let link, sequence < head.sequence,
                let next = computedLink(sequence + 1, after: link, row, in: space),
                try stored(sequence + 1).contains(next)
            {
                // What follows proves it: only its link is damaged.
                links[sequence] = link
                before = link
            } else {
                damaged.append(sequence)
                before = kept.first
            }
        }
        guard let least = (damaged + links.keys).min() else { return nil }
        return DamagedTail(goodHead: (damaged.first ?? least) - 1, damaged: damaged, links: links)
    }

    private func storedLink(_ sequence: UInt64, _ row: Int64, in space: SpaceState) throws -> Hash256? {
        guard sequence > 0 else { return Chain.origin(space: space.name, replica: identity.replica) }
        let known = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT link FROM change WHERE space = ? AND replica = ? AND sequence = ?"),
            arguments: [space.id, row, Int64(sequence)])
        if let known { return Hash256(bytes: known) }
        return try floorHead(of: identity.replica, in: space).flatMap {
            $0.head.sequence == sequence ? $0.head.hash : nil
        }
    }

    /// What the chain comes to with a change; `nil` where that cannot be read.
    private func computedLink(
        _ sequence: UInt64, after before: Hash256, _ row: Int64, in space: SpaceState
    ) -> Hash256? {
        guard let change = try? change(Dot(identity.replica, sequence), in: space.id),
            let header = try? header(of: change), let beginning = try? beginning(at: sequence, row, in: space)
        else { return nil }
        return Chain.link(
            after: before, dependency: beginning.dependency, header: header,
            commitment: Payload.commitment(of: change.payload))
    }

    private struct Beginning {
        let dependency: Dependency?
    }

    /// What the segment depends on that begins with a change; none where it begins before, or is the rest of one.
    private func beginning(
        at sequence: UInt64, _ row: Int64, in space: SpaceState
    ) throws -> Beginning {
        let segment = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT dependency FROM segment WHERE space = ? AND replica = ? AND first = ? AND continues = 0
                    """), arguments: [space.id, row, Int64(sequence)])
        guard let segment else { return Beginning(dependency: nil) }
        var reader = ByteReader(try segment.bytes("dependency"))
        return Beginning(dependency: try Dependency(from: &reader))
    }

    /// Puts links right. Where more is damaged, closes the log of each space at its last good head and goes on as a new replica, which saves again what is sound of what
    /// follows, as its author had seen the rest. What is damaged is gone from here; a copy of the whole store keeps it.
    package func cut(_ tails: [(space: SpaceState, tail: DamagedTail)]) throws {
        for (space, tail) in tails {
            for (sequence, link) in tail.links { try mend(link, of: sequence, in: space) }
        }
        let tails = tails.filter { !$0.tail.damaged.isEmpty }
        guard !tails.isEmpty else { return }
        let former = identity.replica
        var rests: [Rest] = []
        for (space, tail) in tails { rests.append(try takeOut(tail, of: former, in: space)) }
        try goOnAsNew()
        for rest in rests {
            var names: [Dot: Dot] = [:]
            for (change, header) in rest.sound {
                names[change.dot] = try saveAgain(change, header, after: rest.goodHead, names, in: rest.space).dot
            }
            for record in rest.touched { try forgetIfEmpty(record) }
            let digest = try digestByDefinition(of: space(rest.space.id))
            try update(rest.space.id) { $0.digest = digest }
        }
    }

    private func mend(_ link: Hash256, of sequence: UInt64, in space: SpaceState) throws {
        try db.cachedStatement(
            sql: "UPDATE change SET link = ? WHERE space = ? AND replica = ? AND sequence = ?"
        ).execute(arguments: [
            Data(link.bytes), space.id, try requireReplica(identity.replica), Int64(sequence),
        ])
    }

    /// What follows the last good head of a space.
    private struct Rest {
        let space: SpaceState
        let goodHead: UInt64
        let sound: [(change: StoredChange, header: ChangeHeader)]
        /// The records that something was said of.
        let touched: [Int64]
    }

    private func takeOut(_ tail: DamagedTail, of replica: ReplicaID, in space: SpaceState) throws -> Rest {
        let sequences = try (tail.goodHead + 1)...head(of: replica, in: space).sequence
        let sound = try sequences.filter { !tail.damaged.contains($0) }.map { sequence in
            let change = try change(Dot(replica, sequence), in: space.id).orDamaged("change")
            return (change: change, header: try header(of: change))
        }
        let touched = try forget(after: tail.goodHead, of: replica, requireReplica(replica), in: space)
        for record in touched { try rebuild(record) }
        return Rest(space: space, goodHead: tail.goodHead, sound: sound, touched: touched)
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
        _ change: StoredChange, _ header: ChangeHeader, after sequence: UInt64, _ names: [Dot: Dot],
        in space: SpaceState
    ) throws -> StoredChange {
        var base = Base(position: change.base.position, vector: change.base.vector)
        base.vector[change.dot.replica] = min(base.vector[change.dot.replica], sequence)
        let own = change.base.vector[change.dot.replica]
        for (old, new) in names where old.sequence <= own || change.base.dots.contains(old) { base.insert(new) }
        for dot in change.base.dots where dot.replica != change.dot.replica || dot.sequence <= sequence {
            base.insert(dot)
        }
        base.limit(to: RecordLimits.baseDots, own: identity.replica)
        var target = header.target
        if case .record(.created(let dot)) = target, let new = names[dot] { target = .record(.created(new)) }
        return try appendOwn(
            ChangeHeader(form: header.form, target: target, author: header.author, time: header.time, base: base),
            change.payload, in: space)
    }
}
