import Causality
import Records
import SyncProtocol

/// What heals a forked replica and a hub that was put back: entries, names, rests of segments, lines, evidence, successions.
enum HealingVectors {
    static func add(to book: inout VectorBook) {
        addEntries(to: &book)
        addRests(to: &book)
        addSuccessions(to: &book)
        do {
            try addRequestFrames(to: &book)
        } catch {
            book.note("healing: \(error)")
        }
    }

    // MARK: Entries

    private static let replica = Fixed.device.replica

    /// Three lost entries behind the place that both sides of a batch know.
    static let lost: LostPart = {
        let receipt = Receipt(
            replica: replica, first: 1, last: 3, end: Fixed.hash, time: 1_790_000_000_000, waiting: [2])
        let verdict = Verdict(dot: Dot(replica, 2), accepted: false, code: "field.range")
        let seal = Seal(
            replica: Fixed.peer.replica, head: Head(sequence: 4, hash: Fixed.hash), cause: .revoked,
            time: 1_790_000_001_000)
        return LostPart(
            start: Fixed.position,
            entries: [LogEntry.receipt(receipt), .verdict(verdict), .seal(seal)].map(\.bytes))
    }()

    private static func addEntries(to book: inout VectorBook) {
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            Describe.entry(try LogEntry(bytes: bytes))
        }
        func seal(_ sequence: UInt64, _ cause: Seal.Cause) -> LogEntry {
            let head =
                sequence > 0
                ? Head(sequence: sequence, hash: Fixed.hash)
                : Head(sequence: 0, hash: Chain.origin(space: Fixed.space, replica: replica))
            return .seal(Seal(replica: replica, head: head, cause: cause, time: 1_790_000_000_000))
        }
        let unreadable = LostPart(start: .start, entries: [[], [0xFF]])
        let entries: [(String, [String], LogEntry)] = [
            ("seal-of-a-retired", ["I-11"], seal(300, .retired)), ("seal-of-a-revoked", ["I-11"], seal(0, .revoked)),
            ("fork", ["F-3"], .fork(Fork(parent: replica, after: 300, link: Fixed.hash))),
            ("fork-from-the-first", ["F-3"], .fork(Fork(parent: replica, after: 0, link: Fixed.hash))),
            ("epoch", ["E-24", "H-10"], .epoch(Epoch(number: 2, time: 1_790_000_000_000))),
            ("lost", ["E-24", "H-11"], .lost(lost)), ("lost-that-cannot-be-read", ["E-24"], .lost(unreadable)),
            ("lost-root", ["E-24", "H-17"], .lost(LostPart(root: Fixed.position))),
        ]
        for (name, ids, entry) in entries {
            book.accept(
                "entry", name, ids, entry.bytes, encode: { try LogEntry(bytes: $0).bytes }, decode: decode)
        }
        let beyond = LogPosition(epoch: 1, index: UInt64(Int64.max), hash: Fixed.hash)
        func fork(after: UInt64) -> [UInt8] { LogEntry.fork(Fork(parent: replica, after: after, link: .zero)).bytes }
        let refused: [(String, [String], String, [UInt8])] = [
            ("seal-for-no-cause", ["E-2"], "bytes.unknown-kind", seal(1, .retired).bytes.with(3, at: 50)),
            ("fork-after-too-much", ["E-14"], "bytes.too-large", fork(after: 1 << 63)),
            ("epoch-one", ["E-24"], "bytes.inconsistent", LogEntry.epoch(Epoch(number: 1, time: 0)).bytes),
            ("lost-nothing", ["E-24"], "bytes.inconsistent", LogEntry.lost(LostPart(start: .start, entries: [])).bytes),
            (
                "lost-beyond-counting", ["E-24"], "bytes.inconsistent",
                LogEntry.lost(LostPart(start: beyond, entries: [[1]])).bytes
            ),
            ("lost-and-more", ["E-2"], "bytes.trailing", LogEntry.lost(lost).bytes + [0]),
        ]
        for (name, ids, code, bytes) in refused { book.reject("entry", name, ids, code, bytes, decode: decode) }
    }

    // MARK: Rests of segments

    private static func addRests(to book: inout VectorBook) {
        let whole = Fixed.segment([Fixed.header(), Fixed.header(), Fixed.header()])
        let rest = whole.rest(from: 2, links: whole.links())
        let elsewhere = Segment(
            space: rest.space, replica: rest.replica, previous: rest.previous,
            dependency: Dependency(position: .start, catalogue: 0), changes: rest.changes, signature: rest.signature,
            continues: true)
        let held = whole.dependency
        var dependency = ByteWriter()
        held.write(to: &dependency)
        let context: JSON = [
            "publicKey": .hex(Fixed.device.publicKey), "receipts": .list([]), "before": .hex(dependency.bytes),
        ]
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            let segment = try Segment(bytes: bytes)
            guard segment.dependency == held else { throw ProtocolError(.signatureWrong, ["what": "segment"]) }
            let links = try segment.verified(publicKey: Fixed.device.publicKey)
            return ["segment": Describe.segment(segment), "links": .list(links.map { .text($0.hex) })]
        }
        book.accept(
            "segment", "rest-of-another", ["F-8", "F-17"], context: context, rest.bytes, isProven: true,
            encode: { try Segment(bytes: $0).bytes }, decode: decode)
        let refused: [(String, String, [UInt8])] = [
            ("rest-read-as-a-whole", "wire.signature-wrong", rest.bytes.with(1, at: 0)),
            ("rest-on-another-place", "wire.signature-wrong", elsewhere.bytes),
            ("rest-of-nothing-before", "bytes.inconsistent", whole.bytes.with(2, at: 0)),
        ]
        for (name, code, bytes) in refused {
            book.reject("segment", name, ["F-8", "F-17"], code, context: context, bytes, decode: decode)
        }
    }

    // MARK: Successions

    private static let certificate = Certificate(
        publicKey: Fixed.device.publicKey, unit: "31120", spaces: [Fixed.space, "city/catalog"],
        issued: 1_790_000_000_000, hub: Fixed.hub)

    private static func addSuccessions(to book: inout VectorBook) {
        let context: JSON = ["hubKey": .hex(Fixed.hub.publicKey)]
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            let succession = try Succession(bytes: bytes, hubKey: Fixed.hub.publicKey)
            return [
                "certificate": Describe.certificate(succession.certificate),
                "steps": .list(
                    succession.steps.map { ["publicKey": .hex($0.publicKey), "signature": .hex($0.signature)] }),
                "publicKey": .hex(succession.publicKey),
            ]
        }
        let next = [Fixed.identity(11), Fixed.identity(12)]
        let steps = [Succession.Step(from: Fixed.device, to: next[0]), .init(from: next[0], to: next[1])]
        func message(
            _ steps: [Succession.Step], by signer: ReplicaIdentity, _ certificate: Certificate = Self.certificate
        ) -> [UInt8] { Succession.bytes(certificate: certificate.bytes, steps, signedBy: signer) }
        let taken: [(String, [UInt8])] = [
            ("of-two-steps", message(steps, by: next[1])), ("shows-a-certificate", message([], by: Fixed.device)),
        ]
        for (name, bytes) in taken {
            book.accept("succession", name, ["I-8"], context: context, bytes, isProven: true, decode: decode)
        }
        let foreign = Certificate(
            publicKey: Fixed.device.publicKey, unit: "31120", spaces: [], issued: 0, hub: Fixed.peer)
        let whole = message(steps, by: next[1])
        let many = [Succession.Step](repeating: steps[0], count: Succession.mostSteps + 1)
        let refused: [(String, [String], String, [UInt8])] = [
            ("by-the-key-before", ["I-8"], "wire.signature-wrong", message(steps, by: next[0])),
            ("of-another-key", ["I-8"], "wire.signature-wrong", message([], by: Fixed.peer)),
            (
                "step-by-another", ["I-8"], "wire.signature-wrong",
                message([Succession.Step(from: Fixed.peer, to: next[0])], by: next[0])
            ),
            ("steps-out-of-order", ["I-8"], "wire.signature-wrong", message(steps.reversed(), by: next[0])),
            (
                "certificate-of-another-hub", ["I-3", "I-8"], "certificate.wrong",
                message(steps, by: next[1], foreign)
            ),
            ("steps-beyond-counting", ["L-1"], "bytes.too-large", message(many, by: next[0])),
            ("another-version", ["V-3"], "wire.version-unknown", whole.with(2, at: 1)),
            ("another-kind", ["X-2"], "wire.not-a-message", whole.with(3, at: 0)),
            ("cut", ["E-2"], "bytes.truncated", Array(whole.dropLast())),
        ]
        for (name, ids, code, bytes) in refused {
            book.reject("succession", name, ids, code, context: context, bytes, decode: decode)
        }
        addSuccessionAnswers(to: &book, context)
    }

    private static func addSuccessionAnswers(to book: inout VectorBook, _ context: JSON) {
        let decode: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
            ["certificate": Describe.certificate(try SuccessionAnswer.certificate(bytes, hubKey: Fixed.hub.publicKey))]
        }
        let answer = SuccessionAnswer.bytes(certificate: certificate.bytes)
        book.accept(
            "succession-answer", "of-a-ward", ["I-10"], context: context, answer, isProven: true, decode: decode)
        let refused: [(String, [String], String, [UInt8])] = [
            (
                "of-another-hub", ["I-10"], "certificate.wrong",
                answer.with(answer[answer.count - 1] ^ 1, at: answer.count - 1)
            ),
            ("another-kind", ["X-2"], "wire.not-a-message", answer.with(4, at: 0)),
            ("goes-on", ["E-2"], "bytes.trailing", answer + [0]),
        ]
        for (name, ids, code, bytes) in refused {
            book.reject("succession-answer", name, ids, code, context: context, bytes, decode: decode)
        }
    }

    // MARK: What a request gives back

    private static let device = Fixed.device.replica

    private static let decodeFrame: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, tail in
        var reader = ColumnReader(bytes, tail: tail)
        var room = ProtocolLimits.frameBytes
        var uploads: [Upload] = []
        for _ in 0..<(try reader.count(limit: ProtocolLimits.spaces)) {
            uploads.append(
                try Upload.read(from: &reader, room: &room) { number in
                    guard number == 2 else { throw Refusal(code: "space.forbidden") }
                    return (12, BatchVectors.reading(for: device))
                })
        }
        let restoring = try Restoring(from: &reader)
        try reader.finish()
        for bytes in restoring.certificates { _ = try Certificate(bytes: bytes, hubKey: Fixed.hub.publicKey) }
        let evidence = try restoring.evidence.map { number, evidence -> JSON in
            guard number == 2 else { throw Refusal(code: "space.forbidden") }
            guard let end = evidence.provenEnd(of: Fixed.space, hubKey: Fixed.hub.publicKey) else {
                throw ProtocolError(.signatureWrong, ["what": "checkpoint"])
            }
            return [
                "space": .natural(UInt64(number)), "part": Describe.entry(.lost(evidence.part)),
                "end": Describe.position(end),
            ]
        }
        let taken = try uploads.flatMap {
            try BatchVectors.verified($0.segments, unknown: .signatureWrong, position: BatchVectors.position)
        }
        return [
            "segments": .list(taken.map { .hex($0.segment.bytes) }),
            "certificates": .list(restoring.certificates.map { .hex($0) }), "evidence": .list(evidence),
        ]
    }

    private static func evidence(
        _ part: LostPart = lost, of space: String = Fixed.space, index: UInt64? = nil,
        by signer: ReplicaIdentity = Fixed.hub
    ) -> LostEvidence {
        let last = part.places.last
        let end = LogPosition(epoch: 1, index: index ?? last?.index ?? 0, hash: last?.hash ?? .zero)
        let ends = Checkpoint.signedBytes([("city/catalog", Fixed.position), (space, end)])
        return LostEvidence(part: part, ends: ends, signature: signer.sign(tag: Checkpoint.tag, ends))
    }

    /// A snapshot's place, by its manifest.
    private static func root(
        at position: LogPosition? = nil, by signer: ReplicaIdentity = Fixed.hub
    ) -> LostEvidence {
        let manifest = SnapshotVectors.manifest()
        return LostEvidence(
            part: LostPart(root: position ?? manifest.position), ends: manifest.bytes,
            signature: signer.sign(tag: SnapshotManifest.tag, manifest.bytes))
    }

    private static func frame(
        _ segments: [TravellingSegment] = [], certificates: [Certificate] = [],
        evidence: [(Int, LostEvidence)] = []
    ) throws -> ColumnWriter {
        var writer = ColumnWriter()
        writer.varint(segments.isEmpty ? 0 : 1)
        if !segments.isEmpty {
            try Upload(space: 2, segments: segments)
                .write(to: &writer, basis: 12, BatchVectors.writing(for: device))
        }
        var restoring = Restoring()
        restoring.certificates = certificates.map(\.bytes)
        restoring.evidence = evidence.map { (space: $0.0, evidence: $0.1) }
        restoring.write(to: &writer)
        return writer
    }

    private static func addRequestFrames(to book: inout VectorBook) throws {
        let context = BatchVectors.context(for: device)
        let plain = Fixed.segment(
            [Fixed.header()],
            dependency: Dependency(position: BatchVectors.position(12) ?? .start, catalogue: 3))
        let travelling = TravellingSegment(plain, isOnLog: true)
        let parts = [
            LostPart(start: lost.start, entries: [lost.entries[0]]),
            LostPart(
                start: LogPosition(epoch: 1, index: 13, hash: lost.places[0].hash),
                entries: Array(lost.entries.dropFirst())),
        ]
        let taken: [(String, [String], ColumnWriter)] = [
            ("of-segments", ["X-14"], try frame([travelling])),
            ("of-evidence", ["H-6", "H-8"], try frame(evidence: parts.map { (2, evidence($0)) })),
            ("of-a-root", ["H-6", "H-8"], try frame(evidence: [(2, root())])),
            (
                "of-everything", ["C-21", "H-6", "H-7", "H-8"],
                try frame([travelling], certificates: [certificate], evidence: [(2, evidence())])
            ),
        ]
        for (name, ids, bytes) in taken {
            book.accept(
                "request-frame", name, ids, context: context, bytes.bytes, tail: bytes.tail, decode: decodeFrame)
        }
        let foreign = Certificate(
            publicKey: Fixed.device.publicKey, unit: "31120", spaces: [], issued: 0, hub: Fixed.peer)
        var empty = try frame()
        empty.raw([0, 0])
        let refused: [(String, [String], String, ColumnWriter)] = [
            ("gives-back-nothing", ["C-21"], "bytes.not-canonical", empty),
            (
                "evidence-of-another-hub", ["H-8"], "wire.signature-wrong",
                try frame(evidence: [(2, evidence(by: Fixed.peer))])
            ),
            (
                "evidence-of-another-space", ["H-8"], "wire.signature-wrong",
                try frame(evidence: [(2, evidence(of: "31120/people"))])
            ),
            (
                "evidence-of-another-place", ["H-8"], "wire.signature-wrong",
                try frame(evidence: [(2, evidence(index: 16))])
            ),
            ("evidence-for-a-space-unknown", ["R-1"], "space.forbidden", try frame(evidence: [(3, evidence())])),
            (
                "root-by-a-checkpoint", ["H-8"], "wire.signature-wrong",
                try frame(evidence: [(2, evidence(LostPart(root: Fixed.position)))])
            ),
            (
                "root-of-another-place", ["H-8"], "wire.signature-wrong",
                try frame(evidence: [(2, root(at: LogPosition(epoch: 1, index: 9, hash: Fixed.hash)))])
            ),
            ("root-by-another-hub", ["H-8"], "wire.signature-wrong", try frame(evidence: [(2, root(by: Fixed.peer))])),
            ("root-at-the-start", ["E-24"], "bytes.inconsistent", try frame(evidence: [(2, root(at: .start))])),
            ("certificate-of-another-hub", ["H-8"], "certificate.wrong", try frame(certificates: [foreign])),
        ]
        for (name, ids, code, bytes) in refused {
            book.reject(
                "request-frame", name, ids, code, context: context, bytes.bytes, tail: bytes.tail, decode: decodeFrame)
        }
    }
}
