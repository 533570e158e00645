package import Records

/// Reads what ``ColumnWriter`` wrote. Total, like ``ByteReader``: a column that claims more values than the input can hold
/// is a failure before memory is spent on it.
package struct ColumnReader {
    package private(set) var reader: ByteReader
    private var tail: ByteReader

    package init(_ bytes: [UInt8], tail: [UInt8] = []) {
        reader = ByteReader(bytes)
        self.tail = ByteReader(tail)
    }

    package init(_ contents: Frame.Contents) { self.init(contents.columns, tail: contents.tail) }

    package func failure(_ reason: DecodingFailure.Reason) -> DecodingFailure { reader.failure(reason) }
    /// Whether nothing is left of the columns.
    var isAtEnd: Bool { reader.isAtEnd }

    package func finish() throws(DecodingFailure) {
        try reader.finish()
        try tail.finish()
    }

    /// The next bytes of what does not compress.
    package mutating func incompressible(_ count: Int) throws(DecodingFailure) -> [UInt8] { try tail.raw(count) }
    package mutating func varint() throws(DecodingFailure) -> UInt64 { try reader.varint() }
    package mutating func ordinal() throws(DecodingFailure) -> UInt64 { try reader.ordinal() }
    package mutating func signed() throws(DecodingFailure) -> Int64 { try reader.signed() }
    package mutating func byte() throws(DecodingFailure) -> UInt8 { try reader.byte() }
    package mutating func raw(_ count: Int) throws(DecodingFailure) -> [UInt8] { try reader.raw(count) }
    package mutating func text(limit: Int) throws(DecodingFailure) -> String { try reader.text(limit: limit) }
    package mutating func block(limit: Int) throws(DecodingFailure) -> [UInt8] { try reader.block(limit: limit) }

    /// Takes what is about to be put together off a frame's room, before memory is spent on it.
    package func take(_ cost: Int, of room: inout Int) throws(DecodingFailure) {
        room -= cost
        guard room >= 0 else { throw reader.failure(.tooLarge) }
    }

    /// A number of things, of which an input of `limit` changes cannot have more.
    package mutating func count(limit: Int) throws(DecodingFailure) -> Int {
        let value = try reader.varint()
        guard value <= UInt64(limit) else { throw reader.failure(.tooLarge) }
        return Int(value)
    }

    package mutating func uints(_ count: Int) throws(DecodingFailure) -> [UInt64] {
        let width = Int(try reader.byte())
        guard width <= 8 else { throw reader.failure(.notCanonical) }
        var values = [UInt64](repeating: 0, count: count)
        guard width * count <= reader.remaining else { throw reader.failure(.truncated) }
        for plane in 0..<width {
            let bytes = try reader.raw(count)
            for index in 0..<count { values[index] |= UInt64(bytes[index]) << UInt64(8 * plane) }
        }
        return values
    }

    /// Indices into a table of `size`.
    package mutating func indices(_ count: Int, below size: Int) throws(DecodingFailure) -> [Int] {
        let values = try uints(count)
        guard values.allSatisfy({ $0 < UInt64(size) }) else { throw reader.failure(.inconsistent) }
        return values.map { Int($0) }
    }

    package mutating func deltas(_ count: Int, from start: Int64 = 0) throws(DecodingFailure) -> [Int64] {
        var column = ByteReader(try reader.block(limit: reader.remaining))
        var values: [Int64] = []
        values.reserveCapacity(Swift.min(count, column.remaining))
        var last = start
        for _ in 0..<count {
            last = last &+ (try column.signed())
            values.append(last)
        }
        try column.finish()
        return values
    }

    package mutating func numbers(_ count: Int) throws(DecodingFailure) -> [(coefficient: Int64, scale: UInt8)] {
        let tags = try uints(count)
        guard tags.allSatisfy({ $0 < 9 * 2 * 256 }) else { throw reader.failure(.tooLarge) }
        let lengths = tags.map { Int($0 % 9) }
        var magnitudes = [UInt64](repeating: 0, count: count)
        for plane in 0..<(lengths.max() ?? 0) {
            let bytes = try reader.raw(lengths.count { $0 > plane })
            var next = 0
            for index in 0..<count where lengths[index] > plane {
                magnitudes[index] |= UInt64(bytes[next]) << UInt64(8 * plane)
                next += 1
            }
        }
        var values: [(coefficient: Int64, scale: UInt8)] = []
        values.reserveCapacity(count)
        for (tag, magnitude) in zip(tags, magnitudes) {
            let rest = tag / 9
            // The least number has a greater magnitude than the greatest.
            guard magnitude <= Int64.max.magnitude + (rest & 1) else { throw reader.failure(.tooLarge) }
            let number = Int64(bitPattern: magnitude)
            values.append((rest & 1 == 1 ? 0 &- number : number, UInt8(rest >> 1)))
        }
        return values
    }

    package mutating func strings(_ count: Int, limit: Int) throws(DecodingFailure) -> [ArraySlice<UInt8>] {
        switch try reader.byte() {
        case 0:
            let lengths = try uints(count)
            guard lengths.allSatisfy({ $0 <= UInt64(limit) }) else { throw reader.failure(.tooLarge) }
            let bytes = try reader.raw(try total(lengths))
            var start = 0
            return lengths.map { length in
                defer { start += Int(length) }
                return bytes[start..<start + Int(length)]
            }
        case 1:
            let size = try reader.count(limit: count)
            var distinct: [ArraySlice<UInt8>] = []
            for _ in 0..<size { distinct.append(try reader.block(limit: limit)[...]) }
            return try indices(count, below: size).map { distinct[$0] }
        default: throw reader.failure(.unknownKind)
        }
    }

    private func total(_ lengths: [UInt64]) throws(DecodingFailure) -> Int {
        var sum: UInt64 = 0
        for length in lengths {
            sum += length
            guard sum <= UInt64(reader.remaining) else { throw reader.failure(.truncated) }
        }
        return Int(sum)
    }

    /// Texts in NFC; as many as `count`.
    package mutating func texts(_ count: Int, limit: Int) throws(DecodingFailure) -> [String] {
        var known: [ArraySlice<UInt8>: String] = [:]
        var texts: [String] = []
        for bytes in try strings(count, limit: limit) {
            if let text = known[bytes] {
                texts.append(text)
                continue
            }
            guard let text = String(canonical: bytes) else { throw reader.failure(.notCanonical) }
            known[bytes] = text
            texts.append(text)
        }
        return texts
    }
}
