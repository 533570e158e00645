import Causality
import Records
import SyncProtocol

/// A snapshot's manifest and its chunks.
enum SnapshotVectors {
    static let context = SnapshotContext(hub: Fixed.hub.replica, position: 12, time: Fixed.clock)

    // MARK: Manifests

    static func manifest(
        space: String = Fixed.space, position: LogPosition = Fixed.position, time: Int64 = Fixed.clock,
        chunks: Int = 2
    ) -> SnapshotManifest {
        var settled = StateDigest.empty
        settled.insert(StateDigest.element(refused: Dot(Fixed.device.replica, 9), commitment: Fixed.hash))
        var digest = settled
        digest.insert(StateDigest.element(refused: Dot(Fixed.device.replica, 8), commitment: Fixed.hash))
        return SnapshotManifest(
            space: space, position: position, digest: digest, settledRefusals: settled, time: time, changes: 300,
            chunks: (0..<chunks).map { .of(tag: "chunk \($0)") })
    }

    /// What a device checks of a manifest before it uses it.
    static func check(_ bytes: [UInt8], _ signature: [UInt8]) throws {
        guard Signature.isValid(signature, tag: SnapshotManifest.tag, bytes, publicKey: Fixed.hub.publicKey),
            let manifest = try? SnapshotManifest(bytes: bytes), manifest.space == Fixed.space
        else { throw ProtocolError(.snapshotWrong) }
    }

    private static func addManifests(to book: inout VectorBook) {
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            let manifest = try SnapshotManifest(bytes: bytes)
            return ["manifest": Describe.manifest(manifest), "name": .hex(manifest.name)]
        }
        let whole = manifest().bytes
        book.accept(
            "snapshot-manifest", "of-two-chunks", ["N-3"], whole, encode: { try SnapshotManifest(bytes: $0).bytes },
            decode: decode)
        let before = manifest(chunks: 0).bytes.dropLast()
        let refused: [(String, [String], String, [UInt8])] = [
            ("of-another-version", ["E-2"], "bytes.unknown-kind", whole.with(2, at: 0)),
            ("without-a-place", ["N-3"], "bytes.inconsistent", manifest(position: .start).bytes),
            ("without-a-chunk", ["N-3"], "bytes.inconsistent", manifest(chunks: 0).bytes),
            ("of-more-chunks-than-may-be", ["L-1"], "bytes.too-large", before + [0x81, 0x40]),
            ("of-a-time-before-1970", ["N-3"], "bytes.inconsistent", manifest(time: -1).bytes),
            ("of-a-time-too-far", ["N-3", "L-3"], "bytes.inconsistent", manifest(time: 1 << 45).bytes),
            ("goes-on", ["E-2"], "bytes.trailing", whole + [0]),
            ("cut", ["E-2"], "bytes.truncated", whole.dropLast()),
        ]
        for (name, ids, code, bytes) in refused {
            book.reject("snapshot-manifest", name, ids, code, Array(bytes), decode: decode)
        }
    }

    // MARK: Chunks

    private static let heads = [
        SnapshotHead(
            publicKey: Fixed.device.publicKey, head: Head(sequence: 70_000, hash: .of(tag: "a head")), received: 3)
    ]

    private static func change(
        _ sequence: UInt64, _ target: ChangeHeader.Target, of replica: ReplicaID = Fixed.device.replica,
        base: Base? = nil, payload: [UInt8]? = nil, decision: SnapshotChange.Decision = .accepted,
        code: String = "", details: [String: String] = [:], rests: [SnapshotChange.Remainder]
    ) -> SnapshotChange {
        var header = Fixed.header(target, base: base)
        if case .record(.keyed) = target { header = keyed(header) }
        return SnapshotChange(
            replica: replica,
            logged: LoggedChange(
                sequence: sequence, header: header,
                payload: payload ?? Fixed.payload(Int64(sequence)).canonicalBytes),
            depends: sequence % 12, received: 12 - sequence % 12, receivedAt: 1_790_000_001_000 + Int64(sequence),
            decision: decision, code: code, details: details, linkPrefix: 0xA0B0_0000 | UInt32(sequence),
            recordPrefix: 0xC0D0_0000, remainders: rests)
    }

    private static func keyed(_ header: ChangeHeader) -> ChangeHeader {
        ChangeHeader(
            form: FormReference("keyed", version: 2), target: header.target, author: "", time: header.time,
            base: header.base)
    }

    private static let key = NaturalKey(form: "keyed", values: ["code": .text("x"), "unit": .null])

    /// A version that stands, one that a waiting change covers, what waits and what is refused; records of all kinds.
    private static let changes: [SnapshotChange] = {
        let device = Fixed.device.replica
        let two = Payload([
            Operation(RegisterKey("code"), .text("x")), Operation(RegisterKey("tags", item: "p"), .flag(true)),
        ]).canonicalBytes
        return [
            change(1, .creates, rests: [.covered]),
            change(2, .record(.created(Dot(device, 1))), decision: .undecided, rests: [.standing]),
            change(
                7, .record(.keyed(key)), base: Base(position: 3, vector: VersionVector([device: 6]), dots: []),
                payload: two, rests: [.nothing, .standing]),
            change(5, .record(.created(Dot(BatchVectors.peer, 300))), of: BatchVectors.peer, rests: [.standing]),
            change(6, .record(.created(Dot(BatchVectors.peer, 300))), of: BatchVectors.peer, rests: [.standing]),
            change(
                9, .record(.keyed(NaturalKey(high: 1, low: 2))), decision: .refused, code: "field.range",
                details: ["field": "value", "max": "7"], rests: [.nothing]),
            change(10, .creates, payload: [0xFF, 0, 1], decision: .undecided, rests: []),
            change(70_000, .creates, payload: [0xFF], decision: .refused, code: "payload.unreadable", rests: []),
        ]
    }()

    /// A chunk as the hub makes it.
    static func chunk(heads: [SnapshotHead] = Self.heads, changes: [SnapshotChange] = Self.changes) throws -> [UInt8] {
        try SnapshotChunk(heads: heads, changes: changes).packed(
            context, keyFields: { $0.form == "keyed" ? ["code", "unit"] : [] },
            receipt: { $0 == BatchVectors.peer ? 6 : $0 == Fixed.device.replica ? 3 : nil })
    }

    private static let contextJSON: JSON = [
        "hub": .hex(context.hub.bytes), "position": .natural(context.position), "time": .number(context.time),
        "heads": .list([["received": 6, "replica": .hex(BatchVectors.peer.bytes)]]),
    ]

    private static let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
        Describe.chunk(try SnapshotChunk(packed: bytes, context) { $0 == 6 ? BatchVectors.peer : nil })
    }

    static func add(to book: inout VectorBook) {
        addManifests(to: &book)
        do {
            let chunks: [(String, [String], [UInt8])] = [
                ("of-a-ward", ["N-4", "N-6", "N-7", "C-6"], try chunk()),
                ("of-heads", ["N-7"], try chunk(changes: [])),
                ("of-a-known-replica", ["C-6"], try chunk(heads: [], changes: [changes[3]])),
                ("of-nothing", ["N-4"], try chunk(heads: [], changes: [])),
                ("by-hand", ["C-1", "N-4"], RawChunk().packed),
            ]
            for (name, ids, bytes) in chunks {
                book.accept("snapshot-chunk", name, ids, context: contextJSON, bytes, decode: decode)
            }
            let whole = try chunk()
            refuse("goes-on", ["E-2", "C-15"], "bytes.inconsistent", whole + [0], &book)
            refuse("cut", ["E-2"], "bytes.truncated", [4, 2, 0, 1], &book)
        } catch {
            book.note("snapshots: \(error)")
        }
        addRefusedChunks(to: &book)
    }

    private static func refuse(
        _ name: String, _ ids: [String], _ code: String, _ bytes: [UInt8], _ book: inout VectorBook
    ) {
        book.reject("snapshot-chunk", name, ids, code, context: contextJSON, bytes, decode: decode)
    }

    private static func addRefusedChunks(to book: inout VectorBook) {
        typealias Wrong = (inout RawChunk) -> Void
        let inconsistent: [(String, [String], Wrong)] = [
            ("head-of-sequence-zero", ["N-4"], { $0.headSequence = 0 }),
            ("head-of-a-sequence-too-great", ["N-4", "L-3"], { $0.headSequence = 1 << 63 }),
            ("head-without-receipt", ["N-4"], { $0.headReceived = 0 }),
            ("head-beyond-the-place", ["N-4"], { $0.headReceived = 13 }),
            ("change-of-sequence-zero", ["N-4"], { $0.sequence = 0 }),
            ("change-depends-on-more", ["N-4"], { $0.dependsBack = 13 }),
            ("change-without-receipt", ["N-4"], { $0.receivedBack = 12 }),
            ("change-received-before-the-log", ["N-4"], { $0.receivedBack = 13 }),
            ("received-at-no-age", ["C-13", "L-3"], { $0.receivedAt = 1 << 48 }),
            (
                "refused-but-something-left", ["N-4"],
                {
                    $0.decision = 2
                    $0.refusal = [1, 0x61, 0]
                }
            ),
            ("of-a-replica-beyond-the-table", ["C-6"], { $0.replica = 3 }),
        ]
        let others: [(String, [String], String, Wrong)] = [
            ("replica-of-no-head", ["C-6"], "segment.dependency-unknown", { $0.named = 5 }),
            ("decision-unknown", ["N-4"], "bytes.unknown-kind", { $0.decision = 3 }),
            ("lists-neither-way", ["N-4"], "bytes.unknown-kind", { $0.lists = 2 }),
            ("rest-unknown", ["N-4"], "bytes.unknown-kind", { $0.rests = [3] }),
            ("named-by-a-known-change", ["N-19"], "segment.dependency-unknown", { $0.target = 4 }),
            (
                "refusal-goes-on", ["E-2"], "bytes.trailing",
                {
                    $0.decision = 2
                    $0.refusal = [1, 0x61, 0, 0]
                }
            ),
            ("columns-go-on", ["C-19"], "bytes.trailing", { $0.rest = [0] }),
            ("heads-beyond-counting", ["N-5"], "bytes.too-large", { $0.heads = 10_923 }),
            ("changes-beyond-counting", ["N-5"], "bytes.too-large", { $0.changes = 21_845 }),
            (
                "one-refusal-many-times", ["N-5"], "bytes.too-large",
                {
                    $0.changes = 30
                    $0.decision = 2
                    $0.refusal = [UInt8](repeating: 0x61, count: 60_000)
                }
            ),
        ]
        let all = inconsistent.map { ($0.0, $0.1, "bytes.inconsistent", $0.2) } + others
        for (name, ids, code, change) in all {
            var raw = RawChunk()
            change(&raw)
            refuse(name, ids, code, raw.packed, &book)
        }
        var packed = RawChunk().packed
        // Behind the lengths of columns and tail stands whether there is a dictionary.
        packed.replaceSubrange(2...2, with: [1, 0xBA, 0x78])
        refuse("with-a-dictionary", ["N-19"], "wire.dictionary-unknown", packed, &book)
    }
}

/// A chunk put together column by column, so that it can say what no program would write.
private struct RawChunk {
    var heads = 1
    var headSequence: UInt64 = 5
    var headReceived: UInt64 = 3
    var named: UInt64 = 3
    var changes = 1
    var replica: UInt64 = 2
    var sequence: Int64 = 4
    var dependsBack: UInt64 = 2
    var receivedBack: UInt64 = 1
    var receivedAt: Int64 = 1_790_000_000
    var decision: UInt64 = 0
    var refusal: [UInt8] = []
    var lists: UInt64 = 1
    var target: UInt64 = 0
    var rests: [UInt64] = [1]
    var rest: [UInt8] = []

    var packed: [UInt8] {
        var writer = ColumnWriter()
        func all<T>(_ value: T) -> [T] { Array(repeating: value, count: changes) }
        writer.varint(UInt64(heads))
        writer.uints(Array(repeating: headSequence, count: min(heads, 1)))
        writer.uints(Array(repeating: headReceived, count: min(heads, 1)))
        writer.incompressible(Fixed.device.publicKey + Fixed.hash.bytes)
        writer.varint(1)
        writer.varint(named)
        writer.varint(UInt64(changes))
        writer.uints(all(replica))
        writer.deltas(all(sequence))
        writer.uints(all(dependsBack))
        writer.uints(all(receivedBack))
        writer.byte(1)
        writer.deltas(all(receivedAt), from: Fixed.clock)
        writer.uints(all(decision))
        if decision == 2 { writer.strings(all(refusal[...])) }
        guard changes == 1 else { return Frame.body(writer) }
        writer.uints([lists])
        writer.incompressible([1, 2, 3, 4])
        addHeader(&writer)
        // One field, one shape of one number, and the number.
        writer.raw([1, 1, 0x61, 1, 0, 1, 0, 1, 0])
        writer.numbers([(coefficient: 7, scale: 0)])
        if lists != 0 { writer.uints(rests) }
        writer.raw(rest)
        return Frame.body(writer)
    }

    private func addHeader(_ writer: inout ColumnWriter) {
        writer.varint(1)
        writer.text("reading")
        writer.raw([2, 0])
        writer.uints([0])
        writer.uints([target])
        if target == 4 {
            writer.uints([2])
            writer.uints([1])
        }
        // No author, a second after the manifest's time, no counter, no base.
        writer.raw([0, 0, 1])
        writer.deltas([Fixed.clock + 1], from: Fixed.clock)
        writer.raw([0, 0])
    }
}
