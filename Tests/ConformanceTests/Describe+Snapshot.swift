import Causality
import Records
import SyncProtocol

/// Snapshots in the words of the vectors.
extension Describe {
    static func floor(_ floor: Knowledge.Floor) -> JSON {
        switch floor {
        case .none: .null
        case .claimed(let index): ["kind": "claimed", "index": .natural(index)]
        case .filling(let name, let loaded): ["kind": "filling", "name": .hex(name), "loaded": .natural(loaded)]
        case .declined: ["kind": "declined"]
        }
    }

    static func manifest(_ manifest: SnapshotManifest) -> JSON {
        [
            "space": .text(manifest.space), "position": position(manifest.position),
            "digest": .text(manifest.digest.hex), "settledRefusals": .text(manifest.settledRefusals.hex),
            "time": .number(manifest.time), "changes": .natural(manifest.changes),
            "chunks": .list(manifest.chunks.map { .text($0.hex) }),
        ]
    }

    static func chunk(_ chunk: SnapshotChunk) -> JSON {
        ["heads": .list(chunk.heads.map(head)), "changes": .list(chunk.changes.map(left))]
    }

    private static func head(_ head: SnapshotHead) -> JSON {
        [
            "publicKey": .hex(head.publicKey), "replica": .hex(head.replica.bytes),
            "sequence": .natural(head.head.sequence), "link": .text(head.head.hash.hex),
            "received": .natural(head.received),
        ]
    }

    private static func left(_ change: SnapshotChange) -> JSON {
        let isKeyed = if case .record(.keyed) = change.logged.header.target { true } else { false }
        return [
            "replica": .hex(change.replica.bytes), "sequence": .natural(change.logged.sequence),
            "depends": .natural(change.depends), "received": .natural(change.received),
            "receivedAt": .number(change.receivedAt), "decision": .natural(change.decision.rawValue),
            "refusal": change.decision == .refused
                ? ["code": .text(change.code), "details": details(change.details)] : .null,
            "link": .hex(bytes(change.linkPrefix)), "header": header(change.logged.header),
            "payload": .hex(change.logged.payload), "rests": .list(change.remainders.map { .natural($0.rawValue) }),
            "recordLink": isKeyed ? .null : .hex(bytes(change.recordPrefix)),
        ]
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
    }

    static func snapshotPart(_ part: SnapshotPart) -> JSON {
        let space = JSON.natural(UInt64(part.space))
        return switch part.contents {
        case .manifest(let bytes, let signature):
            ["kind": "manifest", "space": space, "manifest": .hex(bytes), "signature": .hex(signature)]
        case .chunk(let bytes, let number):
            ["kind": "chunk", "space": space, "number": .natural(number), "chunk": .hex(bytes)]
        }
    }
}
