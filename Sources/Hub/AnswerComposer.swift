import Causality
import RecordStore
import Records
import SyncProtocol

/// Makes the answer to a request, frame by frame, from what the hub's logs held when it began.
struct AnswerComposer: Sendable {
    private let hub: Hub
    private let asked: HubExchange.Asked
    private let refusals: [Int: String]
    /// What the device sent with the request.
    private let offered: Offered
    /// The spaces in the order they are served: the catalogue before what is written under it.
    private let order: [Int]
    private var ends: [Int: LogPosition] = [:]
    private var positions: [LogPosition?]
    /// The snapshots that are served before the log's rest, by the number of their space.
    private var snapshots: [Int: SnapshotService]
    /// What the device has below its places, once this answer has reached it.
    private var floors: [Knowledge.Floor]
    private var stage = Stage.head
    private var frames: UInt64 = 0
    private var bytes: UInt64 = 0

    private enum Stage { case head, frames, done }

    /// About so many canonical bytes make a frame of some tens of kilobytes.
    private static let mostAim = 384 * 1024
    /// Below this a frame is hardly smaller.
    private static let leastAim = 16 * 1024
    /// Smaller where the device wants only some bytes.
    private var frameAim: Int {
        guard asked.answerLimit > 0 else { return Self.mostAim }
        return max(Self.leastAim, Int(min(UInt64(Self.mostAim), asked.answerLimit &* 4)))
    }
    /// Log entries that are read at a time.
    private static let page = 512

    init(
        _ hub: Hub, _ asked: HubExchange.Asked, refusals: [Int: String], snapshots: [Int: SnapshotService],
        offered: Offered
    ) {
        self.offered = offered
        self.hub = hub
        self.asked = asked
        self.refusals = refusals
        self.snapshots = snapshots
        positions = asked.known.map { $0?.position }
        floors = asked.known.map { $0?.floor ?? .none }
        let spaces = asked.device.spaces
        order = spaces.indices.sorted { a, b in
            let (first, second) = (spaces[a] == SpaceName.catalogue, spaces[b] == SpaceName.catalogue)
            return first != second ? first : a < b
        }
    }

    /// The next piece; `nil` at the answer's end.
    mutating func nextPiece() throws -> [UInt8]? {
        switch stage {
        case .head:
            stage = .frames
            bytes += UInt64(asked.head.count)
            return asked.head
        case .frames:
            let frame = try hub.store.read { try nextFrame($0) }
            let proof = asked.keys.frameProof(frame, number: frames, request: asked.name)
            frames += 1
            bytes += UInt64(frame.count + proof.count)
            return frame + proof
        case .done: return nil
        }
    }

    /// A revoked device reads nothing any more. It is told so under its session's proof.
    private var isRevoked: Bool { asked.device.revoked != nil }

    private var isOverLimit: Bool { asked.answerLimit > 0 && bytes + UInt64(frameAim / 8) > asked.answerLimit }

    private mutating func nextFrame(_ store: StoreTransaction) throws -> [UInt8] {
        if frames == 0 {
            for number in order where positions[number] != nil && !isGone(number) {
                ends[number] = try store.space(asked.device.spaces[number]).position
            }
        }
        var frame = AnswerFrame()
        var starts: [Int: UInt64] = [:]
        var size = 0
        if (frames == 0 || !isOverLimit) && !isRevoked {
            for number in order where size < frameAim {
                if snapshots[number] != nil {
                    if frame.snapshot == nil { frame.snapshot = try nextSnapshotPart(number, &size, store) }
                    // What is written under the catalogue waits for all of it.
                    if asked.device.spaces[number] == SpaceName.catalogue { break }
                    continue
                }
                guard let start = positions[number] else { continue }
                let part = try nextPart(number, after: start, &size, &frame.certificates, store)
                guard let part else { continue }
                starts[number] = start.index
                frame.parts.append(part)
            }
        }
        let isAtEnd =
            isRevoked
            || snapshots.isEmpty && order.allSatisfy { ends[$0] == nil || positions[$0] == ends[$0] }
        frame.isLast = isAtEnd || (frame.parts.isEmpty && frame.snapshot == nil) || isOverLimit
        frame.more = frame.isLast && !isAtEnd
        if !frame.parts.isEmpty {
            let signed = frame.parts.compactMap { part in
                positions[part.space].map { (space: asked.device.spaces[part.space], position: $0) }
            }
            frame.signature = hub.anchor.sign(tag: Checkpoint.tag, Checkpoint.signedBytes(signed))
        }
        if frame.isLast { try finish(&frame, store) }
        var contents = ColumnWriter()
        try frame.write(to: &contents) { number in
            let start = starts[number] ?? 0
            let space = try store.space(asked.device.spaces[number])
            return (
                start,
                store.writing(
                    for: asked.device.replica, hub: hub.replica, in: space, known: start, floor: floor(number),
                    clock: asked.clock)
            )
        }
        // While the catalogue is loading, its dictionaries may not have come.
        let catalogue = asked.device.spaces.firstIndex(of: SpaceName.catalogue).flatMap { number in
            asked.known[number].map { $0.isFilling ? 0 : $0.position.index }
        }
        return Frame.bytes(contents, try store.newestDictionary(known: catalogue ?? 0))
    }

    /// Notes what was refused, and the digest of each space whose log went on and that the device is at the end of now.
    private mutating func finish(_ frame: inout AnswerFrame, _ store: StoreTransaction) throws {
        stage = .done
        for number in order {
            let name = asked.device.spaces[number]
            let refusal =
                isRevoked
                ? HubError.Code.deviceRevoked.rawValue
                : positions[number] == nil ? StoreError.Code.hubRolledBack.rawValue : refusals[number] ?? ""
            let space = try store.space(name)
            if positions[number] == nil, !isRevoked { frame.lines.append((number, try Self.line(of: space, store))) }
            let isNews =
                positions[number] != asked.known[number]?.position && positions[number] == space.position
                && snapshots[number] == nil
            guard !refusal.isEmpty || isNews else { continue }
            let digest = isNews ? Array(space.digest.bytes.prefix(AnswerFrame.digestBytes)) : []
            frame.notes.append(AnswerFrame.Note(space: number, refusal: refusal, digest: digest))
        }
        remember()
    }

    /// The device stands where it said, or, if this reaches it, at the answer's end.
    private func remember() {
        let before = asked.known.compactMap { $0 }
        guard before.count == asked.known.count, snapshots.isEmpty else { return }
        let after = before.indices.map { number in
            KnownPlace(position: positions[number] ?? .start, floor: floors[number])
        }
        let spaces = asked.device.spaces
        let both = [before, after].filter { !$0.contains(where: \.isFilling) }.map { places in
            HubSession.Remembered(name: Knowledge.name(of: spaces, places), places: places)
        }
        hub.sessions.update(asked.session) { $0.remembered = both }
    }

    /// What follows `start` in a space's log, as much as fits; `nil` when nothing does.
    private mutating func nextPart(
        _ number: Int, after start: LogPosition, _ size: inout Int, _ certificates: inout [[UInt8]],
        _ store: StoreTransaction
    ) throws -> LogPart? {
        guard let end = ends[number], start.index < end.index else { return nil }
        let space = try store.space(asked.device.spaces[number])
        var items: [LogPart.Item] = []
        var position = start
        while position.index < end.index, size < frameAim {
            let entries = try store.logEntries(after: position.index, in: space, limit: Self.page)
            for (index, bytes) in entries where index <= end.index && size < frameAim {
                items.append(try item(bytes, of: number, in: space, &size, &certificates, store))
                position = LogPosition(
                    epoch: space.epoch(at: index), index: index,
                    hash: LogEntry.link(after: position.hash, index: index, entry: bytes))
            }
            guard !entries.isEmpty else { break }
        }
        positions[number] = position
        return LogPart(space: number, items: items)
    }

    /// The manifest of the space's snapshot, or its next chunk, which fills a frame.
    private mutating func nextSnapshotPart(
        _ number: Int, _ size: inout Int, _ store: StoreTransaction
    ) throws -> SnapshotPart? {
        guard var service = snapshots[number] else { return nil }
        let manifest = service.snapshot.manifest
        positions[number] = manifest.position
        floors[number] = .claimed(manifest.position.index)
        let part: SnapshotPart.Contents
        if service.isBegun {
            part = .chunk(try service.snapshot.chunk(service.next, store), number: UInt64(service.next))
            service.next += 1
            size = frameAim
        } else {
            part = service.snapshot.part
            service.isBegun = true
            size += manifest.chunks.count * Hash256.byteCount
        }
        snapshots[number] = service.isDone ? nil : service
        return SnapshotPart(space: number, part)
    }

    /// The index below which the device holds nothing of a space's log.
    private func floor(_ number: Int) -> UInt64 { floors[number].index }

    /// Whether the device is loading a snapshot that is here no longer: it must let go of it before anything else.
    private func isGone(_ number: Int) -> Bool { refusals[number] == ProtocolError.Code.snapshotGone.rawValue }

    private func item(
        _ bytes: [UInt8], of number: Int, in space: SpaceState, _ size: inout Int, _ certificates: inout [[UInt8]],
        _ store: StoreTransaction
    ) throws -> LogPart.Item {
        size += bytes.count + ProtocolLimits.entryRoom
        guard case .receipt(let receipt) = try LogEntry(bytes: bytes) else { return .entry(bytes) }
        let travelling = LogPart.TravellingReceipt(receipt)
        guard try !isHeld(receipt, number, in: space, store),
            let segment = try store.segment(of: receipt.replica, first: receipt.first, in: space)
        else { return .received(travelling) }
        if receipt.first == 1, let certificate = try store.certificate(of: receipt.replica),
            !certificates.contains(certificate)
        {
            certificates.append(certificate)
        }
        size += segment.roughByteCount
        let depends = segment.dependency.position
        let isOnLog = try !space.isTangled || store.holds(depends, in: space)
        return .brought(
            travelling,
            TravellingSegment(
                segment, as: receipt.replica, isOnLog: isOnLog && (depends.index == 0 || depends.index >= floor(number))
            ))
    }

    /// Whether the device holds what a receipt is for, under the name that it has here: it sent it with this request. A
    /// device that was put back from a copy has lost some of its own, and one of several histories goes by another name.
    private func isHeld(
        _ receipt: Receipt, _ number: Int, in space: SpaceState, _ store: StoreTransaction
    ) throws -> Bool {
        guard receipt.replica == asked.device.replica,
            offered.contains(receipt.first...receipt.last, of: receipt.replica, in: number)
                || !Safeguard.ownWorkBrought.isOn
        else { return false }
        return try store.family(of: receipt.replica, in: space).count == 1
    }

    /// Places of the log, ever further apart towards its beginning, and those that the latest epochs left: where lines part.
    private static func line(of space: SpaceState, _ store: StoreTransaction) throws -> [AnswerFrame.LinePlace] {
        var indices = Set(space.epochStarts.suffix(Self.latestEpochs).map { $0 - 1 })
        var (index, distance) = (space.position.index, UInt64(1))
        while index > 0 {
            indices.insert(index)
            index -= min(index, distance)
            distance *= 2
        }
        return try indices.subtracting([0]).sorted(by: >).compactMap { index in
            try store.position(at: index, in: space).map(AnswerFrame.LinePlace.init)
        }
    }

    /// With these, a line stays within its limit of places.
    private static let latestEpochs = 8
}
