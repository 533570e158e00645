import Causality
import Records
import SyncProtocol

/// Parts of the hub's log as a peer gets them, and the frames of its answer.
enum LogVectors {
    private static let keys = SessionKeys(bytes: (0..<64).map { UInt8($0) })
    private static let request = Hash256.of(tag: "a request")

    private static func receipt(_ segment: Segment, time: Int64, waiting: [UInt64] = []) -> Receipt {
        Receipt(
            replica: segment.replica, first: segment.first, last: segment.last, end: segment.links().last ?? .zero,
            time: time, waiting: waiting)
    }

    /// The entries: a segment with a change that waits, its verdict, another segment.
    private static let items: [LogPart.Item] = {
        let segments = BatchVectors.segments
        let refused = Verdict(
            dot: Dot(Fixed.device.replica, 18), accepted: false, code: "payload.unreadable")
        return [
            .brought(
                LogPart.TravellingReceipt(receipt(segments[0], time: 1_790_000_050_000)),
                TravellingSegment(segments[0], isOnLog: true)),
            .brought(
                LogPart.TravellingReceipt(receipt(segments[1], time: 1_790_000_051_000, waiting: [18, 20])),
                TravellingSegment(segments[1], isOnLog: true)),
            .entry(LogEntry.verdict(refused).bytes),
        ]
    }()

    private static func part(_ items: [LogPart.Item] = Self.items) -> LogPart { LogPart(space: 2, items: items) }

    /// Where the log ends after a part, which takes in each segment and follows the chain.
    private static func end(_ part: LogPart) throws -> (end: LogPosition, segments: [Segment]) {
        var log = (0...12).compactMap { BatchVectors.position($0) }
        var travelling: [TravellingSegment] = []
        var segments: [Segment] = []
        var waiting: Set<Dot> = []
        for item in part.items {
            let entry: [UInt8]
            switch item {
            case .entry(let bytes):
                try decide(bytes, &waiting, segments)
                entry = bytes
            case .received: throw ProtocolError(.answerIncomplete)
            case .brought(let receipt, let segment):
                travelling.append(segment)
                let known = log
                let checked = try BatchVectors.verified(travelling, unknown: .answerIncomplete) { index in
                    index < UInt64(known.count) ? known[Int(index)] : nil
                }
                guard let last = checked.last, let link = last.links.last else {
                    throw ProtocolError(.answerIncomplete)
                }
                segments.append(last.segment)
                waiting.formUnion(receipt.waiting.map { Dot(receipt.replica, $0) })
                entry = LogEntry.receipt(receipt.receipt(end: link)).bytes
            }
            let index = UInt64(log.count)
            let hash = LogEntry.link(after: log[log.count - 1].hash, index: index, entry: entry)
            log.append(LogPosition(epoch: 1, index: index, hash: hash))
        }
        return (log[log.count - 1], segments)
    }

    /// Checks that an entry that comes as it is decides something that waits, or is about something held.
    private static func decide(_ bytes: [UInt8], _ waiting: inout Set<Dot>, _ segments: [Segment]) throws {
        let holds =
            switch try decoding({ () throws(DecodingFailure) in try LogEntry(bytes: bytes) }) {
            case .receipt: false
            case .seal, .fork, .epoch, .lost: true
            case .verdict(let verdict): waiting.remove(verdict.dot) != nil
            case .disposition(let disposition):
                segments.contains {
                    $0.replica == disposition.dot.replica && ($0.first...$0.last).contains(disposition.dot.sequence)
                }
            }
        guard holds else { throw ProtocolError(.answerIncomplete) }
    }

    private static let device = BatchVectors.peer
    private static let context = BatchVectors.context(for: device)

    private static let place: @Sendable (Int) throws -> (start: UInt64, reading: BatchReading) = { number in
        guard number == 2 else { throw ProtocolError(.answerIncomplete) }
        return (12, BatchVectors.reading(for: device))
    }

    private static let decodePart: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, tail in
        var reader = ColumnReader(bytes, tail: tail)
        var room = ProtocolLimits.frameBytes
        let part = try LogPart.read(from: &reader, room: &room, context: place)
        try reader.finish()
        let (end, segments) = try end(part)
        return [
            "part": Describe.part(part), "canonical": .list(segments.map { .hex($0.bytes) }),
            "end": Describe.position(end),
        ]
    }

    private static func frame() throws -> AnswerFrame {
        var frame = AnswerFrame()
        frame.isLast = true
        frame.more = true
        frame.certificates = [
            Certificate(
                publicKey: Fixed.device.publicKey, unit: "31120", spaces: [Fixed.space], issued: 0, hub: Fixed.hub
            ).bytes
        ]
        frame.parts = [part()]
        let signed = Checkpoint.signedBytes([(Fixed.space, try end(part()).end)])
        frame.signature = Fixed.hub.sign(tag: Checkpoint.tag, signed)
        frame.notes = [
            AnswerFrame.Note(space: 2, refusal: "", digest: [1, 2, 3, 4, 5, 6, 7, 8]),
            AnswerFrame.Note(space: 3, refusal: "hub.rolled-back", digest: []),
        ]
        return frame
    }

    /// All that a device checks of a frame's contents.
    private static func meaning(of contents: Frame.Contents) throws -> JSON {
        let frame = try AnswerFrame.read(contents, context: place)
        if case .manifest(let bytes, let signature) = frame.snapshot?.contents {
            try SnapshotVectors.check(bytes, signature)
        }
        for certificate in frame.certificates { _ = try Certificate(bytes: certificate, hubKey: Fixed.hub.publicKey) }
        let ends = try frame.parts.map { (space: Fixed.space, position: try end($0).end) }
        if !ends.isEmpty {
            guard
                Signature.isValid(
                    frame.signature, tag: Checkpoint.tag, Checkpoint.signedBytes(ends), publicKey: Fixed.hub.publicKey)
            else { throw ProtocolError(.chainBroken) }
        }
        return ["frame": Describe.frame(frame), "ends": .list(ends.map { Describe.position($0.position) })]
    }

    private static let decodeProven: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, _ in
        var reader = MessageReader()
        reader.feed(bytes)
        let came = try decoding { () throws(DecodingFailure) in
            try reader.takeBlock(limit: ProtocolLimits.packedBytes, trailer: SessionKeys.proofByteCount)
        }
        guard let came else { throw ProtocolError(.answerCut) }
        guard keys.isFrameProof(came.trailer, of: came.whole, number: 0, request: request) else {
            throw ProtocolError(.answerForeign)
        }
        guard reader.pendingCount == 0 else { throw ProtocolError(DecodingFailure(.trailing, at: bytes.count)) }
        return try meaning(of: try Frame.contents(came.body) { _ in nil })
    }

    private static let otherKeys = SessionKeys(bytes: (0..<64).map { UInt8($0 + 1) })

    private static func proven(
        _ frame: AnswerFrame, number: UInt64 = 0, by keys: SessionKeys = Self.keys
    ) throws -> [UInt8] {
        var contents = ColumnWriter()
        try frame.write(to: &contents) { _ in (12, BatchVectors.writing(for: device)) }
        let bytes = Frame.bytes(contents)
        return bytes + keys.frameProof(bytes, number: number, request: request)
    }

    static func add(to book: inout VectorBook) {
        do {
            try addParts(to: &book)
            try addFrames(to: &book)
        } catch {
            book.note("log: \(error)")
        }
    }

    private static func addParts(to book: inout VectorBook) throws {
        var whole = ColumnWriter()
        try part().write(to: &whole, after: 12, BatchVectors.writing(for: device))
        book.accept(
            "log-part", "of-two-segments", ["C-13", "C-17", "E-21"], context: context, whole.bytes, tail: whole.tail,
            decode: decodePart)
        let receipt = LogEntry.receipt(receipt(BatchVectors.segments[0], time: 0))
        let refused: [(String, [String], String, [LogPart.Item])] = [
            (
                "receipt-without-its-segment", ["X-24"], "wire.answer-incomplete",
                [
                    .received(LogPart.TravellingReceipt(Self.receipt(BatchVectors.segments[0], time: 0)))
                ]
            ),
            ("receipt-as-it-is", ["X-24"], "wire.answer-incomplete", [.entry(receipt.bytes)]),
            ("entry-of-an-unknown-kind", ["E-21"], "bytes.unknown-kind", [.entry([8])]),
            ("segments-out-of-order", ["X-24"], "segment.gap", [items[1]]),
        ]
        for (name, ids, code, items) in refused {
            var contents = ColumnWriter()
            try part(items).write(to: &contents, after: 12, BatchVectors.writing(for: device))
            book.reject(
                "log-part", name, ids, code, context: context, contents.bytes, tail: contents.tail, decode: decodePart)
        }
        for (name, count) in [("entries-beyond-counting", 60_000), ("one-entry-many-times", 1000)] {
            var bomb = ColumnWriter()
            bomb.raw([2, 0])
            bomb.varint(UInt64(count))
            bomb.raw([0, 1, 1])
            bomb.block([UInt8](repeating: 6, count: 2048))
            bomb.byte(0)
            book.reject(
                "log-part", name, ["C-16"], "bytes.too-large", context: context, bomb.bytes, tail: [],
                decode: decodePart)
        }
    }

    private static func addFrames(to book: inout VectorBook) throws {
        guard case .object(let members) = context else { return }
        let context = JSON.object(
            members + [
                .init(name: "keys", value: .hex(keys.bytes)), .init(name: "request", value: .text(request.hex)),
            ])
        func snapshot(_ contents: SnapshotPart.Contents) throws -> [UInt8] {
            var frame = AnswerFrame()
            frame.snapshot = SnapshotPart(space: 2, contents)
            return try proven(frame)
        }
        func manifest(_ manifest: SnapshotManifest, by signer: ReplicaIdentity = Fixed.hub) throws -> [UInt8] {
            try snapshot(
                .manifest(manifest.bytes, signature: signer.sign(tag: SnapshotManifest.tag, manifest.bytes)))
        }
        let known = SnapshotVectors.manifest()
        let parts: [(String, [String], [UInt8])] = [
            ("manifest-of-a-snapshot", ["N-9", "N-12"], try manifest(known)),
            ("chunk-of-a-snapshot", ["N-9"], try snapshot(.chunk(try SnapshotVectors.chunk(), number: 3))),
        ]
        for (name, ids, bytes) in parts {
            book.accept(
                "answer-frame", name, ids, context: context, bytes, isProven: true, decode: decodeProven)
        }
        let whole = try proven(try frame())
        var last = AnswerFrame()
        last.isLast = true
        let nothing = try proven(last)
        try addLines(to: &book, context)
        for (name, bytes) in [("of-everything", whole), ("nothing-new", nothing)] {
            book.accept(
                "answer-frame", name, ["C-14", "X-10", "X-25"], context: context, bytes, isProven: true,
                decode: decodeProven)
        }
        var unsigned = try frame()
        unsigned.signature = [UInt8](repeating: 0, count: 64)
        var unknown = ColumnWriter()
        unknown.byte(128)
        let flagged = Frame.bytes(unknown)
        let refused: [(String, [String], String, [UInt8])] = [
            ("of-another-number", ["X-10"], "wire.answer-foreign", try proven(try frame(), number: 1)),
            ("of-another-session", ["B-1", "X-10"], "wire.answer-foreign", try proven(try frame(), by: otherKeys)),
            ("proof-changed", ["X-10"], "wire.answer-foreign", whole.dropLast() + [whole[whole.count - 1] ^ 1]),
            ("end-not-signed", ["X-25"], "wire.chain-broken", try proven(unsigned)),
            ("cut", ["X-28"], "wire.answer-cut", whole.dropLast()),
            (
                "flag-unknown", ["C-14", "N-1"], "bytes.unknown-kind",
                flagged + keys.frameProof(flagged, number: 0, request: request)
            ),
        ]
        let wrong: [(String, [String], String, [UInt8])] = [
            ("manifest-of-another-hub", ["N-12"], "snapshot.wrong", try manifest(known, by: Fixed.peer)),
            (
                "manifest-of-another-space", ["N-12"], "snapshot.wrong",
                try manifest(SnapshotVectors.manifest(space: "31120/people"))
            ),
            (
                "manifest-without-a-place", ["N-12", "N-3"], "snapshot.wrong",
                try manifest(SnapshotVectors.manifest(position: .start))
            ),
            (
                "chunk-beyond-its-limit", ["L-1"], "bytes.too-large",
                try snapshot(.chunk([UInt8](repeating: 0, count: ProtocolLimits.chunkBytes + 1), number: 0))
            ),
        ]
        for (name, ids, code, bytes) in refused + wrong {
            book.reject("answer-frame", name, ids, code, context: context, Array(bytes), decode: decodeProven)
        }
    }

    /// Places of the hub's log, for a device whose own it does not go through.
    private static func addLines(to book: inout VectorBook, _ context: JSON) throws {
        func lines(_ indices: [UInt64]) throws -> [UInt8] {
            var frame = AnswerFrame()
            frame.isLast = true
            frame.notes = [AnswerFrame.Note(space: 2, refusal: "hub.rolled-back", digest: [])]
            frame.lines = [
                (
                    2,
                    indices.map {
                        AnswerFrame.LinePlace(LogPosition(epoch: 1, index: $0, hash: .of(tag: "the log at \($0)")))
                    }
                )
            ]
            return try proven(frame)
        }
        for (name, indices) in [("lines", [12, 11, 9, 5] as [UInt64]), ("lines-of-nothing", [])] {
            book.accept(
                "answer-frame", name, ["C-14", "C-22", "H-2"], context: context, try lines(indices), isProven: true,
                decode: decodeProven)
        }
        let refused: [(String, [String], String, [UInt64])] = [
            ("line-that-does-not-descend", ["C-22"], "bytes.not-canonical", [5, 5]),
            ("line-to-the-beginning", ["C-22"], "bytes.not-canonical", [1, 0]),
            ("line-beyond-counting", ["C-22"], "bytes.not-canonical", [1 << 63]),
            ("line-of-too-many-places", ["L-1"], "bytes.too-large", (1...65).reversed()),
        ]
        for (name, ids, code, indices) in refused {
            book.reject(
                "answer-frame", name, ids, code, context: context, try lines(indices), decode: decodeProven)
        }
    }
}
