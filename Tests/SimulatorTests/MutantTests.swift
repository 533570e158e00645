import Causality
import Simulator
import Testing

/// The program without one of its safeguards: a stated number of seeds must notice.
@Suite struct MutantTests {
    /// Seeds that found them when this was written, to be tried before all others.
    private static let seeds: [Safeguard: UInt64] = [
        .commitsSynced: 4, .baseAsSeen: 8, .ownEditsSeen: 6, .baseWhileFilling: 67, .sealedFirst: 3, .coveredKept: 6,
        .refusalUncovers: 6,
        .winnerTotal: 22, .clockBounded: 6, .removalsSeeing: 18, .requestsCounted: 5, .framesProven: 46,
        .knowledgeAsSaid: 3, .forkByChain: 2, .placeHasHash: 4, .rewindUnreceives: 4, .ownWorkBrought: 14,
        .lostEntriesKept: 4,
    ]

    @Test(arguments: Safeguard.allCases) func everySafeguardIsMissed(safeguard: Safeguard) throws {
        let mutant = try #require(Mutant(name: safeguard.rawValue))
        let known = Self.seeds[safeguard].flatMap { Shrinking.failure(of: mutant.plan($0)) }
        let failure = try #require(known ?? mutant.firstFailure(), "\(safeguard) can go unnoticed")
        #expect(failure.plan.seed <= mutant.seeds)
        #expect(failure.plan.command.hasSuffix("--mutant \(safeguard.rawValue)"))
        // It is the safeguard that the seed misses.
        var whole = failure.plan
        whole.mutant = nil
        #expect(Shrinking.failure(of: whole) == nil)
    }

    @Test func aSafeguardIsTakenAwayForOneRunOnly() {
        let (isOn, isOtherOn) = Safeguard.without(.baseAsSeen) {
            (Safeguard.baseAsSeen.isOn, Safeguard.ownEditsSeen.isOn)
        }
        #expect(!isOn && isOtherOn)
        let removed = Safeguard.allCases.filter { !$0.isOn }
        #expect(removed.isEmpty)
        #expect(Mutant(name: "none") == nil)
    }
}
