import Crypto
package import Hummingbird
import NIOCore

/// A submitted form: names and values, in the order of the page.
package struct FormBody: Sendable {
    /// Bytes of one submission: several times what the largest record holds.
    package static let limitBytes = 1024 * 1024
    /// Names and values of one submission.
    package static let limitFields = 8192

    private let values: [String: [String]]
    /// As it was sent.
    package let bytes: [UInt8]
    /// The same for the same submission sent twice.
    package let fingerprint: String

    /// Reads a request's body, and nothing beyond its limits.
    /// - Throws: `page.too-large` or `page.malformed`.
    package init(_ request: Request) async throws {
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true else {
            throw PagesError(.malformed)
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.limitBytes {
            throw PagesError(.tooLarge)
        }
        do {
            let buffer = try await request.body.collect(upTo: Self.limitBytes)
            try self.init(bytes: Array(buffer.readableBytesView))
        } catch is NIOTooManyBytesError {
            throw PagesError(.tooLarge)
        }
    }

    package init(bytes: [UInt8]) throws {
        guard bytes.count <= Self.limitBytes else { throw PagesError(.tooLarge) }
        var values: [String: [String]] = [:]
        var count = 0
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            count += 1
            guard count <= Self.limitFields else { throw PagesError(.tooLarge) }
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.text(halves[0])
            values[name, default: []].append(halves.count == 2 ? try Self.text(halves[1]) : "")
        }
        self.values = values
        self.bytes = bytes
        fingerprint = SHA256.hash(data: bytes).prefix(8).map { String($0, radix: 16) }.joined(separator: ".")
    }

    /// The same submission with other values of some names.
    package func setting(_ changes: [String: String]) throws -> FormBody {
        let kept = values.filter { changes[$0.key] == nil }.flatMap { name, values in values.map { (name, $0) } }
        let pairs =
            kept.sorted { ($0.0, $0.1) < ($1.0, $1.1) } + changes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let text = pairs.map { "\($0.0.percentEncoded)=\($0.1.percentEncoded)" }.joined(separator: "&")
        return try FormBody(bytes: Array(text.utf8))
    }

    /// The value of `name`, the first where there are several; empty when there is none.
    package subscript(name: String) -> String { values[name]?.first ?? "" }

    package func all(_ name: String) -> [String] { values[name] ?? [] }

    package func has(_ name: String) -> Bool { values[name] != nil }

    /// Line ends come as CR LF from every browser and are kept as LF.
    private static func text(_ bytes: ArraySlice<UInt8>) throws -> String {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "+"): plain.append(32)
            case UInt8(ascii: "%"):
                guard index + 2 < bytes.endIndex, let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2])
                else { throw PagesError(.malformed) }
                plain.append(high << 4 | low)
                index += 2
            case let byte: plain.append(byte)
            }
            index += 1
        }
        if plain.contains(carriageReturn) { plain = withoutCarriageReturns(plain) }
        guard let text = String(validating: plain, as: UTF8.self), !plain.contains(0) else {
            throw PagesError(.malformed)
        }
        return text
    }

    private static let carriageReturn = UInt8(ascii: "\r")
    private static let lineFeed = UInt8(ascii: "\n")

    private static func withoutCarriageReturns(_ bytes: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        for (index, byte) in bytes.enumerated() {
            guard byte == carriageReturn else {
                kept.append(byte)
                continue
            }
            let isPair = index + 1 < bytes.count && bytes[index + 1] == lineFeed
            if !isPair { kept.append(lineFeed) }
        }
        return kept
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
