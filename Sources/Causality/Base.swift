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
}
