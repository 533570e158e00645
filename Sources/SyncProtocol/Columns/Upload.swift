import Causality
import Records

/// What a device sends of one space: segments in the order of their sequences.
package struct Upload: Sendable {
    /// The space's number among those of the device's certificate.
    package let space: Int
    package let segments: [TravellingSegment]

    package init(space: Int, segments: [TravellingSegment]) {
        self.space = space
        self.segments = segments
    }

    /// - Parameters:
    ///   - basis: the index of the space's log that the request states to know.
    package func write(to writer: inout ColumnWriter, basis: UInt64, _ context: BatchWriting) throws {
        var replicas = ReplicaTable(device: context.device, hub: context.hub)
        var body = ColumnWriter()
        body.varint(UInt64(segments.count))
        body.uints(segments.map { replicas.number(of: $0.replica) })
        body.uints(segments.map(\.first))
        body.uints(segments.map { UInt64($0.changes.count) })
        try SegmentColumns.write(segments.map { ($0, basis) }, to: &body, &replicas, context)
        writer.varint(UInt64(space))
        try writer.append(body, after: replicas, context)
    }

    /// - Parameters:
    ///   - room: the frame's room; what came is taken off it.
    ///   - context: for a space's number, the index that the request stated to know, and what is held of its log.
    package static func read(
        from reader: inout ColumnReader, room: inout Int,
        context: (Int) throws -> (basis: UInt64, reading: BatchReading)
    ) throws -> Upload {
        let space = try reader.count(limit: ProtocolLimits.spaces)
        let (basis, reading) = try context(space)
        var replicas = ReplicaTable(device: reading.device, hub: reading.hub)
        try replicas.read(from: &reader, received: reading.received)
        let count = try reader.count(limit: ProtocolLimits.segments)
        let numbers = try reader.indices(count, below: replicas.count)
        let firsts = try reader.uints(count)
        let counts = try reader.uints(count)
        var heads: [SegmentColumns.Head] = []
        for index in 0..<count {
            heads.append(
                try SegmentColumns.head(
                    of: replicas[numbers[index]], firsts[index], counts[index], basis: basis, reader))
        }
        let segments = try SegmentColumns.read(heads, from: &reader, replicas, reading, room: &room)
        return Upload(space: space, segments: segments)
    }
}

extension ColumnWriter {
    /// Appends the table of replicas and the columns that name them by number.
    mutating func append(_ body: ColumnWriter, after replicas: ReplicaTable, _ context: BatchWriting) throws {
        var table = ColumnWriter()
        try replicas.write(to: &table, receipt: context.receipt)
        append(table)
        append(body)
    }
}
