import Causality
import Records
import Testing

/// A history of one register: who changed it, and what each author had seen.
private struct History: CustomStringConvertible {
    /// Who made each change; replicas are numbered as they appear.
    var replicas: [Int] = []
    /// For each change the set of the changes in its base, as bits. Only earlier ones, and with each all that it had seen.
    var bases: [Int] = []

    var count: Int { bases.count }

    var dots: [Dot] {
        replicas.indices.map { change in
            let sequence = replicas[...change].count { $0 == replicas[change] }
            return Dot(ReplicaID(high: 0, low: UInt64(replicas[change] + 1)), UInt64(sequence))
        }
    }

    /// What must have arrived before each change: its base, and its replica's earlier changes.
    var prerequisites: [Int] {
        bases.indices.map { change in
            (0..<change).filter { replicas[$0] == replicas[change] }.reduce(bases[change]) { $0 | 1 << $1 }
        }
    }

    var description: String {
        bases.indices.map { "\(replicas[$0])←\((0..<count).filter(Self.bits(bases[$0])))" }.joined(separator: " ")
    }

    static func bits(_ set: Int) -> (Int) -> Bool { { set >> $0 & 1 == 1 } }

    /// Every history of `count` changes by at most `replicas` replicas, up to their names.
    static func all(count: Int, replicas: Int) -> [History] {
        guard count > 0 else { return [History()] }
        return all(count: count - 1, replicas: replicas).flatMap { history in
            let authors = 0..<min(replicas, (history.replicas.max() ?? -1) + 2)
            let closed = (0..<1 << history.count).filter { base in
                (0..<history.count).filter(bits(base)).allSatisfy { history.bases[$0] & ~base == 0 }
            }
            return authors.flatMap { author in
                closed.map { History(replicas: history.replicas + [author], bases: history.bases + [$0]) }
            }
        }
    }
}

/// How a base is put into words; merge must not depend on it.
private enum Writing: CaseIterable {
    case dots, vector, position

    /// - Parameter received: whether receipts stand in the order of the changes' numbers.
    func base(_ change: Int, of history: History, dots: [Dot]) -> Base {
        let seen = (0..<history.count).filter(History.bits(history.bases[change]))
        switch self {
        case .dots: return Base(dots: seen.map { dots[$0] })
        case .vector:
            var base = Base()
            for index in seen where base.vector[dots[index].replica] + 1 == dots[index].sequence {
                base.vector[dots[index].replica] += 1
            }
            for index in seen { base.insert(dots[index]) }
            return base
        case .position:
            let prefix = (0..<history.count).first { !seen.contains($0) } ?? history.count
            return Base(position: UInt64(prefix), dots: seen.filter { $0 >= prefix }.map { dots[$0] })
        }
    }
}

private enum Fate: Int { case absent, undecided, accepted, refused }

/// What is known of each change at some moment.
private typealias Situation = [Fate]

/// The register and the digest after some events, as the engine has them.
private struct Engine {
    var register = Register()
    var digest = StateDigest.empty
}

/// The exhaustive check of ``Register`` against its definition.
///
/// The walk visits every moment of a history: for each change whether it is absent, undecided, accepted or refused, as far
/// as the causal order allows. Every event that leads from a moment to another is played on the register of the first, and
/// the register and digest that come out must be those that the definition gives for the second. So, step by step, every
/// order of arrivals and decisions, however they interleave, leads to the same state.
private struct Walk {
    let history: History
    let dots: [Dot]
    let bases: [Base]
    let prerequisites: [Int]
    let received: [UInt64?]
    let elements: [Hash256]
    let refusals: [Hash256]
    var failures: [String] = []
    var steps = 0

    init(_ history: History, _ writing: Writing) {
        self.history = history
        let dots = history.dots
        self.dots = dots
        bases = history.bases.indices.map { writing.base($0, of: history, dots: dots) }
        prerequisites = history.prerequisites
        received = history.bases.indices.map { writing == .position ? UInt64($0 + 1) : nil }
        // Any distinct numbers do for elements; the hashes have a test of their own.
        elements = history.bases.indices.map { Hash256(words: (UInt64($0) << 60 | 7, .max, .max - 3, UInt64($0) &- 9)) }
        refusals = history.bases.indices.map { Hash256(words: (0, 1, UInt64($0 + 1) << 50, .max - UInt64($0))) }
    }

    // MARK: The definition

    private func covers(_ change: Int, _ other: Int) -> Bool { history.bases[change] >> other & 1 == 1 }

    func standing(_ moment: Situation) -> Set<Int> {
        let counted = moment.indices.filter { moment[$0] == .undecided || moment[$0] == .accepted }
        return Set(counted.filter { version in !counted.contains { $0 != version && covers($0, version) } })
    }

    /// What is kept: what no accepted change covers.
    private func kept(_ moment: Situation) -> Set<Int> {
        let counted = moment.indices.filter { moment[$0] == .undecided || moment[$0] == .accepted }
        return Set(
            counted.filter { version in !counted.contains { moment[$0] == .accepted && covers($0, version) } })
    }

    // MARK: The events

    private func play(_ change: Int, from: Situation, to fate: Fate, on engine: Engine) -> Engine {
        var engine = engine
        let effects: Register.Effects?
        switch (from[change], fate) {
        case (.absent, .undecided), (.absent, .accepted):
            effects = engine.register.take(
                dots[change], base: bases[change], received: received[change], accepted: fate == .accepted)
            engine.digest.insert(elements[change])
        case (.undecided, .accepted): effects = engine.register.accept(dots[change], base: bases[change])
        case (.undecided, .refused):
            let others = from.indices.filter { $0 != change && (from[$0] == .undecided || from[$0] == .accepted) }
            effects = engine.register.refuse(
                dots[change], base: bases[change], others: others.map { (dots[$0], bases[$0]) })
            engine.digest.insert(refusals[change])
        default:
            effects = nil
            engine.digest.insert(refusals[change])
        }
        guard let effects else { return engine }
        let gone = effects.covered + effects.dropped.filter(\.wasStanding).map(\.dot)
        for dot in gone { engine.digest.remove(elements[dots.firstIndex(of: dot)!]) }
        for dot in effects.uncovered { engine.digest.insert(elements[dots.firstIndex(of: dot)!]) }
        return engine
    }

    private func successors(_ moment: Situation) -> [(Int, Fate)] {
        moment.indices.flatMap { change -> [(Int, Fate)] in
            switch moment[change] {
            case .absent:
                let ready = moment.indices.allSatisfy { prerequisites[change] >> $0 & 1 == 0 || moment[$0] != .absent }
                return ready ? [(change, .undecided), (change, .accepted), (change, .refused)] : []
            case .undecided: return [(change, .accepted), (change, .refused)]
            case .accepted, .refused: return []
            }
        }
    }

    mutating func run(_ visit: (Situation, Set<Int>) -> Void = { _, _ in }) {
        let start = Situation(repeating: .absent, count: history.count)
        var seen: Set<Situation> = [start]
        var pending = [(start, Engine())]
        while let (moment, engine) = pending.popLast() {
            visit(moment, standing(moment))
            for (change, fate) in successors(moment) {
                var next = moment
                next[change] = fate
                let result = play(change, from: moment, to: fate, on: engine)
                check(result, at: next, "\(moment) then \(change) \(fate)")
                steps += 1
                if seen.insert(next).inserted { pending.append((next, result)) }
            }
        }
    }

    private mutating func check(_ engine: Engine, at moment: Situation, _ event: String) {
        let standing = standing(moment)
        let versions = engine.register.versions
        var digest = StateDigest.empty
        for change in standing { digest.insert(elements[change]) }
        for change in moment.indices where moment[change] == .refused { digest.insert(refusals[change]) }
        let right =
            Set(versions.filter(\.standing).map(\.dot)) == Set(standing.map { dots[$0] })
            && versions.count == kept(moment).count
            && Set(versions.map(\.dot)) == Set(kept(moment).map { dots[$0] }) && digest == engine.digest
        if !right { failures.append("\(history): \(event)") }
    }
}

@Suite struct MergeLaws {
    @Test func theHistoriesAreAllThere() {
        // Naturally labelled partial orders (A006455) times set partitions into at most three blocks.
        #expect((1...4).map { History.all(count: $0, replicas: 3).count } == [1, 2 * 2, 7 * 5, 40 * 14])
    }

    @Test(arguments: 1...4)
    func everyOrderOfArrivalsAndDecisionsGivesTheDefinedState(count: Int) {
        var failures: [String] = []
        for history in History.all(count: count, replicas: 3) {
            for writing in Writing.allCases {
                var walk = Walk(history, writing)
                walk.run()
                failures += walk.failures
            }
        }
        #expect(failures.isEmpty, "\(failures.count) failures, first: \(failures.first ?? "")")
    }

    @Test(arguments: 1...4)
    func aConflictIsTwoDifferingUncoveredChangesAndNothingElse(count: Int) {
        let valuations: [(Int) -> Value] = [
            { .integer(Int64($0)) }, { _ in .integer(0) }, { .integer(Int64($0 % 2)) },
            { $0 == 0 ? .null : .text("a") },
        ]
        var failures: [String] = []
        for history in History.all(count: count, replicas: 3) {
            let dots = history.dots
            var walk = Walk(history, .dots)
            walk.run { moment, standing in
                for value in valuations {
                    let counts = { (change: Int) in moment[change] == .undecided || moment[change] == .accepted }
                    let isUncovered = { (version: Int) in
                        counts(version)
                            && !moment.indices.contains { counts($0) && history.bases[$0] >> version & 1 == 1 }
                    }
                    let conflict = moment.indices.contains { a in
                        moment.indices.contains { isUncovered(a) && isUncovered($0) && value(a) != value($0) }
                    }
                    let outcome = Policy.ask.outcome(
                        standing.map {
                            StandingVersion(dot: dots[$0], value: value($0), time: HybridTime(rawValue: UInt64($0)))
                        })
                    if outcome.contested != conflict { failures.append("\(history) \(moment)") }
                }
            }
        }
        #expect(failures.isEmpty, "\(failures.count) failures, first: \(failures.first ?? "")")
    }

    @Test func refusalBringsBackOnlyWhatNothingElseCovers() {
        let a = Dot(ReplicaID(high: 0, low: 1), 1)
        let b = Dot(ReplicaID(high: 0, low: 2), 1)
        let c = Dot(ReplicaID(high: 0, low: 3), 1)
        let base = Base(dots: [a])
        var register = Register()
        _ = register.take(a, base: Base(), received: nil, accepted: true)
        _ = register.take(b, base: base, received: nil, accepted: false)
        _ = register.take(c, base: base, received: nil, accepted: false)
        #expect(register.refuse(b, base: base, others: [(a, Base()), (c, base)]).uncovered.isEmpty)
        #expect(register.refuse(c, base: base, others: [(a, Base())]).uncovered == [a])
        #expect(register.versions.map(\.dot) == [a])
    }
}
