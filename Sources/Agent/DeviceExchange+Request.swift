import Causality
import RecordStore
import Records
import SyncProtocol

/// Making the request.
extension DeviceExchange {
    /// The next piece of the request; `nil` at its end.
    package func nextPiece() throws -> [UInt8]? {
        let piece: [UInt8]?
        switch stage {
        case .unasked:
            stage = .asking
            piece = try device.store.write { try begin($0) }
        case .asking:
            piece = try device.store.read { try nextEvidence() ?? nextUpload($0) }
            if piece == nil { stage = .asked }
        default: piece = nil
        }
        sent += piece?.count ?? 0
        return piece
    }

    /// Closes what is open and says where the device stands.
    func begin(_ store: StoreTransaction) throws -> [UInt8] {
        spaces = try device.exchanged(store)
        for (number, name) in spaces.enumerated() {
            let space = try store.space(name)
            try store.seal(in: space)
            positions.append(space.position)
            floors.append(try store.floor(of: space))
            waiting += try store.unreceivedSegments(in: space).map { (number, $0) }
            if space.isTangled { evidence += try store.evidence(in: space).map { (number, $0) } }
        }
        if let only = options.only { leave(only) }
        let own = store.identity
        self.own = own
        clock = device.store.world.now() / 1000
        let head: [UInt8]
        if var kept = try DeviceSession.kept(in: store) {
            kept.counter += 1
            try kept.keep(in: store)
            session = kept
            epoch = kept.epoch
            head = requestHead(.session(kept.id), counter: kept.counter).bytes(provenBy: kept.keys)
        } else {
            let offer = SessionOffer(random: device.store.world.random(32))
            self.offer = offer
            let kind = RequestHead.Kind.first(replica: own.replica, offer: offer.publicKey)
            head = requestHead(kind, counter: try device.nextCounter(store)).bytes(signedBy: own, hub: hub.replica)
        }
        name = RequestHead.name(ofRequest: head)
        return head
    }

    /// Leaves of what waits the segment with one change, and what comes before it in its space: a log has no holes.
    private func leave(_ only: Waiting) {
        let number = spaces.firstIndex(of: only.space)
        let end = waiting.lastIndex { space, segment in
            space == number && segment.replica == only.dot.replica && segment.first <= only.dot.sequence
        }
        waiting = end.map { waiting[...$0].filter { $0.space == number } } ?? []
    }

    /// Listing few places costs little more than naming them, and saves a second request where the hub does not remember.
    static let fewSpaces = 8

    private func requestHead(_ kind: RequestHead.Kind, counter: UInt64) -> RequestHead {
        let isFirst = if case .first = kind { true } else { false }
        let isNameless = floors.contains { floor in
            switch floor {
            case .none: false
            // Not even a hub that holds the same can tell where a device's floor is.
            case .claimed: isFirst
            case .filling, .declined: true
            }
        }
        let lists = options.listsKnowledge || isNameless || isFirst && spaces.count <= Self.fewSpaces
        return RequestHead(
            kind: kind, counter: counter, clock: clock - (isFirst ? 0 : session?.begun ?? 0),
            answerLimit: options.answerLimit,
            knowledge: lists
                ? .listed(zip(positions, floors).map { Knowledge.Place($0, floor: $1) })
                : .named(
                    Knowledge.name(
                        of: spaces.indices.map { (spaces[$0], position: positions[$0], floor: floors[$0].index) })))
    }

    /// Canonical bytes after which a frame is closed, so that it comes to some tens of kilobytes.
    static let frameAim = 384 * 1024

    var asker: ReplicaID {
        guard let own else { preconditionFailure("a request is begun before it is gone on with") }
        return own.replica
    }

    /// A frame of what the hub has lost. It goes before all segments, since they may build on it.
    func nextEvidence() -> [UInt8]? {
        var restoring = Restoring()
        var size = 0
        while let next = evidence.first, size < Self.frameAim {
            size += next.evidence.part.entries.reduce(next.evidence.ends.count) { $0 + $1.count }
            restoring.evidence.append(next)
            evidence.removeFirst()
        }
        guard !restoring.isEmpty else { return nil }
        var contents = ColumnWriter()
        contents.varint(0)
        restoring.write(to: &contents)
        return Frame.bytes(contents)
    }

    /// A frame of segments of which the hub's log holds no receipt; `nil` when there are no more, or they are over budget.
    func nextUpload(_ store: StoreTransaction) throws -> [UInt8]? {
        var size = 0
        var uploads: [Upload] = []
        var changes = 0
        // Within a budget, frames are as small as segments allow, so that it is kept as nearly as can be.
        let aim = options.budget == .max ? Self.frameAim : 1
        var restoring = Restoring()
        while let (number, next) = waiting.first, size < aim {
            let space = try store.space(spaces[number])
            waiting.removeFirst()
            guard let segment = try store.segment(of: next.replica, first: next.first, in: space) else { continue }
            if segment.replica != asker, certified.insert(segment.replica).inserted,
                let certificate = try store.certificate(of: segment.replica)
            {
                restoring.certificates.append(certificate)
            }
            size += segment.roughByteCount
            changes += segment.changes.count
            // The request has said where the device stands; another process may have gone on since.
            let depends = segment.dependency.position
            let isOnLog = try depends.index <= positions[number].index && store.holds(depends, in: space)
            let travelling = TravellingSegment(segment, isOnLog: isOnLog)
            if let last = uploads.last, last.space == number {
                uploads[uploads.count - 1] = Upload(space: number, segments: last.segments + [travelling])
            } else {
                uploads.append(Upload(space: number, segments: [travelling]))
            }
        }
        guard !uploads.isEmpty else { return nil }
        var contents = ColumnWriter()
        contents.varint(UInt64(uploads.count))
        for upload in uploads {
            let known = positions[upload.space].index
            let space = try store.space(spaces[upload.space])
            try upload.write(
                to: &contents, basis: known,
                store.writing(for: asker, hub: hub.replica, in: space, known: known, clock: clock))
        }
        restoring.write(to: &contents)
        let frame = Frame.bytes(
            contents, try catalogue.flatMap { try store.newestDictionary(known: positions[$0].index) })
        // At least one frame goes, or a small budget would never bring anything through.
        guard options.budget > 0, changesSent == 0 || sent + frame.count <= options.budget else {
            waiting = []
            return nil
        }
        changesSent += changes
        return frame
    }
}
