import Foundation

/// Whether bytes are UTF-8 in Normalization Form C.
package enum CanonicalText {
    package static func holds(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if isPlainlyComposed(bytes) { return true }
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        return text.precomposedStringWithCanonicalMapping.utf8.elementsEqual(bytes)
    }

    /// Whether all scalars are of ranges that NFC never changes: below U+0300, Latin Extended Additional (U+1E00 to U+1EFF,
    /// where Vietnamese has its letters with tones), and dashes and quotes (U+2010 to U+2027). That is nearly all text here,
    /// and needs no tables. `false` says nothing.
    private static func isPlainlyComposed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            let lead = bytes[index]
            if lead < 0x80 {
                index += 1
            } else if (0xC2...0xCB).contains(lead) {
                guard index + 1 < bytes.count, isContinuation(bytes[index + 1]) else { return false }
                index += 2
            } else if lead == 0xE1 || lead == 0xE2 {
                guard index + 2 < bytes.count, isContinuation(bytes[index + 2]) else { return false }
                let second = bytes[index + 1]
                let isKnown =
                    lead == 0xE1
                    ? (0xB8...0xBB).contains(second) : second == 0x80 && (0x90...0xA7).contains(bytes[index + 2])
                guard isKnown else { return false }
                index += 3
            } else {
                return false
            }
        }
        return true
    }

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
