package import Causality
import Crypto
package import Records

/// A one-time code: four characters that name it and sixteen that are the secret, 80 bits. Both sides prove that they
/// know the secret and neither sends it, so that a hub that is not the hub is found out before anything is told to it.
package struct EnrolmentCode: Hashable, Sendable {
    package let name: String
    package let secret: [UInt8]

    /// A code made of 13 random bytes, of which the last is half used.
    package init(random: [UInt8]) {
        precondition(random.count == 13, "a code takes 13 random bytes")
        let word = Words.encode(random).prefix(20).uppercased()
        name = String(word.prefix(4))
        secret = Array(word.dropFirst(4).utf8)
    }

    /// Reads a code as people type it: in any case, with or without its hyphens, `O` for `0`, `I` or `L` for `1`.
    package init?(_ typed: String) {
        let mended: [Character] = typed.uppercased().compactMap { character in
            switch character {
            case "-", " ": nil
            case "O": "0"
            case "I", "L": "1"
            default: character
            }
        }
        let word = String(mended)
        guard word.utf8.count == 20, Words.isWord(word.lowercased()) else { return nil }
        name = String(word.prefix(4))
        secret = Array(word.dropFirst(4).utf8)
    }

    /// Five groups of four.
    package var text: String {
        let word = name + String(decoding: secret, as: UTF8.self)
        return stride(from: 0, to: 20, by: 4).map { String(word.dropFirst($0).prefix(4)) }.joined(separator: "-")
    }

    package func proof(tag: String, _ message: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(tag.utf8) + message, using: SymmetricKey(data: secret)))
    }

    package func isProof(_ proof: [UInt8], tag: String, _ message: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            proof, authenticating: Array(tag.utf8) + message, using: SymmetricKey(data: secret))
    }
}

/// A device's wish to join: its key, the unit it says it is of, and the forms it already works with.
package struct EnrolRequest: Hashable, Sendable {
    package let codeName: String
    package let publicKey: [UInt8]
    /// The unit that the device was set up for; empty when the code is to say.
    package let unit: String
    package let forms: [FormReference: Hash256]

    private static let tag = "phusa enrol request 1"

    package init(codeName: String, publicKey: [UInt8], unit: String, forms: [FormReference: Hash256]) {
        self.codeName = codeName
        self.publicKey = publicKey
        self.unit = unit
        self.forms = forms
    }

    package func bytes(code: EnrolmentCode) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(MessageKind.enrolRequest.rawValue)
        writer.byte(MessageKind.version)
        writer.text(codeName)
        writer.raw(publicKey)
        writer.text(unit)
        writer.varint(UInt64(forms.count))
        for (form, digest) in forms.sorted(by: { ($0.key.form, $0.key.version) < ($1.key.form, $1.key.version) }) {
            writer.text(form.form)
            writer.varint(form.version)
            writer.hash(digest)
        }
        writer.raw(code.proof(tag: Self.tag, writer.bytes))
        return writer.bytes
    }

    package init(bytes: [UInt8]) throws(ProtocolError) {
        var reader = ByteReader(bytes)
        try MessageKind.expect(.enrolRequest, &reader)
        self = try decoding { () throws(DecodingFailure) in try Self(from: &reader) }
    }

    private init(from reader: inout ByteReader) throws(DecodingFailure) {
        codeName = try reader.text(limit: 8)
        publicKey = try reader.raw(32)
        unit = try reader.text(limit: ProtocolLimits.spaceBytes)
        var forms: [FormReference: Hash256] = [:]
        var last: FormReference?
        for _ in 0..<(try reader.count(limit: ProtocolLimits.forms)) {
            let form = FormReference(try reader.text(limit: RecordLimits.nameBytes), version: try reader.ordinal())
            if let last, (last.form, last.version) >= (form.form, form.version) { throw reader.failure(.notCanonical) }
            last = form
            forms[form] = try reader.hash()
        }
        self.forms = forms
        _ = try reader.raw(32)
        try reader.finish()
    }

    package static func isProven(_ bytes: [UInt8], by code: EnrolmentCode) -> Bool {
        bytes.count > 32 && code.isProof(Array(bytes.suffix(32)), tag: tag, Array(bytes.dropLast(32)))
    }
}

/// The hub's welcome: its key and the device's certificate.
package struct EnrolAnswer: Hashable, Sendable {
    package let hubKey: [UInt8]
    package let certificate: [UInt8]

    private static let tag = "phusa enrol answer 1"

    package init(hubKey: [UInt8], certificate: [UInt8]) {
        self.hubKey = hubKey
        self.certificate = certificate
    }

    package func bytes(code: EnrolmentCode, request: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(MessageKind.enrolAnswer.rawValue)
        writer.byte(MessageKind.version)
        writer.raw(hubKey)
        writer.block(certificate)
        writer.raw(code.proof(tag: Self.tag, request + writer.bytes))
        return writer.bytes
    }

    /// Reads the answer to `request` and checks that its sender knows the code too.
    package init(bytes: [UInt8], code: EnrolmentCode, request: [UInt8]) throws(ProtocolError) {
        var reader = ByteReader(bytes)
        try MessageKind.expect(.enrolAnswer, &reader)
        guard bytes.count > 32,
            code.isProof(Array(bytes.suffix(32)), tag: Self.tag, request + Array(bytes.dropLast(32)))
        else { throw ProtocolError(.signatureWrong, ["what": "enrolment"]) }
        self = try decoding { () throws(DecodingFailure) in
            let hubKey = try reader.raw(32)
            let certificate = try reader.block(limit: ProtocolLimits.certificateBytes)
            _ = try reader.raw(32)
            try reader.finish()
            return EnrolAnswer(hubKey: hubKey, certificate: certificate)
        }
    }
}
