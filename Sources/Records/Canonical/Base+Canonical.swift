package import Causality

extension Base {
    /// Writes position, vector in the order of the ids, and dots in ascending order.
    package func write(to writer: inout ByteWriter) {
        writer.varint(position)
        let entries = vector.entries
        writer.varint(UInt64(entries.count))
        for entry in entries {
            writer.replica(entry.replica)
            writer.varint(entry.sequence)
        }
        writer.varint(UInt64(dots.count))
        for dot in dots { writer.dot(dot) }
    }

    package var canonicalBytes: [UInt8] {
        var writer = ByteWriter()
        write(to: &writer)
        return writer.bytes
    }

    package init(from reader: inout ByteReader) throws(DecodingFailure) {
        let position = try reader.ordinal()
        var vector = VersionVector()
        var lastReplica: ReplicaID?
        for _ in 0..<(try reader.count(limit: RecordLimits.baseReplicas)) {
            let dot = try reader.dot()
            if let lastReplica, !(lastReplica < dot.replica) { throw reader.failure(.notCanonical) }
            lastReplica = dot.replica
            vector[dot.replica] = dot.sequence
        }
        var dots: [Dot] = []
        for _ in 0..<(try reader.count(limit: RecordLimits.baseDots)) {
            let dot = try reader.dot()
            if let last = dots.last, !(last < dot) { throw reader.failure(.notCanonical) }
            guard !vector.covers(dot) else { throw reader.failure(.notCanonical) }
            dots.append(dot)
        }
        self.init(position: position, vector: vector, dots: dots)
    }
}
