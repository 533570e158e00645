/// What a field holds. Each value has one canonical encoding; two values are equal exactly when their encodings are.
package enum Value: Hashable, Sendable {
    /// The field was cleared.
    case null
    case integer(Int64)
    case decimal(DecimalNumber)
    /// NFC text; also a choice's name.
    case text(String)
    case date(CalendarDate)
    case time(TimeOfDay)
    case moment(Moment)
    /// Distinct NFC texts in ascending order of their bytes.
    case items([String])
    /// What the registers of deletion and of set members hold.
    case flag(Bool)
    /// A kind that a newer version wrote: stored and relayed as it came.
    case unknown(kind: UInt8, bytes: [UInt8])
}

extension Value {
    /// The number that its encoding begins with.
    package var kind: UInt8 {
        switch self {
        case .null: 0
        case .integer: 1
        case .decimal: 2
        case .text: 3
        case .date: 4
        case .time: 5
        case .moment: 6
        case .items: 7
        case .flag(let flag): flag ? 9 : 8
        case .unknown(let kind, _): kind
        }
    }

    /// Writes kind and content.
    package func write(to writer: inout ByteWriter) {
        switch self {
        case .null: writer.byte(0)
        case .integer(let number):
            writer.byte(1)
            writer.signed(number)
        case .decimal(let number):
            writer.byte(2)
            writer.byte(number.scale)
            writer.signed(number.coefficient)
        case .text(let text):
            writer.byte(3)
            writer.text(text)
        case .date(let date):
            writer.byte(4)
            writer.signed(Int64(date.days))
        case .time(let time):
            writer.byte(5)
            writer.varint(UInt64(time.seconds))
        case .moment(let moment):
            writer.byte(6)
            writer.signed(moment.milliseconds)
            writer.signed(Int64(moment.offsetMinutes))
        case .items(let items):
            writer.byte(7)
            writer.varint(UInt64(items.count))
            for item in items { writer.text(item) }
        case .flag(let flag): writer.byte(flag ? 9 : 8)
        case .unknown(let kind, let bytes):
            writer.byte(kind)
            writer.block(bytes)
        }
    }

    package var canonicalBytes: [UInt8] {
        var writer = ByteWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// Reads what ``write(to:)`` wrote. Kinds from 32 up belong to later versions and carry their own length.
    package init(from reader: inout ByteReader) throws(DecodingFailure) {
        switch try reader.byte() {
        case 0: self = .null
        case 1: self = .integer(try reader.signed())
        case 2: self = .decimal(try Self.readDecimal(&reader))
        case 3: self = .text(try reader.text(limit: RecordLimits.textBytes))
        case 4: self = .date(try Self.readDate(&reader))
        case 5:
            guard let time = TimeOfDay(seconds: UInt32(clamping: try reader.varint())) else {
                throw reader.failure(.tooLarge)
            }
            self = .time(time)
        case 6:
            let milliseconds = try reader.signed()
            guard let moment = Moment(milliseconds: milliseconds, offsetMinutes: Int16(clamping: try reader.signed()))
            else {
                throw reader.failure(.tooLarge)
            }
            self = .moment(moment)
        case 7: self = .items(try Self.readItems(&reader))
        case 8: self = .flag(false)
        case 9: self = .flag(true)
        case let kind where kind >= 32:
            self = .unknown(kind: kind, bytes: try reader.block(limit: RecordLimits.textBytes))
        default: throw reader.failure(.unknownKind)
        }
    }

    /// Reads one value and nothing after it.
    package init(canonical bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader)
        try reader.finish()
    }

    private static func readDecimal(_ reader: inout ByteReader) throws(DecodingFailure) -> DecimalNumber {
        let scale = try reader.byte()
        let coefficient = try reader.signed()
        guard let number = DecimalNumber(coefficient: coefficient, scale: scale) else {
            throw reader.failure(.tooLarge)
        }
        guard number.scale == scale else { throw reader.failure(.notCanonical) }
        return number
    }

    private static func readDate(_ reader: inout ByteReader) throws(DecodingFailure) -> CalendarDate {
        let days = try reader.signed()
        guard CalendarDate.canonicalDays.contains(days) else { throw reader.failure(.tooLarge) }
        return CalendarDate(days: Int32(days))
    }

    private static func readItems(_ reader: inout ByteReader) throws(DecodingFailure) -> [String] {
        var items: [String] = []
        for _ in 0..<(try reader.count(limit: RecordLimits.items)) {
            let item = try reader.text(limit: RecordLimits.textBytes)
            if let last = items.last, !last.utf8.lexicographicallyPrecedes(item.utf8) {
                throw reader.failure(.notCanonical)
            }
            items.append(item)
        }
        return items
    }
}
