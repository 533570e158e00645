package import Causality

/// How a field shows its standing versions. A policy is a pure function of them: none removes a version, and a change that
/// had seen a version always replaces it.
package enum Policy: String, CaseIterable, Sendable {
    /// Differing values are a case for a person. The default.
    case ask
    case latest
    case highest
    case lowest
    /// The value furthest along the field's declared order; values outside it are a case.
    case forward
    /// A set: each member by itself; a removal takes only the additions that its author had seen.
    case union
}

/// A standing version as policies see it.
package struct StandingVersion: Hashable, Sendable {
    package let dot: Dot
    package let value: Value
    /// The author's hybrid time, bounded by the hub's time of receipt.
    package let time: HybridTime

    package init(dot: Dot, value: Value, time: HybridTime) {
        self.dot = dot
        self.value = value
        self.time = time
    }

    /// The total order of the provisional winner, the same at every replica: later, then greater replica id, then
    /// greater sequence.
    package static func precedes(_ a: Self, _ b: Self) -> Bool {
        a.time == b.time ? Safeguard.winnerTotal.isOn && a.dot < b.dot : a.time < b.time
    }
}

/// What a field shows, and whether a person has to settle it.
package struct Outcome: Hashable, Sendable {
    package let value: Value
    package let contested: Bool

    package init(value: Value, contested: Bool) {
        self.value = value
        self.contested = contested
    }
}

extension Policy {
    /// What a field whose standing versions are `versions` shows; `null` when there are none. For `union` fields see
    /// ``members(_:)``.
    /// - Parameter order: the declared order of a `forward` field, first to last.
    package func outcome(_ versions: [StandingVersion], order: [String] = []) -> Outcome {
        guard let winner = versions.max(by: StandingVersion.precedes) else {
            return Outcome(value: .null, contested: false)
        }
        let differing =
            versions.contains { $0.value != winner.value } || !Safeguard.equalCollapses.isOn && versions.count > 1
        guard differing else { return Outcome(value: winner.value, contested: false) }
        let value: Value?
        switch self {
        case .ask, .union: value = nil
        case .latest: value = winner.value
        case .highest: value = Self.extreme(versions) { Value.isOrdered($0, before: $1) }
        case .lowest: value = Self.extreme(versions) { Value.isOrdered($1, before: $0) }
        case .forward: value = Self.furthest(versions, order)
        }
        return Outcome(value: value ?? winner.value, contested: value == nil)
    }

    /// The members of a `union` field: those with at least one standing addition. Never contested.
    package static func members(_ versions: [(item: String, value: Value)]) -> Value {
        var present = Set(versions.filter { $0.value == .flag(true) }.map(\.item))
        if !Safeguard.removalsSeeing.isOn { present.subtract(versions.filter { $0.value == .flag(false) }.map(\.item)) }
        return present.isEmpty ? .null : .items(present.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    /// The greatest value, or `nil` when two of them cannot be compared. A cleared field is below everything.
    private static func extreme(_ versions: [StandingVersion], _ isBefore: (Value, Value) -> Bool?) -> Value? {
        let values = versions.map(\.value).filter { $0 != .null }
        guard var best = values.first else { return .null }
        for value in values.dropFirst() {
            guard let before = isBefore(best, value) else { return nil }
            let after = isBefore(value, best) ?? false
            let isLess = best.canonicalBytes.lexicographicallyPrecedes(value.canonicalBytes)
            if before || !after && isLess { best = value }
        }
        return best
    }

    private static func furthest(_ versions: [StandingVersion], _ order: [String]) -> Value? {
        var best: (rank: Int, value: Value)?
        for version in versions {
            let rank: Int
            switch version.value {
            case .null: rank = -1
            case .text(let name):
                guard let known = order.firstIndex(of: name) else { return nil }
                rank = known
            default: return nil
            }
            if rank > (best?.rank ?? Int.min) { best = (rank, version.value) }
        }
        return best?.value
    }
}

extension Value {
    /// Whether `a` is less than `b`; `nil` when they are not of kinds that compare.
    package static func isOrdered(_ a: Value, before b: Value) -> Bool? {
        switch (a, b) {
        case (.integer(let x), .integer(let y)): return x < y
        case (.decimal(let x), .decimal(let y)): return x < y
        case (.integer(let x), .decimal(let y)):
            return DecimalNumber(coefficient: x, scale: 0).map { $0 < y } ?? (x < 0)
        case (.decimal(let x), .integer(let y)):
            return DecimalNumber(coefficient: y, scale: 0).map { x < $0 } ?? (y > 0)
        case (.date(let x), .date(let y)): return x < y
        case (.time(let x), .time(let y)): return x < y
        case (.moment(let x), .moment(let y)): return x < y
        default: return a == b ? false : nil
        }
    }
}
