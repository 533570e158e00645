import Causality
import Records

/// The payloads of a batch, taken apart into columns.
struct PayloadColumns {
    private var fieldNumbers: [String: Int] = [:]
    private var fields: [String] = []
    private var shapeNumbers: [PayloadShape: Int] = [:]
    private var shapes: [PayloadShape] = []
    private var shapeOf: [UInt64] = []
    private var values: [ColumnKey: [Value]] = [:]
    private var items: [ColumnKey: [ArraySlice<UInt8>]] = [:]
    private var raw: [ArraySlice<UInt8>] = []
    private var reasons: [ArraySlice<UInt8>] = []
    private var quotes: [(replica: UInt64, sequence: UInt64)] = []

    mutating func add(_ bytes: [UInt8], _ replicas: inout ReplicaTable) {
        guard let payload = try? Payload(canonical: bytes), payload.canonicalBytes == bytes else {
            raw.append(bytes[...])
            note(.raw)
            return
        }
        if let reason = payload.reason { reasons.append(Array(reason.utf8)[...]) }
        if let dot = payload.quotes { quotes.append((replicas.number(of: dot.replica), dot.sequence)) }
        var slots: [PayloadShape.Slot] = []
        slots.reserveCapacity(payload.operations.count)
        for operation in payload.operations {
            let slot = PayloadShape.Slot(
                field: number(ofField: operation.register.field), hasItem: operation.register.item != nil,
                kind: operation.value.kind)
            slots.append(slot)
            if let item = operation.register.item {
                items[.items(slot.field), default: []].append(Array(item.utf8)[...])
            }
            if slot.kind != 0, slot.kind != 8, slot.kind != 9 {
                values[.values(slot), default: []].append(operation.value)
            }
        }
        note(
            PayloadShape(
                isRaw: false, hasReason: payload.reason != nil, hasQuotes: payload.quotes != nil, slots: slots))
    }

    private mutating func note(_ shape: PayloadShape) {
        if let known = shapeNumbers[shape] {
            shapeOf.append(UInt64(known))
        } else {
            shapeNumbers[shape] = shapes.count
            shapeOf.append(UInt64(shapes.count))
            shapes.append(shape)
        }
    }

    private mutating func number(ofField name: String) -> Int {
        if let known = fieldNumbers[name] { return known }
        fieldNumbers[name] = fields.count
        fields.append(name)
        return fields.count - 1
    }

    func write(to writer: inout ColumnWriter) {
        writer.varint(UInt64(fields.count))
        for field in fields { writer.text(field) }
        writer.varint(UInt64(shapes.count))
        for shape in shapes { shape.write(to: &writer) }
        writer.endColumn()
        writer.uints(shapeOf)
        if !raw.isEmpty { writer.strings(raw) }
        if !reasons.isEmpty { writer.strings(reasons) }
        if !quotes.isEmpty {
            writer.uints(quotes.map(\.replica))
            writer.uints(quotes.map(\.sequence))
        }
        for key in (Array(values.keys) + Array(items.keys)).sorted() {
            if let column = items[key] { writer.strings(column) }
            if let column = values[key] { Self.write(column, kind: key.kind, to: &writer) }
        }
    }

    private static func write(_ values: [Value], kind: UInt8, to writer: inout ColumnWriter) {
        switch kind {
        case 1, 2, 4, 5: writer.numbers(values.map(\.number))
        case 3: writer.strings(values.map(\.bytes))
        case 6:
            writer.numbers(values.map(\.number))
            writer.numbers(values.map { ($0.offset, 0) })
        case 7:
            let lists = values.map(\.members)
            writer.uints(lists.map { UInt64($0.count) })
            writer.strings(lists.flatMap { $0.map { Array($0.utf8)[...] } })
        default: writer.strings(values.map(\.bytes))
        }
    }
}

/// The parts of a value that its column holds; each is asked for only of values that have it.
extension Value {
    fileprivate var number: (coefficient: Int64, scale: UInt8) {
        switch self {
        case .integer(let number): (number, 0)
        case .decimal(let number): (number.coefficient, number.scale)
        case .date(let date): (Int64(date.days), 0)
        case .time(let time): (Int64(time.seconds), 0)
        case .moment(let moment): (moment.milliseconds, 0)
        default: (0, 0)
        }
    }

    fileprivate var offset: Int64 {
        guard case .moment(let moment) = self else { return 0 }
        return Int64(moment.offsetMinutes)
    }

    fileprivate var bytes: ArraySlice<UInt8> {
        switch self {
        case .text(let text): Array(text.utf8)[...]
        case .unknown(_, let bytes): bytes[...]
        default: []
        }
    }

    fileprivate var members: [String] {
        guard case .items(let items) = self else { return [] }
        return items
    }
}
