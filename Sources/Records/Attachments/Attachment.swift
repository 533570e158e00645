package import Causality

/// A photo or file that a record lists: the SHA-256 of its bytes, how many there are, and of which kind they are. The record holds
/// only this; the bytes travel and are kept by themselves.
package struct Attachment: Hashable, Sendable {
    /// What the bytes are, by the ending that files of the kind have.
    package enum Kind: String, CaseIterable, Sendable {
        case jpeg = "jpg"
        case png
        case pdf

        package var isImage: Bool { self != .pdf }
        package var mediaType: String {
            switch self {
            case .jpeg: "image/jpeg"
            case .png: "image/png"
            case .pdf: "application/pdf"
            }
        }

        /// The kind whose files begin with `bytes`.
        /// - Returns: `nil` for any other file; its name is not asked.
        package init?(start bytes: some Collection<UInt8>) {
            guard let kind = Self.allCases.first(where: { bytes.starts(with: $0.signature) }) else { return nil }
            self = kind
        }

        /// How many bytes ``init(start:)`` looks at.
        package static let startBytes = 8

        private var signature: [UInt8] {
            switch self {
            case .jpeg: [0xFF, 0xD8, 0xFF]
            case .png: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            case .pdf: Array("%PDF-".utf8)
            }
        }
    }

    package let hash: Hash256
    package let byteCount: Int
    package let kind: Kind

    /// - Parameter byteCount: from 1 to ``RecordLimits/attachmentBytes``.
    package init(hash: Hash256, byteCount: Int, kind: Kind) {
        self.hash = hash
        self.byteCount = byteCount
        self.kind = kind
    }

    /// What its bytes go by: the hash in 64 hexadecimal digits.
    package var name: String { hash.hex }

    /// As a member of a record's set: `HASH.BYTES.KIND`, the hash in 64 hexadecimal digits.
    package var word: String { "\(name).\(byteCount).\(kind.rawValue)" }

    /// - Returns: `nil` for what is no attachment's word as ``word`` writes it.
    package init?(word: some StringProtocol) {
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let hash = Hash256(hex: parts[0]), let count = Int(parts[1]),
            parts[1] == String(count), (1...RecordLimits.attachmentBytes).contains(count),
            let kind = Kind(rawValue: String(parts[2]))
        else { return nil }
        self.init(hash: hash, byteCount: count, kind: kind)
    }

    /// The fewest bytes that a word has.
    package static let fewestWordBytes = 2 * Hash256.byteCount + ".1.jpg".utf8.count
}
