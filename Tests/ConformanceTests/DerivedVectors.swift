import Causality
import Records
import SyncProtocol

/// Hashes, proofs and words: each with what goes in and what comes out.
enum DerivedVectors {
    static func add(to book: inout VectorBook) {
        let replica = Fixed.device.replica
        let values: [(String, Value)] = [
            ("code", .text("Cái Răng")), ("period", Fixed.date("2026-07-01")), ("unit", .null),
        ]
        let key = NaturalKey(form: "reading", values: Dictionary(uniqueKeysWithValues: values))
        func add(_ name: String, _ ids: [String], _ input: JSON, _ output: JSON) {
            book.add("derived/accept/\(name).json", ids, ["derived": .text(name), "input": input, "output": output])
        }
        add("replica-id", ["I-1"], ["publicKey": .hex(Fixed.device.publicKey)], .hex(replica.bytes))
        add(
            "branch-name", ["F-1"], ["signer": .hex(replica.bytes), "link": .text(Fixed.hash.hex)],
            .hex(ReplicaID(branchOf: replica, from: Fixed.hash).bytes))
        add(
            "commitment", ["E-1"], ["payload": .hex(Fixed.payload(7).canonicalBytes)],
            .text(Payload.commitment(of: Fixed.payload(7).canonicalBytes).hex))
        add(
            "chain-origin", ["E-16"], ["space": .text(Fixed.space), "replica": .hex(replica.bytes)],
            .text(Chain.origin(space: Fixed.space, replica: replica).hex))
        add(
            "log-link", ["E-21"], ["previous": .text(Hash256.zero.hex), "index": 300, "entry": "0102"],
            .text(LogEntry.link(after: .zero, index: 300, entry: [1, 2]).hex))
        add(
            "natural-key", ["I-2"],
            [
                "form": "reading",
                "values": .list(values.map { ["name": .text($0.0), "value": .hex($0.1.canonicalBytes)] }),
            ], .hex(key.bytes))
        let knowledge: [(space: String, position: LogPosition, floor: UInt64)] = [
            (Fixed.space, Fixed.position, 300), ("city/catalog", .start, 0),
        ]
        add(
            "knowledge-name", ["X-11"],
            [
                "spaces": .list(
                    knowledge.map {
                        [
                            "space": .text($0.space), "position": Describe.position($0.position),
                            "floor": .number(Int64($0.floor)),
                        ]
                    })
            ], .hex(Knowledge.name(of: knowledge)))
        add("chunk-hash", ["N-12"], ["bytes": "616263"], .text(SnapshotManifest.hash(ofChunk: Array("abc".utf8)).hex))
        add(
            "snapshot-name", ["X-11"], ["manifest": .hex(SnapshotVectors.manifest().bytes)],
            .hex(SnapshotVectors.manifest().name))
        add("dictionary-name", ["C-15"], ["bytes": "616263"], .hex(PresetDictionary(Array("abc".utf8)).name))
        add(
            "frame-proof", ["X-10"],
            [
                "keys": .hex((0..<64).map { UInt8($0) }), "frame": "020102", "number": 3,
                "request": .text(Fixed.hash.hex),
            ],
            .hex(
                SessionKeys(bytes: (0..<64).map { UInt8($0) })
                    .frameProof([2, 1, 2], number: 3, request: Fixed.hash)))
        addWords(key, add)
        addDigest(key, add)
    }

    private static func addWords(_ key: NaturalKey, _ add: (String, [String], JSON, JSON) -> Void) {
        let replica = Fixed.device.replica
        add("replica-word", ["I-5"], ["replica": .hex(replica.bytes)], .text(replica.word))
        add(
            "change-word", ["I-5"],
            ["replica": .hex(replica.bytes), "sequence": 300, "link": .text(Fixed.hash.hex)],
            .text(DotWord(Dot(replica, 300), hashPrefix: Fixed.hash.prefix).text))
        let tag = Words.tag(ofSpace: Fixed.space)
        add(
            "record-word-created", ["I-5"],
            [
                "space": .text(Fixed.space), "record": Describe.record(.created(Dot(replica, 300))),
                "link": .text(Fixed.hash.hex),
            ],
            .text(RecordWord(spaceTag: tag, record: .created(Dot(replica, 300)), hashPrefix: Fixed.hash.prefix).text))
        add(
            "record-word-keyed", ["I-5"],
            ["space": .text(Fixed.space), "record": Describe.record(.keyed(key)), "link": .null],
            .text(RecordWord(spaceTag: tag, record: .keyed(key), hashPrefix: 0).text))
        add(
            "code-text", ["I-4"], ["typed": "OooO iill 0abc-DEFG-hjkm"],
            .text(EnrolmentCode("OooO iill 0abc-DEFG-hjkm")?.text ?? ""))
    }

    private static func addDigest(_ key: NaturalKey, _ add: (String, [String], JSON, JSON) -> Void) {
        let dot = Dot(Fixed.device.replica, 300)
        var digest = StateDigest.empty
        var elements: [JSON] = []
        let versions: [(RecordID, RegisterKey)] = [
            (.created(dot), RegisterKey("value")), (.keyed(key), RegisterKey("tags", item: "đ")),
            (.keyed(key), .deleted),
        ]
        for (record, register) in versions {
            digest.insert(StateDigest.element(record: record, register: register, dot: dot, commitment: Fixed.hash))
            elements.append([
                "record": Describe.record(record), "field": .text(register.field),
                "item": register.item.map { .text($0) } ?? .null, "dot": Describe.dot(dot),
                "commitment": .text(Fixed.hash.hex),
            ])
        }
        digest.insert(StateDigest.element(refused: dot, commitment: Fixed.hash))
        elements.append(["refused": Describe.dot(dot), "commitment": .text(Fixed.hash.hex)])
        // Enough elements that the sum passes 2^256 more than once.
        add("state-digest", ["M-15"], ["elements": .list(elements)], .text(digest.hex))
    }
}
