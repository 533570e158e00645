package import Causality

/// The versions of one register, and what becomes of them.
///
/// A version *stands* when no undecided or accepted change covers it. A covered version is kept until every change that
/// covers it is decided: then an acceptance drops it for good and a refusal brings it back, unless another change covers
/// it too. State is therefore a matter of definition, not of the order in which things arrived.
///
/// The register is a value without storage of its own: the store loads the few versions of one register, asks, and
/// writes what ``Effects`` says.
package struct Register: Sendable {
    package struct Version: Hashable, Sendable {
        package let dot: Dot
        /// Where the change's receipt stands in the hub's log; `nil` until it is known.
        package var received: UInt64?
        package var standing: Bool

        package init(dot: Dot, received: UInt64?, standing: Bool) {
            self.dot = dot
            self.received = received
            self.standing = standing
        }
    }

    /// What changed among the versions that were there before.
    package struct Effects: Sendable {
        /// No longer standing, but kept.
        package var covered: [Dot] = []
        /// Standing again.
        package var uncovered: [Dot] = []
        /// Gone for good. `wasStanding` tells whether it stood until now.
        package var dropped: [(dot: Dot, wasStanding: Bool)] = []
    }

    package private(set) var versions: [Version]

    package init(_ versions: [Version] = []) { self.versions = versions }

    /// Takes in the version that the change `dot` writes. Changes come in causal order, so nothing here covers it yet.
    /// - Parameter accepted: whether the change is accepted already; otherwise it is undecided. A refused change is never
    ///   taken in.
    package mutating func take(_ dot: Dot, base: Base, received: UInt64?, accepted: Bool) -> Effects {
        var effects = Effects()
        versions.removeAll { version in
            guard version.dot != dot, base.covers(version.dot, received: version.received) else { return false }
            if accepted { effects.dropped.append((version.dot, version.standing)) }
            return accepted
        }
        for index in versions.indices
        where versions[index].standing && base.covers(versions[index].dot, received: versions[index].received) {
            versions[index].standing = false
            effects.covered.append(versions[index].dot)
        }
        versions.append(Version(dot: dot, received: received, standing: true))
        return effects
    }

    /// The undecided change `dot` was accepted: what it covers is superseded for good.
    package mutating func accept(_ dot: Dot, base: Base) -> Effects {
        var effects = Effects()
        versions.removeAll { version in
            guard version.dot != dot, base.covers(version.dot, received: version.received) else { return false }
            effects.dropped.append((version.dot, version.standing))
            return true
        }
        return effects
    }

    /// The undecided change `dot` was refused: its version goes, and what only it had covered stands again.
    /// - Parameter others: every other change, accepted or undecided, that wrote this register, with its base; also
    ///   those whose own versions are gone.
    package mutating func refuse(_ dot: Dot, base: Base, others: [(dot: Dot, base: Base)]) -> Effects {
        var effects = Effects()
        if let own = versions.firstIndex(where: { $0.dot == dot }) {
            effects.dropped.append((dot, versions[own].standing))
            versions.remove(at: own)
        }
        for index in versions.indices {
            let version = versions[index]
            guard !version.standing, base.covers(version.dot, received: version.received) else { continue }
            let coveredStill = others.contains {
                $0.dot != version.dot && $0.base.covers(version.dot, received: version.received)
            }
            if !coveredStill, Safeguard.refusalUncovers.isOn {
                versions[index].standing = true
                effects.uncovered.append(version.dot)
            }
        }
        return effects
    }
}
