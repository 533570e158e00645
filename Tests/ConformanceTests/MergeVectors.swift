import Causality
import Records
import SyncProtocol

/// Sets of changes with their receipts and verdicts, each learned in several orders, which must all come to one state.
enum MergeVectors {
    static let fields: MergeEngine.Fields = [
        ("value", .ask, []), ("last", .latest, []), ("high", .highest, []), ("low", .lowest, []),
        ("level", .forward, ["draft", "checked", "done"]), ("tags", .union, []),
    ]

    static func add(to book: inout VectorBook) {
        for seed in 1...12 {
            var scenario = Scenario(seed: UInt64(seed))
            scenario.play()
            book.add(
                "merge/accept/history-\(seed < 10 ? "0" : "")\(seed).json", scenario.ids,
                scenario.document { book.note("history-\(seed): \($0)") })
        }
        var unreadable = Scenario(seed: 13, hasUnreadable: true)
        unreadable.play()
        book.add(
            "merge/accept/contents-that-cannot-be-read.json", unreadable.ids + ["M-5"],
            unreadable.document { book.note("contents-that-cannot-be-read: \($0)") })
        PolicyVectors.add(to: &book)
    }

    /// A history of three replicas and a hub that a seed decides.
    struct Scenario {
        private var random: SplitMix
        private let replicas = [Fixed.device.replica, Fixed.peer.replica, Fixed.hub.replica]
        private let records: [RecordID]
        private var changes: [MergedChange] = []
        private var log: [MergeEvent] = []
        /// How far each replica knows the log.
        private var known = [0, 0, 0]
        private var sequences: [UInt64] = [0, 0, 0]
        private var received: [UInt64] = [0, 0, 0]
        private var waiting: [Dot] = []
        private(set) var events: [MergeEvent] = []
        /// For each event those that come before it in every order.
        private var before: [[Int]] = []
        private var logEvents: [Int] = []
        private var lastOf: [Int: Int] = [:]

        private let hasUnreadable: Bool

        init(seed: UInt64, hasUnreadable: Bool = false) {
            random = SplitMix(state: seed)
            self.hasUnreadable = hasUnreadable
            records = [
                .created(Dot(Fixed.device.replica, 1)), .keyed(NaturalKey(high: 7, low: seed)),
            ]
        }

        var ids: [String] { ["M-1", "M-2", "M-3", "M-4", "M-6", "M-7", "M-8", "M-9", "M-11", "M-12", "M-13", "M-15"] }

        mutating func play() {
            for _ in 0..<22 {
                switch random.below(10) {
                case 0...4: change()
                case 5...7: receive()
                case 8: decide()
                default: catchUp(random.below(3))
                }
            }
            for _ in 0..<3 { receive() }
        }

        private mutating func change() {
            let author = random.below(3)
            sequences[author] += 1
            let dot = Dot(replicas[author], sequences[author])
            // Sometimes the author had an older view on screen.
            let isOld = random.below(3) == 0
            let position = isOld ? random.below(known[author] + 1) : known[author]
            let own = isOld ? UInt64(random.below(Int(sequences[author]))) : sequences[author] - 1
            let base = Base(position: UInt64(position), vector: VersionVector([dot.replica: own]))
            let milliseconds = 1_790_000_000_000 + Int64(random.below(5)) * 1000
            let change = MergedChange(
                dot: dot, record: records[random.below(2)], base: base,
                time: HybridTime(milliseconds: milliseconds, counter: UInt16(random.below(2))), payload: payload())
            changes.append(change)
            var earlier = known[author] == 0 ? [] : [logEvents[known[author] - 1]]
            if let last = lastOf[author] { earlier.append(last) }
            lastOf[author] = events.count
            before.append(earlier)
            events.append(.change(change))
        }

        private mutating func payload() -> Payload {
            // Without an operation it is none that can be read.
            if hasUnreadable, random.below(3) == 0 { return Payload([]) }
            let numbers: [Value] = [
                .integer(1), .integer(2), Fixed.decimal("1.5"), Fixed.decimal("2"), .null, .text("x"),
            ]
            let levels: [Value] = [.text("draft"), .text("checked"), .text("done"), .null, .text("elsewhere")]
            var operations: [Operation] = []
            for _ in 0...random.below(2) {
                let operation: Operation
                switch random.below(8) {
                case 0: operation = Operation(RegisterKey("value"), numbers[random.below(2)])
                case 1: operation = Operation(RegisterKey("last"), numbers[random.below(6)])
                case 2: operation = Operation(RegisterKey("high"), numbers[random.below(6)])
                case 3: operation = Operation(RegisterKey("low"), numbers[random.below(5)])
                case 4: operation = Operation(RegisterKey("level"), levels[random.below(5)])
                case 5:
                    operation = Operation(
                        RegisterKey(random.below(3) == 0 ? "unknown" : "tags", item: ["p", "q"][random.below(2)]),
                        .flag(random.below(2) == 0))
                case 6: operation = Operation(.deleted, .flag(random.below(3) > 0))
                default: operation = Operation(RegisterKey("other"), numbers[random.below(2)])
                }
                if !operations.contains(where: { $0.register == operation.register }) { operations.append(operation) }
            }
            return Payload(operations)
        }

        private mutating func receive() {
            let behind = (0..<3).filter { received[$0] < sequences[$0] }
            guard !behind.isEmpty else { return }
            let author = behind[random.below(behind.count)]
            let first = received[author] + 1
            let last = first + UInt64(random.below(Int(sequences[author] - received[author])))
            received[author] = last
            let waits = (first...last).filter { _ in random.below(3) == 0 }
            waiting += waits.map { Dot(replicas[author], $0) }
            let event = MergeEvent.receipt(
                replica: replicas[author], first: first, last: last,
                time: 1_790_000_001_000 + Int64(random.below(3)) * 1000, waiting: waits)
            let held = events.indices.filter { index in
                guard case .change(let change) = events[index] else { return false }
                return change.dot.replica == replicas[author] && change.dot.sequence <= last
            }
            note(event, after: held)
        }

        private mutating func decide() {
            guard !waiting.isEmpty else { return }
            let dot = waiting.remove(at: random.below(waiting.count))
            note(.verdict(dot, accepted: random.below(3) == 0), after: [])
        }

        private mutating func note(_ event: MergeEvent, after held: [Int]) {
            before.append(held + (logEvents.last.map { [$0] } ?? []))
            logEvents.append(events.count)
            events.append(event)
        }

        private mutating func catchUp(_ replica: Int) { known[replica] = logEvents.count }

        /// Some order in which all could be learned.
        private mutating func order() -> [Int] {
            var order: [Int] = []
            var left = Array(events.indices)
            while !left.isEmpty {
                let ready = left.filter { event in before[event].allSatisfy { !left.contains($0) } }
                let next = ready[random.below(ready.count)]
                order.append(next)
                left.removeAll { $0 == next }
            }
            return order
        }

        mutating func document(_ note: (String) -> Void) -> JSON {
            let orders = [Array(events.indices), order(), order(), order()]
            let engines = orders.map { order in
                var engine = MergeEngine()
                var digests: [JSON] = []
                for index in order {
                    engine.learn(events[index])
                    digests.append(.text(engine.digest.hex))
                }
                return (engine: engine, digests: digests)
            }
            if Set(engines.map(\.engine.digest)).count != 1 { note("orders differ") }
            let engine = engines[0].engine
            return [
                "fields": .list(
                    MergeVectors.fields.map {
                        [
                            "name": .text($0.name), "policy": .text($0.policy.rawValue),
                            "order": .list($0.order.map { .text($0) }),
                        ]
                    }),
                "events": .list(events.map(MergeVectors.describe)),
                "orders": .list(
                    zip(orders, engines).map { order, outcome in
                        [
                            "order": .list(order.map { .natural(UInt64($0)) }), "digests": .list(outcome.digests),
                        ]
                    }),
                "standing": .list(
                    engine.standing.map {
                        [
                            "record": Describe.record($0.key.record), "field": .text($0.key.register.field),
                            "item": $0.key.register.item.map { .text($0) } ?? .null,
                            "dot": Describe.dot($0.change.dot),
                        ]
                    }),
                "shown": .list(records.map { engine.shown($0, MergeVectors.fields) }),
                "digest": .text(engine.digest.hex),
            ]
        }
    }

    private static func describe(_ event: MergeEvent) -> JSON {
        switch event {
        case .change(let change):
            [
                "kind": "change", "dot": Describe.dot(change.dot), "record": Describe.record(change.record),
                "base": Describe.base(change.base), "time": Describe.time(change.time),
                "payload": .hex(change.payload.canonicalBytes),
            ]
        case .receipt(let replica, let first, let last, let time, let waiting):
            [
                "kind": "receipt", "replica": .hex(replica.bytes), "first": .natural(first), "last": .natural(last),
                "time": .number(time), "waiting": .list(waiting.map { .natural($0) }),
            ]
        case .verdict(let dot, let accepted):
            ["kind": "verdict", "dot": Describe.dot(dot), "accepted": .bool(accepted)]
        }
    }
}

/// Random numbers that a seed decides.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ n: Int) -> Int { Int(next() >> 33) % n }
}

/// What each policy shows of a few versions.
enum PolicyVectors {
    static func add(to book: inout VectorBook) {
        let x = Fixed.decimal
        let cases: [(String, Policy, [Value])] = [
            ("ask-equal", .ask, [.integer(1), .integer(1)]), ("ask-differing", .ask, [.integer(2), .integer(1)]),
            ("latest", .latest, [.integer(2), .integer(1)]), ("none", .ask, []),
            ("highest", .highest, [.integer(2), x("2.5"), .null, .integer(-3)]),
            ("lowest", .lowest, [.integer(2), x("2.5"), .null, .integer(-3)]),
            ("highest-of-equal-numbers", .highest, [.integer(2), x("2")]),
            ("lowest-of-equal-numbers", .lowest, [.integer(2), x("2")]),
            ("highest-incomparable", .highest, [.integer(2), .text("a"), .integer(5)]),
            ("highest-of-dates", .highest, [Fixed.date("2026-01-02"), Fixed.date("2026-01-10")]),
            ("highest-beyond-decimals", .highest, [.integer(.max), x("999999999999999999")]),
            ("lowest-beyond-decimals", .lowest, [.integer(.min), x("-999999999999999999")]),
            ("highest-all-cleared-but-differing-kinds", .highest, [.null, .flag(true)]),
            ("forward", .forward, [.text("checked"), .text("draft"), .null]),
            ("forward-outside", .forward, [.text("checked"), .text("elsewhere")]),
            (
                "moments-by-offset-last", .highest,
                [Fixed.moment("2026-06-10T07:00+07:00"), Fixed.moment("2026-06-10T00:00Z")]
            ),
        ]
        for (name, policy, values) in cases {
            let order = policy == .forward ? ["draft", "checked", "done"] : []
            let versions = values.enumerated().map { index, value in
                StandingVersion(
                    dot: Dot(Fixed.peer.replica, UInt64(index + 1)), value: value,
                    time: HybridTime(milliseconds: 1000, counter: UInt16(values.count - index)))
            }
            let outcome = policy.outcome(versions, order: order)
            book.add(
                "policy/accept/\(name).json", ["M-7", "M-8", "M-10"],
                [
                    "policy": .text(policy.rawValue), "order": .list(order.map { .text($0) }),
                    "versions": .list(
                        versions.map {
                            [
                                "dot": Describe.dot($0.dot), "time": Describe.time($0.time),
                                "value": Describe.value($0.value),
                            ]
                        }),
                    "shows": Describe.value(outcome.value), "contested": .bool(outcome.contested),
                ])
        }
    }
}
