import Causality
import RecordStore
import Records
import SyncProtocol
import Wording

/// Taking in what a device sends: verify, store, note receipts and verdicts.
extension Hub {
    /// A segment that cannot be taken in, found before anything of it was written.
    private struct Stop: Error {
        let code: String
    }

    /// Takes in what a device sends of one space: its own segments, and what it holds of others that this hub lost.
    /// - Parameter offered: notes where all of it stands now.
    /// - Returns: the code of what stopped it, empty when nothing did.
    func takeIn(
        _ upload: Upload, of name: String, offered: inout Offered, _ store: StoreTransaction
    ) throws -> String {
        let space = try store.space(name)
        for travelling in upload.segments {
            do {
                let placement = try placement(of: travelling, in: space, store)
                if let rest = placement.rest {
                    let depends = rest.segment.dependency.position
                    if try !store.knows(depends, in: space) {
                        try store.record(.lost(LostPart(root: depends)), in: space)
                    }
                    if let fork = placement.fork { try store.record(.fork(fork), in: space) }
                    try take(rest.segment, links: rest.links, as: placement.replica, space, store)
                    if try isWriter(rest.segment.replica, store) { try adopt(space, store) }
                }
                for (replica, range) in placement.ranges { offered.insert(range, of: replica, in: upload.space) }
            } catch let stop as Stop {
                return stop.code
            }
        }
        return ""
    }

    /// The hub's own tables follow what it had written and lost.
    private func adopt(_ space: SpaceState, _ store: StoreTransaction) throws {
        if space.name == SpaceName.catalogue {
            try store.refreshForms()
            try Board.watch(store)
            try judgeWaiting(store)
        } else if SpaceName.isPeople(space.name) {
            try adoptPeople(in: space, store)
        }
    }

    private func placement(
        of travelling: TravellingSegment, in space: SpaceState, _ store: StoreTransaction
    ) throws -> StoreTransaction.Placement {
        do {
            guard let key = try store.publicKey(of: travelling.replica), try store.branch(travelling.replica) == nil
            else { throw ProtocolError(.signatureWrong, ["what": "segment"]) }
            return try store.placement(of: travelling, publicKey: key, in: space)
        } catch let error as ProtocolError {
            throw Stop(code: error.code)
        }
    }

    /// Stores a segment with its receipt, then the verdicts on what is not accepted.
    private func take(
        _ segment: Segment, links: [Hash256], as replica: ReplicaID, _ space: SpaceState, _ store: StoreTransaction
    ) throws {
        var judge = try judge(of: segment.replica, of: segment.dependency, in: space, store)
        var verdicts: [Verdict] = []
        var waiting: [UInt64] = []
        for change in segment.changes {
            switch try judge?.ruling(on: change, in: space) ?? .accept {
            case .accept: continue
            case .wait: waiting.append(change.sequence)
            case .refuse(let code, let details):
                waiting.append(change.sequence)
                verdicts.append(
                    Verdict(
                        dot: Dot(replica, change.sequence), accepted: false, code: code, details: details))
            }
        }
        let receipt = Receipt(
            replica: replica, first: segment.first, last: segment.last, end: links[links.count - 1],
            time: receiptTime, waiting: waiting)
        try store.take(segment, links: links, as: replica, receipt, in: space)
        for verdict in verdicts { try store.record(.verdict(verdict), in: space) }
    }

    /// Who judges what a replica writes; `nil` for the hub's own, of whatever epoch.
    private func judge(
        of signer: ReplicaID, of dependency: Dependency, in space: SpaceState, _ store: StoreTransaction
    ) throws -> Judge? {
        if let device = try Self.device(signer, store) {
            return Judge(
                store: store, device: device, replica: signer,
                isSightKnown: try store.tellsSight(of: dependency, in: space))
        }
        guard try isWriter(signer, store) else { throw HubError(.deviceUnknown) }
        return nil
    }

    /// Whether the key with that name writes, or wrote in another epoch, for the hub itself.
    func isWriter(_ replica: ReplicaID, _ store: StoreTransaction) throws -> Bool {
        if replica == self.replica || replica == store.identity.replica { return true }
        // After each segment of each device: their certificates are not checked once more for it.
        guard let bytes = try store.certificate(of: replica), Certificate.claimsHub(bytes) else { return false }
        return try Certificate(bytes: bytes, hubKey: anchor.publicKey).isHubs
    }

    /// Decides what waited for a form that the catalogue did not have.
    func judgeWaiting(_ store: StoreTransaction) throws {
        for change in try store.openChanges(ownOnly: false)
        where change.received != nil && change.decision == .undecided {
            let space = try store.space(change.space)
            let signer = try store.signer(of: change.dot.replica, in: space)
            guard let device = try Self.device(signer, store) else { continue }
            let logged = LoggedChange(
                sequence: change.dot.sequence, header: try store.header(of: change), payload: change.payload)
            let verdict: Verdict
            guard let dependency = try store.dependency(of: change.dot, in: space) else { continue }
            var judge = Judge(
                store: store, device: device, replica: signer,
                isSightKnown: try store.tellsSight(of: dependency, in: space))
            switch try judge.ruling(on: logged, in: space) {
            case .wait: continue
            case .accept: verdict = Verdict(dot: change.dot, accepted: true)
            case .refuse(let code, let details):
                verdict = Verdict(dot: change.dot, accepted: false, code: code, details: details)
            }
            try store.record(.verdict(verdict), in: space)
        }
    }

    /// The hub's clock, in whole seconds as everything that travels.
    var receiptTime: Int64 { store.world.now() / 1000 * 1000 }
}
