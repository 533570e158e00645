import Agent
import Causality
import Hub
import RecordStore
import Records
import SyncProtocol
import Testing
import Wording

/// An enrolled device whose program is not ours, and which sends what ours would not.
@Suite struct HostileDeviceTests {
    private let stage: Stage
    private let a: Stage.Actor
    private let b: Stage.Actor

    init() throws {
        stage = try Stage()
        a = try stage.device("a", key: 2)
        b = try stage.device("b", key: 3)
        for actor in [a, b] {
            let code = try stage.hub.makeEnrolCode(unit: Stage.unit, spaces: [], hours: 1).code
            _ = try actor.device.enrol(url: "test:", code: code, over: StageLine(stage: stage))
            _ = try actor.device.sync(over: StageLine(stage: stage))
        }
    }

    private func places() throws -> [LogPosition] {
        try a.device.store.read { store in
            try [Stage.space, SpaceName.people(Stage.unit), SpaceName.catalogue].map { try store.space($0).position }
        }
    }

    /// Sends frames as the device; gives the refusals of spaces that the answer notes.
    private func send(_ frames: [ColumnWriter], clock: Int64? = nil) throws -> [String] {
        let offer = SessionOffer(random: [UInt8](repeating: 7, count: 32))
        stage.clock.pass(100_000)
        let head = RequestHead(
            kind: .first(replica: a.identity.replica, offer: offer.publicKey), counter: UInt64(stage.clock.now),
            clock: clock ?? stage.clock.now / 1000, answerLimit: 0,
            knowledge: .listed(try places().map { Knowledge.Place($0) })
        ).bytes(signedBy: a.identity, hub: Fixed.hub.replica)
        let answer = try stage.hub.answer(head + frames.flatMap { Frame.bytes($0) })
        var reader = MessageReader()
        reader.feed(answer)
        let began = try #require(try reader.takeBlock(skipping: 1, limit: ProtocolLimits.headBytes))
        _ = try AnswerHead(began.body, request: RequestHead.name(ofRequest: head), hubKey: Fixed.hub.publicKey)
        var refusals: [String] = []
        while let frame = try reader.takeBlock(
            limit: ProtocolLimits.packedBytes, trailer: SessionKeys.proofByteCount)
        {
            let contents = try Frame.contents(frame.body) { name in
                try stage.hub.store.read { try $0.dictionary(named: name) }
            }
            let positions = try places()
            let read = try AnswerFrame.read(contents) { number in
                try a.device.store.read { store in
                    let space = try store.space(Stage.space)
                    return (
                        positions[number].index,
                        store.reading(
                            for: a.identity.replica, hub: Fixed.hub.replica, in: space, clock: stage.clock.now / 1000)
                    )
                }
            }
            refusals += read.notes.map(\.refusal).filter { !$0.isEmpty }
        }
        return refusals
    }

    private func upload(
        _ segment: TravellingSegment, clock: Int64? = nil, byChange: Bool = true
    ) throws -> ColumnWriter {
        var writer = ColumnWriter()
        writer.varint(1)
        let context = BatchWriting(
            device: a.identity.replica, hub: Fixed.hub.replica, clock: clock ?? (stage.clock.now + 100_000) / 1000,
            keyFields: { _ in [] }, receipt: { _ in nil },
            change: { _ in byChange ? Dot(Fixed.hub.replica, 1 << 63) : nil })
        try Upload(space: 0, segments: [segment]).write(to: &writer, basis: try places()[0].index, context)
        return writer
    }

    private func segment(
        on position: LogPosition, version: UInt64 = 1, target: ChangeHeader.Target = .creates,
        payloads: [[UInt8]]? = nil
    ) -> Segment {
        let payloads = payloads ?? [Payload([Operation(RegisterKey("name"), .text("x"))]).canonicalBytes]
        let header = ChangeHeader(
            form: FormReference("visit", version: version), target: target, author: "",
            time: HybridTime(milliseconds: 1_790_000_000_001), base: nil)
        return Fixed.segment(
            payloads.map { _ in header }, dependency: Dependency(position: position, catalogue: 0),
            payloads: payloads)
    }

    private func head() throws -> UInt64 {
        try stage.hub.store.read { try $0.head(of: a.identity.replica, in: try $0.space(Stage.space)).sequence }
    }

    /// Others rebuild the dependency with the hub's own epoch, and could not verify the segment.
    @Test func aSegmentOnAnotherEpochIsNotTaken() throws {
        _ = try b.save([("name", .set(.text("y")))], form: "visit")
        _ = try b.device.sync(over: StageLine(stage: stage))
        _ = try a.device.sync(over: StageLine(stage: stage))
        let held = try places()[0]
        #expect(held.index > 0)
        let wrong = segment(on: LogPosition(epoch: held.epoch + 1, index: held.index, hash: held.hash))
        let refusals = try send([try upload(TravellingSegment(wrong, isOnLog: false))])
        #expect(refusals == ["segment.dependency-unknown"])
        #expect(try head() == 0)
        #expect(try b.device.sync(over: StageLine(stage: stage)).complete)
    }

    /// Once an epoch has ended, a place that never was may be claimed of it. At the log's start no place can be lost; any other
    /// is read as if nothing had been seen, whatever the segment names: it covers nothing that comes.
    @Test(arguments: [false, true]) func aPlaceThatNeverWasCoversNothing(namesDots: Bool) throws {
        let word = try b.save([("key", .set(.text("k"))), ("value", .set(.integer(1)))])
        _ = try b.device.sync(over: StageLine(stage: stage))
        _ = try stage.hub.openEpoch()
        for actor in [a, b] { _ = try actor.device.sync(over: StageLine(stage: stage)) }
        let atStart = segment(on: LogPosition(epoch: 1, index: 0, hash: Fixed.hash))
        #expect(try send([try upload(TravellingSegment(atStart, isOnLog: false))]) == ["segment.dependency-unknown"])

        let b = b.identity.replica
        let record = try stage.hub.store.read { try $0.view(ofRow: $0.locate(word).row).id }
        let next = try self.b.device.store.read { try $0.head(of: b, in: $0.space(Stage.space)).sequence } + 1
        let greedy =
            namesDots
            ? Base(position: 5, dots: [Dot(b, next), Dot(b, next + 1)])
            : Base(position: 5, vector: VersionVector([b: 1 << 40]))
        let header = ChangeHeader(
            form: FormReference("reading", version: 1), target: .record(record), author: "",
            time: HybridTime(milliseconds: 1_790_000_000_001), base: greedy)
        let invented = Fixed.segment(
            [header],
            dependency: Dependency(
                position: LogPosition(epoch: 1, index: 5, hash: Fixed.hash),
                exceptions: namesDots ? [:] : [b: Head(sequence: 1 << 40, hash: Fixed.hash)], catalogue: 0),
            payloads: [Payload([Operation(RegisterKey("value"), .integer(7))]).canonicalBytes])
        let refusals = try send([try upload(TravellingSegment(invented, isOnLog: false), byChange: false)])
        // Changes that nobody has are beyond any base; heads that nobody has are read as nothing.
        #expect(refusals == (namesDots ? ["segment.base-beyond"] : []))
        _ = try self.b.save([("value", .set(.integer(2)))], to: word)
        _ = try self.b.device.sync(over: StageLine(stage: stage))
        let view = try stage.hub.store.read { try $0.view(ofRow: $0.locate(word).row) }
        let shown = Set((view.versions["value"] ?? []).map(\.value))
        #expect(shown == (namesDots ? [.integer(2)] : [.integer(2), .integer(7)]))
        #expect(try stage.hub.store.verify().isEmpty)
        #expect(try self.b.device.store.verify().isEmpty)
        let ends = try [stage.hub.store, self.b.device.store].map { try $0.read { try $0.space(Stage.space).digest } }
        #expect(ends[0] == ends[1])
    }

    /// What was written for practice is signed for a space that no hub has, and can be passed off as nothing else.
    @Test func whatWasWrittenForPracticeIsNotTaken() throws {
        let practised = Segment(
            space: SpaceName.general(SpaceName.training(Stage.unit)), replica: Fixed.device.replica,
            previous: Chain.origin(
                space: SpaceName.general(SpaceName.training(Stage.unit)), replica: Fixed.device.replica),
            dependency: Dependency(position: try places()[0], catalogue: 0),
            changes: segment(on: try places()[0]).changes,
            signature: [])
        let head = Head(sequence: practised.last, hash: try #require(practised.links().last))
        let signature = a.identity.sign(
            tag: Chain.segmentTag,
            Chain.signedBytes(space: practised.space, replica: practised.replica, head: head))
        let travelling = TravellingSegment(
            replica: practised.replica, depends: .inFull(practised.dependency), changes: practised.changes,
            signature: signature)
        #expect(try send([try upload(travelling)]) == ["wire.signature-wrong"])
        #expect(try self.head() == 0)
    }

    /// Damage is told from a second history, which is taken in beside the first, under another name.
    @Test func damageToWhatIsHeldIsNoSecondHistory() throws {
        let position = try places()[0]
        let genuine = segment(on: position)
        #expect(try send([try upload(TravellingSegment(genuine, isOnLog: true))]).isEmpty)
        #expect(try head() == 1)
        let damaged = TravellingSegment(
            replica: genuine.replica, depends: .at(index: position.index, catalogue: 7), changes: genuine.changes,
            signature: genuine.signature)
        #expect(try send([try upload(damaged)]) == ["wire.signature-wrong"])
        let other = segment(on: position, payloads: [Fixed.payload(5).canonicalBytes])
        for segment in [other, genuine, other] {
            #expect(try send([try upload(TravellingSegment(segment, isOnLog: true))]).isEmpty)
        }
        #expect(try head() == 1)
        let branch = ReplicaID(branchOf: a.identity.replica, from: try #require(other.links().last))
        let names = try stage.hub.store.read { try $0.family(of: a.identity.replica, in: $0.space(Stage.space)) }
        #expect(names == [a.identity.replica, branch])
        #expect(try b.device.sync(over: StageLine(stage: stage)).complete)
        for store in [stage.hub.store, b.device.store] {
            #expect(try store.verify().isEmpty)
            #expect(try store.read { try $0.head(of: branch, in: $0.space(Stage.space)).sequence } == 1)
        }
    }

    /// Numbers from 2^63 up cannot be stored; a hub that tried would stop, and stop again at each start.
    @Test func numbersThatCannotBeStoredAreRefused() throws {
        let position = try places()[0]
        for (version, target) in [
            (UInt64(1) << 63, ChangeHeader.Target.creates), (1, .record(.created(Dot(Fixed.hub.replica, 1 << 63)))),
            (1, .record(.keyed(NaturalKey(high: 1, low: 2)))),
        ] {
            let segment = segment(on: position, version: version, target: target)
            let error = #expect(throws: ProtocolError.self) {
                try send([try upload(TravellingSegment(segment, isOnLog: true))])
            }
            #expect(error?.kind == .malformed)
        }
        #expect(try head() == 0)
    }

    @Test func aClockOfNoAgeIsRefused() throws {
        let segment = TravellingSegment(segment(on: try places()[0]), isOnLog: true)
        let error = #expect(throws: ProtocolError.self) {
            try send([try upload(segment, clock: 1 << 60)], clock: 1 << 60)
        }
        #expect(error?.kind == .malformed)
    }

    @Test func aSegmentBeyondItsLimitIsNotTaken() throws {
        let payload = Payload([Operation(RegisterKey("name"), .text(String(repeating: "a", count: 60_000)))])
        let large = segment(
            on: try places()[0], payloads: [[UInt8]](repeating: payload.canonicalBytes, count: 5))
        #expect(try send([try upload(TravellingSegment(large, isOnLog: true))]) == ["segment.too-large"])
        #expect(try head() == 0)
    }

    /// The least number is taken as it is from one device and must reach the others.
    @Test func theLeastNumberReachesEverybody() throws {
        let least = Payload([Operation(RegisterKey("name"), .integer(.min))]).canonicalBytes
        #expect(
            try send([try upload(TravellingSegment(segment(on: try places()[0], payloads: [least]), isOnLog: true))])
                .isEmpty)
        #expect(try b.device.sync(over: StageLine(stage: stage)).complete)
        #expect(try b.device.store.verify().isEmpty)
    }

    /// A newer form may have a set where this program's form has nothing.
    @Test func membersOfAnUnknownFieldAreASet() throws {
        let added = Payload([
            Operation(RegisterKey("marks", item: "p"), .flag(true)),
            Operation(RegisterKey("marks", item: "q"), .flag(true)), Operation(RegisterKey("name"), .text("x")),
        ]).canonicalBytes
        _ = try send([try upload(TravellingSegment(segment(on: try places()[0], payloads: [added]), isOnLog: true))])
        let views = try stage.hub.store.read { try $0.records(form: "visit") }
        #expect(views.first?.fields["marks"] == .items(["p", "q"]))
        #expect(views.first?.conflicts == [])
    }
}
