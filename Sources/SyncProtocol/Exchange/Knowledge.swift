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

        package init(_ position: LogPosition) {
            epoch = position.epoch
            index = position.index
            prefix = Array(position.hash.bytes.prefix(Knowledge.hashBytes))
        }

        init(epoch: UInt64, index: UInt64, prefix: [UInt8]) {
            self.epoch = epoch
            self.index = index
            self.prefix = prefix
        }
    }

    package static let hashBytes = 8

    /// The name of what is known.
    package static func name(of spaces: [(space: String, position: LogPosition)]) -> [UInt8] {
        var writer = ByteWriter()
        for (space, position) in spaces {
            writer.text(space)
            writer.position(position)
        }
        return Array(Hash256.of(tag: "phusa knowledge 1", writer.bytes).bytes.prefix(hashBytes))
    }

    func write(to writer: inout ByteWriter) {
        switch self {
        case .named(let name):
            writer.byte(0)
            writer.raw(name)
        case .listed(let places):
            writer.byte(1)
            writer.varint(UInt64(places.count))
            for place in places {
                writer.varint(place.epoch)
                writer.varint(place.index)
                if place.index > 0 { writer.raw(place.prefix) }
            }
        }
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        switch try reader.byte() {
        case 0: self = .named(try reader.raw(Self.hashBytes))
        case 1:
            var places: [Place] = []
            for _ in 0..<(try reader.count(limit: ProtocolLimits.spaces)) {
                let epoch = try reader.ordinal()
                let index = try reader.ordinal()
                guard index > 0 || epoch == 0 else { throw reader.failure(.inconsistent) }
                let prefix =
                    index == 0 ? Array(Hash256.zero.bytes.prefix(Self.hashBytes)) : try reader.raw(Self.hashBytes)
                places.append(Place(epoch: epoch, index: index, prefix: prefix))
            }
            self = .listed(places)
        default: throw reader.failure(.unknownKind)
        }
    }
}
