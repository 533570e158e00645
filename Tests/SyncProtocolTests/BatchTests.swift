import Causality
import Records
import SyncProtocol
import Testing

/// Segments taken apart into columns and put together again.
@Suite struct BatchTests {
    private static let device = ReplicaIdentity(rawKey: [UInt8](repeating: 1, count: 32))!
    private static let hub = ReplicaID(high: 9, low: 9)
    private static let peer = ReplicaID(high: 5, low: 6)
    private static let known = NaturalKey(high: 3, low: 4)

    /// Every kind of value, base, target and payload.
    private static let changes: [LoggedChange] = {
        let values: [Value] = [
            .null, .integer(-5), .integer(.max), .decimal(DecimalNumber("-12.5")!), .decimal(DecimalNumber("1000000")!),
            .text("Bến Ninh Kiều"), .text(""), .date(CalendarDate(iso: "2026-06-10")!), .time(TimeOfDay(iso: "07:30")!),
            .moment(Moment(iso: "2026-06-10T07:30:00+07:00")!), .items(["a", "b"]), .items([]), .flag(true),
            .flag(false),
            .unknown(kind: 40, bytes: [1, 2, 3]),
        ]
        let derived = NaturalKey(form: "k", values: ["code": .text("x")])
        let targets: [ChangeHeader.Target] = [
            .creates, .record(.created(Dot(device.replica, 1))), .record(.created(Dot(peer, 70_000))),
            .record(.keyed(NaturalKey(high: 1, low: 2))), .record(.keyed(derived)), .record(.keyed(known)),
        ]
        let bases: [Base?] = [
            nil, nil,
            Base(position: 3, vector: VersionVector([device.replica: 1, peer: 4]), dots: [Dot(hub, 8), Dot(peer, 9)]),
        ]
        return (0..<60).map { number in
            let index = UInt64(number)
            let target = targets[number % targets.count]
            let isDerived = target == .record(.keyed(derived))
            var operations = [Operation(RegisterKey("v"), values[number % values.count])]
            if isDerived { operations.append(Operation(RegisterKey("code"), .text("x"))) }
            if number % 7 == 0 { operations.append(Operation(RegisterKey("set", item: "m\(number)"), .flag(true))) }
            let payload = Payload(
                operations, reason: number % 5 == 0 ? "vì \(number)" : nil,
                quotes: number % 11 == 0 ? Dot(peer, 3) : nil)
            let header = ChangeHeader(
                form: FormReference(isDerived ? "k" : "f", version: 2), target: target,
                author: ["", "lan", "minh"][number % 3],
                time: HybridTime(
                    milliseconds: 1_790_000_000_000 + Int64(number / 2) * 1000, counter: UInt16(number % 2)),
                base: number < 3 ? nil : bases[number % bases.count])
            // What cannot be read travels as it is.
            let bytes = number == 17 ? [0xFF, 0, 1] : payload.canonicalBytes
            return LoggedChange(sequence: index + 1, header: header, payload: bytes)
        }
    }()

    private static func segments(_ changes: [LoggedChange] = Self.changes) -> [TravellingSegment] {
        let signature = [UInt8](repeating: 7, count: Signature.byteCount)
        let full = Dependency(
            position: LogPosition(epoch: 4, index: 9, hash: .of(tag: "p")),
            exceptions: [peer: Head(sequence: 9, hash: .of(tag: "h"))], catalogue: 1)
        let depends: [TravellingSegment.Depends] = [
            .at(index: 12, catalogue: 3), .at(index: 5, catalogue: 3), .inFull(full),
        ]
        return zip([changes[..<20], changes[20..<40], changes[40...]], depends).map { changes, depends in
            TravellingSegment(replica: device.replica, depends: depends, changes: Array(changes), signature: signature)
        }
    }

    private static var writing: BatchWriting {
        BatchWriting(
            device: device.replica, hub: hub, clock: 1_790_000_100, keyFields: { $0.form == "k" ? ["code"] : [] },
            receipt: { $0 == peer ? 6 : nil }, change: { $0 == known ? Dot(peer, 8) : nil })
    }
    private static var reading: BatchReading {
        BatchReading(
            device: device.replica, hub: hub, clock: 1_790_000_100, received: { $0 == 6 ? peer : nil },
            record: { $0 == Dot(peer, 8) ? .keyed(known) : nil })
    }

    private static func contents(_ segments: [TravellingSegment] = Self.segments()) throws -> ColumnWriter {
        var writer = ColumnWriter()
        try Upload(space: 2, segments: segments).write(to: &writer, basis: 12, writing)
        return writer
    }

    private static func read(_ contents: ColumnWriter, room: Int = ProtocolLimits.frameBytes) throws -> Upload {
        try read(contents.bytes, tail: contents.tail, room: room)
    }

    private static func read(_ contents: Frame.Contents) throws -> Upload {
        try read(contents.columns, tail: contents.tail)
    }

    private static func read(_ contents: [UInt8], tail: [UInt8], room: Int = ProtocolLimits.frameBytes) throws -> Upload
    {
        var reader = ColumnReader(contents, tail: tail)
        var room = room
        let upload = try Upload.read(from: &reader, room: &room) { number in
            guard number == 2 else { throw ProtocolError(.answerIncomplete) }
            return (12, reading)
        }
        try reader.finish()
        return upload
    }

    @Test func anUploadComesBackAsItWas() throws {
        let upload = try Self.read(try Self.contents())
        #expect(upload.space == 2)
        #expect(upload.segments == Self.segments())
    }

    @Test func aKeyThatTheValuesGiveIsNotSent() throws {
        let contents = try Self.contents()
        let key = NaturalKey(form: "k", values: ["code": .text("x")])
        let bytes = contents.bytes + contents.tail
        #expect(!bytes.indices.contains { bytes[$0...].starts(with: key.bytes) })
        #expect(!bytes.indices.contains { bytes[$0...].starts(with: Self.known.bytes) })
    }

    @Test func aPartOfTheLogComesBackAsItWas() throws {
        let replica = Self.device.replica
        let verdict = LogEntry.verdict(Verdict(dot: Dot(replica, 2), accepted: false, code: "x", details: ["a": "b"]))
        func receipt(_ first: UInt64, _ last: UInt64, _ time: Int64, _ waiting: [UInt64] = [])
            -> LogPart.TravellingReceipt
        {
            LogPart.TravellingReceipt(
                Receipt(replica: replica, first: first, last: last, end: .zero, time: time, waiting: waiting))
        }
        let segments = Self.segments()
        let items: [LogPart.Item] = [
            .brought(receipt(1, 20, 1_790_000_000_000, [1, 20]), segments[0]), .entry(verdict.bytes),
            .received(receipt(7, 9, 1_790_000_001_000)), .brought(receipt(21, 40, 1_790_000_001_000), segments[1]),
        ]
        var writer = ColumnWriter()
        try LogPart(space: 1, items: items).write(to: &writer, after: 12, Self.writing)
        var reader = ColumnReader(writer.bytes, tail: writer.tail)
        var room = ProtocolLimits.frameBytes
        let part = try LogPart.read(from: &reader, room: &room) { _ in (12, Self.reading) }
        try reader.finish()
        #expect(part.space == 1 && part.items == items)
    }

    @Test func truncatedContentsAreRefused() throws {
        let contents = try Self.contents()
        for cut in Damage.truncations(of: contents.bytes) {
            #expect(throws: (any Error).self) { try Self.read(cut, tail: contents.tail) }
        }
        for cut in Damage.truncations(of: contents.tail) + [contents.tail + [0]] {
            #expect(throws: (any Error).self) { try Self.read(contents.bytes, tail: cut) }
        }
    }

    /// Damage gives an error or other contents, which no signature is good for; never a crash, never much memory.
    @Test func damagedContentsAreRefusedOrRead() throws {
        let contents = try Self.contents()
        let bytes = contents.bytes
        var (refused, read) = (0, 0)
        for damaged in Damage.someBits(of: bytes) {
            do {
                _ = try Self.read(damaged, tail: contents.tail)
                read += 1
            } catch is DecodingFailure {
                refused += 1
            } catch is ProtocolError {
                refused += 1
            }
        }
        #expect(refused + read == bytes.count * 3)
        #expect(refused > bytes.count)
    }

    @Test func contentsBeyondTheirRoomAreRefused() throws {
        let contents = try Self.contents()
        #expect(throws: DecodingFailure.self) { try Self.read(contents, room: 100) }
    }

    @Test func manyAlikeCostLittle() throws {
        let changes = (0..<2000).map { number in
            LoggedChange(
                sequence: UInt64(number + 1),
                header: ChangeHeader(
                    form: FormReference("f", version: 1), target: .creates, author: "lan",
                    time: HybridTime(milliseconds: 1_790_000_000_000 + Int64(number) * 60_000), base: nil),
                payload: Payload([Operation(RegisterKey("value"), .integer(Int64(number % 10)))]).canonicalBytes)
        }
        let segment = TravellingSegment(
            replica: Self.device.replica, depends: .at(index: 12, catalogue: 1), changes: changes,
            signature: [UInt8](repeating: 7, count: 64))
        let frame = Frame.bytes(try Self.contents([segment]))
        #expect(frame.count < 1000)
        var reader = MessageReader()
        reader.feed(frame)
        let body = try #require(try reader.takeBlock(limit: ProtocolLimits.packedBytes)?.body)
        #expect(try Self.read(try Frame.contents(body) { _ in nil }).segments == [segment])
    }
}

@Suite struct ColumnTests {
    @Test(arguments: [[], [0], [0, 0, 0], [1, 255, 256], [.max, 0], (0..<300).map { $0 * 77 }] as [[UInt64]])
    func numbersWithoutSignComeBack(values: [UInt64]) throws {
        var writer = ColumnWriter()
        writer.uints(values)
        var reader = ColumnReader(writer.bytes)
        #expect(try reader.uints(values.count) == values)
        try reader.finish()
    }

    @Test(arguments: [[], [0], [.max, .min, 0], [5, 4, 3], (0..<300).map { $0 * -7 }] as [[Int64]])
    func differencesComeBack(values: [Int64]) throws {
        var writer = ColumnWriter()
        writer.deltas(values)
        var reader = ColumnReader(writer.bytes)
        #expect(try reader.deltas(values.count) == values)
        try reader.finish()
    }

    @Test func decimalsComeBack() throws {
        let values: [(coefficient: Int64, scale: UInt8)] = [
            (0, 0), (-1, 0), (255, 1), (256, 2), (-.max, 18), (999_999_999_999_999_999, 18), (12_345, 3),
        ]
        var writer = ColumnWriter()
        writer.numbers(values)
        var reader = ColumnReader(writer.bytes)
        let read = try reader.numbers(values.count)
        #expect(read.map(\.coefficient) == values.map(\.coefficient) && read.map(\.scale) == values.map(\.scale))
        try reader.finish()
    }

    @Test(arguments: [0, 1, 3, 200]) func stringsComeBackNamedOrInFull(distinct: Int) throws {
        let values = (0..<300).map { Array("giá trị \(distinct == 0 ? $0 : $0 % distinct)".utf8)[...] }
        var writer = ColumnWriter()
        writer.strings(values)
        var reader = ColumnReader(writer.bytes)
        #expect(try reader.strings(300, limit: 64) == values)
        try reader.finish()
    }

    @Test func aColumnThatClaimsTooMuchIsRefused() {
        var reader = ColumnReader([8, 1, 2, 3])
        #expect(throws: DecodingFailure.self) { try reader.uints(1_000_000) }
        var strings = ColumnReader([0, 1, 255, 1])
        #expect(throws: DecodingFailure.self) { try strings.strings(1, limit: 1000) }
    }
}

@Suite struct FrameTests {
    private static let contents: ColumnWriter = {
        var writer = ColumnWriter()
        for number in 0..<4 {
            writer.raw((0..<2000).map { UInt8($0 * number % 251) })
            writer.endColumn()
        }
        writer.incompressible([1, 2, 3])
        return writer
    }()

    private static let body: [UInt8] = {
        var reader = MessageReader()
        reader.feed(Frame.bytes(contents))
        return (try? reader.takeBlock(limit: 1 << 20)?.body) ?? []
    }()

    @Test func contentsComeBack() throws {
        let contents = try Frame.contents(Self.body) { _ in nil }
        #expect(contents.columns == Self.contents.bytes && contents.tail == Self.contents.tail)
    }

    @Test func damagedFramesAreRefusedOrRead() {
        for damaged in Damage.truncations(of: Self.body) + [Self.body + [0]] {
            #expect(throws: ProtocolError.self) { try Frame.contents(damaged) { _ in nil } }
        }
        for damaged in Damage.someBits(of: Self.body) {
            let read = try? Frame.contents(damaged) { _ in nil }
            #expect(read?.columns.count ?? 0 <= ProtocolLimits.frameBytes)
        }
    }

    @Test func aBombIsRefusedBeforeItGoesOff() throws {
        var zeros = ColumnWriter()
        zeros.raw([UInt8](repeating: 0, count: ProtocolLimits.frameBytes + 1))
        var reader = MessageReader()
        reader.feed(Frame.bytes(zeros))
        let body = try #require(try reader.takeBlock(limit: 1 << 20)).body
        #expect(throws: ProtocolError.self) { try Frame.contents(body) { _ in nil } }
        // A small frame that claims a large size is not believed.
        #expect(throws: ProtocolError.self) { try Frame.contents([0x80, 0x80, 0x40, 0, 0, 3, 0]) { _ in nil } }
    }

    @Test func aDictionaryIsNamedAndNeeded() throws {
        let form = FormDefinition(
            form: "reading", version: 1, title: Label(vi: "a", en: "a"), group: "g", writers: .unit,
            fields: [FieldDefinition(name: "value", type: .integer, label: Label(vi: "a", en: "a"))])
        let dictionary = try PresetDictionary.make(for: [form])
        var contents = ColumnWriter()
        contents.text("reading")
        contents.text("value")
        let frame = Frame.bytes(contents, dictionary)
        var reader = MessageReader()
        reader.feed(frame)
        let body = try #require(try reader.takeBlock(limit: 1000)).body
        #expect(try Frame.contents(body) { $0 == dictionary.name ? dictionary : nil }.columns == contents.bytes)
        let error = #expect(throws: ProtocolError.self) { try Frame.contents(body) { _ in nil } }
        #expect(error?.kind == .dictionaryUnknown)
    }

    @Test func aMessageIsCutIntoBlocksHoweverItComes() throws {
        let blocks = [[1], [2, 3], [UInt8](repeating: 4, count: 300), []] as [[UInt8]]
        var message = ByteWriter()
        for block in blocks { message.block(block) }
        for size in [1, 2, 7, 1000] {
            var reader = MessageReader()
            var found: [[UInt8]] = []
            for start in stride(from: 0, to: message.bytes.count, by: size) {
                reader.feed(message.bytes[start..<min(start + size, message.bytes.count)])
                while let block = try reader.takeBlock(limit: 300) { found.append(block.body) }
            }
            #expect(found == blocks && reader.pendingCount == 0)
        }
        var reader = MessageReader()
        reader.feed([0xAC, 0x02])
        #expect(throws: DecodingFailure.self) { try reader.takeBlock(limit: 299) }
    }
}
