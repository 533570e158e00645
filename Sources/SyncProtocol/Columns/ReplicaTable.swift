package import Causality
import Records

/// The replicas that a batch names, by number: 0 is the device of the exchange, 1 its hub, then each other once.
package struct ReplicaTable {
    private var numbers: [ReplicaID: UInt64] = [:]
    private var replicas: [ReplicaID] = []
    private let implied = 2

    package init(device: ReplicaID, hub: ReplicaID) {
        _ = number(of: device)
        replicas.append(hub)
        if numbers[hub] == nil { numbers[hub] = 1 }
    }

    /// The replica's number; a new one joins the table.
    package mutating func number(of replica: ReplicaID) -> UInt64 {
        if let known = numbers[replica] { return known }
        let number = UInt64(replicas.count)
        numbers[replica] = number
        replicas.append(replica)
        return number
    }

    package subscript(number: Int) -> ReplicaID { replicas[number] }
    package var count: Int { replicas.count }

    /// Writes all but the implied: for each a `varint` 0 and its 16 bytes, or the index of a receipt of it in the space's
    /// log, which the receiver holds.
    func write(to writer: inout ColumnWriter, receipt: (ReplicaID) throws -> UInt64?) rethrows {
        writer.varint(UInt64(replicas.count - implied))
        for replica in replicas.dropFirst(implied) {
            if let index = try receipt(replica) {
                writer.varint(index)
            } else {
                writer.varint(0)
                writer.incompressible(replica.bytes)
            }
        }
    }

    mutating func read(from reader: inout ColumnReader, received: (UInt64) throws -> ReplicaID?) throws {
        for _ in 0..<(try reader.count(limit: ProtocolLimits.certificates)) {
            let index = try reader.varint()
            if index == 0 {
                guard let replica = ReplicaID(bytes: try reader.incompressible(ReplicaID.byteCount)) else {
                    throw reader.failure(.truncated)
                }
                replicas.append(replica)
            } else {
                guard let replica = try received(index) else { throw ProtocolError(.dependencyUnknown) }
                replicas.append(replica)
            }
        }
    }
}
