import Foundation

/// Vietnamese text made comparable: for search without diacritics and for sorting as a dictionary does.
package enum TextFold {
    /// Look-alikes of đ that real texts hold: Icelandic eth and African d.
    private static let strayD: [Unicode.Scalar: Unicode.Scalar] = [
        "\u{D0}": "\u{110}", "\u{F0}": "\u{111}", "\u{189}": "\u{110}",
    ]

    /// What nobody types and terminals obey: control characters but for tab and new line, and marks that turn the direction
    /// of what follows.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0x00...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Text as PhuSa stores it: NFC, without control characters, with stray look-alikes of đ mended.
    package static func normalized(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { strayD[$0] != nil || isControl($0) }) else {
            return text.precomposedStringWithCanonicalMapping
        }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !isControl(scalar) { scalars.append(strayD[scalar] ?? scalar) }
        return String(scalars).precomposedStringWithCanonicalMapping
    }

    /// `text` without diacritics, in lower case, with single spaces: "Bình Thuỷ", "bình thủy" and "BINH THUY" are one.
    package static func folded(_ text: String) -> String {
        var folded = String.UnicodeScalarView()
        var pendingSpace = false
        for scalar in normalized(text).decomposedStringWithCanonicalMapping.lowercased().unicodeScalars {
            switch scalar {
            case "\u{300}"..."\u{36F}", "\u{200B}"..."\u{200F}", "\u{202A}"..."\u{202E}", "\u{FEFF}": continue
            case "\u{111}": append("d", to: &folded, &pendingSpace)
            case _ where scalar.properties.isWhitespace: pendingSpace = !folded.isEmpty
            default: append(scalar, to: &folded, &pendingSpace)
            }
        }
        return String(folded)
    }

    private static func append(
        _ scalar: Unicode.Scalar, to text: inout String.UnicodeScalarView, _ pendingSpace: inout Bool
    ) {
        if pendingSpace { text.append(" ") }
        pendingSpace = false
        text.append(scalar)
    }

    private static let alphabet: [Character: Int] = Dictionary(
        "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz".enumerated().map { ($0.element, $0.offset + 1) },
        uniquingKeysWith: { a, _ in a })

    /// Tones in dictionary order: ngang, huyền, hỏi, ngã, sắc, nặng.
    private static let tones: [Unicode.Scalar: Int] = [
        "\u{300}": 1, "\u{309}": 2, "\u{303}": 3, "\u{301}": 4, "\u{323}": 5,
    ]

    /// Where a text stands in a Vietnamese dictionary: letters first, then tones.
    package struct SortKey: Comparable, Sendable {
        private let letters: [Int]
        private let tones: [Int]
        private let text: String

        package init(_ text: String) {
            var letters: [Int] = []
            var marks: [Int] = []
            for character in normalized(text).lowercased() {
                let (letter, tone) = TextFold.place(of: character)
                letters.append(letter)
                marks.append(tone)
            }
            (self.letters, tones, self.text) = (letters, marks, text)
        }

        package static func < (a: SortKey, b: SortKey) -> Bool {
            if a.letters != b.letters { return a.letters.lexicographicallyPrecedes(b.letters) }
            if a.tones != b.tones { return a.tones.lexicographicallyPrecedes(b.tones) }
            return a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
        }
    }

    /// Digits and signs before letters, other alphabets after them.
    private static func place(of character: Character) -> (letter: Int, tone: Int) {
        if let ascii = character.asciiValue { return (alphabet[character].map { 1000 + $0 } ?? Int(ascii), 0) }
        var tone = 0
        var letter = String.UnicodeScalarView()
        for scalar in String(character).decomposedStringWithCanonicalMapping.unicodeScalars {
            if let known = tones[scalar] { tone = known } else { letter.append(scalar) }
        }
        let plain = Character(String(letter).precomposedStringWithCanonicalMapping)
        let scalar = plain.unicodeScalars.first?.value ?? 0
        return (alphabet[plain].map { 1000 + $0 } ?? (scalar < 128 ? Int(scalar) : 2000 + Int(scalar)), tone)
    }
}

extension Sequence {
    /// As a Vietnamese dictionary has them, by a text of each.
    package func sorted(byName name: (Element) throws -> String) rethrows -> [Element] {
        try map { (key: TextFold.SortKey(try name($0)), element: $0) }.sorted { $0.key < $1.key }.map(\.element)
    }
}
