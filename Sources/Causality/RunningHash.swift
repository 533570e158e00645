import Crypto

/// The SHA-256 of bytes that come piece by piece.
package struct RunningHash: Sendable {
    private var hasher = SHA256()

    package init() {}

    package mutating func add(_ bytes: [UInt8]) { hasher.update(data: bytes) }

    package var value: Hash256 { Hash256(hasher.finalize()) }
}
