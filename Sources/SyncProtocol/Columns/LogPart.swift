package import Causality
import Records

/// The part of the hub's log of a space that an answer brings, with the segments its receipts are for.
package struct LogPart: Sendable {
    package enum Item: Hashable, Sendable {
        /// A receipt of a segment that the device holds.
        case received(TravellingReceipt)
        /// A receipt with its segment.
        case brought(TravellingReceipt, TravellingSegment)
        /// A verdict, or whatever else.
        case entry([UInt8])
    }

    /// A receipt without the chain's value after its last change, which follows from the segment.
    package struct TravellingReceipt: Hashable, Sendable {
        package let replica: ReplicaID
        package let first: UInt64
        package let last: UInt64
        package let time: Int64
        package let waiting: [UInt64]

        package init(_ receipt: Receipt) {
            self.init(
                replica: receipt.replica, first: receipt.first, last: receipt.last, time: receipt.time,
                waiting: receipt.waiting)
        }

        init(replica: ReplicaID, first: UInt64, last: UInt64, time: Int64, waiting: [UInt64]) {
            self.replica = replica
            self.first = first
            self.last = last
            self.time = time
            self.waiting = waiting
        }

        package func receipt(end: Hash256) -> Receipt {
            Receipt(replica: replica, first: first, last: last, end: end, time: time, waiting: waiting)
        }
    }

    /// The space's number among those of the device's certificate.
    package let space: Int
    /// In the order of the log, from the entry after what the device holds.
    package let items: [Item]

    package init(space: Int, items: [Item]) {
        self.space = space
        self.items = items
    }
}

extension LogPart {
    private enum Kind: UInt64 {
        case entry, received, brought
    }

    /// - Parameter start: the index of the entry before the first.
    package func write(to writer: inout ColumnWriter, after start: UInt64, _ context: BatchWriting) throws {
        var replicas = ReplicaTable(device: context.device, hub: context.hub)
        var receipts: [TravellingReceipt] = []
        var kinds: [UInt64] = []
        var entries: [ArraySlice<UInt8>] = []
        var segments: [(segment: TravellingSegment, basis: UInt64)] = []
        for (offset, item) in items.enumerated() {
            switch item {
            case .entry(let bytes):
                kinds.append(Kind.entry.rawValue)
                entries.append(bytes[...])
            case .received(let receipt):
                kinds.append(Kind.received.rawValue)
                receipts.append(receipt)
            case .brought(let receipt, let segment):
                kinds.append(Kind.brought.rawValue)
                receipts.append(receipt)
                segments.append((segment, start + UInt64(offset)))
            }
        }
        var body = ColumnWriter()
        body.varint(UInt64(items.count))
        body.uints(kinds)
        if !entries.isEmpty { body.strings(entries) }
        Self.write(receipts, to: &body, &replicas, clock: context.clock)
        if !segments.isEmpty { try SegmentColumns.write(segments, to: &body, &replicas, context) }
        writer.varint(UInt64(space))
        try writer.append(body, after: replicas, context)
    }

    private static func write(
        _ receipts: [TravellingReceipt], to writer: inout ColumnWriter, _ replicas: inout ReplicaTable, clock: Int64
    ) {
        guard !receipts.isEmpty else { return }
        writer.uints(receipts.map { replicas.number(of: $0.replica) })
        writer.uints(receipts.map(\.first))
        writer.uints(receipts.map { $0.last - $0.first })
        writer.milliseconds(receipts.map(\.time), clock: clock)
        writer.uints(receipts.map { UInt64($0.waiting.count) })
        for receipt in receipts {
            for sequence in receipt.waiting { writer.varint(sequence - receipt.first) }
        }
        writer.endColumn()
    }

    /// - Parameters:
    ///   - room: the frame's room; what came is taken off it.
    ///   - context: for a space's number, the index of the entry before the first, and what is held of its log.
    package static func read(
        from reader: inout ColumnReader, room: inout Int,
        context: (Int) throws -> (start: UInt64, reading: BatchReading)
    ) throws -> LogPart {
        let space = try reader.count(limit: ProtocolLimits.spaces)
        let (start, reading) = try context(space)
        var replicas = ReplicaTable(device: reading.device, hub: reading.hub)
        try replicas.read(from: &reader, received: reading.received)
        let count = try reader.count(limit: ProtocolLimits.entries)
        let kinds = try reader.uints(count).map { raw in
            guard let kind = Kind(rawValue: raw) else { throw reader.failure(.unknownKind) }
            return kind
        }
        try reader.take(count * ProtocolLimits.entryRoom, of: &room)
        let plain = kinds.count { $0 == .entry }
        let entries = plain == 0 ? [] : try reader.strings(plain, limit: ProtocolLimits.entryBytes)
        try reader.take(entries.reduce(0) { $0 + $1.count }, of: &room)
        let receipts = try readReceipts(count - plain, from: &reader, replicas, clock: reading.clock)
        var heads: [SegmentColumns.Head] = []
        var next = 0
        for (offset, kind) in kinds.enumerated() where kind != .entry {
            let receipt = receipts[next]
            next += 1
            guard kind == .brought else { continue }
            heads.append(
                try SegmentColumns.head(
                    of: receipt.replica, receipt.first, receipt.last - receipt.first + 1, basis: start + UInt64(offset),
                    reader))
        }
        let segments =
            heads.isEmpty ? [] : try SegmentColumns.read(heads, from: &reader, replicas, reading, room: &room)
        var (nextEntry, nextReceipt, nextSegment) = (0, 0, 0)
        let items = kinds.map { kind -> Item in
            switch kind {
            case .entry:
                defer { nextEntry += 1 }
                return .entry(Array(entries[nextEntry]))
            case .received:
                defer { nextReceipt += 1 }
                return .received(receipts[nextReceipt])
            case .brought:
                defer { (nextReceipt, nextSegment) = (nextReceipt + 1, nextSegment + 1) }
                return .brought(receipts[nextReceipt], segments[nextSegment])
            }
        }
        return LogPart(space: space, items: items)
    }

    private static func readReceipts(
        _ count: Int, from reader: inout ColumnReader, _ replicas: ReplicaTable, clock: Int64
    ) throws(DecodingFailure) -> [TravellingReceipt] {
        guard count > 0 else { return [] }
        let numbers = try reader.indices(count, below: replicas.count)
        let firsts = try reader.uints(count)
        let lengths = try reader.uints(count)
        let times = try reader.milliseconds(count, clock: clock)
        let waiting = try reader.uints(count)
        var receipts: [TravellingReceipt] = []
        receipts.reserveCapacity(count)
        for index in 0..<count {
            let first = firsts[index]
            guard first > 0, lengths[index] < UInt64(ProtocolLimits.segmentChanges),
                first <= UInt64(Int64.max) - lengths[index],
                waiting[index] <= lengths[index] + 1
            else { throw reader.failure(.inconsistent) }
            var sequences: [UInt64] = []
            for _ in 0..<waiting[index] {
                let offset = try reader.varint()
                guard offset <= lengths[index], sequences.last.map({ $0 < first + offset }) ?? true else {
                    throw reader.failure(.notCanonical)
                }
                sequences.append(first + offset)
            }
            receipts.append(
                TravellingReceipt(
                    replica: replicas[numbers[index]], first: first, last: first + lengths[index],
                    time: times[index], waiting: sequences))
        }
        return receipts
    }
}
