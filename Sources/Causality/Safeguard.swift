/// A check or a step that something rests on. Each can be taken away in a debug build, one at a time, so that the simulator
/// shows that it would find what breaks then. Nothing outside the program takes one away.
package enum Safeguard: String, CaseIterable, Sendable {
    // Of what is durable.
    /// A commit is on the disk before it is answered for. Without it a power cut takes back what was said to be saved.
    case commitsSynced = "commits-synced"
    /// What is saved together is one transaction. Without it a death in between leaves half of it.
    case batchesWhole = "batches-whole"

    // Of bases and segments.
    /// An edit is based on what its author had on screen. Without it they write over what they never saw.
    case baseAsSeen = "base-as-seen"
    /// Whoever edits has seen what they saved here before. Without it people get cases with themselves.
    case ownEditsSeen = "own-edits-seen"
    /// While a snapshot loads, only what is loaded of a record counts as seen. Without it the rest is written over unseen.
    case baseWhileFilling = "base-while-filling"
    /// A segment is closed before anything remote is taken in. Without it others read later changes on an older place.
    case sealedFirst = "sealed-first"

    // Of what stands.
    /// What a change covers is kept until the change is decided. Without it a refusal has nothing to bring back.
    case coveredKept = "covered-kept"
    /// A refusal brings back what only the refused change had covered. Without it refused work hides other people's.
    case refusalUncovers = "refusal-uncovers"
    /// Among equal times the replica and the sequence decide. Without it stores show different values.
    case winnerTotal = "winner-total"
    /// An author's clock counts up to the hub's at receipt. Without it a clock ahead wins for years.
    case clockBounded = "clock-bounded"
    /// A removed member goes where the removal had seen it added. Without it a removal takes what others add.
    case removalsSeeing = "removals-seeing"
    /// Versions with equal values are nobody's case. Without it people are asked about nothing.
    case equalCollapses = "equal-collapses"
    /// An edit and a deletion without sight of each other are a case. Without it the edit is gone and nobody asked.
    case deletionContested = "deletion-contested"
    /// Cases are brought up to date by the transaction that changes them. Without it nobody learns of them.
    case casesCurrent = "cases-current"

    // Of exchanges.
    /// Each request counts further than the one before. Without it a recorded one is served again.
    case requestsCounted = "requests-counted"
    /// Each frame of an answer is proven. Without it damage on the line is taken in.
    case framesProven = "frames-proven"
    /// The hub goes by what a device says it holds. Without it a lost answer is never made up for.
    case knowledgeAsSaid = "knowledge-as-said"
    /// Rights are judged when the hub receives a change. Without it whoever lost theirs goes on writing.
    case rightsJudged = "rights-judged"
    /// A snapshot counts as known after its last chunk. Without it a part of a space passes for all of it.
    case floorAfterLastChunk = "floor-after-last-chunk"

    // Of machines that are put back from copies.
    /// A change is known by the chain after it, not by its number. Without it a second history passes for the first.
    case forkByChain = "fork-by-chain"
    /// A place in the hub's log is its index and its hash. Without it another line passes for the one that was lost.
    case placeHasHash = "place-has-hash"
    /// What was received on a line that is lost waits again. Without it nobody gives it back.
    case rewindUnreceives = "rewind-unreceives"
    /// A device gets back all work that it did not send with this request. Without it one that was put back never does.
    case ownWorkBrought = "own-work-brought"
    /// Lost entries are given back before segments that build on them. Without it such segments are refused for good.
    case lostEntriesKept = "lost-entries-kept"
}

#if DEBUG
    extension Safeguard {
        /// The one that is taken away for whoever runs here.
        @TaskLocal private static var removed: Safeguard?

        package static let canBeRemoved = true

        /// Whether it is there, as it always is but in a simulation that takes it away.
        package var isOn: Bool { Self.removed != self }

        /// Runs `body` without a safeguard, if one is named.
        package static func without<T>(_ safeguard: Safeguard?, _ body: () throws -> T) rethrows -> T {
            try $removed.withValue(safeguard, operation: body)
        }
    }
#else
    extension Safeguard {
        package static let canBeRemoved = false

        @inlinable package var isOn: Bool { true }

        package static func without<T>(_ safeguard: Safeguard?, _ body: () throws -> T) rethrows -> T {
            precondition(safeguard == nil, "only a debug build can take a safeguard away")
            return try body()
        }
    }
#endif
