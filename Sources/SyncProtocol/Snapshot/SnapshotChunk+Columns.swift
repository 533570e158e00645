package import Causality
package import Records

/// What the two sides of a chunk know before it.
package struct SnapshotContext: Sendable {
    package let hub: ReplicaID
    /// The index of the snapshot's place.
    package let position: UInt64
    /// The manifest's time, in seconds since 1970.
    package let time: Int64

    package init(hub: ReplicaID, position: UInt64, time: Int64) {
        self.hub = hub
        self.position = position
        self.time = time
    }
}

/// A chunk taken apart into columns, packed as a frame is. It is made once and says nothing of who receives it.
extension SnapshotChunk {
    /// - Parameters:
    ///   - keyFields: the names of a form's key fields.
    ///   - receipt: the index that a head of the snapshot names the replica by.
    package func packed(
        _ context: SnapshotContext, keyFields: @escaping (FormReference) throws -> [String],
        receipt: @escaping (ReplicaID) -> UInt64?
    ) throws -> [UInt8] {
        let writing = BatchWriting(
            device: context.hub, hub: context.hub, clock: context.time, keyFields: keyFields, receipt: receipt,
            change: { _ in nil })
        var writer = ColumnWriter()
        writeHeads(to: &writer)
        var replicas = ReplicaTable(device: context.hub, hub: context.hub)
        var body = ColumnWriter()
        try writeChanges(to: &body, &replicas, context, writing)
        try writer.append(body, after: replicas, writing)
        return Frame.body(writer)
    }

    private func writeHeads(to writer: inout ColumnWriter) {
        writer.varint(UInt64(heads.count))
        writer.uints(heads.map(\.head.sequence))
        writer.uints(heads.map(\.received))
        for head in heads {
            writer.incompressible(head.publicKey)
            writer.incompressible(head.head.hash.bytes)
        }
    }

    private func writeChanges(
        to writer: inout ColumnWriter, _ replicas: inout ReplicaTable, _ context: SnapshotContext,
        _ writing: BatchWriting
    ) throws {
        writer.varint(UInt64(changes.count))
        guard !changes.isEmpty else { return }
        writer.uints(changes.map { replicas.number(of: $0.replica) })
        writer.deltas(changes.map { Int64($0.logged.sequence) })
        writer.uints(changes.map { context.position - $0.depends })
        writer.uints(changes.map { context.position - $0.received })
        writer.milliseconds(changes.map(\.receivedAt), clock: context.time)
        writer.uints(changes.map(\.decision.rawValue))
        let refused = changes.filter { $0.decision == .refused }
        if !refused.isEmpty { writer.strings(refused.map { $0.refusalBytes[...] }) }
        let areWhole = changes.map { $0.remainders.allSatisfy { $0 == .standing } }
        writer.uints(areWhole.map { $0 ? 0 : 1 })
        for change in changes { writer.incompressible(change.linkPrefix.bigEndianBytes) }
        var headers = HeaderColumns(writing)
        var payloads = PayloadColumns()
        for change in changes {
            try headers.add(change.logged, of: change.replica, depends: change.depends, &replicas)
            payloads.add(change.logged.payload, &replicas)
        }
        try headers.write(to: &writer)
        payloads.write(to: &writer)
        writer.uints(zip(changes, areWhole).flatMap { $1 ? [] : $0.remainders.map(\.rawValue) })
        for prefix in recordPrefixes { writer.incompressible(prefix.bigEndianBytes) }
    }

    /// Of each record that is named by a change which is not in the chunk, in the order of their first mention.
    private var recordPrefixes: [UInt32] {
        var known = creators
        return changes.compactMap { change in
            guard case .record(.created(let dot)) = change.logged.header.target,
                known.updateValue(change.recordPrefix, forKey: dot) == nil
            else { return nil }
            return change.recordPrefix
        }
    }

    private var creators: [Dot: UInt32] {
        var creators: [Dot: UInt32] = [:]
        for change in changes where change.logged.header.target == .creates { creators[change.dot] = change.linkPrefix }
        return creators
    }
}

extension SnapshotChange {
    fileprivate var refusalBytes: [UInt8] {
        var writer = ByteWriter()
        writer.text(code)
        writer.details(details)
        return writer.bytes
    }
}

extension UInt32 {
    var bigEndianBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> (24 - 8 * $0)) } }

    init(bigEndian bytes: some Sequence<UInt8>) { self = bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}
