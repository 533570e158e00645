/// What the author of a change had seen: a set of changes, closed under "had seen".
///
/// Since almost everything comes through the hub, the set is written as a position in the hub's log (every change with a
/// receipt at or before it) and exceptions: counts for some replicas, the author's own before all, and single dots.
/// Membership of a received dot therefore costs one comparison, however many replicas there are.
package struct Base: Hashable, Sendable {
    /// Everything with a receipt at or before this index of the hub's log is in the base.
    package var position: UInt64
    /// Whole prefixes beyond the position.
    package var vector: VersionVector
    /// Single changes beyond both, in ascending order.
    package private(set) var dots: [Dot]

    package init(position: UInt64 = 0, vector: VersionVector = .init(), dots: [Dot] = []) {
        self.position = position
        self.vector = vector
        self.dots = dots.sorted()
    }

    /// Whether the change `dot`, whose receipt stands at `received` in the hub's log (`nil`: none known yet), is in the
    /// base.
    package func covers(_ dot: Dot, received: UInt64?) -> Bool {
        if let received, received <= position { return true }
        return vector.covers(dot) || dots.contains(dot)
    }

    package mutating func insert(_ dot: Dot) {
        guard !vector.covers(dot), !dots.contains(dot) else { return }
        dots.append(dot)
        dots.sort()
    }

    /// Names no more than `most` single changes: of the author's own replica the latest, which cover what came before them,
    /// then others. What is left out may stand beside what the author writes, and is never covered unseen.
    package mutating func limit(to most: Int, own replica: ReplicaID) {
        guard dots.count > most else { return }
        let own = dots.filter { $0.replica == replica }.suffix(most)
        let others = dots.filter { $0.replica != replica }.suffix(most - own.count)
        dots = (Array(own) + others).sorted()
    }
}
