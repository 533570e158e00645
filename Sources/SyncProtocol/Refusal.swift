import Records
package import Wording

/// The hub's coded answer to a request that it did not serve. Unsigned, since the hub may not know who asks: it tells a
/// device why to wait, and changes nothing of what the device holds.
package struct Refusal: CodedError, Hashable {
    package let code: String
    package let details: [String: String]
    package let retryable: Bool

    package init(code: String, details: [String: String] = [:], retryable: Bool = false) {
        self.code = code
        self.details = details
        self.retryable = retryable
    }

    package init(_ error: some CodedError) {
        self.init(code: error.code, details: error.details, retryable: error.retryable)
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.byte(MessageKind.refusal.rawValue)
        writer.byte(MessageKind.version)
        writer.text(code)
        writer.details(details)
        writer.byte(retryable ? 1 : 0)
        return writer.bytes
    }

    package init(bytes: [UInt8]) throws(ProtocolError) {
        var reader = ByteReader(bytes)
        try MessageKind.expect(.refusal, &reader)
        self = try decoding { () throws(DecodingFailure) in
            let code = try reader.text(limit: ProtocolLimits.codeBytes)
            let details = try reader.details()
            let retryable = try reader.byte()
            guard retryable <= 1 else { throw reader.failure(.unknownKind) }
            try reader.finish()
            return Refusal(code: code, details: details, retryable: retryable == 1)
        }
    }
}
