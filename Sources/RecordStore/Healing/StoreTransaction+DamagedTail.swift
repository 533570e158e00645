import Causality
import Foundation
import GRDB
import Records
import SyncProtocol

/// Own work that waits and that its chain no longer proves: bits have turned over on the disk. The hub would refuse it, and all
/// that follows it, for ever.
extension StoreTransaction {
    /// Of the changes that one replica made here in a space and that have no receipt.
    package struct DamagedTail: Sendable {
        let replica: ReplicaID
        /// The last of the log that goes on as it is.
        let goodHead: UInt64
        /// What cannot be read any more, or is not what was saved.
        package let damaged: [UInt64]
        /// Links that are not what was saved, of changes that are, with what they were.
        let links: [UInt64: Hash256]
        /// The log's head, where what is stored of it is wrong.
        let head: Head?
        /// The first sequences of closed segments whose signature is wrong.
        let unsigned: [UInt64]
    }

    /// What of the own waiting changes is damaged, under whatever name they were made.
    package func damagedTails(in space: SpaceState) throws -> [DamagedTail] {
        try ([identity.replica] + formerReplicas()).compactMap { try damagedTail(of: $0, in: space) }
    }

    private func damagedTail(of replica: ReplicaID, in space: SpaceState) throws -> DamagedTail? {
        guard let row = try replicaRow(replica) else { return nil }
        let ends = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT min(sequence) AS start, (
                        SELECT max(sequence) FROM change WHERE space = ?1 AND replica = ?2
                    ) AS last FROM change
                    WHERE decision <> 1 AND decision = 0 AND space = ?1 AND replica = ?2 AND received IS NULL
                    """), arguments: [space.id, row])
        guard let ends, try ends.at("start") as Int64? != nil else { return nil }
        let range = try ends.range(0, 1)
        let head = try head(of: replica, in: space)
        var (damaged, links): ([UInt64], [UInt64: Hash256]) = ([], [:])
        func stored(_ sequence: UInt64) throws -> [Hash256] {
            let end = sequence == range.upperBound && head.sequence == sequence ? head.hash : nil
            return try [storedLink(sequence, of: replica, row, in: space), end].compactMap { $0 }
        }
        func computed(_ sequence: UInt64, after before: [Hash256]) throws -> (link: Hash256, isStored: Bool)? {
            let found = before.compactMap { computedLink(sequence, of: replica, after: $0, row, in: space) }
            let kept = try stored(sequence)
            guard let link = found.first(where: kept.contains) ?? found.first else { return nil }
            return (link, kept.contains(link))
        }
        // The link before the tail stands in two places.
        var before = try stored(range.lowerBound - 1) + previous(of: range.lowerBound, row, in: space)
        for sequence in range {
            let own = try computed(sequence, after: before)
            // What follows may prove it, where only its link is damaged.
            let isProven = try own.map { own in
                try own.isStored
                    || sequence < range.upperBound && computed(sequence + 1, after: [own.link])?.isStored ?? false
            }
            if let own, isProven == true {
                if try stored(sequence).first != own.link { links[sequence] = own.link }
                before = [own.link]
            } else {
                damaged.append(sequence)
                before = try stored(sequence)
            }
        }
        let end = before.first.map { Head(sequence: range.upperBound, hash: $0) }
        let isHeadWrong = damaged.last != range.upperBound && end != nil && end != head
        let unsigned = damaged.isEmpty ? try wronglySigned(range, of: replica, row, links, in: space) : []
        guard !damaged.isEmpty || !links.isEmpty || isHeadWrong || !unsigned.isEmpty else { return nil }
        var good = (damaged.first ?? range.upperBound + 1) - 1
        // What cannot be closed anew, since its key is gone, is saved again from the beginning of its segment.
        if replica != identity.replica, let first = damaged.first ?? unsigned.first {
            good = try (segments(of: row, overlapping: first...first, in: space).first?.range.lowerBound ?? first) - 1
        }
        return DamagedTail(
            replica: replica, goodHead: good, damaged: damaged, links: links, head: isHeadWrong ? end : nil,
            unsigned: unsigned)
    }

    private func previous(of first: UInt64, _ row: Int64, in space: SpaceState) throws -> [Hash256] {
        try Data.fetchAll(
            db.cachedStatement(sql: "SELECT previous FROM segment WHERE space = ? AND replica = ? AND first = ?"),
            arguments: [space.id, row, Int64(first)]
        ).compactMap { Hash256(bytes: $0) }
    }

    /// Closed segments whose changes are sound and whose signature is not.
    private func wronglySigned(
        _ range: ClosedRange<UInt64>, of replica: ReplicaID, _ row: Int64, _ links: [UInt64: Hash256],
        in space: SpaceState
    ) throws -> [UInt64] {
        guard let key = try publicKey(of: replica) else { return [] }
        return try segments(of: row, overlapping: range, in: space).map(\.range).filter { segment in
            let signature = try Data.fetchOne(
                db, sql: "SELECT signature FROM segment WHERE space = ? AND replica = ? AND first = ?",
                arguments: [space.id, row, Int64(segment.lowerBound)])
            guard let signature,
                let end = try links[segment.upperBound] ?? storedLink(segment.upperBound, of: replica, row, in: space)
            else { return false }
            let signed = Chain.signedBytes(
                space: space.name, replica: replica, head: Head(sequence: segment.upperBound, hash: end))
            return !Signature.isValid(Array(signature), tag: Chain.segmentTag, signed, publicKey: key)
        }.map(\.lowerBound)
    }

    func storedLink(
        _ sequence: UInt64, of replica: ReplicaID, _ row: Int64, in space: SpaceState
    ) throws -> Hash256? {
        guard sequence > 0 else { return Chain.origin(space: space.name, replica: replica) }
        let known = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT link FROM change WHERE space = ? AND replica = ? AND sequence = ?"),
            arguments: [space.id, row, Int64(sequence)])
        if let known { return Hash256(bytes: known) }
        return try floorHead(of: replica, in: space).flatMap {
            $0.head.sequence == sequence ? $0.head.hash : nil
        }
    }

    /// What the chain comes to with a change; `nil` where that cannot be read.
    private func computedLink(
        _ sequence: UInt64, of replica: ReplicaID, after before: Hash256, _ row: Int64, in space: SpaceState
    ) -> Hash256? {
        guard let change = try? change(Dot(replica, sequence), in: space.id),
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
}
