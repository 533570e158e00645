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

    /// Takes in what a device sends of one space.
    /// - Returns: the code of what stopped it, empty when nothing did.
    func takeIn(_ upload: Upload, of name: String, _ device: Device, _ store: StoreTransaction) throws -> String {
        let space = try store.space(name)
        for travelling in upload.segments {
            do {
                guard let (segment, links) = try fresh(travelling, space, device, store) else { continue }
                try take(segment, links: links, space, device, store)
            } catch let stop as Stop {
                return stop.code
            }
        }
        return ""
    }

    /// The segment, checked whole; `nil` when it is held already.
    private func fresh(
        _ travelling: TravellingSegment, _ space: SpaceState, _ device: Device, _ store: StoreTransaction
    ) throws -> (Segment, [Hash256])? {
        do {
            guard travelling.replica == device.replica, let key = try store.publicKey(of: travelling.replica) else {
                throw ProtocolError(.signatureWrong, ["what": "segment"])
            }
            let head = try store.head(of: travelling.replica, in: space)
            guard travelling.first <= head.sequence + 1 else { throw ProtocolError(.segmentGap) }
            let previous =
                travelling.first == head.sequence + 1
                ? head.hash : try store.link(of: travelling.replica, before: travelling.first, in: space)
            let segment = try travelling.segment(in: space.name, after: previous) {
                try store.position(at: $0, in: space)
            }
            guard segment.dependency.exceptions.isEmpty, try store.holds(segment.dependency.position, in: space) else {
                throw ProtocolError(.dependencyUnknown)
            }
            if travelling.last <= head.sequence {
                let held = try store.change(Dot(travelling.replica, travelling.last), in: space.id)
                guard held?.link != segment.links().last else { return nil }
                // Only what the device signed is a second history of it; anything else is damage.
                _ = try store.verified(segment, publicKey: key, in: space)
                throw ProtocolError(.segmentFork)
            }
            guard travelling.first == head.sequence + 1 else { throw ProtocolError(.segmentFork) }
            return (segment, try store.verified(segment, publicKey: key, in: space))
        } catch let error as ProtocolError {
            throw Stop(code: error.code)
        }
    }

    /// Stores a segment with its receipt, then the verdicts on what is not accepted.
    private func take(
        _ segment: Segment, links: [Hash256], _ space: SpaceState, _ device: Device, _ store: StoreTransaction
    ) throws {
        var judge = Judge(store: store, device: device)
        var verdicts: [Verdict] = []
        var waiting: [UInt64] = []
        for change in segment.changes {
            switch try judge.ruling(on: change, of: segment.replica, in: space) {
            case .accept: continue
            case .wait: waiting.append(change.sequence)
            case .refuse(let code, let details):
                waiting.append(change.sequence)
                verdicts.append(
                    Verdict(
                        dot: Dot(segment.replica, change.sequence), accepted: false, code: code, details: details))
            }
        }
        let receipt = Receipt(
            replica: segment.replica, first: segment.first, last: segment.last, end: links[links.count - 1],
            time: receiptTime, waiting: waiting)
        try store.take(segment, links: links, receipt, in: space, epoch: Self.firstEpoch)
        for verdict in verdicts { _ = try store.record(.verdict(verdict), in: space, epoch: Self.firstEpoch) }
    }

    /// Decides what waited for a form that the catalogue did not have.
    func judgeWaiting(_ store: StoreTransaction) throws {
        for change in try store.openChanges(ownOnly: false)
        where change.received != nil && change.decision == .undecided {
            guard let device = try Self.device(change.dot.replica, store) else { continue }
            let space = try store.space(change.space)
            let logged = LoggedChange(
                sequence: change.dot.sequence, header: try store.header(of: change), payload: change.payload)
            let verdict: Verdict
            var judge = Judge(store: store, device: device)
            switch try judge.ruling(on: logged, of: change.dot.replica, in: space) {
            case .wait: continue
            case .accept: verdict = Verdict(dot: change.dot, accepted: true)
            case .refuse(let code, let details):
                verdict = Verdict(dot: change.dot, accepted: false, code: code, details: details)
            }
            _ = try store.record(.verdict(verdict), in: space, epoch: Self.firstEpoch)
        }
    }

    /// The hub's clock, in whole seconds as everything that travels.
    var receiptTime: Int64 { store.world.now() / 1000 * 1000 }
}
