package import Records
import Wording

/// What can be wrong with something that came over the wire.
package struct ProtocolError: CodedError {
    package enum Code: String, Sendable {
        /// The bytes are no message of this protocol, or of a version this program does not speak.
        case notAMessage = "wire.not-a-message"
        case versionUnknown = "wire.version-unknown"
        case malformed = "wire.malformed"
        case signatureWrong = "wire.signature-wrong"
        /// A chain does not lead from its stated beginning to its stated end.
        case chainBroken = "wire.chain-broken"
        case requestCut = "wire.request-cut"
        case answerCut = "wire.answer-cut"
        case sessionUnknown = "session.unknown"
        case knowledgeUnknown = "knowledge.unknown"
        case dictionaryUnknown = "wire.dictionary-unknown"
        case sessionWrong = "wire.session-wrong"
        case answerForeign = "wire.answer-foreign"
        case answerIncomplete = "wire.answer-incomplete"
        case segmentTooLarge = "segment.too-large"
        case segmentGap = "segment.gap"
        case segmentFork = "segment.fork"
        case baseBeyond = "segment.base-beyond"
        case dependencyUnknown = "segment.dependency-unknown"
        /// A snapshot does not hold what the hub signed, or does not come to the digest that it states.
        case snapshotWrong = "snapshot.wrong"
        /// The hub no longer has the snapshot that a device was loading.
        case snapshotGone = "snapshot.gone"
        /// A device that began with a snapshot needs what lies below it.
        case floorTooHigh = "snapshot.too-late"
        case certificateWrong = "certificate.wrong"
    }

    package let kind: Code
    package let details: [String: String]

    package init(_ kind: Code, _ details: [String: String] = [:]) {
        self.kind = kind
        self.details = details
    }

    package init(_ failure: DecodingFailure) {
        self.init(.malformed, ["problem": failure.code, "offset": String(failure.offset)])
    }

    package var code: String { kind.rawValue }
    package var retryable: Bool {
        [
            .answerCut, .requestCut, .sessionUnknown, .knowledgeUnknown, .snapshotWrong, .snapshotGone, .floorTooHigh,
        ].contains(kind)
    }
}

/// Runs a decoder and reports its failure as a malformed message.
package func decoding<T>(_ body: () throws(DecodingFailure) -> T) throws(ProtocolError) -> T {
    do {
        return try body()
    } catch {
        throw ProtocolError(error)
    }
}
