package import Causality
import Records

/// No more work of a replica is looked for: it was retired, or its device revoked. What comes of it all the same is stored.
package struct Seal: Hashable, Sendable {
    package enum Cause: UInt8, Sendable {
        case retired = 1
        case revoked = 2
    }

    package let replica: ReplicaID
    /// How far its log in the space was received then.
    package let head: Head
    package let cause: Cause
    /// The hub's clock, in milliseconds since 1970.
    package let time: Int64

    package init(replica: ReplicaID, head: Head, cause: Cause, time: Int64) {
        self.replica = replica
        self.head = head
        self.cause = cause
        self.time = time
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        replica = try reader.replica()
        head = Head(sequence: try reader.ordinal(), hash: try reader.hash())
        guard let cause = Cause(rawValue: try reader.byte()) else { throw reader.failure(.unknownKind) }
        self.cause = cause
        time = try reader.signed()
    }
}

/// A replica's log has two histories. From here on the one that came second goes by a name of its own.
package struct Fork: Hashable, Sendable {
    /// The replica or branch that the new branch leaves.
    package let parent: ReplicaID
    /// The last sequence that both have.
    package let after: UInt64
    /// The chain's value after the branch's first change.
    package let link: Hash256

    package init(parent: ReplicaID, after: UInt64, link: Hash256) {
        self.parent = parent
        self.after = after
        self.link = link
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        parent = try reader.replica()
        after = try reader.ordinal()
        link = try reader.hash()
    }
}

/// The hub goes on in a new incarnation of its log, since it found that it had lost a part of the one before.
package struct Epoch: Hashable, Sendable {
    package let number: UInt64
    /// The hub's clock, in milliseconds since 1970.
    package let time: Int64

    package init(number: UInt64, time: Int64) {
        self.number = number
        self.time = time
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        number = try reader.ordinal()
        guard number > 1 else { throw reader.failure(.inconsistent) }
        time = try reader.signed()
    }
}

/// Entries of the hub's own log that it lost and a device gave back. Their receipts and verdicts no longer count; they tell
/// what a change had seen that was made where they stood.
package struct LostPart: Hashable, Sendable {
    /// The place before the first entry: one on the hub's line, or on a lost one.
    package let start: LogPosition
    /// Entries in the order of the log. None: the part says only that its start is on a lost line, of which nobody has shown
    /// how it comes there.
    package let entries: [[UInt8]]

    package init(start: LogPosition, entries: [[UInt8]]) {
        self.start = start
        self.entries = entries
    }

    package init(root: LogPosition) { self.init(start: root, entries: []) }

    package var isRoot: Bool { entries.isEmpty }

    /// What the entries of one part come to at most, so that the entry that holds them stays within its limit.
    package static let byteLimit = ProtocolLimits.entryBytes - 1024

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        start = try reader.position()
        var entries: [[UInt8]] = []
        for _ in 0..<(try reader.count(limit: ProtocolLimits.entries)) {
            entries.append(try reader.block(limit: ProtocolLimits.entryBytes))
        }
        guard !entries.isEmpty || start.index > 0, start.index <= UInt64(Int64.max) - UInt64(entries.count) else {
            throw reader.failure(.inconsistent)
        }
        self.entries = entries
    }

    /// Each entry with its place's index, the log's chain before it and after it.
    package var places: [(index: UInt64, previous: Hash256, hash: Hash256, entry: [UInt8])] {
        var hash = start.hash
        var index = start.index
        return entries.map { entry in
            let previous = hash
            index += 1
            hash = LogEntry.link(after: previous, index: index, entry: entry)
            return (index, previous, hash, entry)
        }
    }
}
