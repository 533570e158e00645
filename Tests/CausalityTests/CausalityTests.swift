import Causality
import Testing

private let replicas = [ReplicaID(high: 0, low: 1), ReplicaID(high: 0, low: 2), ReplicaID(high: 1, low: 0)]

/// Every vector of counts 0 to 2 over three replicas.
private let vectors: [VersionVector] = (UInt64(0)..<27).map { (code: UInt64) -> VersionVector in
    let counts: [UInt64] = [code % 3, code / 3 % 3, code / 9]
    return VersionVector(Dictionary(uniqueKeysWithValues: zip(replicas, counts)))
}

@Suite struct VersionVectorTests {
    @Test func coversIsAPartialOrder() {
        for a in vectors {
            #expect(a.covers(a))
            for b in vectors {
                if a.covers(b), b.covers(a) { #expect(a == b) }
                for c in vectors where a.covers(b) && b.covers(c) { #expect(a.covers(c)) }
            }
        }
    }

    @Test func orderAgreesWithCovers() {
        for a in vectors {
            for b in vectors {
                let expected: VersionVector.Order =
                    a == b ? .equal : b.covers(a) ? .before : a.covers(b) ? .after : .concurrent
                #expect(a.order(to: b) == expected, "\(a) \(b)")
            }
        }
    }

    @Test func mergeIsTheLeastUpperBound() {
        for a in vectors {
            for b in vectors {
                var merged = a
                merged.merge(b)
                var swapped = b
                swapped.merge(a)
                #expect(merged == swapped)
                #expect(merged.covers(a) && merged.covers(b))
                for c in vectors where c.covers(a) && c.covers(b) { #expect(c.covers(merged)) }
                var again = merged
                again.merge(b)
                #expect(again == merged)
            }
        }
    }

    @Test func vectorCoversADotWhenItCoversItsPrefix() {
        for a in vectors {
            for replica in replicas {
                for sequence in UInt64(1)...3 {
                    let prefix = VersionVector([replica: sequence])
                    #expect(a.covers(Dot(replica, sequence)) == a.covers(prefix))
                }
            }
        }
    }

    @Test func zeroCountsAreNoEntries() {
        var vector = VersionVector([replicas[0]: 0])
        #expect(vector.isEmpty && vector == VersionVector())
        vector[replicas[1]] = 2
        vector[replicas[0]] = 1
        #expect(vector.entries.map(\.replica) == [replicas[0], replicas[1]])
        vector[replicas[1]] = 0
        vector[replicas[0]] = 0
        #expect(vector == VersionVector())
    }
}

@Suite struct BaseTests {
    @Test func baseCoversByPositionVectorOrDot() {
        let base = Base(
            position: 5, vector: VersionVector([replicas[0]: 2]), dots: [Dot(replicas[1], 7), Dot(replicas[1], 3)])
        let cases: [(Dot, UInt64?, Bool)] = [
            (Dot(replicas[2], 1), nil, false), (Dot(replicas[2], 1), 5, true), (Dot(replicas[2], 1), 6, false),
            (Dot(replicas[2], 1), 1, true), (Dot(replicas[0], 2), nil, true), (Dot(replicas[0], 2), 9, true),
            (Dot(replicas[0], 3), nil, false), (Dot(replicas[1], 3), nil, true), (Dot(replicas[1], 4), nil, false),
            (Dot(replicas[1], 7), 100, true),
        ]
        for (dot, received, covered) in cases {
            #expect(base.covers(dot, received: received) == covered, "\(dot) at \(String(describing: received))")
        }
        #expect(base.dots == [Dot(replicas[1], 3), Dot(replicas[1], 7)])
    }

    @Test func insertingACoveredDotChangesNothing() {
        var base = Base(vector: VersionVector([replicas[0]: 2]))
        let before = base
        base.insert(Dot(replicas[0], 1))
        #expect(base == before)
        base.insert(Dot(replicas[1], 2))
        base.insert(Dot(replicas[1], 1))
        base.insert(Dot(replicas[1], 2))
        #expect(base.dots == [Dot(replicas[1], 1), Dot(replicas[1], 2)])
    }
}

@Suite struct BytesTests {
    @Test func replicaIDRoundTripsThroughBytes() {
        for (high, low) in [(0, 0), (0, 1), (1, 0), (UInt64.max, 0x0102_0304_0506_0708)] as [(UInt64, UInt64)] {
            let id = ReplicaID(high: high, low: low)
            #expect(ReplicaID(bytes: id.bytes) == id)
        }
        #expect(ReplicaID(high: 0x0102_0304_0506_0708, low: 9).bytes.prefix(8) == [1, 2, 3, 4, 5, 6, 7, 8])
        for count in [0, 15, 17] { #expect(ReplicaID(bytes: [UInt8](repeating: 1, count: count)) == nil) }
    }

    @Test func replicaIDsSortAsTheirBytesDo() {
        for a in replicas {
            for b in replicas { #expect((a < b) == a.bytes.lexicographicallyPrecedes(b.bytes)) }
        }
    }

    @Test func replicaIDFollowsItsKey() {
        let key = [UInt8](0..<32)
        #expect(ReplicaID(publicKey: key) == ReplicaID(publicKey: key))
        #expect(ReplicaID(publicKey: key) != ReplicaID(publicKey: key.reversed()))
    }

    @Test func hashRoundTripsThroughBytes() {
        let hash = Hash256.of(tag: "test", [1, 2, 3])
        #expect(Hash256(bytes: hash.bytes) == hash)
        #expect(hash.hex.count == 64)
        #expect(UInt32(hash.hex.prefix(8), radix: 16) == hash.prefix)
        for count in [0, 31, 33] { #expect(Hash256(bytes: [UInt8](repeating: 1, count: count)) == nil) }
        #expect(Hash256.zero.bytes == [UInt8](repeating: 0, count: 32))
    }

    @Test func hashIsSHA256OfTagAndParts() {
        // SHA-256("abc"), FIPS 180-4.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(Hash256.of(tag: "abc").hex == abc)
        #expect(Hash256.of(tag: "a", Array("b".utf8), Array("c".utf8)).hex == abc)
    }
}

@Suite struct HybridTimeTests {
    @Test func nextIsAlwaysLater() {
        let starts = [HybridTime(milliseconds: 0), .init(milliseconds: 1000, counter: .max), .init(milliseconds: 1000)]
        for start in starts {
            for clock in [Int64.min, -1, 0, 999, 1000, 1001, 1 << 40] {
                #expect(start.next(at: clock) > start, "\(start) at \(clock)")
            }
        }
    }

    @Test func nextFollowsAClockThatRuns() {
        #expect(HybridTime(milliseconds: 5, counter: 9).next(at: 6) == HybridTime(milliseconds: 6))
    }

    @Test func nextCountsWhileTheClockStands() {
        var time = HybridTime(milliseconds: 5)
        for counter in UInt16(1)...3 {
            time = time.next(at: 5)
            #expect(time == HybridTime(milliseconds: 5, counter: counter))
        }
        #expect(HybridTime(milliseconds: 5, counter: .max).next(at: 5) == HybridTime(milliseconds: 6))
    }

    @Test func partsRoundTrip() {
        let time = HybridTime(milliseconds: 1_782_864_000_000, counter: 77)
        #expect(time.milliseconds == 1_782_864_000_000)
        #expect(time.counter == 77)
        #expect(HybridTime(milliseconds: -5).milliseconds == 0)
    }
}
