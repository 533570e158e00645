package import Causality
import Crypto

/// A hash of a set that costs one addition for each element that comes or goes: the sum, modulo 2^256, of a SHA-256 of
/// each element. The elements are all standing versions and all refusals of a space.
///
/// It finds divergence between honest replicas. It does not stand against somebody who crafts elements to collide; heads,
/// the hub's chained log and signatures do that (docs/decisions/0004-state-digest.md).
package struct StateDigest: Hashable, Sendable {
    /// Least significant word first.
    private var words: (UInt64, UInt64, UInt64, UInt64)

    package static let empty = StateDigest(bytes: [UInt8](repeating: 0, count: 32))!

    package init?(bytes: [UInt8]) {
        guard let hash = Hash256(bytes: bytes) else { return nil }
        words = (hash.d, hash.c, hash.b, hash.a)
    }

    /// Big-endian.
    package var bytes: [UInt8] { Hash256(words: (words.3, words.2, words.1, words.0)).bytes }

    package var hex: String { Hash256(words: (words.3, words.2, words.1, words.0)).hex }

    package static func == (a: Self, b: Self) -> Bool { a.words == b.words }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.3)
    }

    /// What the hash of a standing version begins with.
    package static let versionTag = Array("phusa version 1".utf8)

    /// The element of a standing version.
    package static func element(record: RecordID, register: RegisterKey, dot: Dot, commitment: Hash256) -> Hash256 {
        var writer = ByteWriter()
        writer.raw(record.bytes)
        writer.text(register.field)
        writer.text(register.item ?? "")
        writer.dot(dot)
        writer.hash(commitment)
        return .of(tag: "phusa version 1", writer.bytes)
    }

    /// The element of a refusal.
    package static func element(refused dot: Dot, commitment: Hash256) -> Hash256 {
        var writer = ByteWriter()
        writer.dot(dot)
        writer.hash(commitment)
        return .of(tag: "phusa refusal 1", writer.bytes)
    }

    package mutating func insert(_ element: Hash256) {
        var carry = false
        (words.0, carry) = Self.add(words.0, element.d, carry)
        (words.1, carry) = Self.add(words.1, element.c, carry)
        (words.2, carry) = Self.add(words.2, element.b, carry)
        (words.3, _) = Self.add(words.3, element.a, carry)
    }

    /// Adds all elements of another set.
    package mutating func add(_ other: StateDigest) {
        insert(Hash256(words: (other.words.3, other.words.2, other.words.1, other.words.0)))
    }

    package mutating func remove(_ element: Hash256) {
        var borrow = false
        (words.0, borrow) = Self.subtract(words.0, element.d, borrow)
        (words.1, borrow) = Self.subtract(words.1, element.c, borrow)
        (words.2, borrow) = Self.subtract(words.2, element.b, borrow)
        (words.3, _) = Self.subtract(words.3, element.a, borrow)
    }

    private static func add(_ a: UInt64, _ b: UInt64, _ carry: Bool) -> (UInt64, Bool) {
        let (first, one) = a.addingReportingOverflow(b)
        let (sum, two) = first.addingReportingOverflow(carry ? 1 : 0)
        return (sum, one || two)
    }

    private static func subtract(_ a: UInt64, _ b: UInt64, _ borrow: Bool) -> (UInt64, Bool) {
        let (first, one) = a.subtractingReportingOverflow(b)
        let (difference, two) = first.subtractingReportingOverflow(borrow ? 1 : 0)
        return (difference, one || two)
    }
}
