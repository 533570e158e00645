import Causality
import Foundation
import GRDB
import RecordStore
import Records
import SyncProtocol
import Wording

/// One exchange: authenticate, take in, answer. All of it is one transaction.
extension Hub {
    /// Answers a sync request.
    /// - Throws: a coded error for a request that is not served as a whole; nothing of it was stored then, but for what
    ///   a revoked device sent.
    package func answer(_ bytes: [UInt8]) throws -> [UInt8] {
        let request = try SyncRequest(bytes: bytes)
        let (answer, revoked) = try store.write { store in
            guard let device = try Self.device(request.replica, store),
                let key = try store.publicKey(of: request.replica)
            else { throw HubError(.deviceUnknown) }
            guard SyncRequest.isAuthentic(bytes, publicKey: key, hub: replica) else { throw HubError(.requestForged) }
            guard request.counter > device.counter else { throw HubError(.requestReplayed) }
            let now = self.store.world.now()
            try store.db.execute(
                sql: "UPDATE device SET counter = ?, contact = ?, clock_offset = ? WHERE replica = ?",
                arguments: [Int64(request.counter), now, request.clock - now, Data(request.replica.bytes)])
            var refusals: [String: String] = [:]
            for space in request.spaces { refusals[space.space] = try takeIn(space, device, key, store) }
            guard device.revoked == nil else { return (SyncAnswer?.none, true) }
            return (try compose(request, device, refusals, name: SyncAnswer.name(ofRequest: bytes), now, store), false)
        }
        guard let answer, !revoked else { throw HubError(.deviceRevoked) }
        return answer.bytes(signedBy: store.identity)
    }

    /// Takes in what a device sends for one space.
    /// - Returns: the code of what stopped it, empty when nothing did.
    private func takeIn(
        _ upload: SyncRequest.Space, _ device: Device, _ key: [UInt8], _ store: StoreTransaction
    ) throws -> String {
        guard device.spaces.contains(upload.space), try store.hasSpace(upload.space) else {
            return HubError.Code.spaceForbidden.rawValue
        }
        let space = try store.space(upload.space)
        guard try store.holds(upload.position, in: space) else { return StoreError.Code.hubRolledBack.rawValue }
        for bytes in upload.segments {
            do {
                guard let (segment, links) = try fresh(bytes, space, device, key, store) else { continue }
                try store.take(segment, links: links, in: space)
                try judge(segment, end: links[links.count - 1], space, device, store)
            } catch let stop as Stop {
                return stop.code
            }
        }
        return ""
    }

    /// A segment that cannot be taken in, found before anything of it was written.
    private struct Stop: Error {
        let code: String
    }

    /// The segment in `bytes`, checked whole; `nil` when it is held already.
    private func fresh(
        _ bytes: [UInt8], _ space: SpaceState, _ device: Device, _ key: [UInt8], _ store: StoreTransaction
    ) throws -> (Segment, [Hash256])? {
        do {
            let segment = try Segment(bytes: bytes)
            guard segment.space == space.name, segment.replica == device.replica else {
                throw ProtocolError(.signatureWrong, ["what": "segment"])
            }
            let links = try store.verified(segment, publicKey: key, in: space)
            let head = try store.head(of: segment.replica, in: space)
            if segment.last <= head.sequence {
                let held = try store.change(Dot(segment.replica, segment.last), in: space.id)
                guard held?.link == links[links.count - 1] else { throw ProtocolError(.segmentFork) }
                return nil
            }
            guard segment.first == head.sequence + 1 else { throw ProtocolError(.segmentGap) }
            guard segment.previous == head.hash else { throw ProtocolError(.segmentFork) }
            guard segment.dependency.exceptions.isEmpty, try store.holds(segment.dependency.position, in: space) else {
                throw ProtocolError(.dependencyUnknown)
            }
            return (segment, links)
        } catch let error as ProtocolError {
            throw Stop(code: error.code)
        }
    }

    /// Notes the receipt of a segment and the verdicts on its changes.
    private func judge(
        _ segment: Segment, end: Hash256, _ space: SpaceState, _ device: Device, _ store: StoreTransaction
    ) throws {
        let judge = Judge(store: store, device: device)
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
            replica: segment.replica, first: segment.first, last: segment.last, end: end, time: self.store.world.now(),
            waiting: waiting)
        _ = try store.record(.receipt(receipt), in: space, epoch: Self.firstEpoch)
        for verdict in verdicts { _ = try store.record(.verdict(verdict), in: space, epoch: Self.firstEpoch) }
    }

    private func compose(
        _ request: SyncRequest, _ device: Device, _ refusals: [String: String], name: Hash256, _ now: Int64,
        _ store: StoreTransaction
    ) throws -> SyncAnswer {
        var budget = max(64 * 1024, min(request.answerLimit, ProtocolLimits.answerBytes - 512 * 1024))
        var certificates: [[UInt8]] = []
        var spaces: [SyncAnswer.Space] = []
        var more = false
        for asked in request.spaces {
            let refusal = refusals[asked.space] ?? ""
            let isClosed = [HubError.Code.spaceForbidden.rawValue, StoreError.Code.hubRolledBack.rawValue].contains(
                refusal)
            guard !isClosed else {
                spaces.append(
                    SyncAnswer.Space(
                        space: asked.space, refusal: refusal, items: [], position: asked.position, digest: nil))
                continue
            }
            let space = try store.space(asked.space)
            let (items, end) = try items(after: asked.position, in: space, for: device, &budget, &certificates, store)
            let isAtEnd = end.index == space.position.index
            more = more || !isAtEnd
            spaces.append(
                SyncAnswer.Space(
                    space: asked.space, refusal: refusal, items: items, position: end,
                    digest: isAtEnd ? try store.space(space.id).digest : nil))
        }
        return SyncAnswer(
            hub: replica, request: name, epoch: Self.firstEpoch, time: now, more: more, certificates: certificates,
            spaces: spaces)
    }

    private func items(
        after position: LogPosition, in space: SpaceState, for device: Device, _ budget: inout Int,
        _ certificates: inout [[UInt8]], _ store: StoreTransaction
    ) throws -> ([SyncAnswer.Item], LogPosition) {
        var items: [SyncAnswer.Item] = []
        var end = position
        for (index, bytes) in try store.logEntries(after: position.index, in: space, limit: ProtocolLimits.entries) {
            var segment: [UInt8]?
            if case .receipt(let receipt) = try LogEntry(bytes: bytes), receipt.replica != device.replica {
                segment = try store.segment(of: receipt.replica, first: receipt.first, in: space)?.bytes
                if receipt.first == 1, let certificate = try store.certificate(of: receipt.replica),
                    !certificates.contains(certificate), certificates.count < ProtocolLimits.certificates
                {
                    certificates.append(certificate)
                }
            }
            budget -= bytes.count + (segment?.count ?? 0) + 8
            if budget < 0, !items.isEmpty { break }
            items.append(SyncAnswer.Item(entry: bytes, segment: segment))
            end = LogPosition(
                epoch: Self.firstEpoch, index: index, hash: LogEntry.link(after: end.hash, index: index, entry: bytes))
            if budget < 0 { break }
        }
        return (items, end)
    }
}
