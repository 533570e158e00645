package import Causality
import Foundation
import Wording

/// Why bytes are not what they should be. `offset` is where reading stopped.
package struct DecodingFailure: CodedError {
    package enum Reason: String, Sendable {
        /// The bytes end before the value does.
        case truncated = "bytes.truncated"
        /// A number, an order or a text that has a shorter or another canonical form.
        case notCanonical = "bytes.not-canonical"
        /// A count, size or number beyond its limit.
        case tooLarge = "bytes.too-large"
        /// A kind or version that this decoder does not know.
        case unknownKind = "bytes.unknown-kind"
        /// Bytes left over where the value should end.
        case trailing = "bytes.trailing"
        /// A field that contradicts another.
        case inconsistent = "bytes.inconsistent"
    }

    package let reason: Reason
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var code: String { reason.rawValue }
    package var details: [String: String] { ["offset": String(offset)] }
}

/// Reads canonical bytes. Total: any input gives a value or a ``DecodingFailure``, and nothing is reserved on the word of
/// a count that the input cannot hold.
package struct ByteReader: Sendable {
    private let bytes: [UInt8]
    package private(set) var offset: Int
    private let end: Int

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = 0
        end = bytes.count
    }

    package init(_ bytes: ArraySlice<UInt8>) { self.init(Array(bytes)) }

    package var remaining: Int { end - offset }
    package var isAtEnd: Bool { offset == end }

    package func failure(_ reason: DecodingFailure.Reason) -> DecodingFailure { DecodingFailure(reason, at: offset) }

    /// Checks that nothing is left.
    package func finish() throws(DecodingFailure) {
        guard isAtEnd else { throw failure(.trailing) }
    }

    package mutating func byte() throws(DecodingFailure) -> UInt8 {
        guard offset < end else { throw failure(.truncated) }
        defer { offset += 1 }
        return bytes[offset]
    }

    package mutating func raw(_ count: Int) throws(DecodingFailure) -> [UInt8] {
        guard count >= 0, count <= remaining else { throw failure(.truncated) }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    package mutating func varint() throws(DecodingFailure) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            let next = try byte()
            guard shift < 63 || next <= 1 else { throw failure(.tooLarge) }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 {
                guard next != 0 || shift == 0 else { throw failure(.notCanonical) }
                return value
            }
        }
        throw failure(.tooLarge)
    }

    package mutating func signed() throws(DecodingFailure) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A sequence, index, counter or version: below 2^63, so that it can be stored and counted on.
    package mutating func ordinal() throws(DecodingFailure) -> UInt64 {
        let value = try varint()
        guard value <= UInt64(Int64.max) else { throw failure(.tooLarge) }
        return value
    }

    /// A count of things of which each takes at least one byte, so that it cannot exceed what is left.
    package mutating func count(limit: Int) throws(DecodingFailure) -> Int {
        let value = try varint()
        guard value <= UInt64(limit) else { throw failure(.tooLarge) }
        guard value <= UInt64(remaining) else { throw failure(.truncated) }
        return Int(value)
    }

    package mutating func block(limit: Int) throws(DecodingFailure) -> [UInt8] {
        try raw(count(limit: limit))
    }

    package mutating func text(limit: Int) throws(DecodingFailure) -> String {
        guard let text = String(canonical: try block(limit: limit)) else { throw failure(.notCanonical) }
        return text
    }

    package mutating func replica() throws(DecodingFailure) -> ReplicaID {
        guard let id = ReplicaID(bytes: try raw(ReplicaID.byteCount)) else { throw failure(.truncated) }
        return id
    }

    package mutating func hash() throws(DecodingFailure) -> Hash256 {
        guard let hash = Hash256(bytes: try raw(Hash256.byteCount)) else { throw failure(.truncated) }
        return hash
    }

    package mutating func dot() throws(DecodingFailure) -> Dot {
        let replica = try replica()
        let sequence = try ordinal()
        guard sequence > 0 else { throw failure(.inconsistent) }
        return Dot(replica, sequence)
    }
}

extension String {
    /// The text that `bytes` are the UTF-8 of; `nil` unless they are UTF-8 and in NFC.
    package init?(canonical bytes: some Collection<UInt8>) {
        let isCanonical = bytes.withContiguousStorageIfAvailable { CanonicalText.holds(UnsafeRawBufferPointer($0)) }
        guard isCanonical ?? Array(bytes).withUnsafeBytes(CanonicalText.holds) else { return nil }
        self = String(decoding: bytes, as: UTF8.self)
    }
}
