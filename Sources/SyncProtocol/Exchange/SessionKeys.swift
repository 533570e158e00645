package import Causality
import Crypto
import Records

/// One side's half of the agreement that a session begins with, X25519.
package struct SessionOffer: Sendable {
    private let key: Curve25519.KeyAgreement.PrivateKey
    package static let byteCount = 32

    /// - Parameter random: 32 random bytes.
    package init(random: [UInt8]) {
        guard let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: random) else {
            preconditionFailure("any 32 bytes are a private key")
        }
        self.key = key
    }

    package var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }
    /// The private half, for a device that keeps it until the answer comes.
    package var secret: [UInt8] { Array(key.rawRepresentation) }

    /// The keys that both sides derive.
    /// - Parameter request: the name of the signed request that began the session.
    /// - Throws: `wire.session-wrong` for another side's half that agrees on nothing.
    package func keys(with other: [UInt8], request: Hash256) throws(ProtocolError) -> SessionKeys {
        guard let peer = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: other),
            let secret = try? key.sharedSecretFromKeyAgreement(with: peer),
            // A point of small order agrees with everybody.
            secret.withUnsafeBytes({ bytes in bytes.contains { $0 != 0 } })
        else { throw ProtocolError(.sessionWrong) }
        let bytes = secret.hkdfDerivedSymmetricKey(
            using: SHA256.self, salt: request.bytes, sharedInfo: Array("phusa session 1".utf8), outputByteCount: 64)
        return SessionKeys(bytes: bytes.withUnsafeBytes { Array($0) })
    }
}

/// The two secrets of a session: one that the device proves its requests with, one that the hub proves its answers with.
package struct SessionKeys: Sendable {
    package static let byteCount = 64
    package static let proofByteCount = 16

    package let bytes: [UInt8]

    /// - Precondition: 64 bytes.
    package init(bytes: [UInt8]) {
        precondition(bytes.count == Self.byteCount, "a session has two keys of 32 bytes")
        self.bytes = bytes
    }

    private enum Side: Int { case device, hub }

    package func requestProof(_ message: [UInt8]) -> [UInt8] { proof(.device, message) }

    package func isRequestProof(_ proof: some Collection<UInt8>, of message: [UInt8]) -> Bool {
        ConstantTime.areEqual(proof, requestProof(message))
    }

    /// - Parameters:
    ///   - request: the name of the request that is answered.
    ///   - number: which frame of the answer it is, from 0.
    package func frameProof(_ frame: [UInt8], number: UInt64, request: Hash256) -> [UInt8] {
        proof(.hub, request.bytes + number.bigEndianBytes + frame)
    }

    package func isFrameProof(
        _ proof: some Collection<UInt8>, of frame: [UInt8], number: UInt64, request: Hash256
    ) -> Bool {
        ConstantTime.areEqual(proof, frameProof(frame, number: number, request: request))
            || !Safeguard.framesProven.isOn
    }

    /// HMAC-SHA-256, the first 16 bytes.
    private func proof(_ side: Side, _ message: [UInt8]) -> [UInt8] {
        let key = SymmetricKey(data: bytes[side.rawValue * 32..<side.rawValue * 32 + 32])
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: key).prefix(Self.proofByteCount))
    }
}
