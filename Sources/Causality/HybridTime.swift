/// Milliseconds since 1970 UTC in the upper 48 bits and a counter in the lower 16.
///
/// Hybrid time never decides causality and never decides what is kept: it only orders siblings for the provisional
/// winner, bounded by the hub's time of receipt. After Kulkarni et al., "Logical Physical Clocks" (2014).
package struct HybridTime: Hashable, Comparable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package init(milliseconds: Int64, counter: UInt16 = 0) {
        let bounded = UInt64(clamping: milliseconds) & 0xFFFF_FFFF_FFFF
        rawValue = bounded << 16 | UInt64(counter)
    }

    package var milliseconds: Int64 { Int64(rawValue >> 16) }
    package var counter: UInt16 { UInt16(truncatingIfNeeded: rawValue) }

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// The time of an event at wall-clock `milliseconds` that comes after one at `self`: never behind it, so a clock that
    /// was set back does not reorder one person's own edits.
    package func next(at milliseconds: Int64) -> HybridTime {
        let now = HybridTime(milliseconds: milliseconds)
        return now > self ? now : HybridTime(rawValue: rawValue &+ 1)
    }
}
