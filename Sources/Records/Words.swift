package import Causality

/// The opaque words by which records, changes and replicas are named outside a space: in commands, links and on paper.
/// Lower-case letters and digits without `i`, `l`, `o`, `u`, so that they can be read aloud and typed.
package enum Words {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// Base 32, most significant bits first, the last group padded with zero bits.
    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(buffer >> UInt32(bits) & 31)])
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << UInt32(5 - bits) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a word; `nil` unless it is written exactly as ``encode(_:)`` writes it.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for character in text.utf8 {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            buffer = buffer << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        guard bits < 5, buffer & (1 << UInt32(bits) - 1) == 0 else { return nil }
        return bytes
    }

    /// Whether `text` holds only the letters and digits of words.
    package static func isWord(_ text: String) -> Bool { text.utf8.allSatisfy(alphabet.contains) }

    /// Four bytes that stand for a space in words.
    package static func tag(ofSpace space: String) -> [UInt8] {
        Array(Hash256.of(tag: "phusa space 1", Array(space.utf8)).bytes.prefix(4))
    }
}

extension ReplicaID {
    /// The word that names the replica.
    package var word: String { Words.encode(bytes) }

    package init?(word: String) {
        guard let bytes = Words.decode(word) else { return nil }
        self.init(bytes: bytes)
    }
}

/// A change named from outside its space: the dot, and the beginning of the change's hash, which keeps the word
/// unambiguous after a fork.
package struct DotWord: Hashable, Sendable {
    package let dot: Dot
    package let hashPrefix: UInt32

    package init(_ dot: Dot, hashPrefix: UInt32) {
        self.dot = dot
        self.hashPrefix = hashPrefix
    }

    package init?(_ word: String) {
        let parts = word.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let replica = ReplicaID(word: String(parts[0])), let sequence = UInt64(parts[1]),
            (1...UInt64(Int64.max)).contains(sequence), String(sequence) == parts[1], parts[2].count == 8,
            let prefix = UInt32(parts[2], radix: 16)
        else { return nil }
        self.init(Dot(replica, sequence), hashPrefix: prefix)
        guard text == word else { return nil }
    }

    package var text: String {
        let hex = String(hashPrefix, radix: 16)
        return "\(dot.replica.word)-\(dot.sequence)-" + String(repeating: "0", count: 8 - hex.count) + hex
    }
}

/// A record named from outside: `r`, then the space's tag, the record's id and, for records named by their creation, the
/// beginning of the creating change's hash.
package struct RecordWord: Hashable, Sendable {
    package let spaceTag: [UInt8]
    package let record: RecordID
    package let hashPrefix: UInt32

    package init(spaceTag: [UInt8], record: RecordID, hashPrefix: UInt32) {
        self.spaceTag = spaceTag
        self.record = record
        self.hashPrefix = hashPrefix
    }

    package init?(_ word: String) {
        guard word.first == "r", let bytes = Words.decode(word.dropFirst()), bytes.count >= 20 else { return nil }
        let tag = Array(bytes[..<4])
        if bytes.count == 20 {
            guard let id = RecordID(bytes: Array(bytes[4...]) + UInt64(0).bigEndianBytes) else { return nil }
            self.init(spaceTag: tag, record: id, hashPrefix: 0)
            return
        }
        var reader = ByteReader(Array(bytes[20...]))
        guard let replica = ReplicaID(bytes: bytes[4..<20]), let sequence = try? reader.ordinal(), sequence > 0,
            let prefix = try? reader.raw(4), reader.isAtEnd
        else { return nil }
        self.init(
            spaceTag: tag, record: .created(Dot(replica, sequence)),
            hashPrefix: prefix.reduce(0) { $0 << 8 | UInt32($1) })
    }

    package var text: String {
        var writer = ByteWriter()
        writer.raw(spaceTag)
        switch record {
        case .keyed(let key): writer.raw(key.bytes)
        case .created(let dot):
            writer.dot(dot)
            writer.raw((0..<4).map { UInt8(truncatingIfNeeded: hashPrefix >> (24 - 8 * $0)) })
        }
        return "r" + Words.encode(writer.bytes)
    }
}
