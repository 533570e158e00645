import Crypto

/// Names one incarnation of a device or of the hub: the first 16 bytes of a hash of its Ed25519 public key, so that
/// nobody can take a name without the key.
package struct ReplicaID: Hashable, Comparable, Sendable {
    package static let byteCount = 16

    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The id that belongs to the raw 32-byte public key.
    package init(publicKey: [UInt8]) {
        var hasher = SHA256()
        hasher.update(data: Array("phusa replica 1".utf8))
        hasher.update(data: publicKey)
        self.init(bytes: Array(hasher.finalize().prefix(Self.byteCount)))!
    }

    /// The name of a branch of a replica's forked log: the same for all who hold the branch.
    /// - Parameters:
    ///   - signer: the replica whose key signed the branch.
    ///   - link: the chain's value after the branch's first change, the first that differs.
    package init(branchOf signer: ReplicaID, from link: Hash256) {
        self.init(bytes: Hash256.of(tag: "phusa branch 1", signer.bytes, link.bytes).bytes.prefix(Self.byteCount))!
    }

    /// The id written as `bytes`, big-endian; `nil` unless there are exactly 16.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    package var bytes: [UInt8] { high.bigEndianBytes + low.bigEndianBytes }

    package static func < (a: Self, b: Self) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

extension UInt64 {
    package var bigEndianBytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> (56 - 8 * $0)) } }
}
