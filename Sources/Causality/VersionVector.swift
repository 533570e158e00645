/// For each replica, how many of its changes are meant: the first `n` of them, without holes. A replica that is not
/// named has none.
package struct VersionVector: Hashable, Sendable {
    private var counts: [ReplicaID: UInt64]

    package init(_ counts: [ReplicaID: UInt64] = [:]) {
        self.counts = counts.filter { $0.value > 0 }
    }

    package subscript(replica: ReplicaID) -> UInt64 {
        get { counts[replica] ?? 0 }
        set { counts[replica] = newValue == 0 ? nil : newValue }
    }

    package var isEmpty: Bool { counts.isEmpty }

    /// The entries in the order of the replicas' ids: the canonical order.
    package var entries: [(replica: ReplicaID, sequence: UInt64)] {
        counts.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }

    package func covers(_ dot: Dot) -> Bool { dot.sequence <= self[dot.replica] }

    /// Whether everything that `other` names is named here.
    package func covers(_ other: VersionVector) -> Bool {
        other.counts.allSatisfy { self[$0.key] >= $0.value }
    }

    /// Takes in everything that `other` names.
    package mutating func merge(_ other: VersionVector) {
        counts.merge(other.counts, uniquingKeysWith: max)
    }

    /// How two vectors stand to each other.
    package enum Order: Sendable { case equal, before, after, concurrent }

    package func order(to other: VersionVector) -> Order {
        switch (other.covers(self), covers(other)) {
        case (true, true): .equal
        case (true, false): .before
        case (false, true): .after
        case (false, false): .concurrent
        }
    }
}
