package import Causality
package import Records
import SyncProtocol

/// What a person had on screen, as a word that a page or a script hands back with the edit. It is for one record and
/// stays good across restarts and syncs, since it only names places in logs that never change.
package struct BaseToken: Hashable, Sendable {
    /// The beginning of a hash over space and record.
    let subject: [UInt8]
    let position: LogPosition
    let replica: ReplicaID
    let head: Head
    /// What was loaded of the record, where a snapshot was loading; the position is the start then.
    let dots: [Dot]

    package init(
        space: String, record: RecordID, position: LogPosition, replica: ReplicaID, head: Head, dots: [Dot] = []
    ) {
        subject = Self.subject(space, record)
        self.position = position
        self.replica = replica
        self.head = head
        self.dots = dots
    }

    static func subject(_ space: String, _ record: RecordID) -> [UInt8] {
        Array(Hash256.of(tag: "phusa base 1", Array(space.utf8), record.bytes).bytes.prefix(8))
    }

    package var text: String {
        var writer = ByteWriter()
        writer.raw(subject)
        writer.varint(position.epoch)
        writer.varint(position.index)
        writer.raw(position.hash.bytes.prefix(4))
        writer.raw(replica.bytes)
        writer.varint(head.sequence)
        writer.raw(head.hash.bytes.prefix(4))
        for dot in dots { writer.dot(dot) }
        return "b" + Words.encode(writer.bytes)
    }

    /// The parts of a token; hashes have only their first four bytes.
    init?(_ text: String) {
        guard text.first == "b", let bytes = Words.decode(text.dropFirst()) else { return nil }
        var reader = ByteReader(bytes)
        guard let subject = try? reader.raw(8), let epoch = try? reader.varint(), let index = try? reader.varint(),
            let logPrefix = try? reader.raw(4), let replica = try? reader.replica(),
            let sequence = try? reader.varint(),
            let linkPrefix = try? reader.raw(4), index <= UInt64(Int64.max),
            sequence <= UInt64(Int64.max),
            let logHash = Hash256(bytes: logPrefix + [UInt8](repeating: 0, count: 28)),
            let link = Hash256(bytes: linkPrefix + [UInt8](repeating: 0, count: 28))
        else { return nil }
        var dots: [Dot] = []
        while !reader.isAtEnd {
            guard dots.count < RecordLimits.baseDots, let dot = try? reader.dot(), dot.sequence <= UInt64(Int64.max)
            else { return nil }
            dots.append(dot)
        }
        self.dots = dots
        self.subject = subject
        position = LogPosition(epoch: epoch, index: index, hash: logHash)
        self.replica = replica
        head = Head(sequence: sequence, hash: link)
    }
}

extension StoreTransaction {
    /// The token for what is known of a record now.
    package func baseToken(record: RecordID, in space: SpaceState) throws -> BaseToken {
        let current = try self.space(space.id)
        let isFilling = current.fill == .filling
        let row = isFilling ? try recordRow(record, in: space.id) : nil
        return BaseToken(
            space: space.name, record: record, position: isFilling ? .start : current.position,
            replica: identity.replica, head: try head(of: identity.replica, in: space),
            dots: try row.map(loadedDots) ?? [])
    }

    /// The base that a token stands for.
    /// - Throws: `base.invalid`, `base.other-record` or `base.unknown`.
    package func base(token text: String, record: RecordID, in space: SpaceState) throws -> Base {
        guard let token = BaseToken(text) else { throw StoreError(.baseInvalid) }
        guard token.subject == BaseToken.subject(space.name, record) else { throw StoreError(.baseOtherRecord) }
        guard token.replica == identity.replica,
            try logHash(at: token.position.index, in: space)?.prefix == token.position.hash.prefix
        else { throw StoreError(.baseUnknown) }
        if token.head.sequence > 0 {
            let change = try change(Dot(token.replica, token.head.sequence), in: space.id)
            guard change?.link.prefix == token.head.hash.prefix else { throw StoreError(.baseUnknown) }
        }
        // What was let go of since is shown again once the log has brought it.
        guard try token.dots.allSatisfy({ try change($0, in: space.id) != nil }) else { throw StoreError(.baseUnknown) }
        return Base(
            position: token.position.index, vector: VersionVector([token.replica: token.head.sequence]),
            dots: token.dots)
    }

    /// The changes of others that are here of a record, the newest if a base cannot name all.
    func loadedDots(of record: Int64) throws -> [Dot] {
        let changes = try changes(ofRecord: record).filter { $0.dot.replica != identity.replica && $0.received != nil }
        return changes.suffix(RecordLimits.baseDots).map(\.dot)
    }
}
