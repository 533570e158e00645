package import SyncProtocol
import Wording

extension Hub {
    /// Answers a whole message with a whole answer, a refusal as the protocol words it. A server, which takes long ones in and hands
    /// them out piece by piece, has routes of its own.
    package func reply(to message: [UInt8], at route: HubRoute) throws -> [UInt8] {
        do {
            return switch route {
            case .sync: try answer(message)
            case .enrol: try enrol(message)
            case .succeed: try succeed(message)
            case .password: try changePassword(message)
            case .askAttachments: try standings(message)
            case .putAttachment: try take(attachment: message)
            case .getAttachment: try attachment(message)
            case .device: try note(report: message)
            }
        } catch let error as any CodedError {
            return Refusal(error).bytes
        }
    }

    private func take(attachment message: [UInt8]) throws -> [UInt8] {
        var upload = AttachmentUpload(self)
        try upload.take(message)
        return try upload.end()
    }

    private func attachment(_ message: [UInt8]) throws -> [UInt8] {
        var download = try AttachmentDownload(self, message)
        var answer: [UInt8] = []
        while let piece = try download.nextPiece() { answer += piece }
        return answer
    }
}
