package import Records

/// What every message begins with.
package enum MessageKind: UInt8, Sendable {
    case firstRequest = 1
    case sessionRequest = 2
    case enrolRequest = 3
    case enrolAnswer = 4
    case refusal = 5
    case firstAnswer = 6
    case sessionAnswer = 7
    case succession = 8
    case successionAnswer = 9
    case passwordChange = 10
    case passwordChanged = 11
    case attachmentQuery = 12
    case attachmentAnswer = 13
    case attachmentPut = 14
    case attachmentTaken = 15
    case attachmentGet = 16
    case attachmentBytes = 17
    case deviceReport = 18
    case deviceNoted = 19

    /// Stands after the kind in messages that are whole in themselves.
    package static let version: UInt8 = 1

    package static func expect(_ kind: MessageKind, _ reader: inout ByteReader) throws(ProtocolError) {
        guard let found = try? reader.byte(), found == kind.rawValue else { throw ProtocolError(.notAMessage) }
        guard let version = try? reader.byte(), version == Self.version else { throw ProtocolError(.versionUnknown) }
    }
}
