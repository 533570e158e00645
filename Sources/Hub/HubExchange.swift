import Causality
import GRDB
import RecordStore
import Records
import SyncProtocol

/// The hub's side of one request: takes it in piece by piece, then makes its answer piece by piece. A value, so that a
/// server may hand it from thread to thread.
package struct HubExchange: Sendable {
    private let hub: Hub
    private var reader = MessageReader()
    private var asked: Asked?
    private var composer: AnswerComposer?
    /// Why spaces' uploads were stopped, by the number of the space.
    private var stops: [Int: String] = [:]
    /// Which snapshots that the device is loading are here no longer. Its uploads are taken in all the same.
    private var gone: [Int: String] = [:]
    /// The snapshots that the answer serves, by the number of their space.
    private var snapshots: [Int: SnapshotService] = [:]
    /// Where what was sent stands now.
    private var offered = Offered()
    /// Whether the device's contact was written down with what it sent.
    private var isNoted = false

    /// A request whose head was proven.
    struct Asked: Sendable {
        let device: Device
        let session: UInt32
        let keys: SessionKeys
        /// The signed head of the answer, where the session begins.
        let head: [UInt8]
        let name: Hash256
        let answerLimit: UInt64
        /// The device's clock, in seconds since 1970.
        let clock: Int64
        /// Where the device stands in each space; `nil` where the hub's log does not hold that.
        let known: [KnownPlace?]
    }

    package init(_ hub: Hub) { self.hub = hub }

    /// Whether the request's head was proven.
    package var isAdmitted: Bool { asked != nil }

    // MARK: The request

    /// Takes in what came of the request. Each frame is one transaction, durable when this returns.
    /// - Throws: a coded error for a request that is not served; frames before that stay taken.
    package mutating func take(_ bytes: some Collection<UInt8>) throws {
        reader.feed(bytes)
        if asked == nil {
            guard let first = reader.firstByte else { return }
            guard let kind = MessageKind(rawValue: first), kind == .firstRequest || kind == .sessionRequest else {
                throw ProtocolError(.notAMessage)
            }
            let head = try decoding { () throws(DecodingFailure) in
                try reader.takeBlock(skipping: 1, limit: ProtocolLimits.headBytes)
            }
            guard let head else { return }
            let asked = try hub.admit(try RequestHead.read(head.whole))
            // Before anything of the device is taken in: a snapshot holds none of its receiver's work.
            snapshots = try hub.snapshots(for: asked, &gone)
            self.asked = asked
        }
        while let frame = try decoding({ () throws(DecodingFailure) in
            try reader.takeBlock(limit: ProtocolLimits.packedBytes)
        }) {
            try takeIn(frame.body)
        }
    }

    private mutating func takeIn(_ body: [UInt8]) throws {
        guard let asked else { return }
        let hub = hub
        let stops = stops
        let taken = try hub.store.write { store in
            let contents = try Frame.contents(body) { try store.dictionary(named: $0) }
            let taken = try hub.takeIn(contents, asked, stopped: stops, store)
            if !isNoted { try hub.note(contactOf: asked.device, store) }
            return taken
        }
        self.stops.merge(taken.stops) { first, _ in first }
        offered.merge(taken.offered)
        isNoted = true
    }

    // MARK: The answer

    /// Notes the request's end.
    /// - Throws: what refuses it as a whole.
    package mutating func endRequest() throws {
        guard let asked, reader.pendingCount == 0 else { throw ProtocolError(.requestCut) }
        if !isNoted { try hub.noteContact(of: asked) }
        composer = AnswerComposer(
            hub, asked, refusals: gone.merging(stops) { gone, _ in gone }, snapshots: snapshots, offered: offered)
    }

    /// The next piece of the answer; `nil` at its end.
    package mutating func nextPiece() throws -> [UInt8]? { try composer?.nextPiece() }
}

extension Hub {
    /// Answers a whole request with a whole answer.
    package func answer(_ bytes: [UInt8]) throws -> [UInt8] {
        var exchange = HubExchange(self)
        try exchange.take(bytes)
        try exchange.endRequest()
        var answer: [UInt8] = []
        while let piece = try exchange.nextPiece() { answer += piece }
        return answer
    }

    /// Proves a request's head and finds where its device stands.
    func admit(_ received: RequestHead.Received) throws -> HubExchange.Asked {
        switch received.head.kind {
        case .first(let replica, let offer): try beginSession(received, replica, offer)
        case .session(let id): try goOn(received, id)
        }
    }

    private func beginSession(
        _ received: RequestHead.Received, _ replica: ReplicaID, _ theirs: [UInt8]
    ) throws -> HubExchange.Asked {
        let now = store.world.now()
        let offer = SessionOffer(random: store.world.random(SessionOffer.byteCount))
        let id = store.world.random(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let keys = try offer.keys(with: theirs, request: received.name)
        let (device, known, epoch): (Device, [KnownPlace?], UInt64) = try store.write { store in
            guard let device = try Self.device(replica, store), let key = try store.publicKey(of: replica) else {
                throw HubError(.deviceUnknown)
            }
            guard received.isSigned(by: key, for: self.replica) else { throw HubError(.requestForged) }
            guard received.head.counter > device.counter || !Safeguard.requestsCounted.isOn else {
                throw HubError(.requestReplayed)
            }
            let known = try positions(received.head.knowledge, of: device, remembered: [], store)
            try note(contactOf: device, store)
            try store.db.cachedStatement(
                sql: "UPDATE device SET counter = ?, contact = ?, clock_offset = ? WHERE replica = ?"
            ).execute(arguments: [
                Int64(received.head.counter), now, received.head.clock &* 1000 &- now, Self.data(replica),
            ])
            return (device, known, try self.epoch(store))
        }
        sessions.begin(id, HubSession(device: replica, keys: keys, begun: now / 1000, noted: now))
        let head = AnswerHead(session: id, offer: offer.publicKey, epoch: epoch, time: now)
        return HubExchange.Asked(
            device: device, session: id, keys: keys, head: head.bytes(signedBy: anchor, request: received.name),
            name: received.name, answerLimit: received.head.answerLimit, clock: received.head.clock, known: known)
    }

    private func goOn(_ received: RequestHead.Received, _ id: UInt32) throws -> HubExchange.Asked {
        guard let session = sessions[id] else { throw ProtocolError(.sessionUnknown) }
        guard received.isProven(by: session.keys) else { throw HubError(.requestForged) }
        guard sessions.count(received.head.counter, in: id) else { throw HubError(.requestReplayed) }
        return try store.read { store in
            guard let device = try Self.device(session.device, store) else { throw HubError(.deviceUnknown) }
            let known = try positions(received.head.knowledge, of: device, remembered: session.remembered, store)
            return HubExchange.Asked(
                device: device, session: id, keys: session.keys, head: [MessageKind.sessionAnswer.rawValue],
                name: received.name, answerLimit: received.head.answerLimit,
                clock: session.begun &+ received.head.clock, known: known)
        }
    }

    /// Where the device stands; `nil` in a space where this hub's log does not go through there.
    private func positions(
        _ knowledge: Knowledge, of device: Device, remembered: [HubSession.Remembered], _ store: StoreTransaction
    ) throws -> [KnownPlace?] {
        switch knowledge {
        case .named(let name):
            let held = remembered.last { $0.name == name || !Safeguard.knowledgeAsSaid.isOn }
            if let held { return held.places }
            let ends = try device.spaces.map { KnownPlace(position: try store.space($0).position) }
            guard Knowledge.name(of: device.spaces, ends) == name else { throw ProtocolError(.knowledgeUnknown) }
            return ends
        case .listed(let places):
            guard places.count == device.spaces.count else { throw ProtocolError(.knowledgeUnknown) }
            return try zip(places, device.spaces).map { place, name in
                guard let held = try store.position(at: place.index, in: try store.space(name)) else { return nil }
                guard Knowledge.Place(held, floor: place.floor) == place || !Safeguard.placeHasHash.isOn else {
                    return nil
                }
                return KnownPlace(position: held, floor: place.floor)
            }
        }
    }

    /// What came of one frame.
    struct Taken {
        /// For each space that was stopped by something, the code of it.
        var stops: [Int: String] = [:]
        var offered = Offered()
    }

    /// Takes in one frame: what the hub has lost first, since segments may build on it.
    func takeIn(
        _ contents: Frame.Contents, _ asked: HubExchange.Asked, stopped: [Int: String], _ store: StoreTransaction
    ) throws -> Taken {
        do {
            var reader = ColumnReader(contents)
            let uploads = try read(&reader, asked, store)
            let restoring = try Restoring(from: &reader)
            try reader.finish()
            var taken = Taken()
            try takeBack(restoring, asked, &taken.stops, store)
            for upload in uploads {
                guard asked.known[upload.space] != nil else {
                    taken.stops[upload.space] = StoreError.Code.hubRolledBack.rawValue
                    continue
                }
                guard stopped[upload.space] == nil, taken.stops[upload.space] == nil else { continue }
                let name = asked.device.spaces[upload.space]
                let stop = try takeIn(upload, of: name, offered: &taken.offered, store)
                if !stop.isEmpty { taken.stops[upload.space] = stop }
            }
            return taken
        } catch let failure as DecodingFailure {
            throw ProtocolError(failure)
        }
    }

    private func read(
        _ reader: inout ColumnReader, _ asked: HubExchange.Asked, _ store: StoreTransaction
    ) throws -> [Upload] {
        var room = ProtocolLimits.frameBytes
        var uploads: [Upload] = []
        for _ in 0..<(try reader.count(limit: ProtocolLimits.spaces)) {
            let upload = try Upload.read(from: &reader, room: &room) { number in
                guard number < asked.device.spaces.count else { throw HubError(.spaceForbidden) }
                // Of a space that was rolled back nothing is taken in, and what it refers to may be gone. But the
                // columns of other spaces come after it.
                guard let known = asked.known[number] else {
                    return (
                        BatchReading.anyBasis,
                        .passingOver(device: asked.device.replica, hub: replica, clock: asked.clock)
                    )
                }
                let space = try store.space(asked.device.spaces[number])
                return (
                    known.position.index,
                    store.reading(for: asked.device.replica, hub: replica, in: space, clock: asked.clock)
                )
            }
            uploads.append(upload)
        }
        return uploads
    }

    /// How often a device's contact is written down while nothing else is, and how often it counts as another one.
    static let contactMilliseconds: Int64 = 60_000

    func noteContact(of asked: HubExchange.Asked) throws {
        let now = store.world.now()
        guard let noted = sessions[asked.session]?.noted, now - noted >= Self.contactMilliseconds else { return }
        try store.write { try note(contactOf: asked.device, $0) }
        sessions.update(asked.session) { $0.noted = now }
    }

    func note(contactOf device: Device, _ store: StoreTransaction) throws {
        let now = self.store.world.now()
        try note(dayOf: device, now, store)
        try store.db.cachedStatement(sql: "UPDATE device SET contact = ? WHERE replica = ?")
            .execute(arguments: [now, Self.data(device.replica)])
    }
}
