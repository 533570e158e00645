package import Causality
import Foundation

/// What people sign: a record and its parts as they stood then. It is kept as text in the record that seals them, so that what
/// was signed can be read, printed and checked without anything else, also where the log of it was given up.
package struct SealedContent: Codable, Hashable, Sendable {
    /// The fields of a sealing form: the word of the record that it seals, and what that held.
    package static let target = "sealed"
    package static let field = "content"
    /// Of a seal's seal, the field of what it adds to that holds its hash.
    package static let commitment = "commitment"
    /// Parts have parts, so deep and no deeper.
    package static let depth = 4
    /// Parts of one record.
    package static let most = 200

    package struct Part: Codable, Hashable, Sendable {
        package let record: String
        package let form: String
        package let version: UInt64
        /// What each field showed; nothing of those that are empty.
        package let fields: [String: Value]
        /// In the order of their words.
        package let parts: [Part]

        package init(record: String, form: FormReference, fields: [String: Value], parts: [Part]) {
            self.record = record
            self.form = form.form
            version = form.version
            self.fields = fields.filter { $0.value != .null }
            self.parts = parts.sorted { $0.record < $1.record }
        }

        package var reference: FormReference { FormReference(form, version: version) }
    }

    package let root: Part
    /// Frozen with the form's version; `nil` for records that are not scored.
    package let score: InspectionScore?
    /// What the records were called, by their words, that fields of these name and that are no part of them.
    package let names: [String: String]

    package init(root: Part, score: InspectionScore?, names: [String: String] = [:]) {
        self.root = root
        self.score = score
        self.names = names
    }

    /// - Returns: `nil` for what is no such text.
    package init?(_ text: String) {
        guard text.utf8.count <= RecordLimits.textBytes,
            let content = try? JSONDecoder().decode(SealedContent.self, from: Data(text.utf8))
        else { return nil }
        self = content
    }

    /// One text for one content: compact JSON, its keys in order.
    package var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("a content holds only texts and numbers")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Whether it is as deep and has as many parts as may be signed.
    package var isBounded: Bool {
        var count = 0
        func isBounded(_ part: Part, _ depth: Int) -> Bool {
            count += 1
            return depth > 0 && count <= Self.most && part.parts.allSatisfy { isBounded($0, depth - 1) }
        }
        return isBounded(root, Self.depth)
    }

    /// Tells two contents apart, for whoever was shown one and signs the other.
    package var digest: Hash256 { .of(tag: "phusa sealed content 1", Array(text.utf8)) }
}

/// In JSON a value carries its type, since a sealed content is read back without its form: texts, whole numbers, sets and flags
/// stand for themselves, all else is an object of its kind and its text.
extension Value: Codable {
    private enum Kind: String, CodingKey {
        case decimal, date, time, moment, unknown
    }

    package func encode(to encoder: any Encoder) throws {
        var single = encoder.singleValueContainer()
        switch self {
        case .null: try single.encodeNil()
        case .text(let text): try single.encode(text)
        case .integer(let number): try single.encode(number)
        case .items(let items): try single.encode(items)
        case .flag(let flag): try single.encode(flag)
        case .decimal: try single.encode([Kind.decimal.rawValue: plainText])
        case .date: try single.encode([Kind.date.rawValue: plainText])
        case .time: try single.encode([Kind.time.rawValue: plainText])
        case .moment: try single.encode([Kind.moment.rawValue: plainText])
        case .unknown: try single.encode([Kind.unknown.rawValue: plainText])
        }
    }

    package init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            self = .null
        } else if let flag = try? single.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? single.decode(Int64.self) {
            self = .integer(number)
        } else if let text = try? single.decode(String.self) {
            self = .text(text)
        } else if let items = try? single.decode([String].self) {
            self = FieldDefinition.items(items)
        } else {
            let typed = try single.decode([String: String].self)
            guard typed.count == 1, let (name, text) = typed.first, let kind = Kind(rawValue: name),
                let value = Self.read(text, kind)
            else { throw DecodingError.dataCorruptedError(in: single, debugDescription: "not a value") }
            self = value
        }
    }

    private static func read(_ text: String, _ kind: Kind) -> Value? {
        switch kind {
        case .decimal: DecimalNumber(text).map(Value.decimal)
        case .date: CalendarDate(iso: text).map(Value.date)
        case .time: TimeOfDay(iso: text).map(Value.time)
        case .moment: Moment(iso: text).map(Value.moment)
        // What a newer version wrote is shown, and no more.
        case .unknown: .text(text)
        }
    }
}
