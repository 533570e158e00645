package import Causality
package import Records

/// A segment as it travels: without the chain's value before it, and without the hash of the place in the hub's log that it
/// depends on. Its receiver holds both.
package struct TravellingSegment: Hashable, Sendable {
    package enum Depends: Hashable, Sendable {
        /// On the space's log up to this index, and on nothing else.
        case at(index: UInt64, catalogue: UInt64)
        case inFull(Dependency)

        var index: UInt64 {
            switch self {
            case .at(let index, _): index
            case .inFull(let dependency): dependency.position.index
            }
        }

        var catalogue: UInt64 {
            switch self {
            case .at(_, let catalogue): catalogue
            case .inFull(let dependency): dependency.catalogue
            }
        }
    }

    package let replica: ReplicaID
    package let depends: Depends
    package let changes: [LoggedChange]
    package let signature: [UInt8]

    package init(replica: ReplicaID, depends: Depends, changes: [LoggedChange], signature: [UInt8]) {
        self.replica = replica
        self.depends = depends
        self.changes = changes
        self.signature = signature
    }

    /// - Parameters:
    ///   - name: the branch by whose name the segment goes; `nil`: that of its signer.
    ///   - isOnLog: whether the receiver holds the position that the segment depends on.
    package init(_ segment: Segment, as name: ReplicaID? = nil, isOnLog: Bool) {
        let dependency = segment.dependency
        let isPlain = isOnLog && dependency.exceptions.isEmpty
        self.init(
            replica: name ?? segment.replica,
            depends: isPlain
                ? .at(index: dependency.position.index, catalogue: dependency.catalogue) : .inFull(dependency),
            changes: segment.changes, signature: segment.signature)
    }

    package var first: UInt64 { changes[0].sequence }
    package var last: UInt64 { changes[changes.count - 1].sequence }

    /// - Parameters:
    ///   - previous: the chain's value before the first change, as the receiver holds it.
    ///   - signer: whose key signed it, where it goes by a branch's name.
    ///   - continues: whether it is the rest of a segment. It is not said on the wire: only one of the two is signed.
    ///   - position: the place in the hub's log at an index, as the receiver holds it.
    package func segment(
        in space: String, after previous: Hash256, signer: ReplicaID? = nil, continues: Bool = false,
        position: (UInt64) throws -> LogPosition?
    ) throws -> Segment {
        let dependency: Dependency
        switch depends {
        case .inFull(let full): dependency = full
        case .at(let index, let catalogue):
            guard let position = try position(index) else { throw ProtocolError(.dependencyUnknown) }
            dependency = Dependency(position: position, catalogue: catalogue)
        }
        return Segment(
            space: space, replica: signer ?? replica, previous: previous, dependency: dependency, changes: changes,
            signature: signature, continues: continues)
    }
}

/// What the writer of a batch looks up.
package struct BatchWriting {
    package let device: ReplicaID
    package let hub: ReplicaID
    /// The device's clock as its request states it, in seconds since 1970: times are written as differences from it.
    package let clock: Int64
    /// The names of a form's key fields; none where the form is not known.
    package let keyFields: (FormReference) throws -> [String]
    /// The index of a receipt of the replica in the space's log, at or before what the receiver holds.
    package let receipt: (ReplicaID) throws -> UInt64?
    /// A change of the record that the receiver holds.
    package let change: (NaturalKey) throws -> Dot?

    package init(
        device: ReplicaID, hub: ReplicaID, clock: Int64, keyFields: @escaping (FormReference) throws -> [String],
        receipt: @escaping (ReplicaID) throws -> UInt64?, change: @escaping (NaturalKey) throws -> Dot?
    ) {
        self.device = device
        self.hub = hub
        self.clock = clock
        self.keyFields = keyFields
        self.receipt = receipt
        self.change = change
    }
}

/// What the reader of a batch looks up in the space's log as it holds it.
package struct BatchReading {
    package let device: ReplicaID
    package let hub: ReplicaID
    package let clock: Int64
    /// The replica whose receipt stands at an index.
    package let received: (UInt64) throws -> ReplicaID?
    /// The record that a change is of; `nil` where the change is not held.
    package let record: (Dot) throws -> RecordID?
    package init(
        device: ReplicaID, hub: ReplicaID, clock: Int64, received: @escaping (UInt64) throws -> ReplicaID?,
        record: @escaping (Dot) throws -> RecordID?
    ) {
        self.device = device
        self.hub = hub
        self.clock = clock
        self.received = received
        self.record = record
    }
}

extension BatchReading {
    /// Reads a batch to its end of which nothing is taken in: whatever it refers to stands for itself.
    package static func passingOver(device: ReplicaID, hub: ReplicaID, clock: Int64) -> BatchReading {
        BatchReading(
            device: device, hub: hub, clock: clock, received: { ReplicaID(high: .max, low: $0) },
            record: { _ in .keyed(NaturalKey(high: 0, low: 0)) })
    }

    /// A basis that places may lie before and after.
    package static let anyBasis: UInt64 = 1 << 62
}

/// The segments of a batch, taken apart into columns. Which replica's and which sequences they hold stands before them.
enum SegmentColumns {
    struct Head {
        let replica: ReplicaID
        let first: UInt64
        let count: Int
        /// The index of the space's log that a segment is expected to depend on: what its sender stated to know, or the
        /// entry before its receipt.
        let basis: UInt64
    }

    /// How a dependency is written.
    private enum Depends: UInt64 {
        case asExpected
        /// So many entries before what is expected.
        case earlier
        case inFull
    }

    static func write(
        _ segments: [(segment: TravellingSegment, basis: UInt64)], to writer: inout ColumnWriter,
        _ replicas: inout ReplicaTable, _ context: BatchWriting
    ) throws {
        var kinds: [UInt64] = []
        var earlier: [UInt64] = []
        var full: [ArraySlice<UInt8>] = []
        var headers = HeaderColumns(context)
        var payloads = PayloadColumns()
        for (segment, basis) in segments {
            switch segment.depends {
            case .at(let index, _) where index <= basis:
                kinds.append((index == basis ? Depends.asExpected : .earlier).rawValue)
                if index != basis { earlier.append(basis - index) }
            case .at: preconditionFailure("a segment depends on nothing beyond what its receiver is told")
            case .inFull(let dependency):
                kinds.append(Depends.inFull.rawValue)
                var bytes = ByteWriter()
                dependency.write(to: &bytes)
                full.append(bytes.bytes[...])
            }
            for change in segment.changes {
                try headers.add(change, of: segment.replica, depends: segment.depends.index, &replicas)
                payloads.add(change.payload, &replicas)
            }
        }
        writer.uints(kinds)
        writer.uints(earlier)
        if !full.isEmpty { writer.strings(full) }
        writer.deltas(segments.map { Int64(clamping: $0.segment.depends.catalogue) })
        try headers.write(to: &writer)
        payloads.write(to: &writer)
        for (segment, _) in segments { writer.incompressible(segment.signature) }
    }

    static func read(
        _ heads: [Head], from reader: inout ColumnReader, _ replicas: ReplicaTable, _ context: BatchReading,
        room: inout Int
    ) throws -> [TravellingSegment] {
        try reader.take(heads.reduce(0) { $0 + $1.count } * ProtocolLimits.changeRoom, of: &room)
        let dependencies = try readDependencies(heads, from: &reader, room: &room)
        var places: [HeaderColumns.Place] = []
        for (head, depends) in zip(heads, dependencies) {
            for offset in 0..<UInt64(head.count) {
                places.append(
                    HeaderColumns.Place(
                        replica: head.replica, sequence: head.first + offset, depends: depends.index))
            }
        }
        var left = room
        let (headers, payloads) = try HeaderColumns.read(
            places,
            payloads: { reader in try PayloadColumns.read(places.count, from: &reader, replicas, room: &left) },
            from: &reader, replicas, context)
        room = left
        var segments: [TravellingSegment] = []
        var next = 0
        for (head, depends) in zip(heads, dependencies) {
            let range = next..<next + head.count
            next += head.count
            segments.append(
                TravellingSegment(
                    replica: head.replica, depends: depends,
                    changes: range.map {
                        LoggedChange(sequence: places[$0].sequence, header: headers[$0], payload: payloads[$0])
                    }, signature: try reader.incompressible(Signature.byteCount)))
        }
        return segments
    }

    private static func readDependencies(
        _ heads: [Head], from reader: inout ColumnReader, room: inout Int
    ) throws(DecodingFailure) -> [TravellingSegment.Depends] {
        let kinds = try reader.uints(heads.count)
        guard kinds.allSatisfy({ $0 <= Depends.inFull.rawValue }) else { throw reader.failure(.unknownKind) }
        let earlier = try reader.uints(kinds.count { $0 == Depends.earlier.rawValue })
        let inFull = kinds.count { $0 == Depends.inFull.rawValue }
        let full = inFull == 0 ? [] : try reader.strings(inFull, limit: ProtocolLimits.segmentBytes)
        try reader.take(full.reduce(0) { $0 + $1.count }, of: &room)
        let catalogues = try reader.deltas(heads.count)
        guard catalogues.allSatisfy({ $0 >= 0 }) else { throw reader.failure(.inconsistent) }
        var (nextEarlier, nextFull) = (0, 0)
        var dependencies: [TravellingSegment.Depends] = []
        for (index, head) in heads.enumerated() {
            let catalogue = UInt64(catalogues[index])
            switch kinds[index] {
            case Depends.asExpected.rawValue: dependencies.append(.at(index: head.basis, catalogue: catalogue))
            case Depends.earlier.rawValue:
                guard earlier[nextEarlier] <= head.basis else { throw reader.failure(.inconsistent) }
                dependencies.append(.at(index: head.basis - earlier[nextEarlier], catalogue: catalogue))
                nextEarlier += 1
            default:
                var bytes = ByteReader(full[nextFull])
                let dependency = try Dependency(from: &bytes)
                try bytes.finish()
                guard dependency.catalogue == catalogue else { throw reader.failure(.inconsistent) }
                dependencies.append(.inFull(dependency))
                nextFull += 1
            }
        }
        return dependencies
    }

    /// A head whose sequences can be.
    static func head(
        of replica: ReplicaID, _ first: UInt64, _ count: UInt64, basis: UInt64, _ reader: ColumnReader
    ) throws(DecodingFailure) -> Head {
        guard first > 0, count > 0, count <= UInt64(ProtocolLimits.segmentChanges),
            first <= UInt64(Int64.max) - count
        else { throw reader.failure(.inconsistent) }
        return Head(replica: replica, first: first, count: Int(count), basis: basis)
    }
}
