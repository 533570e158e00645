package import Records

/// Writes columns: the values of one kind from many changes, one after another, so that like stands beside like and
/// compresses. How many values a column has is known from what stands before it.
package struct ColumnWriter {
    package private(set) var writer = ByteWriter()
    /// Where columns end: ``Deflate`` may begin a new block there.
    package private(set) var breaks: [Int] = []
    /// Hashes, keys and signatures: what does not compress stands apart, uncompressed.
    package private(set) var tail: [UInt8] = []

    package init() {}

    package var bytes: [UInt8] { writer.bytes }

    package mutating func varint(_ value: UInt64) { writer.varint(value) }
    package mutating func byte(_ value: UInt8) { writer.byte(value) }
    package mutating func raw(_ value: some Sequence<UInt8>) { writer.raw(value) }
    package mutating func text(_ value: String) { writer.text(value) }
    package mutating func block(_ value: some Collection<UInt8>) { writer.block(value) }

    /// Appends columns that were written apart.
    package mutating func append(_ other: ColumnWriter) {
        let start = writer.bytes.count
        writer.raw(other.bytes)
        breaks += other.breaks.map { $0 + start }
        tail += other.tail
    }

    package mutating func incompressible(_ value: some Sequence<UInt8>) { tail.append(contentsOf: value) }

    package mutating func endColumn() { breaks.append(writer.bytes.count) }

    /// Unsigned numbers: `byte` width in bytes, 0 to 8, then the lowest byte of each, then the next higher of each …
    package mutating func uints(_ values: [UInt64]) {
        let largest = values.reduce(0, |)
        let width = (64 - largest.leadingZeroBitCount + 7) / 8
        writer.byte(UInt8(width))
        for plane in 0..<width {
            for value in values { writer.byte(UInt8(truncatingIfNeeded: value >> UInt64(8 * plane))) }
            endColumn()
        }
    }

    /// Signed numbers, each as its difference from the one before it, the first from `start`, as `block` of `signed`.
    package mutating func deltas(_ values: [Int64], from start: Int64 = 0) {
        var column = ByteWriter()
        var last = start
        for value in values {
            column.signed(value &- last)
            last = value
        }
        writer.block(column.bytes)
        endColumn()
    }

    /// Decimals: `uints` of length + 9 × (sign + 2 × scale), where length counts the bytes of the coefficient's magnitude,
    /// then the magnitudes' lowest bytes, then the next higher of those that have one …
    package mutating func numbers(_ values: [(coefficient: Int64, scale: UInt8)]) {
        let magnitudes = values.map(\.coefficient.magnitude)
        let lengths = magnitudes.map { (64 - $0.leadingZeroBitCount + 7) / 8 }
        uints(
            zip(values, lengths).map { value, length in
                UInt64(length + 9 * ((value.coefficient < 0 ? 1 : 0) + 2 * Int(value.scale)))
            })
        for plane in 0..<(lengths.max() ?? 0) {
            for (magnitude, length) in zip(magnitudes, lengths) where length > plane {
                writer.byte(UInt8(truncatingIfNeeded: magnitude >> UInt64(8 * plane)))
            }
            endColumn()
        }
    }

    /// Byte strings. `byte` 0, `uints` of their lengths and their bytes; or, where many are equal, `byte` 1, `varint` count
    /// and the distinct ones as blocks in the order of their first use, then `uints` of which each is.
    package mutating func strings(_ values: [ArraySlice<UInt8>]) {
        if let (distinct, indices) = Self.distinct(values) {
            writer.byte(1)
            writer.varint(UInt64(distinct.count))
            for value in distinct { writer.block(value) }
            endColumn()
            uints(indices)
        } else {
            writer.byte(0)
            uints(values.map { UInt64($0.count) })
            for value in values { writer.raw(value) }
            endColumn()
        }
    }

    /// `nil` where naming each by number would not be shorter.
    private static func distinct(_ values: [ArraySlice<UInt8>]) -> (distinct: [ArraySlice<UInt8>], indices: [UInt64])? {
        let most = max(64, values.count / 2)
        var known: [ArraySlice<UInt8>: UInt64] = [:]
        var distinct: [ArraySlice<UInt8>] = []
        var indices: [UInt64] = []
        indices.reserveCapacity(values.count)
        for value in values {
            if let index = known[value] {
                indices.append(index)
                continue
            }
            guard distinct.count < most else { return nil }
            known[value] = UInt64(distinct.count)
            indices.append(UInt64(distinct.count))
            distinct.append(value)
        }
        return distinct.count < values.count ? (distinct, indices) : nil
    }
}
