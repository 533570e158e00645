package import Causality
import Records

/// Where a device stands in the hub's log of each of its spaces, in the order of its certificate.
package enum Knowledge: Hashable, Sendable {
    /// A hash over all of it, good where the hub remembers what the device holds, or where both hold the same.
    case named([UInt8])
    /// For each space epoch, index and the beginning of the log's hash there.
    case listed([Place])

    package struct Place: Hashable, Sendable {
        package let epoch: UInt64
        package let index: UInt64
        package let prefix: [UInt8]
        package let floor: Floor

        package init(_ position: LogPosition, floor: Floor = .none) {
            self.init(
                epoch: position.epoch, index: position.index,
                prefix: Array(position.hash.bytes.prefix(Knowledge.hashBytes)), floor: floor)
        }

        init(epoch: UInt64, index: UInt64, prefix: [UInt8], floor: Floor) {
            self.epoch = epoch
            self.index = index
            self.prefix = prefix
            self.floor = floor
        }
    }

    /// What a device knows of the log below what it holds of it.
    package enum Floor: Hashable, Sendable {
        /// It holds the log from its first entry.
        case none
        /// It has the state at this index from a snapshot, whole and checked, and the log from there on.
        case claimed(UInt64)
        /// It is loading the snapshot of that name, whose place is the stated one, and has so many chunks of it.
        case filling(name: [UInt8], loaded: UInt64)
        /// It holds nothing and wants the log, not a snapshot.
        case declined

        /// The index below which a device with all of its floor holds no entry.
        package var index: UInt64 { if case .claimed(let index) = self { index } else { 0 } }
    }

    package static let hashBytes = 8

    /// The name of what is known: places of which none is filling.
    package static func name(of spaces: [(space: String, position: LogPosition, floor: UInt64)]) -> [UInt8] {
        var writer = ByteWriter()
        for (space, position, floor) in spaces {
            writer.text(space)
            writer.position(position)
            writer.varint(floor)
        }
        return Array(Hash256.of(tag: "phusa knowledge 1", writer.bytes).bytes.prefix(hashBytes))
    }

    private enum Kind {
        static let named: UInt8 = 0
        static let listed: UInt8 = 1
        /// With what stands below each place.
        static let floored: UInt8 = 2
    }

    func write(to writer: inout ByteWriter) {
        switch self {
        case .named(let name):
            writer.byte(Kind.named)
            writer.raw(name)
        case .listed(let places):
            let haveFloors = places.contains { $0.floor != .none }
            writer.byte(haveFloors ? Kind.floored : Kind.listed)
            writer.varint(UInt64(places.count))
            for place in places {
                writer.varint(place.epoch)
                writer.varint(place.index)
                if place.index > 0 { writer.raw(place.prefix) }
                if haveFloors { place.floor.write(to: &writer) }
            }
        }
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        let kind = try reader.byte()
        switch kind {
        case Kind.named: self = .named(try reader.raw(Self.hashBytes))
        case Kind.listed, Kind.floored:
            var places: [Place] = []
            for _ in 0..<(try reader.count(limit: ProtocolLimits.spaces)) {
                let epoch = try reader.ordinal()
                let index = try reader.ordinal()
                guard index > 0 || epoch == 0 else { throw reader.failure(.inconsistent) }
                let prefix =
                    index == 0 ? Array(Hash256.zero.bytes.prefix(Self.hashBytes)) : try reader.raw(Self.hashBytes)
                let floor = kind == Kind.floored ? try Floor(from: &reader, index: index) : .none
                places.append(Place(epoch: epoch, index: index, prefix: prefix, floor: floor))
            }
            guard kind == Kind.listed || places.contains(where: { $0.floor != .none }) else {
                throw reader.failure(.notCanonical)
            }
            self = .listed(places)
        default: throw reader.failure(.unknownKind)
        }
    }
}

extension Knowledge.Floor {
    fileprivate func write(to writer: inout ByteWriter) {
        switch self {
        case .none: writer.byte(0)
        case .claimed(let index):
            writer.byte(1)
            writer.varint(index)
        case .filling(let name, let loaded):
            writer.byte(2)
            writer.raw(name)
            writer.varint(loaded)
        case .declined: writer.byte(3)
        }
    }

    /// - Parameter index: of the place that it stands below.
    fileprivate init(from reader: inout ByteReader, index: UInt64) throws(DecodingFailure) {
        switch try reader.byte() {
        case 0: self = .none
        case 1:
            let floor = try reader.ordinal()
            guard (1...max(1, index)).contains(floor), index > 0 else { throw reader.failure(.inconsistent) }
            self = .claimed(floor)
        case 2:
            guard index > 0 else { throw reader.failure(.inconsistent) }
            let name = try reader.raw(SnapshotManifest.nameBytes)
            self = .filling(name: name, loaded: try reader.ordinal())
        case 3:
            guard index == 0 else { throw reader.failure(.inconsistent) }
            self = .declined
        default: throw reader.failure(.unknownKind)
        }
    }
}
