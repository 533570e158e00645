/// Names one change within a space: the `sequence`-th of `replica` there. Sequences are 1, 2, 3 … without holes.
package struct Dot: Hashable, Comparable, Sendable {
    package let replica: ReplicaID
    package let sequence: UInt64

    package init(_ replica: ReplicaID, _ sequence: UInt64) {
        self.replica = replica
        self.sequence = sequence
    }

    package static func < (a: Self, b: Self) -> Bool { (a.replica, a.sequence) < (b.replica, b.sequence) }
}

/// How far a replica's log in a space goes, with the hash of its chain there. Two heads with one sequence and different
/// hashes are a fork, never "in sync".
package struct Head: Hashable, Sendable {
    package let sequence: UInt64
    package let hash: Hash256

    package init(sequence: UInt64, hash: Hash256) {
        self.sequence = sequence
        self.hash = hash
    }

    /// The head of a log that holds nothing.
    package static let none = Head(sequence: 0, hash: .zero)
}

/// A place in the hub's log of a space: the entry's index, counted from 1, and the hash of the log's chain there.
package struct LogPosition: Hashable, Sendable {
    /// The incarnation of the hub's log.
    package let epoch: UInt64
    package let index: UInt64
    package let hash: Hash256

    package init(epoch: UInt64, index: UInt64, hash: Hash256) {
        self.epoch = epoch
        self.index = index
        self.hash = hash
    }

    /// Before the first entry of the first epoch: what a replica knows that has never met a hub.
    package static let start = LogPosition(epoch: 0, index: 0, hash: .zero)
}
