import Causality
import Records

/// What a change's payload is like, apart from its values: which parts it has and which registers it writes with values of
/// which kinds. Most changes of a batch are of a few shapes, so that each costs a number.
struct PayloadShape: Hashable {
    struct Slot: Hashable {
        /// The field's number in the batch's table of names.
        let field: Int
        let hasItem: Bool
        /// A value's kind, see ``Value``.
        let kind: UInt8
    }

    /// Contents that this program cannot read, or that are not as it would write them, travel as they are.
    static let raw = PayloadShape(isRaw: true, hasReason: false, hasQuotes: false, slots: [])

    let isRaw: Bool
    let hasReason: Bool
    let hasQuotes: Bool
    let slots: [Slot]

    func write(to writer: inout ColumnWriter) {
        writer.byte((isRaw ? 1 : 0) | (hasReason ? 2 : 0) | (hasQuotes ? 4 : 0))
        writer.varint(UInt64(slots.count))
        for slot in slots {
            writer.varint(UInt64(slot.field) << 1 | (slot.hasItem ? 1 : 0))
            writer.byte(slot.kind)
        }
    }

    init(isRaw: Bool, hasReason: Bool, hasQuotes: Bool, slots: [Slot]) {
        self.isRaw = isRaw
        self.hasReason = hasReason
        self.hasQuotes = hasQuotes
        self.slots = slots
    }

    init(from reader: inout ColumnReader, fields: Int) throws(DecodingFailure) {
        let flags = try reader.byte()
        guard flags <= 7 else { throw reader.failure(.unknownKind) }
        isRaw = flags & 1 != 0
        hasReason = flags & 2 != 0
        hasQuotes = flags & 4 != 0
        var slots: [Slot] = []
        for _ in 0..<(try reader.count(limit: RecordLimits.operations)) {
            let name = try reader.varint()
            guard name >> 1 < UInt64(fields) else { throw reader.failure(.inconsistent) }
            let kind = try reader.byte()
            guard kind <= 9 || kind >= 32 else { throw reader.failure(.unknownKind) }
            slots.append(Slot(field: Int(name >> 1), hasItem: name & 1 == 1, kind: kind))
        }
        self.slots = slots
    }

    /// No payload of this shape is shorter, in canonical bytes.
    var leastBytes: Int { 2 + 4 * slots.count }
}

/// One column of values: those that one field, or its members' names, have of one kind.
struct ColumnKey: Hashable, Comparable {
    let field: Int
    /// 0: members' names. Else one more than the kind of the values.
    let part: Int

    static func items(_ field: Int) -> ColumnKey { ColumnKey(field: field, part: 0) }
    static func values(_ slot: PayloadShape.Slot) -> ColumnKey {
        ColumnKey(field: slot.field, part: Int(slot.kind) + 1)
    }

    var kind: UInt8 { UInt8(part - 1) }

    static func < (a: Self, b: Self) -> Bool { (a.field, a.part) < (b.field, b.part) }
}
