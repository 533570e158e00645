import Foundation
import Records
import SyncProtocol
import Wording

/// A vector: a file that says what some bytes are, and the rules of the text that it shows.
struct Vector: Sendable {
    /// From the vectors' folder, such as `value/accept/integer.json`.
    let path: String
    let ids: [String]
    let document: JSON
    /// The bytes, and what they are; for accepted ones.
    let trial: Trial?

    /// How the bytes of an accepted vector are decoded, so that damage to them can be tried.
    struct Trial: Sendable {
        let bytes: [UInt8]
        let tail: [UInt8]
        /// What the bytes are once all checks passed.
        let decode: @Sendable (_ bytes: [UInt8], _ tail: [UInt8]) throws -> JSON
        /// Whether a check over all bytes is part of decoding, such as a signature. If not, the decoded value has the
        /// bytes as its only encoding, and what they stand in is checked.
        let isProven: Bool
        let encode: (@Sendable (_ bytes: [UInt8]) throws -> [UInt8])?
    }
}

/// All vectors, in the order of their paths.
struct VectorBook: Sendable {
    private(set) var vectors: [Vector] = []
    private(set) var problems: [String] = []

    /// Adds bytes that a decoder takes.
    /// - Parameters:
    ///   - encode: decodes and encodes again; left out where an encoding is not the only one of its value.
    ///   - isProven: whether decoding checks a signature or proof over all bytes.
    mutating func accept(
        _ encoding: String, _ name: String, _ ids: [String], context: JSON? = nil, _ bytes: [UInt8],
        tail: [UInt8]? = nil, isProven: Bool = false, encode: (@Sendable ([UInt8]) throws -> [UInt8])? = nil,
        decode: @escaping @Sendable ([UInt8], [UInt8]) throws -> JSON
    ) {
        let path = "\(encoding)/accept/\(name).json"
        do {
            let decoded = try decode(bytes, tail ?? [])
            if let encode, try encode(bytes) != bytes { problems.append("\(path): another encoding comes back") }
            let trial = Vector.Trial(
                bytes: bytes, tail: tail ?? [], decode: decode, isProven: isProven, encode: encode)
            add(path, ids, encoding, context, bytes, tail, .init(name: "decoded", value: decoded), trial)
        } catch {
            problems.append("\(path): \(error)")
        }
    }

    /// Adds bytes that a decoder refuses with `code`, which for a malformed message is that of its problem.
    mutating func reject(
        _ encoding: String, _ name: String, _ ids: [String], _ code: String, context: JSON? = nil, _ bytes: [UInt8],
        tail: [UInt8]? = nil, decode: ([UInt8], [UInt8]) throws -> JSON
    ) {
        let path = "\(encoding)/reject/\(name).json"
        do {
            _ = try decode(bytes, tail ?? [])
            problems.append("\(path): is taken")
        } catch {
            let found = Self.code(of: error)
            if found != code { problems.append("\(path): \(found), not \(code)") }
            add(path, ids, encoding, context, bytes, tail, .init(name: "code", value: .text(code)), nil)
        }
    }

    /// Adds something that is no bytes to decode.
    mutating func add(_ path: String, _ ids: [String], _ document: JSON) {
        vectors.append(Vector(path: path, ids: ids, document: document, trial: nil))
    }

    private mutating func add(
        _ path: String, _ ids: [String], _ encoding: String, _ context: JSON?, _ bytes: [UInt8], _ tail: [UInt8]?,
        _ result: JSON.Member, _ trial: Vector.Trial?
    ) {
        var members = [JSON.Member(name: "encoding", value: .text(encoding))]
        if let context { members.append(.init(name: "context", value: context)) }
        members.append(.init(name: "bytes", value: .hex(bytes)))
        if let tail { members.append(.init(name: "tail", value: .hex(tail))) }
        vectors.append(Vector(path: path, ids: ids, document: .object(members + [result]), trial: trial))
    }

    mutating func note(_ problem: String) { problems.append(problem) }

    /// Adds, for each accepted vector, what becomes of its bytes when they are damaged here and there: a second
    /// implementation must refuse with the same codes, and take the same.
    mutating func addDamages() {
        for vector in vectors {
            guard let trial = vector.trial else { continue }
            var random = SplitMix(
                state: vector.path.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 })
            let damages = (0..<Self.damagesOfEach).compactMap { _ in Self.damage(trial, &random) }
            let name = vector.path.replacingOccurrences(of: "/accept/", with: "-")
            add("damage/accept/\(name)", ["E-2"], ["of": .text(vector.path), "damages": .list(damages)])
        }
    }

    private static let damagesOfEach = 20

    private static func damage(_ trial: Vector.Trial, _ random: inout SplitMix) -> JSON? {
        let isTail = !trial.tail.isEmpty && random.below(4) == 0
        var bytes = isTail ? trial.tail : trial.bytes
        guard !bytes.isEmpty else { return nil }
        let place = random.below(bytes.count)
        let how: JSON
        switch random.below(4) {
        case 0:
            bytes.remove(at: place)
            how = "dropped"
        case 1:
            bytes.insert(bytes[place], at: place)
            how = "doubled"
        default:
            let mask = UInt8(1 << random.below(8))
            bytes[place] ^= mask
            how = .natural(UInt64(mask))
        }
        var outcome = JSON.null
        do {
            _ = try trial.decode(isTail ? trial.bytes : bytes, isTail ? bytes : trial.tail)
        } catch {
            outcome = .text(code(of: error))
        }
        return ["part": isTail ? "tail" : "bytes", "at": .natural(UInt64(place)), "how": how, "code": outcome]
    }

    private static func code(of error: any Error) -> String {
        guard let coded = error as? any CodedError else { return "\(error)" }
        guard coded.code == ProtocolError.Code.malformed.rawValue, let problem = coded.details["problem"] else {
            return coded.code
        }
        return problem
    }

    static let all: VectorBook = {
        var book = VectorBook()
        CanonicalVectors.add(to: &book)
        MessageVectors.add(to: &book)
        DerivedVectors.add(to: &book)
        ColumnVectors.add(to: &book)
        BatchVectors.add(to: &book)
        SnapshotVectors.add(to: &book)
        HealingVectors.add(to: &book)
        AttachmentVectors.add(to: &book)
        DeviceVectors.add(to: &book)
        TestimonyVectors.add(to: &book)
        MergeVectors.add(to: &book)
        TranscriptVectors.add(to: &book)
        book.vectors.sort { $0.path < $1.path }
        book.addDamages()
        book.vectors.sort { $0.path < $1.path }
        return book
    }()
}
