import Agent
import Causality
import Hub
import RecordStore
import Records
import SyncProtocol

/// One enrolled device that lies: it forks its own history, backdates, withholds, sends again, claims what it cannot know,
/// speaks for others, and sends bombs and broken bytes. What of it may stand, and what it may cover, the model knows; the others
/// must not be harmed by any of it.
extension Simulation {
    func strikeLies() throws {
        guard mix.deals(.peerLies), !hub.machine.disk.isOff else { return }
        if liar == nil { try joinLiar() }
        try lookAround()
        let lie = SimulatedLiar.Lie(rawValue: lieBelow(SimulatedLiar.Lie.allCases.count)) ?? .nothing
        let space = spaces[lieBelow(spaces.count)]
        guard let segment = try makeSegment(lie, in: space) else { return }
        if lieBelow(6) == 0 { return note("liar", "keeps \(segment.first) to itself") }
        try send(segment, lie)
    }

    private func lieBelow(_ n: Int) -> Int { mix.below(n, .peerLies) }

    private func joinLiar() throws {
        note("liar", "joins")
        try wakeHub()
        var liar = SimulatedLiar(seed: plan.seed &+ 7_000_000 &+ UInt64(lies.count))
        let code = try hub.hub.makeEnrolCode(
            unit: SimulatedWorld.unit, spaces: Array(spaces.dropFirst()), hours: 1
        ).code
        let request = EnrolRequest(
            codeName: code.name, publicKey: liar.identity.publicKey, unit: SimulatedWorld.unit, forms: [:]
        ).bytes(code: code)
        let answer = try EnrolAnswer(bytes: try hub.hub.enrol(request), code: code, request: request)
        liar.spaces = try Certificate(bytes: answer.certificate, hubKey: answer.hubKey).spaces
        for space in spaces { liar.ends[space] = [liar.origin(of: space)] }
        self.liar = liar
    }

    /// The liar knows all that the hub does.
    private func lookAround() throws {
        try hub.hub.store.read { store in
            for space in spaces {
                let seen = try model.saved.filter { change in
                    try change.space == space && stored(change, store)?.received != nil
                }
                let place = SimulatedLiar.Place(
                    position: try store.space(space).position, seen: Set(seen.map(\.name)))
                liar?.places[space, default: []].append(place)
            }
        }
    }

    // MARK: What it makes

    /// A segment from any of its ends, or one that it has made before; what of it may be taken in, the model learns.
    private func makeSegment(_ lie: SimulatedLiar.Lie, in space: String) throws -> Segment? {
        guard let liar, let ends = liar.ends[space], let places = liar.places[space] else { return nil }
        if lieBelow(4) == 0, let again = liar.made.randomly(lieBelow(1 << 20)) { return again }
        let place = places[places.count - 1 - lieBelow(min(3, places.count))]
        let end = lieBelow(3) == 0 ? ends[lieBelow(ends.count)] : ends[ends.count - 1]
        let (position, exceptions, base) = claim(lie, at: place, in: space)
        let milliseconds =
            lie == .time ? [1, hub.machine.world.now() + 1_600_000_000_000][lieBelow(2)] : hub.machine.world.now()
        let contents = (0...lieBelow(2)).map { number in
            content(base: base, HybridTime(milliseconds: milliseconds, counter: UInt16(number)))
        }
        let segment = liar.segment(
            in: space, after: end, on: Dependency(position: position, exceptions: exceptions, catalogue: 0),
            contents.map { ($0.header, $0.payload) })
        guard lie != .name, lie != .signature else { return segment }
        let seen = lie == .place || base == Base() ? [] : place.seen
        var chain = liar.chains[end.hash] ?? []
        let links = segment.links()
        for (change, link) in zip(segment.changes, links) {
            let word = DotWord(Dot(liar.identity.replica, change.sequence), hashPrefix: link.prefix)
            let isCautious = lie == .place || lie == .sight
            // Without a base of its own a change has seen what its segment builds on, and its own chain.
            let sight = Sight(names: base == nil ? seen.union(chain) : seen)
            model.add(try saved(change, word, in: space, sight, isCautious: isCautious))
            chain.insert(ChangeName(word))
        }
        lies.formUnion(chain)
        self.liar?.ends[space]?.append(Head(sequence: segment.last, hash: links[links.count - 1]))
        self.liar?.chains[links[links.count - 1]] = chain
        self.liar?.made.append(segment)
        return segment
    }

    /// What the segment says it builds on, and its changes that their author had seen.
    private func claim(
        _ lie: SimulatedLiar.Lie, at place: SimulatedLiar.Place, in space: String
    ) -> (LogPosition, [ReplicaID: Head], Base?) {
        let position = place.position
        let other = (try? agents[lieBelow(agents.count)].device.replica) ?? hub.hub.replica
        let never = Hash256.of(tag: "never", [UInt8(lieBelow(256))])
        switch lie {
        case .place:
            let index = position.index + UInt64(lieBelow(3))
            let epoch = max(1, position.epoch) + UInt64(lieBelow(3)) - 1
            return (LogPosition(epoch: epoch, index: index, hash: never), [:], Base(position: index))
        case .sight where lieBelow(2) == 0:
            let dots = [Dot(other, UInt64(1 + lieBelow(20)))]
            return (position, [:], Base(position: position.index, dots: dots))
        case .sight:
            let all = UInt64(1) << 40
            return (
                position, [other: Head(sequence: all, hash: never)],
                Base(position: position.index, vector: VersionVector([other: all]))
            )
        default: return (position, [:], [nil, Base(), Base(position: position.index)][lieBelow(3)])
        }
    }

    private func content(base: Base?, _ time: HybridTime) -> (header: ChangeHeader, payload: Payload) {
        let key = Value.text("k\(lieBelow(4))")
        let record = RecordID.keyed(NaturalKey(form: SimulatedWorld.formName, values: ["key": key]))
        let header = ChangeHeader(
            form: FormReference(SimulatedWorld.formName, version: SimulatedWorld.formVersions),
            target: .record(record), author: ["", "lan", "minh"][lieBelow(3)], time: time, base: base)
        let value = Operation(RegisterKey("value"), .integer(Int64(lieBelow(5))))
        return (header, Payload([Operation(RegisterKey("key"), key), value]))
    }

    private func saved(
        _ change: LoggedChange, _ word: DotWord, in space: String, _ sight: Sight, isCautious: Bool
    ) throws -> ChangeModel.Saved {
        guard case .record(let record) = change.header.target else { throw failure("the liar made no record") }
        let operations = try Payload(canonical: change.payload).operations
        return ChangeModel.Saved(
            word: word, space: space, record: record, author: change.header.author,
            operations: Dictionary(operations.map { ($0.register, $0.value) }, uniquingKeysWith: { _, last in last }),
            sight: model.sight(of: sight.names), isCautious: isCautious)
    }

    // MARK: What it sends

    private func send(_ segment: Segment, _ lie: SimulatedLiar.Lie) throws {
        guard let liar else { return }
        let clock = lie == .time ? 1 : hub.machine.world.now() / 1000
        var places = try hub.hub.store.read { store in
            try liar.spaces.map { Knowledge.Place(try store.space($0).position) }
        }
        if lie == .knowledge {
            let never = LogPosition(epoch: 1, index: 1000, hash: .of(tag: "never"))
            places[lieBelow(places.count)] = Knowledge.Place(never)
        }
        var frame = lie == .bomb ? bomb() : Frame.bytes(try upload(segment, lie, liar, clock, places))
        if lie == .bytes { frame[lieBelow(frame.count)] ^= UInt8(1 + lieBelow(255)) }
        let random = (0..<SessionOffer.byteCount).map { _ in UInt8(lieBelow(256)) }
        let request =
            self.liar?.request(
                places, clock: clock, random: random, hub: hub.hub.replica, [frame]) ?? []
        try checkRights()
        let answer = try deliver(request)
        let outcome = answer.map { (try? Refusal(bytes: $0))?.code ?? "is answered" } ?? "hears nothing"
        note("liar", "sends \(segment.first) with a lie of \(lie): \(outcome)")
        count("lies")
        if outcome == HubError.Code.deviceUnknown.rawValue { self.liar = nil }
    }

    private func upload(
        _ segment: Segment, _ lie: SimulatedLiar.Lie, _ liar: SimulatedLiar, _ clock: Int64,
        _ places: [Knowledge.Place]
    ) throws -> ColumnWriter {
        var signature = segment.signature
        if lie == .signature { signature[lieBelow(signature.count)] ^= 1 }
        let name = lie == .name ? try agents[lieBelow(agents.count)].device.replica : segment.replica
        let travelling = TravellingSegment(
            replica: name, depends: .inFull(segment.dependency), changes: segment.changes, signature: signature)
        let number = liar.spaces.firstIndex(of: segment.space) ?? 0
        let context = BatchWriting(
            device: liar.identity.replica, hub: hub.hub.replica, clock: clock, keyFields: { _ in ["key"] },
            receipt: { _ in nil }, change: { _ in nil })
        var writer = ColumnWriter()
        writer.varint(1)
        try Upload(space: number, segments: [travelling]).write(to: &writer, basis: places[number].index, context)
        return writer
    }

    /// Zeros, more than a frame may hold, in the few bytes that they shrink to.
    private func bomb() -> [UInt8] {
        var writer = ColumnWriter()
        writer.raw([UInt8](repeating: 0, count: ProtocolLimits.frameBytes + 1))
        return Frame.bytes(writer)
    }
}

extension Array {
    /// The element that a number picks; `nil` of an empty array.
    fileprivate func randomly(_ number: Int) -> Element? { isEmpty ? nil : self[number % count] }
}
