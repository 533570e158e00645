package import Causality

/// Writes the canonical bytes that hashes and signatures are taken over: every value has exactly one encoding.
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func byte(_ value: UInt8) { bytes.append(value) }

    package mutating func raw(_ value: some Sequence<UInt8>) { bytes.append(contentsOf: value) }

    /// An unsigned number in as few 7-bit groups as it needs, least significant first (LEB128).
    package mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A signed number, zigzag: 0, -1, 1, -2 … become 0, 1, 2, 3 …
    package mutating func signed(_ value: Int64) {
        varint(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    /// Bytes behind their count.
    package mutating func block(_ value: some Collection<UInt8>) {
        varint(UInt64(value.count))
        raw(value)
    }

    /// How many bytes a block of `value` takes.
    package static func blockCount(of value: some Collection<UInt8>) -> Int {
        value.count + max(1, (Int.bitWidth - value.count.leadingZeroBitCount + 6) / 7)
    }

    /// UTF-8 behind its byte count.
    package mutating func text(_ value: String) { block(Array(value.utf8)) }

    package mutating func replica(_ value: ReplicaID) { raw(value.bytes) }

    package mutating func hash(_ value: Hash256) { raw(value.bytes) }

    package mutating func dot(_ value: Dot) {
        replica(value.replica)
        varint(value.sequence)
    }
}
