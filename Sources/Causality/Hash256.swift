package import Crypto

/// A SHA-256 value.
package struct Hash256: Hashable, Sendable {
    package static let byteCount = 32
    package static let zero = Hash256(words: (0, 0, 0, 0))

    package let a: UInt64
    package let b: UInt64
    package let c: UInt64
    package let d: UInt64

    package init(words: (UInt64, UInt64, UInt64, UInt64)) {
        (a, b, c, d) = words
    }

    package init(_ digest: SHA256.Digest) {
        self = digest.withUnsafeBytes { Hash256(raw: $0) }
    }

    /// The hash written as `bytes`, big-endian; `nil` unless there are exactly 32.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self = Array(bytes).withUnsafeBytes { Hash256(raw: $0) }
    }

    private init(raw: UnsafeRawBufferPointer) {
        self.init(
            words: (
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
            ))
    }

    /// The hash of the parts one after another. Each use begins with a tag of its own, so that no two uses share a
    /// preimage.
    package static func of(tag: String, _ parts: [UInt8]...) -> Hash256 {
        var hasher = SHA256()
        hasher.update(data: Array(tag.utf8))
        for part in parts { hasher.update(data: part) }
        return Hash256(hasher.finalize())
    }

    /// The hash of bytes that begin with a tag of their use's own.
    package static func of(_ tagged: [UInt8]) -> Hash256 { Hash256(SHA256.hash(data: tagged)) }

    package var bytes: [UInt8] {
        a.bigEndianBytes + b.bigEndianBytes + c.bigEndianBytes + d.bigEndianBytes
    }

    /// The first 32 bits, which words that leave a space carry so that they stay unambiguous after a fork.
    package var prefix: UInt32 { UInt32(truncatingIfNeeded: a >> 32) }

    /// A hash of which no more than its first bits are known.
    package init(prefix: UInt32) { self.init(words: (UInt64(prefix) << 32, 0, 0, 0)) }

    /// The hash that ``hex`` writes as `digits`; `nil` for any other text.
    package init?(hex digits: some StringProtocol) {
        guard digits.utf8.count == 2 * Self.byteCount,
            digits.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        var words: [UInt64] = []
        var rest = Substring(digits)
        while !rest.isEmpty {
            guard let word = UInt64(rest.prefix(16), radix: 16) else { return nil }
            words.append(word)
            rest = rest.dropFirst(16)
        }
        self.init(words: (words[0], words[1], words[2], words[3]))
    }

    /// Lower-case hexadecimal digits, 64 of them.
    package var hex: String { bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined() }
}
