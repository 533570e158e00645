import Records

/// Where epochs begin in the hub's log of a space; empty while the log has one.
package struct EpochStarts: Hashable, Sendable {
    private var starts: [(index: UInt64, epoch: UInt64)] = []

    init() {}

    init?(bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        while !reader.isAtEnd {
            guard let index = try? reader.varint(), let epoch = try? reader.varint(),
                index > 0, index >= starts.last?.index ?? 0
            else { return nil }
            starts.append((index, epoch))
        }
    }

    var bytes: [UInt8] {
        var writer = ByteWriter()
        for start in starts {
            writer.varint(start.index)
            writer.varint(start.epoch)
        }
        return writer.bytes
    }

    /// The epoch of the entry at `index`.
    /// - Parameter latest: the epoch of the log's end.
    func epoch(at index: UInt64, latest: UInt64) -> UInt64 {
        guard !starts.isEmpty else { return latest }
        return starts.last { $0.index <= index }?.epoch ?? starts[0].epoch
    }

    /// The indices of the entries that epochs begin with, in order.
    var indices: [UInt64] { starts.map(\.index) }

    /// The entry at `index` begins an epoch.
    mutating func begin(_ epoch: UInt64, at index: UInt64, after before: UInt64) {
        if starts.isEmpty { starts.append((1, before)) }
        starts.append((index, epoch))
    }

    /// Nothing after `index` is on the log any more.
    mutating func cut(after index: UInt64) {
        starts.removeAll { $0.index > index }
    }

    package static func == (a: Self, b: Self) -> Bool { a.bytes == b.bytes }

    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
