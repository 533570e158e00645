import Causality

/// Where the segments of one request stand in the hub's log, under the names that they have there: their device holds them,
/// so that their receipts come without them.
struct Offered: Sendable {
    private struct Place: Hashable {
        let space: Int
        let replica: ReplicaID
    }

    private var ranges: [Place: [ClosedRange<UInt64>]] = [:]

    mutating func insert(_ range: ClosedRange<UInt64>, of replica: ReplicaID, in space: Int) {
        let place = Place(space: space, replica: replica)
        var known = ranges[place] ?? []
        if let last = known.last, last.upperBound + 1 == range.lowerBound {
            known[known.count - 1] = last.lowerBound...range.upperBound
        } else {
            known.append(range)
        }
        ranges[place] = known
    }

    mutating func merge(_ other: Offered) {
        ranges.merge(other.ranges, uniquingKeysWith: +)
    }

    func contains(_ range: ClosedRange<UInt64>, of replica: ReplicaID, in space: Int) -> Bool {
        let known = ranges[Place(space: space, replica: replica)] ?? []
        return range.allSatisfyEnds { sequence in known.contains { $0.contains(sequence) } }
    }
}

extension ClosedRange<UInt64> {
    fileprivate func allSatisfyEnds(_ body: (UInt64) -> Bool) -> Bool { body(lowerBound) && body(upperBound) }
}
