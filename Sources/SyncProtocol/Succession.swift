import Causality
import Records

/// A device's word that it goes on under another key, from the one that a hub certified to the one that it writes with now.
/// With no step it shows its certificate to a hub that has lost its own record of it.
package struct Succession: Hashable, Sendable {
    /// One key hands on to the next.
    package struct Step: Hashable, Sendable {
        package let publicKey: [UInt8]
        package let signature: [UInt8]

        static let byteCount = 32 + Signature.byteCount

        package init(from old: ReplicaIdentity, to new: ReplicaIdentity) {
            self.init(
                publicKey: new.publicKey,
                signature: old.sign(tag: Self.tag, old.replica.bytes + new.publicKey))
        }

        init(publicKey: [UInt8], signature: [UInt8]) {
            self.publicKey = publicKey
            self.signature = signature
        }

        package var bytes: [UInt8] { publicKey + signature }

        private static let tag = "phusa succession 1"

        fileprivate func isSigned(by key: [UInt8]) -> Bool {
            Signature.isValid(
                signature, tag: Self.tag, ReplicaID(publicKey: key).bytes + publicKey, publicKey: key)
        }
    }

    package let certificate: Certificate
    package let steps: [Step]

    /// No device goes on under a new key so often between two contacts.
    package static let mostSteps = 256

    /// The key at the end of the steps.
    package var publicKey: [UInt8] { steps.last?.publicKey ?? certificate.publicKey }

    package static func steps(_ bytes: [UInt8]) -> [Step] {
        stride(from: 0, to: bytes.count, by: Step.byteCount).compactMap { start in
            guard start + Step.byteCount <= bytes.count else { return nil }
            return Step(
                publicKey: Array(bytes[start..<start + 32]),
                signature: Array(bytes[start + 32..<start + Step.byteCount]))
        }
    }

    private static let tag = "phusa succeed 1"

    /// The message, signed with the key at the end, so that nobody registers a key that is not theirs.
    package static func bytes(certificate: [UInt8], _ steps: [Step], signedBy identity: ReplicaIdentity) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(MessageKind.succession.rawValue)
        writer.byte(MessageKind.version)
        writer.block(certificate)
        writer.varint(UInt64(steps.count))
        for step in steps { writer.raw(step.bytes) }
        writer.raw(identity.sign(tag: tag, writer.bytes))
        return writer.bytes
    }

    /// Reads the message and checks every signature in it.
    /// - Throws: `certificate.wrong`, `wire.signature-wrong`, or what is wrong with the bytes.
    package init(bytes: [UInt8], hubKey: [UInt8]) throws(ProtocolError) {
        var reader = ByteReader(bytes)
        try MessageKind.expect(.succession, &reader)
        let (certificate, steps) = try decoding { () throws(DecodingFailure) in
            let certificate = try reader.block(limit: ProtocolLimits.certificateBytes)
            var steps: [Step] = []
            for _ in 0..<(try reader.count(limit: Self.mostSteps)) {
                steps.append(
                    Step(publicKey: try reader.raw(32), signature: try reader.raw(Signature.byteCount)))
            }
            _ = try reader.raw(Signature.byteCount)
            try reader.finish()
            return (certificate, steps)
        }
        self.certificate = try Certificate(bytes: certificate, hubKey: hubKey)
        self.steps = steps
        var key = self.certificate.publicKey
        for step in steps {
            guard step.isSigned(by: key) else { throw ProtocolError(.signatureWrong, ["what": "succession"]) }
            key = step.publicKey
        }
        guard
            Signature.isValid(
                Array(bytes.suffix(Signature.byteCount)), tag: Self.tag, Array(bytes.dropLast(Signature.byteCount)),
                publicKey: key)
        else { throw ProtocolError(.signatureWrong, ["what": "succession"]) }
    }
}

/// The hub's answer to a succession: the certificate of the key at its end. It is signed by the hub as every certificate is.
package enum SuccessionAnswer {
    package static func bytes(certificate: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(MessageKind.successionAnswer.rawValue)
        writer.byte(MessageKind.version)
        writer.block(certificate)
        return writer.bytes
    }

    package static func certificate(_ bytes: [UInt8], hubKey: [UInt8]) throws(ProtocolError) -> Certificate {
        var reader = ByteReader(bytes)
        try MessageKind.expect(.successionAnswer, &reader)
        let certificate = try decoding { () throws(DecodingFailure) in
            let certificate = try reader.block(limit: ProtocolLimits.certificateBytes)
            try reader.finish()
            return certificate
        }
        return try Certificate(bytes: certificate, hubKey: hubKey)
    }
}
