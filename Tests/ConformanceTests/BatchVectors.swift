import Causality
import Records
import SyncProtocol

/// Uploads, parts of the log and frames of answers, with genuine segments in them.
enum BatchVectors {
    static let peer = Fixed.peer.replica
    private static let known = NaturalKey(high: 3, low: 4)
    private static let derived = NaturalKey(form: "keyed", values: ["code": .text("x"), "unit": .null])
    private static let start: UInt64 = 12
    private static let receipts: [Dot: UInt64] = [Dot(peer, 1): 6, Dot(peer, 2): 9]

    /// The hub's log as both sides hold it.
    static func position(_ index: UInt64) -> LogPosition? {
        index == 0
            ? .start
            : index > start
                ? nil
                : LogPosition(epoch: 1, index: index, hash: .of(tag: "the log at \(index)"))
    }

    // MARK: Contents

    private static let values: [Value] = [
        .null, .integer(-5), .integer(.max), .integer(.min), Fixed.decimal("-12.5"), Fixed.decimal("1000000"),
        .text("Bến Ninh Kiều"), .text(""), Fixed.date("2026-06-10"), Fixed.time("07:30"),
        Fixed.moment("2026-06-10T07:30:00+07:00"), .items(["a", "b"]), .items([]), .flag(true), .flag(false),
        .unknown(kind: 40, bytes: [1, 2, 3]),
    ]

    private static func target(_ number: Int) -> ChangeHeader.Target {
        switch number % 6 {
        case 0: .creates
        case 1: .record(.created(Dot(Fixed.device.replica, 1)))
        case 2: .record(.created(Dot(peer, 70_000)))
        case 3: .record(.keyed(NaturalKey(high: 1, low: 2)))
        case 4: .record(.keyed(derived))
        default: .record(.keyed(known))
        }
    }

    private static func base(_ number: Int) -> Base? {
        number < 3 || number % 3 != 2
            ? nil
            : Base(position: 3, vector: VersionVector([Fixed.device.replica: UInt64(number)]), dots: [Dot(peer, 2)])
    }

    private static func header(_ number: Int) -> ChangeHeader {
        let milliseconds = 1_790_000_000_000 + Int64(number / 2) * 1000
        return ChangeHeader(
            form: FormReference(number % 6 == 4 ? "keyed" : "reading", version: 2), target: target(number),
            author: ["", "lan", "minh"][number % 3],
            time: HybridTime(milliseconds: milliseconds, counter: UInt16(number % 2)), base: base(number))
    }

    private static func payload(_ number: Int) -> [UInt8] {
        guard number != 17 else { return [0xFF, 0, 1] }
        var operations = [Operation(RegisterKey("value"), values[number % values.count])]
        if number % 6 == 4 { operations.append(Operation(RegisterKey("code"), .text("x"))) }
        if number % 7 == 0 { operations.append(Operation(RegisterKey("tags", item: "m\(number)"), .flag(true))) }
        return Payload(
            operations, reason: number % 5 == 0 ? "vì \(number)" : nil, quotes: number % 11 == 0 ? Dot(peer, 3) : nil
        ).canonicalBytes
    }

    /// Three segments: one on the log's end, one on an earlier place, one with everything stated.
    static let segments: [Segment] = {
        let full = Dependency(
            position: position(9) ?? .start, exceptions: [peer: Head(sequence: 9, hash: Fixed.hash)], catalogue: 1)
        let dependencies = [
            Dependency(position: position(12) ?? .start, catalogue: 3),
            Dependency(position: position(10) ?? .start, catalogue: 3), full,
        ]
        var segments: [Segment] = []
        for (number, dependency) in dependencies.enumerated() {
            let range = number * 16..<number * 16 + 16
            segments.append(
                Fixed.segment(
                    range.map(header), dependency: dependency, first: UInt64(range.lowerBound + 1),
                    previous: segments.last?.links().last, payloads: range.map(payload)))
        }
        return segments
    }()

    // MARK: What is looked up

    static func writing(for device: ReplicaID) -> BatchWriting {
        BatchWriting(
            device: device, hub: Fixed.hub.replica, clock: Fixed.clock,
            keyFields: { $0.form == "keyed" ? ["code", "unit"] : [] }, receipt: { $0 == peer ? 6 : nil },
            change: { $0 == known ? Dot(peer, 2) : nil })
    }

    static func reading(for device: ReplicaID) -> BatchReading {
        BatchReading(
            device: device, hub: Fixed.hub.replica, clock: Fixed.clock, received: { $0 == 6 ? peer : nil },
            record: { $0 == Dot(peer, 2) ? .keyed(known) : nil })
    }

    static func context(for device: ReplicaID) -> JSON {
        [
            "device": .hex(device.bytes), "hub": .hex(Fixed.hub.replica.bytes), "hubKey": .hex(Fixed.hub.publicKey),
            "clock": .number(Fixed.clock),
            "spaces": .list([
                [
                    "number": 2, "space": .text(Fixed.space), "known": .natural(start), "epoch": 1,
                    "log": .list((1...start).compactMap { position($0).map { .text($0.hash.hex) } }),
                    "receipts": .list(
                        receipts.sorted { $0.key < $1.key }.map { dot, index in
                            [
                                "replica": .hex(dot.replica.bytes), "sequence": .natural(dot.sequence),
                                "index": .natural(index),
                            ]
                        }),
                    "records": .list([
                        [
                            "replica": .hex(peer.bytes), "sequence": 2, "record": Describe.record(.keyed(known)),
                        ]
                    ]),
                ]
            ]),
            "publicKeys": .list([.hex(Fixed.device.publicKey)]),
        ]
    }

    // MARK: Checks

    /// Puts travelling segments behind each other as their receiver does, and checks them.
    /// - Parameter unknown: what it is when they are of a replica that the receiver does not know, or not the device.
    static func verified(
        _ travelling: [TravellingSegment], unknown: ProtocolError.Code, position: (UInt64) -> LogPosition?
    ) throws -> [(segment: Segment, links: [Hash256])] {
        var head = Chain.origin(space: Fixed.space, replica: Fixed.device.replica)
        var next: UInt64 = 1
        return try travelling.map { travelling in
            guard travelling.replica == Fixed.device.replica else { throw ProtocolError(unknown) }
            guard travelling.first == next else { throw ProtocolError(.segmentGap) }
            let segment = try travelling.segment(in: Fixed.space, after: head, position: position)
            guard position(segment.dependency.position.index) == segment.dependency.position else {
                throw ProtocolError(.dependencyUnknown)
            }
            let links = try segment.verified(publicKey: Fixed.device.publicKey) { dot in
                receipts[dot].map { $0 <= segment.dependency.position.index } ?? false
            }
            head = links.last ?? head
            next = segment.last + 1
            return (segment, links)
        }
    }

    static func add(to book: inout VectorBook) {
        addUploads(to: &book)
        LogVectors.add(to: &book)
    }

    private static let decodeUpload: @Sendable ([UInt8], [UInt8]) throws -> JSON = { bytes, tail in
        var reader = ColumnReader(bytes, tail: tail)
        var room = ProtocolLimits.frameBytes
        let upload = try Upload.read(from: &reader, room: &room) { number in
            guard number == 2 else { throw Refusal(code: "space.forbidden") }
            return (start, reading(for: Fixed.device.replica))
        }
        try reader.finish()
        let checked = try verified(upload.segments, unknown: .signatureWrong, position: position)
        return [
            "space": .natural(UInt64(upload.space)), "segments": .list(upload.segments.map(Describe.travelling)),
            "canonical": .list(checked.map { .hex($0.segment.bytes) }),
        ]
    }

    static func upload(_ segments: [TravellingSegment], space: Int = 2) throws -> ColumnWriter {
        var writer = ColumnWriter()
        try Upload(space: space, segments: segments)
            .write(to: &writer, basis: start, writing(for: Fixed.device.replica))
        return writer
    }

    private static func addUploads(to book: inout VectorBook) {
        let context = context(for: Fixed.device.replica)
        let ids = ["C-6", "C-7", "C-8", "C-9", "C-10", "C-11", "C-12", "C-17"]
        do {
            let all = segments.map { TravellingSegment($0, isOnLog: $0.dependency.exceptions.isEmpty) }
            let whole = try upload(all)
            book.accept(
                "upload", "of-everything", ids, context: context, whole.bytes, tail: whole.tail, isProven: true,
                decode: decodeUpload)
            let plain = Fixed.segment(
                [Fixed.header()], dependency: Dependency(position: position(12) ?? .start, catalogue: 3))
            let single = try upload([TravellingSegment(plain, isOnLog: true)])
            book.accept(
                "upload", "of-one-change", ids, context: context, single.bytes, tail: single.tail, isProven: true,
                decode: decodeUpload)
            try addRefusedUploads(whole, single, plain, context, to: &book)
        } catch {
            book.note("uploads: \(error)")
        }
    }

    private static func addRefusedUploads(
        _ whole: ColumnWriter, _ single: ColumnWriter, _ plain: Segment, _ context: JSON, to book: inout VectorBook
    ) throws {
        func reject(_ name: String, _ ids: [String], _ code: String, _ contents: ColumnWriter) {
            book.reject(
                "upload", name, ids, code, context: context, contents.bytes, tail: contents.tail, decode: decodeUpload)
        }
        let unsigned = TravellingSegment(
            replica: plain.replica, depends: .at(index: 12, catalogue: 3), changes: plain.changes,
            signature: [UInt8](repeating: 0, count: 64))
        reject("unsigned", ["C-17", "E-17"], "wire.signature-wrong", try upload([unsigned]))
        reject("of-another-space", ["R-1"], "space.forbidden", try upload([], space: 3))
        let elsewhere = Fixed.segment(
            [Fixed.header()],
            dependency: Dependency(position: LogPosition(epoch: 2, index: 12, hash: Fixed.position.hash), catalogue: 3))
        reject(
            "on-a-place-of-another-epoch", ["X-16"], "segment.dependency-unknown",
            try upload([TravellingSegment(elsewhere, isOnLog: false)]))
        let later = Fixed.segment([Fixed.header()], first: 7, previous: Fixed.hash)
        reject("with-a-gap", ["X-16"], "segment.gap", try upload([TravellingSegment(later, isOnLog: true)]))
        var foreign = ColumnWriter()
        foreign.raw([2, 1, 99, 0, 0, 0, 0, 0, 0])
        reject("replica-of-no-receipt", ["C-6"], "segment.dependency-unknown", foreign)
        addBombs(plain, reject)
    }

    /// Small frames that would come to much.
    private static func addBombs(
        _ plain: Segment, _ reject: (String, [String], String, ColumnWriter) -> Void
    ) {
        // One change whose two thousand fields each hold the same text of 2 KiB.
        let text = [UInt8](repeating: 0x61, count: 2048)
        var texts = bomb { writer in
            for _ in 0..<2000 {
                writer.varint(0)
                writer.byte(3)
            }
        }
        texts.byte(1)
        texts.varint(1)
        texts.block(text)
        texts.byte(0)
        reject("one-text-many-times", ["C-16"], "bytes.too-large", texts)
        // Two thousand sets of a thousand members each.
        var members = bomb { writer in
            for _ in 0..<2000 {
                writer.varint(0)
                writer.byte(7)
            }
        }
        members.uints([UInt64](repeating: 1000, count: 2000))
        reject("members-beyond-counting", ["C-16"], "bytes.too-large", members)
        var changes = ColumnWriter()
        changes.raw([2, 0])
        changes.varint(100)
        changes.byte(0)
        changes.uints([UInt64](repeating: 1, count: 100))
        changes.uints([UInt64](repeating: 5000, count: 100))
        reject("changes-beyond-counting", ["C-16"], "bytes.too-large", changes)
    }

    /// The columns of one change up to its payload's values.
    private static func bomb(_ slots: (inout ColumnWriter) -> Void) -> ColumnWriter {
        var writer = ColumnWriter()
        // Space, no further replicas, one segment of the device, first 1, count 1.
        writer.raw([2, 0, 1, 0])
        writer.uints([1])
        writer.uints([1])
        // As expected, catalogue 0, one form without key fields, creating, no author, no time, no base.
        writer.raw([0, 0, 1, 0, 1])
        writer.text("f")
        writer.raw([1, 0, 0, 0, 0, 0, 0])
        writer.deltas([1], from: Fixed.clock * 1000)
        writer.raw([0, 0])
        // One field, one shape.
        writer.raw([1, 1, 0x61, 1, 0])
        writer.varint(2000)
        slots(&writer)
        writer.byte(0)
        return writer
    }
}
