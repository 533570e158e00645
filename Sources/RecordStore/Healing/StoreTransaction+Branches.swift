package import Causality
import Foundation
import GRDB
package import Records
import SyncProtocol

/// A branch of a forked log of one space: a replica of its own, whose log goes on from its parent's.
package struct Branch: Hashable, Sendable {
    /// The replica whose key signed it.
    package let signer: ReplicaID
    package let parent: ReplicaID
    /// The last sequence that is the parent's.
    package let after: UInt64
}

extension StoreTransaction {
    /// How a branch hangs on its parent; `nil` for a replica that is none.
    package func branch(_ replica: ReplicaID) throws -> Branch? {
        if let known = branches[replica] { return known }
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT signer, parent, after FROM replica WHERE name = ? AND signer IS NOT NULL"),
            arguments: [Data(replica.bytes)])
        let branch = try row.map {
            Branch(signer: try self.replica($0.at(0)), parent: try self.replica($0.at(1)), after: try $0.natural(2))
        }
        branches[replica] = .some(branch)
        return branch
    }

    /// The replica whose key signs what goes by the name of `replica`.
    package func signer(of replica: ReplicaID, in space: SpaceState) throws -> ReplicaID {
        guard try self.space(space.id).isTangled else { return replica }
        return try branch(replica)?.signer ?? replica
    }

    /// The replica and all branches of what its key signed, each after its parent.
    package func family(of signer: ReplicaID, in space: SpaceState) throws -> [ReplicaID] {
        guard try self.space(space.id).isTangled, let row = try replicaRow(signer) else { return [signer] }
        return [signer]
            + (try Int64.fetchAll(
                db.cachedStatement(sql: "SELECT id FROM replica WHERE signer = ? AND space = ? ORDER BY id"),
                arguments: [row, space.id]
            ).map { try replica($0) })
    }

    /// The head before the first change that goes by the replica's own name.
    func start(of replica: ReplicaID, in space: SpaceState) throws -> Head {
        guard try self.space(space.id).isTangled, let branch = try branch(replica) else {
            return Head(sequence: 0, hash: Chain.origin(space: space.name, replica: replica))
        }
        return Head(
            sequence: branch.after,
            hash: try link(of: branch.parent, at: branch.after, in: space).orDamaged("branch"))
    }

    /// The name of the branch that leaves `parent`, made known here.
    @discardableResult func ensureBranch(
        from parent: ReplicaID, after: UInt64, link: Hash256, in space: SpaceState
    ) throws -> ReplicaID {
        let signer = try branch(parent)?.signer ?? parent
        let name = ReplicaID(branchOf: signer, from: link)
        try update(space.id) { $0.isTangled = true }
        if let known = try branch(name) {
            guard known == Branch(signer: signer, parent: parent, after: after) else {
                try moveBranch(name, to: parent, after)
                return name
            }
            return name
        }
        let key = try publicKey(of: signer).orDamaged("replica")
        try db.cachedStatement(
            sql: "INSERT INTO replica (name, public_key, signer, parent, after, space) VALUES (?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            Data(name.bytes), Data(key), try requireReplica(signer), try requireReplica(parent), Int64(after),
            space.id,
        ])
        replicaIDs[name] = db.lastInsertedRowID
        branches[name] = .some(Branch(signer: signer, parent: parent, after: after))
        return name
    }

    /// What was the main line here is a branch at the hub, or the reverse: the same changes hang on another parent.
    private func moveBranch(_ name: ReplicaID, to parent: ReplicaID, _ after: UInt64) throws {
        try db.cachedStatement(sql: "UPDATE replica SET parent = ?, after = ? WHERE name = ?").execute(arguments: [
            try requireReplica(parent), Int64(after), Data(name.bytes),
        ])
        branches[name] = nil
    }

    /// The chain's value after the change that `replica` has at a sequence, also where it is of what it branched from;
    /// `nil` where that is not held.
    package func link(of replica: ReplicaID, at sequence: UInt64, in space: SpaceState) throws -> Hash256? {
        let holder = try holder(of: Dot(replica, sequence), in: space)
        guard sequence > 0 else {
            return Chain.origin(space: space.name, replica: try branch(replica)?.signer ?? replica)
        }
        // Below a floor the chain is known at its end only.
        if let floor = try floorHead(of: holder, in: space)?.head, sequence <= floor.sequence {
            return floor.sequence == sequence ? floor.hash : nil
        }
        return try change(Dot(holder, sequence), in: space.id)?.link
    }

    /// Under which name a dot stands that is read within what `replica` is or branched from.
    func holder(of dot: Dot, in space: SpaceState) throws -> ReplicaID {
        guard try self.space(space.id).isTangled else { return dot.replica }
        var holder = dot.replica
        while let branch = try branch(holder), dot.sequence <= branch.after { holder = branch.parent }
        return holder
    }

    /// The name under which a change is held that others, or a lost line, knew by the name `replica`.
    /// - Parameter knowledge: whether it must have been received.
    /// - Returns: `nil` where it is not held.
    func name(
        of replica: ReplicaID, at sequence: UInt64, link: Hash256, by knowledge: LostKnowledge, in space: SpaceState
    ) throws -> ReplicaID? {
        for replica in try names(for: Dot(replica, sequence), in: space) {
            let holder = try holder(of: Dot(replica, sequence), in: space)
            guard try self.link(of: holder, at: sequence, in: space) == link else { continue }
            if try knowledge == .any || isReceived(Dot(holder, sequence), in: space) { return holder }
        }
        return nil
    }

    /// The names by which a change may be held here that others know as `dot`. Who goes by a name that was never given here
    /// may be any: it is a branch's, and the other history of the two came first here.
    func names(for dot: Dot, in space: SpaceState) throws -> [ReplicaID] {
        guard try replicaRow(dot.replica) == nil else {
            return try family(of: branch(dot.replica)?.signer ?? dot.replica, in: space)
        }
        return try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT replica FROM head WHERE space = ? AND sequence >= ? ORDER BY replica"),
            arguments: [space.id, Int64(clamping: dot.sequence)]
        ).map { try replica($0) }
    }

    func isReceived(_ dot: Dot, before index: UInt64? = nil, in space: SpaceState) throws -> Bool {
        if let received = try change(dot, in: space.id)?.received { return received < index ?? .max }
        return try isBelowFloor(dot, in: space)
    }

    /// The change that a word from outside names, also where it goes by a branch's name here.
    package func change(_ word: DotWord, in space: SpaceState) throws -> StoredChange? {
        for replica in [word.dot.replica] + (try names(for: word.dot, in: space)) {
            let dot = Dot(try holder(of: Dot(replica, word.dot.sequence), in: space), word.dot.sequence)
            if let change = try change(dot, in: space.id), change.link.prefix == word.hashPrefix { return change }
        }
        return nil
    }

    /// Every replica that a vector's entry for a branch implies: what it branched from.
    func expanded(_ vector: VersionVector, in space: SpaceState) throws -> VersionVector {
        var whole = vector
        for entry in vector.entries {
            var (name, sequence) = (entry.replica, entry.sequence)
            while let branch = try branch(name) {
                if sequence <= branch.after { whole[name] = 0 }
                sequence = min(sequence, branch.after)
                name = branch.parent
                whole[name] = max(whole[name], sequence)
            }
        }
        return whole
    }
}
