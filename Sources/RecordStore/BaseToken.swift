package import Causality
import Foundation
import GRDB
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
    /// Single changes beyond both: what was loaded of the record where a snapshot was loading, the position being the
    /// start then, and what others had made of it that the hub had not received.
    let others: [DotWord]

    package init(
        space: String, record: RecordID, position: LogPosition, replica: ReplicaID, head: Head, others: [DotWord] = []
    ) {
        subject = Self.subject(space, record)
        self.position = position
        self.replica = replica
        self.head = head
        self.others = others
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
        for other in others {
            writer.dot(other.dot)
            writer.raw((0..<4).map { UInt8(truncatingIfNeeded: other.hashPrefix >> (24 - 8 * $0)) })
        }
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
        var others: [DotWord] = []
        while !reader.isAtEnd {
            guard others.count < RecordLimits.baseDots, let dot = try? reader.dot(), dot.sequence <= UInt64(Int64.max),
                let prefix = try? reader.raw(4)
            else { return nil }
            others.append(DotWord(dot, hashPrefix: prefix.reduce(0) { $0 << 8 | UInt32($1) }))
        }
        self.others = others
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
        var others: [StoredChange] = []
        if try isFilling || dependsOnOthers(in: space), let row = try recordRow(record, in: space.id) {
            others = try changes(ofRecord: row).filter {
                $0.dot.replica != identity.replica && (isFilling || $0.received == nil)
            }
        }
        return BaseToken(
            space: space.name, record: record, position: isFilling ? .start : current.position,
            replica: identity.replica, head: try head(of: identity.replica, in: space),
            others: others.suffix(RecordLimits.baseDots).map { DotWord($0.dot, hashPrefix: $0.link.prefix) })
    }

    /// The base that a token stands for.
    /// - Throws: `base.invalid`, `base.other-record` or `base.unknown`.
    package func base(token text: String, record: RecordID, in space: SpaceState) throws -> Base {
        guard let token = BaseToken(text) else { throw StoreError(.baseInvalid) }
        guard try isSubject(token.subject, record, in: space) else { throw StoreError(.baseOtherRecord) }
        var base = try base(at: token.position, in: space)
        let head = DotWord(Dot(token.replica, token.head.sequence), hashPrefix: token.head.hash.prefix)
        // What was let go of since is shown again once the log has brought it.
        for other in token.others { base.insert(try change(other, in: space).orBaseUnknown().dot) }
        try take(head, into: &base, in: space)
        try name(ofRecord: recordRow(record, in: space.id), &base)
        return base
    }

    /// A record that bears another name since a fork was found keeps its tokens.
    private func isSubject(_ subject: [UInt8], _ record: RecordID, in space: SpaceState) throws -> Bool {
        if subject == BaseToken.subject(space.name, record) { return true }
        guard case .created(let dot) = record, try self.space(space.id).isTangled else { return false }
        let signer = try branch(dot.replica)?.signer ?? dot.replica
        return try family(of: signer, in: space).contains {
            subject == BaseToken.subject(space.name, .created(Dot($0, dot.sequence)))
        }
    }

    /// What was received at a place of the log, of which the beginning of the hash is known.
    private func base(at position: LogPosition, in space: SpaceState) throws -> Base {
        if try logHash(at: position.index, in: space)?.prefix == position.hash.prefix {
            return Base(position: position.index)
        }
        let hash = try lostHash(at: position.index, prefix: position.hash.prefix, in: space).orBaseUnknown()
        let end = LogPosition(epoch: position.epoch, index: position.index, hash: hash)
        let line = try lostLine(to: end, in: space)
        return Base(position: line.common, vector: try seen(on: line, upTo: position.index, in: space))
    }

    private func lostHash(at index: UInt64, prefix: UInt32, in space: SpaceState) throws -> Hash256? {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT hash FROM lost WHERE space = ?1 AND position = ?2
                    UNION SELECT hash FROM lost_root WHERE space = ?1 AND position = ?2
                    """), arguments: [space.id, Int64(index)]
        ).map { try $0.hash("hash") }.first { $0.prefix == prefix }
    }

    /// Adds what the author's own machine had saved.
    private func take(_ head: DotWord, into base: inout Base, in space: SpaceState) throws {
        let isOwn = try head.dot.replica == identity.replica || formerReplicas().contains(head.dot.replica)
        guard isOwn else { throw StoreError(.baseUnknown) }
        guard head.dot.sequence > 0 else { return }
        let change = try change(head, in: space).orBaseUnknown()
        guard try wasMadeHere(change, in: space.id) else { throw StoreError(.baseUnknown) }
        base.vector[change.dot.replica] = max(base.vector[change.dot.replica], change.dot.sequence)
        base.vector = try expanded(base.vector, in: space)
    }

    /// Whole prefixes can be named of the own replica only; of others, what they did to the record.
    private func name(ofRecord record: Int64?, _ base: inout Base) throws {
        let seen = base.vector
        base.vector = VersionVector([identity.replica: seen[identity.replica]])
        guard let record, seen != base.vector else { return }
        for change in try changes(ofRecord: record) where seen.covers(change.dot) { base.insert(change.dot) }
        base.limit(to: RecordLimits.baseDots, own: identity.replica)
    }

    /// The changes of others that are here of a record, the newest if a base cannot name all.
    func loadedDots(of record: Int64) throws -> [Dot] {
        let changes = try changes(ofRecord: record).filter { $0.dot.replica != identity.replica && $0.received != nil }
        return changes.suffix(RecordLimits.baseDots).map(\.dot)
    }
}

extension Optional {
    fileprivate func orBaseUnknown() throws -> Wrapped {
        guard let self else { throw StoreError(.baseUnknown) }
        return self
    }
}
