package import Causality
import Crypto

/// The key pair of one incarnation of a device or hub. The private key never leaves its process but for its own file.
package struct ReplicaIdentity: Sendable {
    private let key: Curve25519.Signing.PrivateKey
    package let replica: ReplicaID

    /// The identity whose private key is `rawKey`; `nil` unless it has 32 bytes.
    package init?(rawKey: [UInt8]) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: rawKey) else { return nil }
        self.key = key
        replica = ReplicaID(publicKey: Array(key.publicKey.rawRepresentation))
    }

    package var rawKey: [UInt8] { Array(key.rawRepresentation) }
    package var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }

    /// An Ed25519 signature over tag and message, 64 bytes.
    package func sign(tag: String, _ message: [UInt8]) -> [UInt8] {
        // Signing fails only for keys without a private part.
        guard let signature = try? key.signature(for: Array(tag.utf8) + message) else {
            preconditionFailure("a private key can sign")
        }
        return Array(signature)
    }
}

/// Ed25519 signatures, each over a tag of its own so that one can never pass for another.
package enum Signature {
    package static let byteCount = 64

    package static func isValid(_ signature: [UInt8], tag: String, _ message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: Array(tag.utf8) + message)
    }
}
