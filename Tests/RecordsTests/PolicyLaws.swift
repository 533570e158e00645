import Causality
import Records
import Testing

/// Every order of `elements`.
private func permutations<T>(_ elements: [T]) -> [[T]] {
    guard elements.count > 1 else { return [elements] }
    return elements.indices.flatMap { index in
        var rest = elements
        let first = rest.remove(at: index)
        return permutations(rest).map { [first] + $0 }
    }
}

/// Every selection of `count` values, in the order of `values`, with repetition.
private func selections<T>(_ values: [T], count: Int) -> [[T]] {
    guard count > 0 else { return [[]] }
    return values.indices.flatMap { index in
        selections(Array(values[index...]), count: count - 1).map { [values[index]] + $0 }
    }
}

private func decimal(_ text: String) -> Value { .decimal(DecimalNumber(text)!) }

private func versions(_ values: [Value]) -> [StandingVersion] {
    values.enumerated().map { index, value in
        // Two replicas and equal times among the versions, so that every part of the total order counts.
        StandingVersion(
            dot: Dot(ReplicaID(high: 0, low: UInt64(index % 2 + 1)), UInt64(index / 2 + 1)), value: value,
            time: HybridTime(milliseconds: Int64(index / 3)))
    }
}

@Suite struct PolicyLaws {
    private static let order = ["planned", "started", "done"]

    private static let valueSets: [[Value]] = [
        [.null, .integer(1), .integer(2), .integer(-3)],
        [.integer(1), decimal("1"), decimal("1.5"), .integer(2)],
        [.integer(2_000_000_000_000_000_000), .integer(1), decimal("2.5"), .integer(.min)],
        [.text("planned"), .text("started"), .text("done"), .text("elsewhere")],
        [.null, .date(CalendarDate(days: 1)), .date(CalendarDate(days: 2)), .text("a")],
        [.flag(true), .flag(false), .items(["a"]), .unknown(kind: 40, bytes: [1])],
    ]

    @Test(arguments: Policy.allCases)
    func outcomeIsCommutativeAndIdempotent(policy: Policy) {
        var failures: [String] = []
        for values in Self.valueSets {
            for count in 1...4 {
                for chosen in selections(values, count: count).flatMap({ count < 4 ? permutations($0) : [$0] }) {
                    let versions = versions(chosen)
                    let outcome = policy.outcome(versions, order: Self.order)
                    for permuted in permutations(versions) where policy.outcome(permuted, order: Self.order) != outcome
                    {
                        failures.append("\(permuted.map(\.value))")
                    }
                    if policy.outcome(versions + versions, order: Self.order) != outcome {
                        failures.append("twice: \(chosen)")
                    }
                }
            }
        }
        #expect(failures.isEmpty, "\(failures.count) failures, first: \(failures.first ?? "")")
    }

    @Test(arguments: Policy.allCases)
    func equalValuesAreNeverACase(policy: Policy) {
        for value in Self.valueSets.joined() {
            #expect(policy.outcome(versions([value, value, value])) == Outcome(value: value, contested: false))
        }
        #expect(policy.outcome([]) == Outcome(value: .null, contested: false))
    }

    @Test(
        arguments: [
            (Policy.forward, [.text("started"), .text("planned")], Value.text("started"), false),
            (.forward, [.text("done"), .null, .text("planned")], .text("done"), false),
            (.forward, [.text("done"), .text("elsewhere")], .text("elsewhere"), true),
            (.forward, [.integer(1), .text("done")], .text("done"), true),
            (.highest, [.integer(3), .integer(12), .null], .integer(12), false),
            (.highest, [.integer(3), .text("12")], .text("12"), true),
            (.lowest, [.integer(3), .integer(12)], .integer(3), false),
            (.lowest, [.integer(3), .null], .integer(3), false),
            (.latest, [.text("a"), .text("b"), .text("c"), .text("d")], .text("d"), false),
            (.ask, [.text("a"), .text("b")], .text("b"), true),
        ] as [(Policy, [Value], Value, Bool)])
    func examples(policy: Policy, values: [Value], shown: Value, contested: Bool) {
        #expect(policy.outcome(versions(values), order: Self.order) == Outcome(value: shown, contested: contested))
    }

    @Test func theTotalOrderIsStrict() {
        let all = versions([Value](repeating: .null, count: 6))
        for a in all {
            for b in all {
                #expect((a == b) != (StandingVersion.precedes(a, b) || StandingVersion.precedes(b, a)))
                #expect(!(StandingVersion.precedes(a, b) && StandingVersion.precedes(b, a)))
                for c in all where StandingVersion.precedes(a, b) && StandingVersion.precedes(b, c) {
                    #expect(StandingVersion.precedes(a, c))
                }
            }
        }
    }

    @Test func membersAreThoseWithAStandingAddition() {
        let versions: [(item: String, value: Value)] = [
            ("b", .flag(true)), ("a", .flag(true)), ("a", .flag(false)), ("c", .flag(false)), ("b", .flag(true)),
        ]
        for permuted in permutations(versions) { #expect(Policy.members(permuted) == .items(["a", "b"])) }
        #expect(Policy.members([("c", .flag(false))]) == .null)
        #expect(Policy.members([]) == .null)
    }
}

@Suite struct StateDigestTests {
    private let elements =
        (0..<5).map { Hash256.of(tag: "element", [UInt8($0)]) } + [
            Hash256(words: (.max, .max, .max, .max)), Hash256(words: (0, 0, 0, 1)),
        ]

    @Test func everyOrderOfInsertionGivesOneDigest() {
        var expected = StateDigest.empty
        for element in elements { expected.insert(element) }
        for permuted in permutations(Array(elements.indices)) where permuted[0] < permuted[1] {
            var digest = StateDigest.empty
            for index in permuted { digest.insert(elements[index]) }
            if digest != expected { Issue.record("\(permuted)") }
        }
    }

    @Test func removalUndoesInsertionInAnyOrder() {
        for permuted in permutations(Array(elements.indices.suffix(4))) {
            var digest = StateDigest.empty
            digest.insert(elements[0])
            for index in elements.indices.suffix(4) { digest.insert(elements[index]) }
            for index in permuted { digest.remove(elements[index]) }
            #expect(digest.bytes == elements[0].bytes)
        }
    }

    @Test func removalBeforeInsertionIsUndoneToo() {
        for element in elements {
            var digest = StateDigest.empty
            digest.remove(element)
            #expect(digest != .empty)
            digest.insert(element)
            #expect(digest == .empty)
        }
    }

    @Test func carriesGoThroughAllWords() {
        var digest = StateDigest.empty
        digest.insert(Hash256(words: (0, .max, .max, .max)))
        digest.insert(Hash256(words: (0, 0, 0, 1)))
        #expect(digest.bytes == Hash256(words: (1, 0, 0, 0)).bytes)
        #expect(StateDigest(bytes: digest.bytes) == digest)
        #expect(StateDigest(bytes: [1]) == nil)
    }

    @Test func elementsTellEveryPartApart() {
        let dot = Dot(ReplicaID(high: 1, low: 2), 3)
        let record = RecordID.created(dot)
        let hash = Hash256.of(tag: "x")
        let all = [
            StateDigest.element(record: record, register: RegisterKey("a"), dot: dot, commitment: hash),
            StateDigest.element(record: record, register: RegisterKey("b"), dot: dot, commitment: hash),
            StateDigest.element(record: record, register: RegisterKey("a", item: "b"), dot: dot, commitment: hash),
            StateDigest.element(record: record, register: RegisterKey("a"), dot: Dot(dot.replica, 4), commitment: hash),
            StateDigest.element(record: record, register: RegisterKey("a"), dot: dot, commitment: .zero),
            StateDigest.element(refused: dot, commitment: hash), StateDigest.element(refused: dot, commitment: .zero),
        ]
        #expect(Set(all).count == all.count)
    }
}
