import Causality
import Records
import SyncProtocol

/// Segments, whose acceptance means that chain, signature and bases hold too, and entries of the hub's log.
extension CanonicalVectors {
    private static let replicas = [Fixed.device.replica, Fixed.peer.replica, Fixed.hub.replica]
    /// What the receiver has receipts for: the peer's second change at 9, its fifth at 13.
    private static let receipts: [Dot: UInt64] = [Dot(Fixed.peer.replica, 2): 9, Dot(Fixed.peer.replica, 5): 13]

    private static let context: JSON = [
        "publicKey": .hex(Fixed.device.publicKey),
        "receipts": .list(
            receipts.sorted { $0.key < $1.key }.map { dot, index in
                [
                    "replica": .hex(dot.replica.bytes), "sequence": .natural(dot.sequence), "index": .natural(index),
                ]
            }),
    ]

    private static let verify: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
        let segment = try Segment(bytes: bytes)
        let links = try segment.verified(publicKey: Fixed.device.publicKey) { dot in
            receipts[dot].map { $0 <= segment.dependency.position.index } ?? false
        }
        return ["segment": Describe.segment(segment), "links": .list(links.map { .text($0.hex) })]
    }

    static func addSegments(to book: inout VectorBook) {
        let rich = Dependency(
            position: Fixed.position, exceptions: [Fixed.peer.replica: Head(sequence: 4, hash: Fixed.hash)],
            catalogue: 300)
        let peer = Fixed.peer.replica
        let segments: [(String, [String], Segment)] = [
            ("one-change", ["E-15", "E-16", "E-17"], Fixed.segment([Fixed.header()])),
            (
                "before-any-hub", ["E-16"],
                Fixed.segment([Fixed.header()], dependency: Dependency(position: .start, catalogue: 0))
            ),
            (
                "own-bases", ["E-18"],
                Fixed.segment(
                    [
                        Fixed.header(), Fixed.header(base: Base(position: 12)),
                        Fixed.header(
                            .record(.created(Dot(peer, 2))),
                            base: Base(
                                position: 3, vector: VersionVector([Fixed.device.replica: 2]), dots: [Dot(peer, 2)])),
                        Fixed.header(base: Base(vector: VersionVector([peer: 4]))),
                    ], dependency: rich)
            ),
            (
                "goes-on-at-a-sequence", ["E-16"],
                Fixed.segment([Fixed.header(), Fixed.header()], first: 1000, previous: Fixed.hash)
            ),
            (
                "contents-that-cannot-be-read", ["E-15"],
                Fixed.segment([Fixed.header()], payloads: [[0xFF, 0, 1]])
            ),
        ]
        for (name, ids, segment) in segments {
            book.accept(
                "segment", name, ids, context: context, segment.bytes, isProven: true,
                encode: { try Segment(bytes: $0).bytes }, decode: verify)
        }
    }

    static func addRefusedSegments(to book: inout VectorBook) {
        let plain = Fixed.segment([Fixed.header()])
        let peer = Fixed.peer.replica
        let prefix = 1 + 1 + Fixed.space.utf8.count + 16
        func own(_ base: Base) -> Segment { Fixed.segment([Fixed.header(), Fixed.header(base: base)]) }
        let moved = Segment(
            space: plain.space, replica: plain.replica, previous: .zero, dependency: plain.dependency,
            changes: plain.changes, signature: plain.signature)
        let last = plain.bytes.count - 1
        let refused: [(String, [String], String, [UInt8])] = [
            ("cut", ["E-2"], "bytes.truncated", Array(plain.bytes.dropLast())),
            ("goes-on", ["E-2"], "bytes.trailing", plain.bytes + [0]),
            ("version-unknown", ["E-2"], "bytes.unknown-kind", plain.bytes.with(3, at: 0)),
            ("signature-changed", ["E-17"], "wire.signature-wrong", plain.bytes.with(plain.bytes[last] ^ 1, at: last)),
            (
                "signed-by-another", ["E-17"], "wire.signature-wrong",
                Fixed.segment([Fixed.header()], signer: Fixed.peer).bytes
            ),
            (
                "of-another-replica", ["E-17"], "wire.signature-wrong",
                plain.bytes.with(plain.bytes[prefix - 1] ^ 1, at: prefix - 1)
            ),
            ("not-from-the-origin", ["E-16"], "wire.chain-broken", moved.bytes),
            ("base-beyond-the-position", ["E-18"], "segment.base-beyond", own(Base(position: 13)).bytes),
            (
                "base-on-itself", ["E-18"], "segment.base-beyond",
                own(Base(vector: VersionVector([Fixed.device.replica: 2]))).bytes
            ),
            ("base-on-what-came-later", ["E-18"], "segment.base-beyond", own(Base(dots: [Dot(peer, 5)])).bytes),
            ("base-on-what-nobody-knows", ["E-18"], "segment.base-beyond", own(Base(dots: [Dot(peer, 3)])).bytes),
            (
                "vector-without-exception", ["E-18"], "segment.base-beyond",
                own(Base(vector: VersionVector([peer: 1]))).bytes
            ),
        ]
        for (name, ids, code, bytes) in refused {
            book.reject("segment", name, ids, code, context: context, bytes, decode: verify)
        }
    }

    static func addEntries(to book: inout VectorBook) {
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            Describe.entry(try LogEntry(bytes: bytes))
        }
        let replica = Fixed.device.replica
        func receipt(_ first: UInt64, _ last: UInt64, _ waiting: [UInt64]) -> LogEntry {
            .receipt(
                Receipt(
                    replica: replica, first: first, last: last, end: Fixed.hash, time: 1_790_000_000_000,
                    waiting: waiting))
        }
        let entries: [(String, [String], LogEntry)] = [
            ("receipt", ["E-19"], receipt(1, 1, [])), ("receipt-with-waiting", ["E-19"], receipt(3, 300, [3, 9, 300])),
            ("verdict-accepted", ["E-20"], .verdict(Verdict(dot: Dot(replica, 2), accepted: true))),
            (
                "verdict-refused", ["E-20"],
                .verdict(
                    Verdict(
                        dot: Dot(replica, 2), accepted: false, code: "field.range",
                        details: ["field": "a", "max": "7", "min": "1"]))
            ),
            (
                "dismissed", ["E-1"],
                .disposition(
                    Disposition(dot: Dot(replica, 2), outcome: .dismissed, person: "an", reason: "nhập nhầm", time: -1))
            ),
            (
                "accepted-as-a-new-change", ["E-1"],
                .disposition(Disposition(dot: Dot(replica, 2), outcome: .accepted, person: "an", reason: "", time: 0))
            ),
        ]
        for (name, ids, entry) in entries {
            book.accept(
                "entry", name, ids, entry.bytes, encode: { try LogEntry(bytes: $0).bytes }, decode: decode)
        }
        let reasoned = LogEntry.verdict(Verdict(dot: Dot(replica, 2), accepted: true, code: "x"))
        let verdict = LogEntry.verdict(Verdict(dot: Dot(replica, 2), accepted: true))
        let refused: [(String, [String], String, [UInt8])] = [
            ("kind-zero", ["E-21"], "bytes.unknown-kind", [0]),
            ("kind-unknown", ["E-21"], "bytes.unknown-kind", [8]),
            ("receipt-of-nothing", ["E-19"], "bytes.inconsistent", receipt(5, 4, []).bytes),
            ("receipt-of-sequence-zero", ["E-19"], "bytes.inconsistent", receipt(0, 4, []).bytes),
            ("waiting-outside", ["E-19"], "bytes.not-canonical", receipt(3, 10, [11]).bytes),
            ("waiting-out-of-order", ["E-19"], "bytes.not-canonical", receipt(3, 10, [5, 4]).bytes),
            ("accepted-with-a-reason", ["E-20"], "bytes.inconsistent", reasoned.bytes),
            ("verdict-neither-way", ["E-2"], "bytes.unknown-kind", verdict.bytes.with(2, at: 18)),
            ("goes-on", ["E-2"], "bytes.trailing", verdict.bytes + [0]),
        ]
        for (name, ids, code, bytes) in refused { book.reject("entry", name, ids, code, bytes, decode: decode) }
    }
}
