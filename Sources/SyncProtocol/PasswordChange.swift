import Records

/// A person's wish for another password, made at their unit's device and carried to the hub, which alone knows whether the old one
/// is right now. It is kept nowhere and goes only over a line that nobody else reads.
package struct PasswordChange: Sendable {
    package let person: String
    package let old: String
    package let new: String

    package init(person: String, old: String, new: String) {
        self.person = person
        self.old = old
        self.new = new
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.byte(MessageKind.passwordChange.rawValue)
        writer.byte(MessageKind.version)
        for text in [person, old, new] { writer.text(text) }
        return writer.bytes
    }

    package init(bytes: [UInt8]) throws(ProtocolError) {
        var reader = ByteReader(bytes)
        try MessageKind.expect(.passwordChange, &reader)
        self = try decoding { () throws(DecodingFailure) in
            let person = try reader.text(limit: RecordLimits.personBytes)
            let old = try reader.text(limit: ProtocolLimits.passwordBytes)
            let new = try reader.text(limit: ProtocolLimits.passwordBytes)
            try reader.finish()
            return PasswordChange(person: person, old: old, new: new)
        }
    }

    /// The hub's answer: it is done.
    package static let done = [MessageKind.passwordChanged.rawValue, MessageKind.version]

    /// - Throws: `wire.not-a-message` for any other answer.
    package static func checkDone(_ answer: [UInt8]) throws(ProtocolError) {
        var reader = ByteReader(answer)
        try MessageKind.expect(.passwordChanged, &reader)
        guard reader.isAtEnd else { throw ProtocolError(.notAMessage) }
    }
}
