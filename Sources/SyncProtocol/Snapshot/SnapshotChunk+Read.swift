package import Causality
import Records

extension SnapshotChunk {
    /// Reads a chunk as it travelled.
    /// - Parameter replica: the replica whose head, in this snapshot, names it by an index.
    /// - Throws: ``ProtocolError`` for bytes that are no chunk.
    package init(
        packed bytes: [UInt8], _ context: SnapshotContext, replica: (UInt64) throws -> ReplicaID?
    ) throws {
        do {
            // It uses no dictionary: its reader need not hold any.
            try self.init(try Frame.contents(bytes) { _ in nil }, context, replica: replica)
        } catch let failure as DecodingFailure {
            throw ProtocolError(failure)
        }
    }

    /// Reads the columns and the tail of a chunk.
    package init(
        _ contents: Frame.Contents, _ context: SnapshotContext, replica: (UInt64) throws -> ReplicaID?
    ) throws {
        var reader = ColumnReader(contents)
        var room = ProtocolLimits.frameBytes
        heads = try Self.readHeads(&reader, &room, context)
        var replicas = ReplicaTable(device: context.hub, hub: context.hub)
        let own = Dictionary(heads.map { ($0.received, $0.replica) }, uniquingKeysWith: { first, _ in first })
        try replicas.read(from: &reader, received: { try own[$0] ?? replica($0) })
        changes = try Self.readChanges(&reader, &room, replicas, context)
        try reader.finish()
    }

    private static func readHeads(
        _ reader: inout ColumnReader, _ room: inout Int, _ context: SnapshotContext
    ) throws(DecodingFailure) -> [SnapshotHead] {
        let count = try reader.count(limit: ProtocolLimits.frameBytes / ProtocolLimits.headRoom)
        try reader.take(count * ProtocolLimits.headRoom, of: &room)
        let sequences = try reader.uints(count)
        guard sequences.allSatisfy(isOrdinal) else { throw reader.failure(.inconsistent) }
        let receipts = try reader.uints(count)
        guard receipts.allSatisfy({ (1...context.position).contains($0) }) else { throw reader.failure(.inconsistent) }
        var heads: [SnapshotHead] = []
        heads.reserveCapacity(count)
        for (sequence, received) in zip(sequences, receipts) {
            let key = try reader.incompressible(Hash256.byteCount)
            guard let hash = Hash256(bytes: try reader.incompressible(Hash256.byteCount)) else {
                throw reader.failure(.truncated)
            }
            heads.append(SnapshotHead(publicKey: key, head: Head(sequence: sequence, hash: hash), received: received))
        }
        return heads
    }

    private static func readChanges(
        _ reader: inout ColumnReader, _ room: inout Int, _ replicas: ReplicaTable, _ context: SnapshotContext
    ) throws -> [SnapshotChange] {
        let count = try reader.count(limit: ProtocolLimits.frameBytes / ProtocolLimits.changeRoom)
        guard count > 0 else { return [] }
        try reader.take(count * ProtocolLimits.changeRoom, of: &room)
        let places = try readPlaces(count, &reader, replicas, context)
        let times = try reader.milliseconds(count, clock: context.time)
        let decisions = try reader.uints(count).map { raw in
            guard let decision = SnapshotChange.Decision(rawValue: raw) else { throw reader.failure(.unknownKind) }
            return decision
        }
        let refusals = try readRefusals(decisions, &reader, &room)
        let areParts = try reader.uints(count)
        guard areParts.allSatisfy({ $0 <= 1 }) else { throw reader.failure(.unknownKind) }
        var links: [UInt32] = []
        for _ in 0..<count { links.append(UInt32(bigEndian: try reader.incompressible(4))) }
        let (headers, payloads) = try HeaderColumns.read(
            places.map(\.place),
            payloads: { reader in try PayloadColumns.read(count, from: &reader, replicas, room: &room) },
            from: &reader, replicas,
            BatchReading(
                device: context.hub, hub: context.hub, clock: context.time, received: { _ in nil }, record: { _ in nil }
            ))
        let remainders = try readRemainders(areParts, payloads, decisions, &reader)
        let prefixes = try readRecordPrefixes(places.map(\.place), headers, links, &reader)
        return places.indices.map { index in
            SnapshotChange(
                replica: places[index].place.replica,
                logged: LoggedChange(
                    sequence: places[index].place.sequence, header: headers[index], payload: payloads[index]),
                depends: places[index].place.depends, received: places[index].received, receivedAt: times[index],
                decision: decisions[index], code: refusals[index].code, details: refusals[index].details,
                linkPrefix: links[index], recordPrefix: prefixes[index], remainders: remainders[index])
        }
    }

    private static func readPlaces(
        _ count: Int, _ reader: inout ColumnReader, _ replicas: ReplicaTable, _ context: SnapshotContext
    ) throws(DecodingFailure) -> [(place: HeaderColumns.Place, received: UInt64)] {
        let numbers = try reader.indices(count, below: replicas.count)
        let sequences = try reader.deltas(count).map { UInt64(bitPattern: $0) }
        guard sequences.allSatisfy(isOrdinal) else { throw reader.failure(.inconsistent) }
        let depends = try reader.uints(count).map { context.position &- $0 }
        guard depends.allSatisfy({ $0 <= context.position }) else { throw reader.failure(.inconsistent) }
        let receipts = try reader.uints(count).map { context.position &- $0 }
        guard receipts.allSatisfy({ (1...context.position).contains($0) }) else { throw reader.failure(.inconsistent) }
        return numbers.indices.map { index in
            (
                HeaderColumns.Place(
                    replica: replicas[numbers[index]], sequence: sequences[index], depends: depends[index]),
                receipts[index]
            )
        }
    }

    private static func readRefusals(
        _ decisions: [SnapshotChange.Decision], _ reader: inout ColumnReader, _ room: inout Int
    ) throws(DecodingFailure) -> [(code: String, details: [String: String])] {
        let count = decisions.count { $0 == .refused }
        let blocks = count == 0 ? [] : try reader.strings(count, limit: ProtocolLimits.entryBytes)
        try reader.take(blocks.reduce(0) { $0 + $1.count }, of: &room)
        var refusals: [(code: String, details: [String: String])] = []
        var next = 0
        for decision in decisions {
            guard decision == .refused else {
                refusals.append(("", [:]))
                continue
            }
            var block = ByteReader(blocks[next])
            next += 1
            refusals.append((try block.text(limit: ProtocolLimits.codeBytes), try block.details()))
            try block.finish()
        }
        return refusals
    }

    private static func readRemainders(
        _ areParts: [UInt64], _ payloads: [[UInt8]], _ decisions: [SnapshotChange.Decision],
        _ reader: inout ColumnReader
    ) throws -> [[SnapshotChange.Remainder]] {
        let counts = payloads.map { Payload.scan($0)?.count ?? 0 }
        let parts = try reader.uints(zip(areParts, counts).reduce(0) { $0 + ($1.0 == 1 ? $1.1 : 0) }).map { raw in
            guard let remainder = SnapshotChange.Remainder(rawValue: raw) else { throw reader.failure(.unknownKind) }
            return remainder
        }
        var next = 0
        return try counts.indices.map { index in
            let isPart = areParts[index] == 1
            let own =
                isPart ? Array(parts[next..<next + counts[index]]) : .init(repeating: .standing, count: counts[index])
            if isPart { next += counts[index] }
            // What is refused writes nothing.
            guard decisions[index] != .refused || own.allSatisfy({ $0 == .nothing }) else {
                throw reader.failure(.inconsistent)
            }
            return own
        }
    }

    private static func readRecordPrefixes(
        _ places: [HeaderColumns.Place], _ headers: [ChangeHeader], _ links: [UInt32], _ reader: inout ColumnReader
    ) throws(DecodingFailure) -> [UInt32] {
        var known: [Dot: UInt32] = [:]
        for (index, header) in headers.enumerated() where header.target == .creates {
            known[Dot(places[index].replica, places[index].sequence)] = links[index]
        }
        var prefixes: [UInt32] = []
        for (index, header) in headers.enumerated() {
            switch header.target {
            case .creates: prefixes.append(links[index])
            case .record(.keyed): prefixes.append(0)
            case .record(.created(let dot)):
                if known[dot] == nil { known[dot] = UInt32(bigEndian: try reader.incompressible(4)) }
                prefixes.append(known[dot] ?? 0)
            }
        }
        return prefixes
    }

    private static func isOrdinal(_ number: UInt64) -> Bool { (1...UInt64(Int64.max)).contains(number) }
}
