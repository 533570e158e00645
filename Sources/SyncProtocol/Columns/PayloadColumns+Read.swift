import Causality
import Records

extension PayloadColumns {
    /// One column while payloads are put together again: values are taken from its front.
    fileprivate struct Cursor {
        var numbers: [(coefficient: Int64, scale: UInt8)] = []
        var offsets: [(coefficient: Int64, scale: UInt8)] = []
        var strings: [ArraySlice<UInt8>] = []
        var counts: [UInt64] = []
        var next = 0
        var nextString = 0
    }

    /// The canonical payloads of `count` changes.
    /// - Parameter room: the frame's room, which their bytes are taken off.
    static func read(
        _ count: Int, from reader: inout ColumnReader, _ replicas: ReplicaTable, room: inout Int
    ) throws(DecodingFailure) -> [[UInt8]] {
        var fields: [[UInt8]] = []
        for _ in 0..<(try reader.count(limit: count * RecordLimits.operations)) {
            var writer = ByteWriter()
            writer.block(try reader.block(limit: RecordLimits.nameBytes))
            fields.append(writer.bytes)
        }
        var shapes: [PayloadShape] = []
        for _ in 0..<(try reader.count(limit: count)) {
            shapes.append(try PayloadShape(from: &reader, fields: fields.count))
        }
        let shapeOf = try reader.indices(count, below: shapes.count)
        var uses = [Int](repeating: 0, count: shapes.count)
        for shape in shapeOf { uses[shape] += 1 }
        var rest = room
        try reader.take(zip(shapes, uses).reduce(0) { $0 + $1.0.leastBytes * $1.1 }, of: &rest)
        let raw = try reader.optionalStrings(total(shapes, uses, \.isRaw), limit: RecordLimits.payloadBytes)
        let reasons = try reader.optionalStrings(total(shapes, uses, \.hasReason), limit: RecordLimits.payloadBytes)
        let quoted = total(shapes, uses, \.hasQuotes)
        let quoting = quoted == 0 ? [] : try reader.indices(quoted, below: replicas.count)
        let quotes = quoted == 0 ? [] : try reader.uints(quoted)
        var columns = try readColumns(shapes, uses, from: &reader, room: &rest)

        var payloads: [[UInt8]] = []
        payloads.reserveCapacity(count)
        var (nextRaw, nextReason, nextQuote) = (0, 0, 0)
        for number in shapeOf {
            let shape = shapes[number]
            if shape.isRaw {
                try reader.take(raw[nextRaw].count, of: &room)
                payloads.append(Array(raw[nextRaw]))
                nextRaw += 1
            } else {
                let most = min(room, RecordLimits.payloadBytes)
                var writer = ByteWriter()
                writer.byte((shape.hasReason ? 1 : 0) | (shape.hasQuotes ? 2 : 0))
                if shape.hasReason {
                    writer.block(reasons[nextReason])
                    nextReason += 1
                }
                if shape.hasQuotes {
                    writer.replica(replicas[quoting[nextQuote]])
                    writer.varint(quotes[nextQuote])
                    nextQuote += 1
                }
                writer.varint(UInt64(shape.slots.count))
                for slot in shape.slots {
                    guard write(slot, fields, &columns, to: &writer, most: most) else {
                        throw reader.failure(.tooLarge)
                    }
                }
                room -= writer.bytes.count
                payloads.append(writer.bytes)
            }
        }
        return payloads
    }

    private static func total(_ shapes: [PayloadShape], _ uses: [Int], _ part: KeyPath<PayloadShape, Bool>) -> Int {
        zip(shapes, uses).reduce(0) { $0 + ($1.0[keyPath: part] ? $1.1 : 0) }
    }

    private static func readColumns(
        _ shapes: [PayloadShape], _ uses: [Int], from reader: inout ColumnReader, room: inout Int
    ) throws(DecodingFailure) -> [ColumnKey: Cursor] {
        var counts: [ColumnKey: Int] = [:]
        for (shape, uses) in zip(shapes, uses) where uses > 0 {
            for slot in shape.slots {
                if slot.hasItem { counts[.items(slot.field), default: 0] += uses }
                if slot.kind != 0, slot.kind != 8, slot.kind != 9 { counts[.values(slot), default: 0] += uses }
            }
        }
        var columns: [ColumnKey: Cursor] = [:]
        for (key, count) in counts.sorted(by: { $0.key < $1.key }) {
            var cursor = Cursor()
            let limit = RecordLimits.textBytes
            switch key.part == 0 ? 3 : key.kind {
            case 1, 2, 4, 5: cursor.numbers = try reader.numbers(count)
            case 6:
                cursor.numbers = try reader.numbers(count)
                cursor.offsets = try reader.numbers(count)
            case 7:
                cursor.counts = try reader.uints(count)
                guard cursor.counts.allSatisfy({ $0 <= UInt64(RecordLimits.items) }) else {
                    throw reader.failure(.tooLarge)
                }
                let members = cursor.counts.reduce(0, +)
                guard members <= UInt64(ProtocolLimits.frameBytes) else { throw reader.failure(.tooLarge) }
                try reader.take(Int(members), of: &room)
                cursor.strings = try reader.strings(Int(members), limit: limit)
            default: cursor.strings = try reader.strings(count, limit: limit)
            }
            columns[key] = cursor
        }
        return columns
    }

    /// - Parameter most: how long the payload may become.
    /// - Returns: whether it stayed within that. One text may stand for many, so that it is asked after each.
    private static func write(
        _ slot: PayloadShape.Slot, _ fields: [[UInt8]], _ columns: inout [ColumnKey: Cursor],
        to writer: inout ByteWriter, most: Int
    ) -> Bool {
        writer.raw(fields[slot.field])
        writer.byte(slot.hasItem ? 1 : 0)
        if slot.hasItem { columns[.items(slot.field)]?.writeString(to: &writer) }
        switch slot.kind {
        case 0, 8, 9: writer.byte(slot.kind)
        default: columns[.values(slot)]?.writeValue(slot.kind, to: &writer, most: most)
        }
        return writer.bytes.count <= most
    }
}

extension PayloadColumns.Cursor {
    fileprivate mutating func writeString(to writer: inout ByteWriter) {
        writer.block(strings[nextString])
        nextString += 1
    }

    fileprivate mutating func writeValue(_ kind: UInt8, to writer: inout ByteWriter, most: Int) {
        writer.byte(kind)
        switch kind {
        case 1, 4: writer.signed(numbers[next].coefficient)
        case 2:
            writer.byte(numbers[next].scale)
            writer.signed(numbers[next].coefficient)
        case 5: writer.varint(UInt64(bitPattern: numbers[next].coefficient))
        case 6:
            writer.signed(numbers[next].coefficient)
            writer.signed(offsets[next].coefficient)
        case 7:
            writer.varint(counts[next])
            for _ in 0..<counts[next] where writer.bytes.count <= most { writeString(to: &writer) }
        default: writeString(to: &writer)
        }
        next += 1
    }
}

extension ColumnReader {
    /// A column that is not there where it would be empty.
    fileprivate mutating func optionalStrings(_ count: Int, limit: Int) throws(DecodingFailure) -> [ArraySlice<UInt8>] {
        count == 0 ? [] : try strings(count, limit: limit)
    }
}
