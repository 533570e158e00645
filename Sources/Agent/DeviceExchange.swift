import Causality
import RecordStore
import Records
import SyncProtocol

/// The device's side of one request and its answer: makes the request piece by piece, takes the answer as its bytes come.
/// Each frame of the answer is one transaction, so that a cut line loses one frame at most.
package final class DeviceExchange {
    private let device: AgentDevice
    private let hub: AgentDevice.HubLink
    private let options: Options
    /// Who asks. The device may go on as another by what the answer brings.
    private var own: ReplicaIdentity?
    /// The device's spaces in the order of its certificate.
    private var spaces: [String] = []
    /// How far the answer has come in each, from where the request said the device stands.
    private var positions: [LogPosition] = []
    /// What the request says of what stands below each position.
    private var floors: [Knowledge.Floor] = []
    /// What the transaction of a frame found that ends the exchange; what the frame brought before stays.
    private var failure: ProtocolError?
    private var session: DeviceSession?
    /// The clock that the request states, in seconds since 1970.
    private var clock: Int64 = 0
    /// The number of the catalogue among the spaces.
    private var catalogue: Int? { spaces.firstIndex(of: SpaceName.catalogue) }
    private var offer: SessionOffer?
    private var name = Hash256.zero
    private var waiting: [(space: Int, segment: StoreTransaction.Unreceived)] = []
    /// What the hub has lost of its logs and does not have back yet, by the number of the space.
    private var evidence: [(space: Int, evidence: LostEvidence)] = []
    /// Replicas whose certificates the request has brought.
    private var certified: Set<ReplicaID> = []
    private var stage = Stage.unasked
    private var reader = MessageReader()
    private var frames: UInt64 = 0
    /// The transaction in which a preview plays the answer.
    private var playground: StoreTransaction?

    private enum Stage {
        case unasked, asking, asked, answering, done
        /// Another process of the device has gone another way meanwhile: what follows is of no use, and is asked for anew.
        case overtaken
    }

    /// What a request is made with.
    package struct Options: Sendable {
        /// How many bytes of segments go at most.
        package var budget = Int.max
        /// How many bytes of answer are wanted at most; 0: any number.
        package var answerLimit: UInt64 = 0
        /// Whether to name every place, where the hub no longer remembers them.
        package var listsKnowledge = false

        package init() {}
    }

    /// What was sent and what came.
    package private(set) var sent = 0
    package private(set) var changesSent = 0
    package private(set) var received = 0
    package private(set) var changesTaken = 0
    package private(set) var epoch: UInt64 = 0
    package private(set) var refusals: [String: String] = [:]
    /// Whether the hub has more to give.
    package private(set) var more = false

    package init(_ device: AgentDevice, with hub: AgentDevice.HubLink, _ options: Options = .init()) {
        self.device = device
        self.hub = hub
        self.options = options
    }

    // MARK: The request

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

    /// Listing few places costs little more than naming them, and saves a second request where the hub does not remember.
    private static let fewSpaces = 8

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
    private static let frameAim = 384 * 1024

    private var asker: ReplicaID {
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

    // MARK: The answer

    /// Takes in a whole answer within a transaction of the caller's.
    func play(_ answer: [[UInt8]], in store: StoreTransaction) throws {
        playground = store
        defer { playground = nil }
        for piece in answer { try take(piece) }
        try finish()
    }

    private func write(_ body: (StoreTransaction) throws -> Void) throws {
        if let playground { try body(playground) } else { try device.store.write(body) }
    }

    /// Takes in what came of the answer.
    /// - Throws: a ``Refusal`` where the hub does not serve the request; else what is wrong with the answer. Frames before
    ///   that stay taken.
    package func take(_ bytes: some Collection<UInt8>) throws {
        received += bytes.count
        guard stage != .overtaken else { return }
        reader.feed(bytes)
        if stage != .answering, stage != .done { try takeHead() }
        while stage == .answering, try takeFrame() {}
        guard stage != .done || reader.pendingCount == 0 else {
            throw ProtocolError(.malformed, ["problem": "trailing"])
        }
    }

    /// Checks that the answer came to its end.
    package func finish() throws {
        if reader.firstByte == MessageKind.refusal.rawValue, stage != .answering, stage != .overtaken {
            throw try refusal()
        }
        guard stage == .done || stage == .overtaken else { throw ProtocolError(.answerCut) }
    }

    private func refusal() throws -> Refusal { try Refusal(bytes: reader.takeAll()) }

    private func takeHead() throws {
        switch reader.firstByte.flatMap(MessageKind.init(rawValue:)) {
        case nil where reader.pendingCount == 0: return
        case .refusal:
            guard reader.pendingCount <= ProtocolLimits.headBytes else { throw ProtocolError(.notAMessage) }
        case .sessionAnswer where session != nil:
            _ = reader.takeByte()
            stage = .answering
        case .firstAnswer where offer != nil:
            let head = try decoding { () throws(DecodingFailure) in
                try reader.takeBlock(skipping: 1, limit: ProtocolLimits.headBytes)
            }
            guard let head else { return }
            try beginSession(AnswerHead(head.body, request: name, hubKey: hub.publicKey))
            stage = .answering
        default: throw ProtocolError(.notAMessage)
        }
    }

    private func beginSession(_ head: AnswerHead) throws {
        guard let offer else { throw ProtocolError(.notAMessage) }
        let session = DeviceSession(
            id: head.session, keys: try offer.keys(with: head.offer, request: name), epoch: head.epoch,
            begun: head.time / 1000, counter: 0)
        try write { try session.keep(in: $0) }
        self.session = session
        epoch = head.epoch
    }

    private func takeFrame() throws -> Bool {
        let came = try decoding { () throws(DecodingFailure) in
            try reader.takeBlock(limit: ProtocolLimits.packedBytes, trailer: SessionKeys.proofByteCount)
        }
        guard let came, let session else { return false }
        guard session.keys.isFrameProof(came.trailer, of: came.whole, number: frames, request: name) else {
            throw ProtocolError(.answerForeign)
        }
        frames += 1
        do {
            try write { try take(came.body, $0) }
        } catch let error as ProtocolError where error.kind == .floorTooHigh {
            // Nothing of the frame stays. The log is asked for from its beginning, as for a snapshot that was wrong.
            try write { try $0.letGoOfFloor(error.details["space"] ?? "") }
            throw error
        }
        if let failure { throw failure }
        return true
    }

    private func take(_ body: [UInt8], _ store: StoreTransaction) throws {
        let contents = try Frame.contents(body) { try store.dictionary(named: $0) }
        let frame = try Self.reading {
            try AnswerFrame.read(contents) { number in
                let space = try store.space(try spaceName(number))
                return (
                    positions[number].index,
                    store.reading(for: asker, hub: hub.replica, in: space, clock: clock)
                )
            }
        }
        try apply(frame, store)
        if frame.isLast, stage != .overtaken {
            more = more || frame.more
            stage = .done
        }
    }

    private func spaceName(_ number: Int) throws -> String {
        guard number < spaces.count else { throw ProtocolError(.answerIncomplete) }
        return spaces[number]
    }

    private static func reading<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch let failure as DecodingFailure { throw ProtocolError(failure) }
    }

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
            guard space.position == positions[number] else { continue }
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
