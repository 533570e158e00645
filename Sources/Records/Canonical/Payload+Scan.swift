/// One operation of a payload, as places in the payload's bytes.
package struct ScannedOperation: Hashable, Sendable {
    /// The UTF-8 of the field's name.
    package let field: Range<Int>
    /// The UTF-8 of the member, in set fields; empty where there is none.
    package let item: Range<Int>
    /// The value's canonical bytes.
    package let value: Range<Int>
}

extension Payload {
    /// The operations of canonical bytes without a copy of any of them: as ``init(canonical:)`` would read them, for those
    /// who only pass them on.
    /// - Returns: `nil` exactly where ``init(canonical:)`` throws.
    package static func scan(_ bytes: [UInt8]) -> [ScannedOperation]? {
        bytes.withUnsafeBytes { raw in
            var scanner = PayloadScanner(raw)
            return try? scanner.operations()
        }
    }
}

/// Reads a payload's bytes in place. Total, like ``ByteReader``, whose rules it keeps.
private struct PayloadScanner {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Why does not matter here: the payload is read by nobody.
    private struct Unreadable: Error {}

    mutating func operations() throws -> [ScannedOperation] {
        let flags = try byte()
        guard flags <= 3 else { throw Unreadable() }
        if flags & 1 == 1 { _ = try text(limit: RecordLimits.reasonBytes) }
        if flags & 2 == 2 {
            try skip(ReplicaIDBytes.count)
            guard try varint() > 0 else { throw Unreadable() }
        }
        let count = try self.count(limit: RecordLimits.operations)
        guard count > 0 else { throw Unreadable() }
        var operations: [ScannedOperation] = []
        operations.reserveCapacity(count)
        for _ in 0..<count {
            let operation = try self.operation()
            if let last = operations.last, !precedes(last, operation) { throw Unreadable() }
            operations.append(operation)
        }
        guard offset == bytes.count else { throw Unreadable() }
        return operations
    }

    private mutating func operation() throws -> ScannedOperation {
        let field = try text(limit: RecordLimits.nameBytes)
        guard !field.isEmpty else { throw Unreadable() }
        var item = offset..<offset
        switch try byte() {
        case 0: break
        case 1:
            item = try text(limit: RecordLimits.textBytes)
            guard !item.isEmpty else { throw Unreadable() }
        default: throw Unreadable()
        }
        let start = offset
        try value()
        return ScannedOperation(field: field, item: item, value: start..<offset)
    }

    private mutating func value() throws {
        switch try byte() {
        case 0, 8, 9: return
        case 1: _ = try signed()
        case 2:
            let scale = try byte()
            guard DecimalNumber(coefficient: try signed(), scale: scale)?.scale == scale else { throw Unreadable() }
        case 3: _ = try text(limit: RecordLimits.textBytes)
        case 4: guard CalendarDate.canonicalDays.contains(try signed()) else { throw Unreadable() }
        case 5: guard TimeOfDay(seconds: UInt32(clamping: try varint())) != nil else { throw Unreadable() }
        case 6:
            let milliseconds = try signed()
            guard Moment(milliseconds: milliseconds, offsetMinutes: Int16(clamping: try signed())) != nil else {
                throw Unreadable()
            }
        case 7: try items()
        case let kind where kind >= 32: _ = try block(limit: RecordLimits.textBytes)
        default: throw Unreadable()
        }
    }

    private mutating func items() throws {
        var last: Range<Int>?
        for _ in 0..<(try count(limit: RecordLimits.items)) {
            let item = try text(limit: RecordLimits.textBytes)
            if let last, !bytes[last].lexicographicallyPrecedes(bytes[item]) { throw Unreadable() }
            last = item
        }
    }

    private func precedes(_ a: ScannedOperation, _ b: ScannedOperation) -> Bool {
        let (x, y) = (bytes[a.field], bytes[b.field])
        if x.elementsEqual(y) { return bytes[a.item].lexicographicallyPrecedes(bytes[b.item]) }
        return x.lexicographicallyPrecedes(y)
    }

    private mutating func byte() throws -> UInt8 {
        guard offset < bytes.count else { throw Unreadable() }
        defer { offset += 1 }
        return bytes[offset]
    }

    private mutating func skip(_ count: Int) throws {
        guard count <= bytes.count - offset else { throw Unreadable() }
        offset += count
    }

    private mutating func varint() throws -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 63 || next <= 1 else { throw Unreadable() }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 {
                guard next != 0 || shift == 0 else { throw Unreadable() }
                return value
            }
            shift += 7
            guard shift <= 63 else { throw Unreadable() }
        }
    }

    private mutating func signed() throws -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    private mutating func count(limit: Int) throws -> Int {
        let value = try varint()
        guard value <= UInt64(limit), value <= UInt64(bytes.count - offset) else { throw Unreadable() }
        return Int(value)
    }

    private mutating func block(limit: Int) throws -> Range<Int> {
        let count = try self.count(limit: limit)
        defer { offset += count }
        return offset..<offset + count
    }

    private mutating func text(limit: Int) throws -> Range<Int> {
        let range = try block(limit: limit)
        guard CanonicalText.holds(UnsafeRawBufferPointer(rebasing: bytes[range])) else { throw Unreadable() }
        return range
    }

    private enum ReplicaIDBytes { static let count = 16 }
}
