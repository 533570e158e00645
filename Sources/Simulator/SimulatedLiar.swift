import Causality
import Records
import SyncProtocol

/// An enrolled device with rights and a key of its own, whose program says what ours never would.
struct SimulatedLiar {
    /// A place in the hub's log that the liar has been at, and what was to be seen there.
    struct Place {
        let position: LogPosition
        let seen: Set<ChangeName>
    }

    /// What it says in one request beside, or instead of, what is so.
    enum Lie: Int, CaseIterable {
        case nothing
        /// It was made in 1970, or will be.
        case time
        /// It builds on a place that the hub's log never had.
        case place
        /// Its author had seen what nobody has saved yet, or whatever another will ever save.
        case sight
        /// Another device saved it.
        case name
        /// It is signed, by somebody.
        case signature
        /// The liar holds what the hub has never said.
        case knowledge
        /// A few bytes that are very many.
        case bomb
        /// Its bytes are in order.
        case bytes
    }

    let identity: ReplicaIdentity
    /// Those of its certificate, in order.
    var spaces: [String] = []
    var counter: UInt64 = 0
    /// Where the chains end that it has made in each space, from the origin on: it goes on from any of them.
    var ends: [String: [Head]] = [:]
    /// What each chain holds, by its end.
    var chains: [Hash256: Set<ChangeName>] = [:]
    /// What it has made, whether it was told to anybody or not.
    var made: [Segment] = []
    var places: [String: [Place]] = [:]

    init(seed: UInt64) { identity = .simulated(seed) }

    /// The next segment from an end, signed.
    func segment(
        in space: String, after end: Head, on dependency: Dependency, _ contents: [(ChangeHeader, Payload)]
    ) -> Segment {
        let changes = contents.enumerated().map { offset, content in
            LoggedChange(
                sequence: end.sequence + 1 + UInt64(offset), header: content.0, payload: content.1.canonicalBytes)
        }
        func build(_ signature: [UInt8]) -> Segment {
            Segment(
                space: space, replica: identity.replica, previous: end.hash, dependency: dependency, changes: changes,
                signature: signature)
        }
        let unsigned = build([UInt8](repeating: 0, count: Signature.byteCount))
        let head = Head(sequence: unsigned.last, hash: unsigned.links().last ?? .zero)
        let signed = Chain.signedBytes(space: space, replica: identity.replica, head: head)
        return build(identity.sign(tag: Chain.segmentTag, signed))
    }

    func origin(of space: String) -> Head {
        Head(sequence: 0, hash: Chain.origin(space: space, replica: identity.replica))
    }

    /// A request with these frames, signed, under a counter that was never used.
    mutating func request(
        _ knowledge: [Knowledge.Place], clock: Int64, random: [UInt8], hub: ReplicaID, _ frames: [[UInt8]]
    ) -> [UInt8] {
        counter += 1
        let head = RequestHead(
            kind: .first(replica: identity.replica, offer: SessionOffer(random: random).publicKey), counter: counter,
            clock: clock, answerLimit: 0, knowledge: .listed(knowledge)
        ).bytes(signedBy: identity, hub: hub)
        return head + frames.flatMap { $0 }
    }
}
