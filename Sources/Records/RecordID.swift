package import Causality

/// Names a record within its space.
package enum RecordID: Hashable, Comparable, Sendable {
    /// By the change that created it. In a change it costs a few bytes, however random replica ids are.
    case created(Dot)
    /// By its natural key: two people who create the same (indicator, unit, period) edit one record.
    case keyed(NaturalKey)

    /// 24 bytes: the dot, or the key and a zero where a dot has its sequence, which is never zero.
    package var bytes: [UInt8] {
        switch self {
        case .created(let dot): dot.replica.bytes + dot.sequence.bigEndianBytes
        case .keyed(let key): key.bytes + UInt64(0).bigEndianBytes
        }
    }

    package init?(bytes: [UInt8]) {
        guard bytes.count == 24, let replica = ReplicaID(bytes: bytes[..<16]) else { return nil }
        let sequence = bytes[16...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self =
            sequence == 0 ? .keyed(NaturalKey(high: replica.high, low: replica.low)) : .created(Dot(replica, sequence))
    }

    package static func < (a: Self, b: Self) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}

/// The first 16 bytes of a hash over a form's id and the values of its key fields, in the order of their names.
package struct NaturalKey: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter values: the key fields by name; a field that is empty stands as `null`.
    package init(form: String, values: [String: Value]) {
        var writer = ByteWriter()
        writer.text(form)
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            writer.text(name)
            value.write(to: &writer)
        }
        let hash = Hash256.of(tag: "phusa natural key 1", writer.bytes)
        self.init(high: hash.a, low: hash.b)
    }

    package static let byteCount = 16

    /// The key written as `bytes`, big-endian; `nil` unless there are exactly 16.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    package var bytes: [UInt8] { high.bigEndianBytes + low.bigEndianBytes }
}
