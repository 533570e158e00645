package import Causality
package import Records

/// What a segment builds on. A receiver that holds this can merge the segment; one that does not, waits.
package struct Dependency: Hashable, Sendable {
    /// Where in the hub's log of the space its author was.
    package var position: LogPosition
    /// Heads of replicas learned beyond that, from peers.
    package var exceptions: [ReplicaID: Head]
    /// The index of the hub's log of the catalogue under which it was written.
    package var catalogue: UInt64

    package init(position: LogPosition, exceptions: [ReplicaID: Head] = [:], catalogue: UInt64) {
        self.position = position
        self.exceptions = exceptions
        self.catalogue = catalogue
    }

    package func write(to writer: inout ByteWriter) {
        writer.position(position)
        writer.varint(UInt64(exceptions.count))
        for (replica, head) in exceptions.sorted(by: { $0.key < $1.key }) {
            writer.dot(Dot(replica, head.sequence))
            writer.hash(head.hash)
        }
        writer.varint(catalogue)
    }

    package init(from reader: inout ByteReader) throws(DecodingFailure) {
        position = try reader.position()
        exceptions = [:]
        var last: ReplicaID?
        for _ in 0..<(try reader.count(limit: RecordLimits.baseReplicas)) {
            let dot = try reader.dot()
            if let last, !(last < dot.replica) { throw reader.failure(.notCanonical) }
            last = dot.replica
            exceptions[dot.replica] = Head(sequence: dot.sequence, hash: try reader.hash())
        }
        catalogue = try reader.ordinal()
    }
}

/// A change as it stands in its replica's log: its header taken apart, its payload as it came.
package struct LoggedChange: Hashable, Sendable {
    package let sequence: UInt64
    package let header: ChangeHeader
    /// Canonical payload bytes; perhaps of a kind that only a newer version can read.
    package let payload: [UInt8]

    package init(sequence: UInt64, header: ChangeHeader, payload: [UInt8]) {
        self.sequence = sequence
        self.header = header
        self.payload = payload
    }
}

/// Consecutive changes of one replica in one space, closed, chained and signed.
package struct Segment: Hashable, Sendable {
    package let space: String
    package let replica: ReplicaID
    /// The chain's value before the first change.
    package let previous: Hash256
    package let dependency: Dependency
    /// In ascending sequence, without holes; at least one.
    package let changes: [LoggedChange]
    package let signature: [UInt8]
    /// Whether it is the rest of a segment whose beginning is held already: the dependency is in the chain before it.
    package let continues: Bool

    package init(
        space: String, replica: ReplicaID, previous: Hash256, dependency: Dependency, changes: [LoggedChange],
        signature: [UInt8], continues: Bool = false
    ) {
        self.continues = continues
        self.space = space
        self.replica = replica
        self.previous = previous
        self.dependency = dependency
        self.changes = changes
        self.signature = signature
    }

    package var first: UInt64 { changes[0].sequence }
    package var last: UInt64 { changes[changes.count - 1].sequence }

    /// About as many as its canonical bytes: enough to fill a frame by.
    package var roughByteCount: Int { changes.reduce(256) { $0 + $1.payload.count + 64 } }
}

extension Segment {
    static let version: UInt8 = 1
    /// Of the rest of a segment.
    static let restVersion: UInt8 = 2

    /// All before the changes.
    var beginning: [UInt8] {
        var writer = ByteWriter()
        writer.byte(continues ? Self.restVersion : Self.version)
        writer.text(space)
        writer.replica(replica)
        writer.hash(previous)
        dependency.write(to: &writer)
        writer.varint(first)
        writer.varint(UInt64(changes.count))
        return writer.bytes
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.raw(beginning)
        for change in changes {
            writer.block(change.header.canonicalBytes)
            writer.block(change.payload)
        }
        writer.raw(signature)
        return writer.bytes
    }

    package init(bytes: [UInt8]) throws(ProtocolError) {
        guard bytes.count <= ProtocolLimits.segmentBytes else { throw ProtocolError(.segmentTooLarge) }
        var reader = ByteReader(bytes)
        self = try decoding { () throws(DecodingFailure) in try Self.read(&reader) }
    }

    private static func read(_ reader: inout ByteReader) throws(DecodingFailure) -> Segment {
        let version = try reader.byte()
        guard version == Self.version || version == restVersion else { throw reader.failure(.unknownKind) }
        let space = try reader.text(limit: ProtocolLimits.spaceBytes)
        let replica = try reader.replica()
        let previous = try reader.hash()
        let dependency = try Dependency(from: &reader)
        let first = try reader.varint()
        let count = try reader.count(limit: ProtocolLimits.segmentChanges)
        // What a rest goes on from is before it.
        let least: UInt64 = version == restVersion ? 2 : 1
        guard count > 0, first >= least, first <= UInt64(Int64.max) - UInt64(count) else {
            throw reader.failure(.inconsistent)
        }
        var changes: [LoggedChange] = []
        changes.reserveCapacity(count)
        for index in 0..<count {
            let header = try ChangeHeader(canonical: try reader.block(limit: ChangeHeader.byteLimit))
            let payload = try reader.block(limit: RecordLimits.payloadBytes)
            changes.append(LoggedChange(sequence: first + UInt64(index), header: header, payload: payload))
        }
        let signature = try reader.raw(Signature.byteCount)
        try reader.finish()
        return Segment(
            space: space, replica: replica, previous: previous, dependency: dependency, changes: changes,
            signature: signature, continues: version == restVersion)
    }
}

extension Segment {
    /// The part from `sequence` on, which is one of its own; itself where that is its beginning.
    /// - Parameter links: the chain's value after each change.
    package func rest(from sequence: UInt64, links: [Hash256]) -> Segment {
        guard sequence > first else { return self }
        let skipped = Int(sequence - first)
        return Segment(
            space: space, replica: replica, previous: links[skipped - 1], dependency: dependency,
            changes: Array(changes[skipped...]), signature: signature, continues: true)
    }
}
