import Causality
import RecordStore
import Records
import SyncProtocol

/// What a frame of the answer says, done within one transaction.
extension DeviceExchange {
    func apply(_ frame: AnswerFrame, _ store: StoreTransaction) throws {
        for bytes in frame.certificates {
            let certificate = try Certificate(bytes: bytes, hubKey: hub.publicKey)
            _ = try store.ensureReplica(certificate.replica, publicKey: certificate.publicKey, certificate: bytes)
        }
        if let part = frame.snapshot {
            try take(part, store)
            if try spaceName(part.space) == SpaceName.catalogue { try store.refreshForms() }
        }
        guard failure == nil, stage != .overtaken else {
            more = true
            return
        }
        var ends: [(number: Int, space: String, position: LogPosition)] = []
        var taken = 0
        for part in frame.parts {
            let space = try spaceName(part.space)
            let (changes, end) = try store.apply(part, after: positions[part.space].index, in: space)
            taken += changes
            ends.append((part.space, space, end))
        }
        if !ends.isEmpty { try keepCheckpoint(ends, frame.signature, store) }
        let lost = try goBack(by: frame.lines, store)
        for note in frame.notes {
            let space = try spaceName(note.space)
            if lost.contains(note.space) { continue }
            let end = ends.last { $0.number == note.space }?.position ?? positions[note.space]
            if note.refusal == ProtocolError.Code.snapshotGone.rawValue {
                try store.stopFilling(space)
                more = true
            } else if !note.refusal.isEmpty {
                refusals[space] = note.refusal
            } else if try !agrees(note.digest, at: end, in: space, store) {
                refusals[space] = AgentError.Code.digestDiffers.rawValue
            }
        }
        if ends.contains(where: { $0.space == SpaceName.catalogue }) { try store.refreshForms() }
        if refusals.values.contains(Self.revoked) { try takeRevocation(store) }
        if frame.isLast {
            let error = refusals.values.sorted().first
            try device.noteSync(error: error, in: store)
        }
        changesTaken += taken
        for end in ends { positions[end.number] = end.position }
    }

    /// Goes back to the last place that the hub's log still goes through, in the spaces where it has lost the device's.
    /// What it lost is given back with the next request.
    /// - Returns: the numbers of the spaces that did.
    private func goBack(
        by lines: [(space: Int, places: [AnswerFrame.LinePlace])], _ store: StoreTransaction
    ) throws -> Set<Int> {
        var gone: Set<Int> = []
        for (number, places) in lines {
            let name = try spaceName(number)
            let space = try store.space(name)
            guard space.position == positions[number] else {
                // Another answer has been taken meanwhile: this one is of no use, and says nothing of where the space is now.
                gone.insert(number)
                more = true
                continue
            }
            // What others made since the snapshot is let go of too, and the hub may not have it any more.
            if playground == nil, try store.hasMoreThanSnapshot(space, toGoBackTo: places) { try device.keepCopy() }
            guard try store.goBack(name, to: places) else { continue }
            gone.insert(number)
            more = true
        }
        return gone
    }

    /// Takes in a part of a snapshot. One that is not what the hub signed is let go of, and the log asked for instead.
    private func take(_ part: SnapshotPart, _ store: StoreTransaction) throws {
        let space = try spaceName(part.space)
        do {
            switch part.contents {
            case .manifest(let bytes, let signature):
                guard Signature.isValid(signature, tag: SnapshotManifest.tag, bytes, publicKey: hub.publicKey) else {
                    throw ProtocolError(.snapshotWrong)
                }
                let manifest = try decoding { () throws(DecodingFailure) in try SnapshotManifest(bytes: bytes) }
                guard try store.beginFilling(space, with: manifest, signature: signature) else {
                    stage = .overtaken
                    return
                }
                positions[part.space] = manifest.position
                floors[part.space] = .filling(name: manifest.name, loaded: 0)
            case .chunk(let bytes, let number):
                // Of nothing that this exchange is loading: passed over, as one that another process has.
                guard case .filling(let name, _) = floors[part.space] else { return }
                changesTaken += try store.load(chunk: bytes, number, of: name, by: hub.replica, into: space)
            }
        } catch let error as ProtocolError {
            try store.stopFilling(space)
            failure = error.kind == .snapshotWrong ? error : ProtocolError(.snapshotWrong)
        }
    }

    private static let revoked = "device.revoked"

    /// The hub refuses all that a revoked device had not brought it before, and keeps the verdicts to itself. The device
    /// shows what waits here as what it is now: refused.
    private func takeRevocation(_ store: StoreTransaction) throws {
        for change in try store.openChanges(ownOnly: true) where change.decision == .undecided {
            try store.refuse(change, code: Self.revoked, details: [:])
        }
    }

    private func keepCheckpoint(
        _ ends: [(number: Int, space: String, position: LogPosition)], _ signature: [UInt8], _ store: StoreTransaction
    ) throws {
        let signed = Checkpoint.signedBytes(ends.map { ($0.space, $0.position) })
        guard Signature.isValid(signature, tag: Checkpoint.tag, signed, publicKey: hub.publicKey) else {
            throw ProtocolError(.chainBroken)
        }
        for end in ends {
            try store.keep(
                checkpoint: signed, signature: signature, of: try store.space(end.space), at: end.position.index)
        }
    }

    /// With nothing of one's own waiting, the same position means the same state. Anything else is damage: it is said,
    /// and stops nothing, since what the logs hold is right by itself.
    private func agrees(
        _ digest: [UInt8], at position: LogPosition, in name: String, _ store: StoreTransaction
    ) throws -> Bool {
        let space = try store.space(name)
        guard !digest.isEmpty, space.fill != .filling, space.position.index == position.index,
            try store.unreceivedSegments(in: space).isEmpty
        else { return true }
        return digest == Array(space.digest.bytes.prefix(AnswerFrame.digestBytes))
    }
}
