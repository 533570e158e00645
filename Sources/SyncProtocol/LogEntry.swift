package import Causality
package import Records

/// What the hub notes in its own log of a space: a total order of receipts and verdicts.
package enum LogEntry: Hashable, Sendable {
    case receipt(Receipt)
    case verdict(Verdict)
    case seal(Seal)
    case fork(Fork)
    case epoch(Epoch)
    case disposition(Disposition)
    case lost(LostPart)
}

/// A segment was received. Its changes are accepted, but for those that wait.
package struct Receipt: Hashable, Sendable {
    package let replica: ReplicaID
    package let first: UInt64
    package let last: UInt64
    /// The chain's value after the last change.
    package let end: Hash256
    /// The hub's clock at receipt, in milliseconds since 1970.
    package let time: Int64
    /// The sequences that a verdict is still to come for, ascending.
    package let waiting: [UInt64]

    package init(replica: ReplicaID, first: UInt64, last: UInt64, end: Hash256, time: Int64, waiting: [UInt64]) {
        self.replica = replica
        self.first = first
        self.last = last
        self.end = end
        self.time = time
        self.waiting = waiting
    }
}

/// A change that waited is accepted or refused, finally.
package struct Verdict: Hashable, Sendable {
    package let dot: Dot
    package let accepted: Bool
    /// Why it is refused: a code of the catalogue of messages; empty when accepted.
    package let code: String
    /// What fills the message, such as a field's name. Never contents.
    package let details: [String: String]

    package init(dot: Dot, accepted: Bool, code: String = "", details: [String: String] = [:]) {
        self.dot = dot
        self.accepted = accepted
        self.code = code
        self.details = details
    }
}

/// What a person at the hub did with refused work.
package struct Disposition: Hashable, Sendable {
    package enum Outcome: UInt8, Sendable {
        case dismissed = 1
        /// A new change of the hub repeats it under its author's name.
        case accepted = 2
    }

    package let dot: Dot
    package let outcome: Outcome
    package let person: String
    package let reason: String
    package let time: Int64

    package init(dot: Dot, outcome: Outcome, person: String, reason: String, time: Int64) {
        self.dot = dot
        self.outcome = outcome
        self.person = person
        self.reason = reason
        self.time = time
    }
}

extension LogEntry {
    /// The log's chain after the entry at `index`.
    package static func link(after previous: Hash256, index: UInt64, entry: [UInt8]) -> Hash256 {
        var writer = ByteWriter()
        writer.hash(previous)
        writer.varint(index)
        writer.block(entry)
        return .of(tag: "phusa log 1", writer.bytes)
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .receipt(let receipt):
            writer.byte(1)
            writer.replica(receipt.replica)
            writer.varint(receipt.first)
            writer.varint(receipt.last)
            writer.hash(receipt.end)
            writer.signed(receipt.time)
            writer.varint(UInt64(receipt.waiting.count))
            for sequence in receipt.waiting { writer.varint(sequence) }
        case .verdict(let verdict):
            writer.byte(2)
            writer.dot(verdict.dot)
            writer.byte(verdict.accepted ? 1 : 0)
            writer.text(verdict.code)
            writer.details(verdict.details)
        case .seal(let seal):
            writer.byte(3)
            writer.dot(Dot(seal.replica, seal.head.sequence))
            writer.hash(seal.head.hash)
            writer.byte(seal.cause.rawValue)
            writer.signed(seal.time)
        case .fork(let fork):
            writer.byte(4)
            writer.replica(fork.parent)
            writer.varint(fork.after)
            writer.hash(fork.link)
        case .epoch(let epoch):
            writer.byte(5)
            writer.varint(epoch.number)
            writer.signed(epoch.time)
        case .lost(let part):
            writer.byte(7)
            writer.position(part.start)
            writer.varint(UInt64(part.entries.count))
            for entry in part.entries { writer.block(entry) }
        case .disposition(let disposition):
            writer.byte(6)
            writer.dot(disposition.dot)
            writer.byte(disposition.outcome.rawValue)
            writer.text(disposition.person)
            writer.text(disposition.reason)
            writer.signed(disposition.time)
        }
        return writer.bytes
    }

    package init(bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        switch try reader.byte() {
        case 1: self = .receipt(try Self.readReceipt(&reader))
        case 2:
            let dot = try reader.dot()
            let accepted = try reader.byte()
            guard accepted <= 1 else { throw reader.failure(.unknownKind) }
            let code = try reader.text(limit: ProtocolLimits.codeBytes)
            let details = try reader.details()
            // An acceptance has no reason, so that there is one entry for it.
            guard accepted == 0 || code.isEmpty && details.isEmpty else { throw reader.failure(.inconsistent) }
            self = .verdict(Verdict(dot: dot, accepted: accepted == 1, code: code, details: details))
        case 3: self = .seal(try Seal(from: &reader))
        case 4: self = .fork(try Fork(from: &reader))
        case 5: self = .epoch(try Epoch(from: &reader))
        case 7: self = .lost(try LostPart(from: &reader))
        case 6:
            let dot = try reader.dot()
            guard let outcome = Disposition.Outcome(rawValue: try reader.byte()) else {
                throw reader.failure(.unknownKind)
            }
            let person = try reader.text(limit: RecordLimits.personBytes)
            let reason = try reader.text(limit: RecordLimits.reasonBytes)
            self = .disposition(
                Disposition(dot: dot, outcome: outcome, person: person, reason: reason, time: try reader.signed()))
        default: throw reader.failure(.unknownKind)
        }
        try reader.finish()
    }

    private static func readReceipt(_ reader: inout ByteReader) throws(DecodingFailure) -> Receipt {
        let replica = try reader.replica()
        let first = try reader.varint()
        let last = try reader.varint()
        guard first > 0, first <= last, last <= UInt64(Int64.max) else { throw reader.failure(.inconsistent) }
        let end = try reader.hash()
        let time = try reader.signed()
        var waiting: [UInt64] = []
        for _ in 0..<(try reader.count(limit: ProtocolLimits.segmentChanges)) {
            let sequence = try reader.varint()
            guard sequence > waiting.last ?? (first - 1), sequence <= last else { throw reader.failure(.notCanonical) }
            waiting.append(sequence)
        }
        return Receipt(replica: replica, first: first, last: last, end: end, time: time, waiting: waiting)
    }
}

extension ByteWriter {
    /// Short texts by name, in the order of the names.
    package mutating func details(_ details: [String: String]) {
        varint(UInt64(details.count))
        for (name, text) in details.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            self.text(name)
            self.text(String(decoding: text.utf8.prefix(ProtocolLimits.detailBytes), as: UTF8.self))
        }
    }
}

extension ByteReader {
    package mutating func details() throws(DecodingFailure) -> [String: String] {
        var details: [String: String] = [:]
        var last: String?
        for _ in 0..<(try count(limit: 32)) {
            let name = try text(limit: ProtocolLimits.codeBytes)
            if let last, !last.utf8.lexicographicallyPrecedes(name.utf8) { throw failure(.notCanonical) }
            last = name
            // Cutting a text at a byte may have added up to two bytes of replacement.
            details[name] = try text(limit: ProtocolLimits.detailBytes + 2)
        }
        return details
    }
}
